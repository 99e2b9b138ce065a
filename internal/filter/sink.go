package filter

import (
	"time"

	"wsprobe/internal/lint"
	"wsprobe/internal/record"
)

// Sink passes what fits a filter on to another sink. Of a connection of which
// something fits, it passes the beginning, too: Open and the opening handshake, late
// but with their own times, and its notes and its end. So files can be read, and the
// frames on a screen have a context.
type Sink struct {
	record.Sink // what gets it
	filter      *Filter
	talks       map[uint64]*talk
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
	t.See(e)
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

// Note implements record.Sink.
func (s *Sink) Note(c *record.Conn, at time.Duration, text string) {
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
	t := s.talks[c.ID]
	delete(s.talks, c.ID)
	if t == nil || t.passed {
		s.Sink.Close(c, at)
	}
}
