package webview

import "wsprobe/internal/subproto"

// maxRead is how large a message may be that is read for its row in the list.
const maxRead = 16 << 10

// read returns what there is to read in a message that has a name, as the terminal shows it:
// MessagePack as JSON, say. It is empty where that takes more of the connection than is kept,
// which shows in the name that comes out. The caller holds the store.
func (s *store) read(e *entry) string {
	if e.x.Name == "" || e.gone {
		return ""
	}
	var names subproto.Follower
	if c := s.conns[e.conn]; c != nil {
		for i := range c.heads {
			names.See(&c.heads[i].Event)
		}
	}
	event, ok := e.event()
	if !ok {
		return ""
	}
	event.Name = "" // or it would be what comes out
	if what := names.See(&event); what.Name == e.x.Name {
		return what.Pretty
	}
	return ""
}
