package mutant

import (
	"encoding/binary"
	"net"
	"time"

	"wsprobe/internal/wire"
)

// frame is a frame that is about to be written.
type frame struct {
	wire.Header
	payload []byte
}

// newFrame makes a right frame (RFC 6455 §5.2).
func newFrame(op wire.Opcode, payload []byte) frame {
	return frame{wire.Header{Fin: true, Opcode: op, Length: uint64(len(payload))}, payload}
}

// resized gives a frame another payload.
func (f frame) resized(payload []byte) frame {
	f.payload, f.Length = payload, uint64(len(payload))
	return f
}

// send sends a message or control frame, unless our Close has gone out. A
// connection that takes no more bytes is given up.
func (s *session) send(op wire.Opcode, payload []byte) {
	s.writing.Lock()
	defer s.writing.Unlock()
	if s.closeSent && !s.sendsAfterClose(op) {
		return
	}
	f := newFrame(op, payload)
	if s.deflate != nil && !op.Control() {
		f = s.compress(f)
	}
	var out []byte
	for _, f := range s.garbled(f) {
		out = wire.AppendFrame(out, f.Header, f.payload)
	}
	s.closeSent = s.closeSent || op == wire.OpClose
	if s.write(out) != nil {
		s.Close()
	}
}

// garbled returns what goes out for f: f itself, but for a mutant.
func (s *session) garbled(f frame) []frame {
	if s.mutant == nil || s.mutant.frame == nil {
		return []frame{f}
	}
	return s.mutant.frame(s, f)
}

// sendsAfterClose is for mutants only: nothing goes out behind a Close.
func (s *session) sendsAfterClose(op wire.Opcode) bool {
	switch op {
	case wire.OpClose:
		return s.is(answersCloseTwice)
	case wire.OpPing, wire.OpPong:
		return s.is(pongsAfterClose) || s.is(worksOnAfterFailing)
	}
	return s.is(echoesAfterClose) || s.is(worksOnAfterFailing)
}

// sendClose sends a Close with that body (RFC 6455 §5.5.1).
func (s *session) sendClose(body []byte) { s.send(wire.OpClose, body) }

// closeBody is the body of a Close (RFC 6455 §5.5.1).
func closeBody(code uint16, reason string) []byte {
	return append(binary.BigEndian.AppendUint16(nil, code), reason...)
}

// close ends the connection from another goroutine than the one that reads: a
// client that does not end its side too is not waited for long.
func (s *session) close(code uint16, reason string) {
	s.sendClose(closeBody(code, reason))
	s.endSoon()
}

// fail fails the connection (RFC 6455 §7.1.7).
func (s *session) fail(v *violation) {
	if s.is(failsLate) && s.late == nil {
		s.late = v
		return
	}
	code := v.code
	switch {
	case s.is(failsWithInternalError):
		code = 1011
	case s.is(failsWithNormalClosure):
		code = closeNormal
	}
	if !s.is(failsWithoutClose) {
		s.sendClose(closeBody(code, v.why))
	}
	s.over = true
	switch {
	case s.is(worksOnAfterFailing):
		s.over, s.leaving = false, true
	case s.is(waitsForeverForClose):
		s.awaitClose()
	}
}

// awaitClose reads until a Close comes or the client is gone.
func (s *session) awaitClose() {
	for {
		for len(s.in) > 0 {
			c, n, ok := s.frames.Next(s.in)
			s.in = s.in[n:]
			if ok && c.Last && c.Header.Opcode == wire.OpClose {
				return
			}
		}
		s.SetReadDeadline(time.Time{})
		if s.more() != nil {
			return
		}
	}
}

// reset ends the connection with an RST.
func (s *session) reset() {
	if tcp, ok := s.Conn.(*net.TCPConn); ok {
		tcp.SetLinger(0)
	}
	s.Close()
}
