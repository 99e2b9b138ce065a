package record

import (
	"bytes"
	"slices"
	"time"

	"wsprobe/internal/lint"
	"wsprobe/internal/wire"
	"wsprobe/report"
)

// heldLine is the line of a compressed frame, which says nothing where what it
// inflates to comes next.
type heldLine struct {
	c        *Conn
	side     lint.Side
	at       time.Duration
	end      uint64 // of the frame
	line     report.Line
	findings []lint.Finding
}

// inflatable reports whether an event is a frame that may be a compressed message.
func inflatable(e *lint.Event) bool {
	return e.Kind == lint.KindFrame && e.Frame.Fin && e.Frame.Rsv == 4 && e.Frame.Opcode != wire.OpContinuation
}

// hold keeps a line until it is known what comes next.
func (s *Console) hold(c *Conn, e *lint.Event, l report.Line) {
	s.release()
	l.Payload = bytes.Clone(l.Payload)
	s.held = &heldLine{c, e.Side, e.At, e.Offset + e.Size, l, slices.Clone(e.Findings)}
}

// settle drops the line that is held where an event is what it inflates to, and
// returns what was found in it.
func (s *Console) settle(c *Conn, e *lint.Event) []lint.Finding {
	h := s.held
	if h == nil {
		return nil
	}
	if m := e.Message; e.Kind == lint.KindMessage && !m.Raw && h.c.ID == c.ID && h.side == e.Side && h.end == e.Offset+e.Size {
		s.held = nil
		return h.findings
	}
	s.release()
	return nil
}

// release prints what is held.
func (s *Console) release() {
	if h := s.held; h != nil {
		s.held = nil
		s.print(h.c, h.at, h.line)
		s.findings(h.findings)
	}
}
