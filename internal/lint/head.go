package lint

import (
	"bytes"
	"slices"

	"wsprobe/internal/wire"
)

// How many bytes follow a hixie-76 head (draft-hixie-thewebsocketprotocol-76 §1.3).
const (
	keySize    = 8  // of a client's
	answerSize = 16 // of a server's
)

// firstLook is how much of an unfinished first line is looked at to see that it
// begins no head.
const firstLook = 4 << 10

// takeHead collects a request head or a response head.
func (s *Session) takeHead(st *stream, p []byte) int {
	if n := s.takeEmptyLines(st, p); n > 0 {
		return n
	}
	had := len(st.held)
	s.hold(st, p[:min(len(p), wire.MaxHead-had)])
	n, is := st.findHead(had)
	switch {
	case is && n == 0 && len(st.held) < wire.MaxHead:
		return len(p)
	case is && n > 0:
		st.held = st.held[:n]
		if s.beginHead(st) {
			return n - had
		}
	}
	taken := len(st.held) - had
	s.release(st, s.notHead(st))
	return taken
}

// takeEmptyLines takes the empty lines that p begins with, and the CR that is held of
// one. A server passes over those before a request (RFC 9112 §2.2), which some clients
// put behind a body. Where a stream may begin in the middle, they say nothing.
func (s *Session) takeEmptyLines(st *stream, p []byte) (n int) {
	cr := string(st.held) == "\r"
	if st.side != Client || len(st.held) > 0 && !cr || s.o.Joined && st.start == 0 {
		return 0
	}
	for i, b := range p {
		if b == '\n' {
			n, cr = i+1, false
		} else if cr = b == '\r' && !cr; !cr {
			break
		}
	}
	if n > 0 {
		s.emitBytes(st, slices.Concat(st.held, p[:n]))
		st.held = nil
	}
	return n
}

// findHead looks for the blank line that ends the head in what is held, in no
// byte twice; had is how many bytes it saw before. n is 0 where there is none
// yet. is becomes false with the first line that begins no head.
func (st *stream) findHead(had int) (n int, is bool) {
	for from := had; ; from = st.lineEnd {
		i := bytes.IndexByte(st.held[from:], '\n')
		if i < 0 {
			break
		}
		line := bytes.TrimSuffix(st.held[st.lineEnd:from+i], []byte{'\r'})
		first := st.lineEnd == 0
		st.lineEnd = from + i + 1
		if first && !st.begins(st.held[:st.lineEnd]) {
			return 0, false
		}
		if !first && len(line) == 0 {
			return st.lineEnd, true
		}
	}
	return 0, st.lineEnd > 0 || had > firstLook || st.begins(st.held[:min(len(st.held), firstLook)])
}

// begins reports whether p can be the beginning of this side's head.
func (st *stream) begins(p []byte) bool {
	var err error
	if st.side == Client {
		_, _, err = wire.ParseRequest(p)
	} else {
		_, _, err = wire.ParseResponse(p)
	}
	return err != wire.ErrNotHead
}

// notHead returns the phase that takes bytes that turned out to be no head.
func (s *Session) notHead(st *stream) phase {
	if s.o.Joined && st.start == 0 || st.lost {
		return phaseSeek
	}
	return phaseBytes
}

// beginHead reads the whole head that is held and reports whether it is one.
func (s *Session) beginHead(st *stream) bool {
	read := s.readRequest
	if st.side == Server {
		read = s.readResponse
	}
	challenge, ok := read(st)
	if !ok {
		return false
	}
	st.enter(phaseChallenge)
	if !challenge {
		s.endChallenge(st)
	}
	return true
}

// readRequest reads the request head that is held. challenge tells that eight
// bytes follow it.
func (s *Session) readRequest(st *stream) (challenge, ok bool) {
	r, n, err := wire.ParseRequest(st.held)
	if err != nil {
		return false, false
	}
	st.head = &Event{Kind: KindRequest, Request: r, Size: uint64(n), Note: lineEnds(&r.Head)}
	switch {
	case s.o.HTTP2:
		s.dialect = wire.RFC6455
	case !s.upgraded:
		s.dialect, _ = wire.DialectOf(r)
	}
	return s.dialect.Traits().Challenge, true
}

// readResponse reads the response head that is held. challenge tells that sixteen
// bytes follow it.
func (s *Session) readResponse(st *stream) (challenge, ok bool) {
	p, n, err := wire.ParseResponse(st.held)
	if err != nil {
		return false, false
	}
	st.head = &Event{Kind: KindResponse, Response: p, Size: uint64(n), Note: lineEnds(&p.Head)}
	return p.Status == 101 && !s.o.HTTP2 && answered(s.request(), p).Traits().Challenge, true
}

// lineEnds notes that lines do not end as HTTP has them. It is no finding: whoever
// reads them may take a bare LF for an end (RFC 7230 §3.5), and no rule of RFC 6455
// speaks of it.
func lineEnds(h *wire.Head) string {
	if h.BareLF {
		return "lines end with LF alone"
	}
	return ""
}

// takeChallenge collects the bytes that follow a hixie-76 head.
func (s *Session) takeChallenge(st *stream, p []byte) int {
	want := keySize
	if st.side == Server {
		want = answerSize
	}
	n := min(want-len(st.held), len(p))
	s.hold(st, p[:n])
	if len(st.held) == want {
		s.endChallenge(st)
	}
	return n
}

// endChallenge completes a head with as many bytes as followed it.
func (s *Session) endChallenge(st *stream) {
	e := *st.head
	e.Body, e.Size = st.held, e.Size+uint64(len(st.held))
	st.head = nil
	if st.side == Client {
		s.takeRequest(st, e)
	} else {
		s.takeResponse(st, e)
	}
}
