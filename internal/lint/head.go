package lint

import (
	"bytes"

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
	if s.o.Joined && st.start == 0 {
		return phaseSeek
	}
	return phaseBytes
}

// beginHead reads the whole head that is held and reports whether it is one.
func (s *Session) beginHead(st *stream) bool {
	e, want := Event{Size: uint64(len(st.held))}, 0
	if st.side == Client {
		e.Kind = KindRequest
		e.Request, _, _ = wire.ParseRequest(st.held)
		if e.Request == nil {
			return false
		}
		s.dialect, _ = wire.DialectOf(e.Request)
		if s.dialect.Traits().Challenge {
			want = keySize
		}
	} else {
		e.Kind = KindResponse
		e.Response, _, _ = wire.ParseResponse(st.held)
		if e.Response == nil {
			return false
		}
		if e.Response.Status == 101 && answered(s.request(), e.Response).Traits().Challenge {
			want = answerSize
		}
	}
	st.head = e
	st.enter(phaseChallenge)
	if want == 0 {
		s.endChallenge(st)
	}
	return true
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
	e := st.head
	e.Body, e.Size = st.held, e.Size+uint64(len(st.held))
	st.head = Event{}
	if st.side == Client {
		s.takeRequest(st, e)
	} else {
		s.takeResponse(st, e)
	}
}
