package rewrite

import (
	"bytes"
	"errors"
	"strings"

	"wsprobe/internal/wire"
)

// phase is what a stream is at.
type phase uint8

const (
	phaseHead phase = iota
	phaseBody
	phaseWait // an upgrade was asked for: without its answer, nobody knows what follows
	phaseStop // nothing more passes
	phaseRaw  // whatever comes, passes
)

// stream is one direction of the connection.
type stream struct {
	phase phase
	after phase // comes after the body
	held  []byte
	body  wire.Body
	// head reads the head at the start of p, returns what it becomes and how long it
	// was, and says what comes then.
	head func(p []byte) (becomes []byte, n int, err error)
}

// feed appends what p becomes.
func (s *stream) feed(out, p []byte) []byte {
	for len(p) > 0 {
		switch s.phase {
		case phaseHead:
			out, p = s.takeHead(out, p)
		case phaseBody:
			n, done := s.body.Take(p)
			out, p = append(out, p[:n]...), p[n:]
			if done {
				s.phase = s.after
			}
		case phaseStop:
			s.held, p = append(s.held, p...), nil
		default:
			s.phase = phaseRaw
			return append(out, p...)
		}
	}
	return out
}

// takeHead holds p until there is a head, and returns what is behind it.
func (s *stream) takeHead(out, p []byte) (_, rest []byte) {
	had := len(s.held)
	s.held = append(s.held, p...)
	if had > 0 && bytes.IndexByte(p, '\n') < 0 && len(s.held) <= maxHead {
		return out, nil
	}
	becomes, n, err := s.head(s.held[:min(len(s.held), maxHead)])
	switch {
	case errors.Is(err, wire.ErrNeedMore) && len(s.held) <= maxHead:
		return out, nil
	case err != nil:
		s.phase = phaseRaw
	}
	rest, s.held = s.held[n:], nil
	return append(out, becomes...), rest
}

// flush appends what was held when the stream ends.
func (s *stream) flush(out []byte) []byte {
	out = append(out, s.held...)
	s.held = nil
	return out
}

// enter has a body pass, and then goes on with a phase.
func (s *stream) enter(b wire.Body, has bool, after phase) {
	s.phase, s.after = after, after
	if has {
		s.phase, s.body = phaseBody, b
	}
}

// request is the head of up.
func (c *Conn) request(p []byte) (becomes []byte, n int, err error) {
	r, n, err := wire.ParseRequest(p)
	switch {
	case err != nil:
		return nil, 0, err
	case strings.HasPrefix(r.Proto, "HTTP/2"): // RFC 9113 §3.4: what it begins with
		return nil, 0, wire.ErrNotHead
	}
	becomes, answer := c.changes.Request(r)
	if becomes == nil {
		c.moving, c.up.phase = true, phaseStop
		return nil, 0, nil
	}
	a := asked{r.Method, r.Has("Upgrade") || r.Method == "CONNECT", answer}
	if len(c.asked) == maxAsked {
		c.lost = true
	} else {
		c.asked = append(c.asked, a)
	}
	body, has := wire.RequestBody(r)
	if dialect, _ := wire.DialectOf(r); dialect.Traits().Challenge {
		body, has = wire.SizedBody(challengeSize), true
	}
	after := phaseHead
	if a.upgrade {
		after = phaseWait
	}
	c.up.enter(body, has, after)
	return becomes, n, nil
}

// challengeSize is how many bytes follow the request head of hixie-76
// (draft-hixie-thewebsocketprotocol-76 §1.3).
const challengeSize = 8

// response is the head of down.
func (c *Conn) response(p []byte) (becomes []byte, n int, err error) {
	r, n, err := wire.ParseResponse(p)
	if err != nil {
		return nil, 0, err
	}
	if c.lost || len(c.asked) == 0 {
		c.down.phase = phaseRaw
		return nil, 0, nil
	}
	a := c.asked[0]
	becomes = a.answer(r)
	upgraded := r.Status == 101 || a.method == "CONNECT" && r.Status/100 == 2
	switch {
	case upgraded:
		c.up.phase, c.down.phase = phaseRaw, phaseRaw
		return becomes, n, nil
	case r.Status < 200:
		return becomes, n, nil
	}
	c.asked = c.asked[1:]
	if a.upgrade {
		c.up.stays()
	}
	body, has := wire.ResponseBody(&wire.Request{Method: a.method}, r)
	c.down.enter(body, has, phaseHead)
	return becomes, n, nil
}

// stays goes on with HTTP where an upgrade was refused.
func (s *stream) stays() {
	if s.phase == phaseWait {
		s.phase = phaseHead
	}
	s.after = phaseHead
}
