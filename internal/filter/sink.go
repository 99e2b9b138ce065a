package filter

import (
	"bytes"
	"slices"
	"time"

	"wsprobe/internal/lint"
	"wsprobe/internal/record"
	"wsprobe/internal/wire"
)

// Sink passes what fits a filter on to another sink. Of a connection of which
// something fits, it passes the beginning, too: Open and the opening handshake, late
// but with their own times, and its notes and its end. So files can be read, and the
// frames on a screen have a context.
type Sink struct {
	record.Sink // what gets it
	filter      *Filter
	talks       map[uint64]*talk
	held        *held // what was told last, if it waits for what comes next
}

// held is a compressed frame, of which it is not known yet what it inflates to.
type held struct {
	c     *record.Conn
	t     *talk
	event *lint.Event
}

// talk is a connection of a sink.
type talk struct {
	*Talk
	passed bool         // its Open
	heads  []lint.Event // of the opening handshake, not passed
}

// NewSink passes on to s what fits f.
func NewSink(s record.Sink, f *Filter) *Sink {
	return &Sink{Sink: s, filter: f, talks: map[uint64]*talk{}}
}

// Open implements record.Sink.
func (s *Sink) Open(c *record.Conn) {
	s.settle()
	t := &talk{Talk: NewTalk(c)}
	s.talks[c.ID] = t
	if s.filter.MatchNote(t.Talk, "") {
		s.pass(c, t)
	}
}

// pass passes on what there was of a connection.
func (s *Sink) pass(c *record.Conn, t *talk) {
	if !t.passed {
		s.Sink.Open(c)
		t.passed = true
	}
	for i := range t.heads {
		s.Sink.Event(c, &t.heads[i])
	}
	t.heads = nil
}

// Event implements record.Sink.
func (s *Sink) Event(c *record.Conn, e *lint.Event) {
	t := s.talks[c.ID]
	if t == nil { // of a connection whose beginning was not told
		t = &talk{Talk: NewTalk(c), passed: true}
		s.talks[c.ID] = t
	}
	h := s.held
	if h != nil && !(h.t == t && inflates(h.event, e)) {
		s.settle()
		h = nil
	}
	s.held = nil
	if isCompressed(e) {
		s.held = &held{c, t, kept(e)}
		return
	}
	t.See(e)
	if h != nil { // with the name of what it inflates to
		s.decide(c, t, h.event)
	}
	s.decide(c, t, e)
}

// settle decides on a frame whose message does not come.
func (s *Sink) settle() {
	if h := s.held; h != nil {
		s.held = nil
		h.t.See(h.event)
		s.decide(h.c, h.t, h.event)
	}
}

// decide passes an event on where it fits.
func (s *Sink) decide(c *record.Conn, t *talk, e *lint.Event) {
	switch {
	case s.filter.Match(t.Talk, e):
		s.pass(c, t)
		s.Sink.Event(c, e)
	case e.Kind == lint.KindRequest:
		t.heads = append(t.heads[:0], e.Clone())
	case e.Kind == lint.KindResponse && len(t.heads) < 2:
		t.heads = append(t.heads, e.Clone())
	}
}

// isCompressed reports whether an event is a frame that is a compressed message.
func isCompressed(e *lint.Event) bool {
	return e.Kind == lint.KindFrame && e.Frame.Fin && e.Frame.Rsv&wire.RSV1 != 0 && e.Frame.Opcode != wire.OpContinuation
}

// Inflates reports whether an event is the message that a compressed frame is, whose name
// the frame has, too.
func Inflates(frame, e *lint.Event) bool { return isCompressed(frame) && inflates(frame, e) }

// inflates reports whether an event is the message that a frame is.
func inflates(frame, e *lint.Event) bool {
	return e.Kind == lint.KindMessage && e.Side == frame.Side && e.Offset == frame.Offset
}

// kept returns a copy of a frame.
func kept(e *lint.Event) *lint.Event {
	k, f := *e, *e.Frame
	f.Payload = bytes.Clone(f.Payload)
	k.Frame, k.Findings = &f, slices.Clone(e.Findings)
	return &k
}

// Note implements record.Sink.
func (s *Sink) Note(c *record.Conn, at time.Duration, text string) {
	s.settle()
	t := s.talks[c.ID]
	if t != nil && !t.passed {
		if !s.filter.MatchNote(t.Talk, text) {
			return
		}
		s.pass(c, t)
	}
	s.Sink.Note(c, at, text)
}

// Close implements record.Sink.
func (s *Sink) Close(c *record.Conn, at time.Duration) {
	s.settle()
	t := s.talks[c.ID]
	delete(s.talks, c.ID)
	if t == nil || t.passed {
		s.Sink.Close(c, at)
	}
}

// Lost implements record.Sink.
func (s *Sink) Lost(n record.Loss) {
	s.settle()
	s.Sink.Lost(n)
}

// Flush implements record.Sink.
func (s *Sink) Flush() error {
	s.settle()
	return s.Sink.Flush()
}

// End implements record.Sink.
func (s *Sink) End() error {
	s.settle()
	return s.Sink.End()
}
