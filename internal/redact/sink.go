package redact

import (
	"bytes"
	"strings"
	"time"

	"wsprobe/internal/lint"
	"wsprobe/internal/record"
	"wsprobe/internal/wire"
)

// Sink passes on to another sink what it is told, without the secrets.
//
// A secret can be cut by the frames of a message. Of such frames the payload is
// overwritten as a whole, and only the message that they make shows the rest of it.
// Compressed payload is left out, and only what it inflates to is passed on.
type Sink struct {
	record.Sink // what gets it
	r           *Redactor
	short       record.PlainSink // the same, if it is one
	talks       map[uint64]*talk
}

// talk is what is known of a connection.
type talk struct {
	record.Conn
	secrets []string // of its heads
	parts   [2]bool  // a side is within a message of several frames
}

// NewSink passes on to s.
func NewSink(s record.Sink, r *Redactor) *Sink {
	short, _ := s.(record.PlainSink)
	return &Sink{Sink: s, r: r, short: short, talks: map[uint64]*talk{}}
}

// Open implements record.Sink.
func (s *Sink) Open(c *record.Conn) {
	t := &talk{Conn: *c}
	t.URL = s.text(nil, c.URL)
	s.talks[c.ID] = t
	s.Sink.Open(&t.Conn)
}

// of returns what is known of a connection.
func (s *Sink) of(c *record.Conn) *talk {
	t := s.talks[c.ID]
	if t == nil {
		t = &talk{Conn: *c}
		s.talks[c.ID] = t
	}
	return t
}

// text returns text without secrets.
func (s *Sink) text(t *talk, text string) string { return string(s.bytes(t, []byte(text))) }

// bytes returns a copy of p without secrets, those of the heads among them.
func (s *Sink) bytes(t *talk, p []byte) []byte {
	if len(p) == 0 {
		return p
	}
	q := bytes.Clone(p)
	if t != nil {
		for _, secret := range t.secrets {
			if bytes.Contains(q, []byte(secret)) {
				q = bytes.ReplaceAll(q, []byte(secret), []byte(strings.Repeat("*", len(secret))))
			}
		}
	}
	s.r.Text(q)
	return q
}

// Event implements record.Sink.
func (s *Sink) Event(c *record.Conn, e *lint.Event) {
	t, clean := s.of(c), *e
	switch {
	case e.Request != nil:
		raw := bytes.Clone(e.Request.Raw)
		t.secrets = append(t.secrets, s.r.Head(raw)...)
		clean.Request, _, _ = wire.ParseRequest(raw)
	case e.Response != nil:
		raw := bytes.Clone(e.Response.Raw)
		t.secrets = append(t.secrets, s.r.Head(raw)...)
		clean.Response, _, _ = wire.ParseResponse(raw)
	case e.Frame != nil:
		s.frame(t, &clean)
	case e.Message != nil:
		m := *e.Message
		if m.Raw {
			m.Payload, m.Cut = nil, true
		}
		m.Payload, m.Reason = s.bytes(t, m.Payload), s.bytes(t, m.Reason)
		clean.Message = &m
	default:
		clean.Body = s.bytes(t, e.Body)
	}
	t.secrets = t.secrets[max(0, len(t.secrets)-2*maxSecrets):]
	clean.Note, clean.Name = s.text(t, e.Note), "" // it is named again by what is left
	clean.Findings = nil
	for _, f := range e.Findings {
		clean.Findings = append(clean.Findings, lint.Finding{Rule: f.Rule, Detail: s.text(t, f.Detail)})
	}
	s.Sink.Event(&t.Conn, &clean)
}

// frame takes the secrets out of a frame, or of what there is of one.
func (s *Sink) frame(t *talk, e *lint.Event) {
	f := *e.Frame
	e.Frame = &f
	part := e.Kind == lint.KindBytes || !f.Fin || f.Opcode == wire.OpContinuation
	switch {
	case f.Rsv&wire.RSV1 != 0 || t.parts[e.Side] && f.Opcode == wire.OpContinuation:
		if !f.Opcode.Control() {
			t.parts[e.Side] = !f.Fin
		}
		f.Cut = f.Cut || len(f.Payload) > 0
		f.Payload = nil
		e.Note = strings.TrimPrefix(e.Note+", compressed payload is not recorded with --redact", ", ")
	case part:
		f.Payload = bytes.Repeat([]byte("*"), len(f.Payload))
	default:
		f.Payload = s.bytes(t, f.Payload)
	}
}

// Plain implements record.PlainSink.
func (s *Sink) Plain(c *record.Conn, p *record.Plain) {
	t, clean := s.of(c), *p
	clean.Payload = s.bytes(t, p.Payload)
	if s.short != nil {
		s.short.Plain(&t.Conn, &clean)
		return
	}
	for _, e := range clean.Events() {
		s.Sink.Event(&t.Conn, &e)
	}
}

// Note implements record.Sink.
func (s *Sink) Note(c *record.Conn, at time.Duration, text string) {
	t := s.of(c)
	s.Sink.Note(&t.Conn, at, s.text(t, text))
}

// Close implements record.Sink.
func (s *Sink) Close(c *record.Conn, at time.Duration) {
	t := s.of(c)
	delete(s.talks, c.ID)
	s.Sink.Close(&t.Conn, at)
}
