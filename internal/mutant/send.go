package mutant

import (
	"encoding/binary"
	"net"
	"slices"
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

// The rest is what mutants make of a frame.

// onData applies to data frames what garble makes of a frame.
func onData(garble func(frame) []frame) func(*session, frame) []frame {
	return func(_ *session, f frame) []frame {
		if f.Opcode.Control() {
			return []frame{f}
		}
		return garble(f)
	}
}

// onControl applies the same to the frames with that opcode.
func on(op wire.Opcode, garble func(frame) []frame) func(*session, frame) []frame {
	return func(_ *session, f frame) []frame {
		if f.Opcode != op {
			return []frame{f}
		}
		return garble(f)
	}
}

// split cuts a frame in two.
func split(f frame) []frame {
	half := len(f.payload) / 2
	first, second := f, f
	first.payload, second.payload = f.payload[:half], f.payload[half:]
	first.Length, second.Length = uint64(half), uint64(len(f.payload)-half)
	first.Fin, second.Opcode, second.Rsv = false, wire.OpContinuation, 0
	return []frame{first, second}
}

// resized gives a frame another payload.
func (f frame) resized(payload []byte) frame {
	f.payload, f.Length = payload, uint64(len(payload))
	return f
}

// with changes the header of a frame.
func withHeader(change func(*wire.Header)) func(frame) []frame {
	return func(f frame) []frame {
		change(&f.Header)
		return []frame{f}
	}
}

// behind sends frames behind a frame.
func behind(more ...frame) func(frame) []frame {
	return func(f frame) []frame { return slices.Concat([]frame{f}, more) }
}
