package webview

import (
	"bytes"
	"sort"
	"strings"

	"wsprobe/internal/filter"
	"wsprobe/internal/lint"
	"wsprobe/internal/record"
	"wsprobe/internal/wire"
)

// sliced is how many rows a scan looks at before others get their turn.
const sliced = 2048

// indexed is rows in their order: all, those of a connection, or those that a
// filter picks.
type indexed interface {
	bounds() (first, end uint64)
	at(i uint64) (seq uint64)
}

// after is what there is of a list from a row on. What was before was cleared away.
type after struct {
	indexed
	seq uint64
}

func (a after) bounds() (first, end uint64) {
	first, end = a.indexed.bounds()
	n := sort.Search(int(end-first), func(i int) bool { return a.at(first+uint64(i)) >= a.seq })
	return first + uint64(n), end
}

// rowsOf returns the rows of a connection, or all, from one on. The caller holds the store.
func (s *store) rowsOf(conn, from uint64) indexed {
	var rows indexed = s
	if conn != 0 {
		rows = &list{}
		if c := s.conns[conn]; c != nil {
			rows = &c.list
		}
	}
	if from > 0 {
		rows = after{rows, from}
	}
	return rows
}

// scan goes through rows as they come and picks some.
type scan struct {
	from  indexed
	next  uint64 // index of the next one to look at
	pick  func(e *entry) bool
	index bool // what is kept is where the row stands, and not its number
	list
}

// step looks at some rows, and reports whether there are more.
func (s *scan) step(st *store) bool {
	st.mu.RLock()
	defer st.mu.RUnlock()
	first, end := s.from.bounds()
	s.next = max(s.next, first)
	if s.index {
		s.trim(first)
	} else {
		s.trim(st.base)
	}
	for n := 0; s.next < end && n < sliced; n++ {
		seq := s.from.at(s.next)
		if e, ok := st.entry(seq); ok && s.pick(&e) {
			kept := seq
			if s.index {
				kept = s.next
			}
			s.seqs = append(s.seqs, kept)
		}
		s.next++
	}
	return s.next < end
}

// contains picks what has a text in what there is to read of it, or in its name. Where the text
// has no capital letter, those of ASCII are not told apart.
func contains(text string) func(*entry) bool {
	want := []byte(text)
	exact := bytes.ContainsAny(want, "ABCDEFGHIJKLMNOPQRSTUVWXYZ")
	var room []byte
	return func(e *entry) bool {
		if exact {
			return bytes.Contains(e.data, want) || strings.Contains(e.x.Name, text)
		}
		room = lowered(room[:0], e.data)
		if bytes.Contains(room, want) {
			return true
		}
		room = lowered(room[:0], []byte(e.x.Name))
		return bytes.Contains(room, want)
	}
}

func lowered(to, p []byte) []byte {
	to = append(to, p...)
	for i, c := range to {
		if 'A' <= c && c <= 'Z' {
			to[i] = c + 'a' - 'A'
		}
	}
	return to
}

// matching picks what fits a filter. It learns of connections as it goes.
func (v *View) matching(f *filter.Filter) func(*entry) bool {
	talks := map[uint64]*filter.Talk{}
	return func(e *entry) bool {
		t := talks[e.conn]
		if t == nil {
			t = v.talk(e)
			talks[e.conn] = t
		}
		if e.kind == kindClose {
			delete(talks, e.conn)
		}
		event, ok := e.event()
		switch {
		case e.kind == kindLost:
			return true // which may have fitted
		case !ok:
			return f.MatchNote(t, string(e.data))
		}
		t.See(v.named(e, &event))
		return f.Match(t, &event) || e.plain() && f.Match(t, messageOf(&event))
	}
}

// talk begins to follow a connection at a row, with its opening handshake where the rows of
// that are gone. The caller holds the store.
func (s *store) talk(e *entry) *filter.Talk {
	t := filter.NewTalk(s.connOf(e.conn))
	if c := s.conns[e.conn]; c != nil {
		for i := range c.heads {
			if c.heads[i].seq < e.seq {
				t.See(&c.heads[i].Event)
			}
		}
	}
	return t
}

// named returns the event that says what a row is called: itself or, of a compressed frame,
// the message that comes with it. The caller holds the store.
func (s *store) named(e *entry, event *lint.Event) *lint.Event {
	if e.rsv&wire.RSV1 == 0 {
		return event
	}
	if next, ok := s.entry(e.seq + 1); ok && next.conn == e.conn {
		if m, ok := next.event(); ok && filter.Inflates(event, &m) {
			return &m
		}
	}
	return event
}

// connOf returns a connection, or one of which nothing but its number is known any
// more. The caller holds the store.
func (s *store) connOf(id uint64) *record.Conn {
	if c := s.conns[id]; c != nil {
		return &c.Conn
	}
	return &record.Conn{ID: id}
}

// plain reports whether a frame is a whole message, of which there is no row.
func (e *entry) plain() bool {
	return e.kind == kind(lint.KindFrame) && e.is(flagFin) && e.rsv == 0 && e.opcode != wire.OpContinuation
}

// messageOf returns the message that a plain frame is.
func messageOf(e *lint.Event) *lint.Event {
	f := e.Frame
	m := &lint.Message{Opcode: f.Opcode, Payload: f.Payload, Size: f.Length, Cut: f.Cut, Frames: 1}
	if f.Opcode == wire.OpClose && len(f.Payload) >= 2 {
		m.Code, m.Reason = uint16(f.Payload[0])<<8|uint16(f.Payload[1]), f.Payload[2:]
	}
	return &lint.Event{Kind: lint.KindMessage, Side: e.Side, At: e.At, Offset: e.Offset, Size: e.Size, Message: m, Name: e.Name}
}
