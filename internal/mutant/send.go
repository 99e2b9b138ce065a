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
		f = s.packed(f)
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

// packed returns a data frame as it goes out: compressed, but for a mutant that
// leaves some as they are (RFC 7692 §6 lets it choose).
func (s *session) packed(f frame) frame {
	if s.mutant == nil || s.mutant.pack == nil {
		return s.compress(f)
	}
	payload := s.mutant.pack(s, f.payload)
	if payload == nil {
		return f
	}
	f.Rsv = wire.RSV1
	return f.resized(payload)
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
	if !s.is(failsWithoutClose) && !s.is(failsWithReset) {
		s.sendClose(s.failureBody(v))
	}
	s.over = true
	switch {
	case s.is(worksOnAfterFailing):
		s.over, s.leaving = false, true
	case s.is(waitsForeverForClose):
		s.awaitClose(time.Time{})
	case s.is(waitsForCloseWhenFailing):
		s.awaitClose(time.Now().Add(lingerTime))
	case s.is(failsWithReset), s.is(resetsBehindFailing):
		s.reset()
	}
}

// failureBody is the body of the Close that fails a connection.
func (s *session) failureBody(v *violation) []byte {
	switch {
	case s.is(failsWithInternalError):
		return closeBody(1011, v.why)
	case s.is(failsWithNormalClosure):
		return closeBody(closeNormal, v.why)
	case s.is(failsWithPolicyCode):
		return closeBody(closePolicy, v.why)
	case s.is(failsWithItsOwnCode):
		return closeBody(closeOwn, v.why)
	case s.is(failsWith1002Only):
		return closeBody(closeProtocol, v.why)
	case s.is(failsWithoutCode):
		return nil
	case s.is(failsWithoutReason):
		return closeBody(v.code, "")
	case s.is(failsAtLength):
		return closeBody(v.code, longReason)
	}
	return closeBody(v.code, v.why)
}

// awaitClose reads until a Close comes, the time is up or the client is gone. A
// zero time never is.
func (s *session) awaitClose(until time.Time) {
	for {
		for len(s.in) > 0 {
			c, n, ok := s.frames.Next(s.in)
			s.in = s.in[n:]
			if ok && c.Last && c.Header.Opcode == wire.OpClose {
				return
			}
		}
		s.SetReadDeadline(until)
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
