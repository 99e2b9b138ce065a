package webview

import "wsprobe/internal/lint"

// What is kept of opening handshakes beside their rows: connections that last can be
// saved whole when those are gone.
const (
	maxHead  = 16 << 10 // bytes of one head
	maxHeads = 64 << 20 // of all
)

// keptHead is a head, and the row that it is.
type keptHead struct {
	lint.Event
	seq uint64
}

// seeHead keeps the heads of an opening handshake, a request and the response that
// accepts it, which the next row is.
func (s *store) seeHead(c *conn, e *lint.Event) {
	switch {
	case c.open && len(c.heads) != 1: // nothing more belongs to it
		return
	case e.Kind == lint.KindRequest:
		s.dropHeads(c)
		if !s.keepHead(c, e, len(e.Request.Raw)) {
			s.dropHeads(c)
		}
	case e.Kind == lint.KindResponse && len(c.heads) == 1:
		if !e.Response.Accepts() || !s.keepHead(c, e, len(e.Response.Raw)) {
			s.dropHeads(c)
		}
	}
}

func (s *store) keepHead(c *conn, e *lint.Event, size int) bool {
	if size > maxHead || s.headBytes+size > maxHeads {
		return false
	}
	s.headBytes += size
	c.headBytes += size
	c.heads = append(c.heads, keptHead{e.Clone(), s.next})
	return true
}

func (s *store) dropHeads(c *conn) {
	s.headBytes -= c.headBytes
	c.heads, c.headBytes = nil, 0
}
