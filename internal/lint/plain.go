package lint

import (
	"time"
	"unicode/utf8"

	"wsprobe/internal/wire"
)

// Watcher is told what a session sees, in its order, where that must cost little.
type Watcher interface {
	// Plain takes a frame of which there is nothing to say: a whole message or a
	// ping or pong, lawful, not compressed, and come in one piece. It stands for the
	// KindFrame and the KindMessage that there would be. payload is unmasked and
	// only valid during the call.
	Plain(side Side, at time.Duration, offset uint64, h wire.Header, payload []byte)
	// Events takes everything else.
	Events(events []Event)
}

// maxPlain is the largest payload of a plain frame. What is larger costs little
// a byte anyway.
const maxPlain = 2 << 10

// takePlain tells the watcher of the plain frames at the front of p and returns
// how many bytes they take. It judges what checkFrame and seeMessage would,
// and leaves whatever breaks a rule to them.
func (s *Session) takePlain(st *stream, p []byte) int {
	if st.frame != nil || st.message.begun || st.closed || st.joined || st.early || s.foreign || !st.decoder.Idle() {
		return 0
	}
	n := 0
	for {
		h, size := wire.ParseHeader(p[n:])
		if size == 0 || h.Length > maxPlain || uint64(len(p)-n-size) < h.Length || !st.plain(&h) {
			return n
		}
		payload := p[n+size : n+size+int(h.Length)]
		if h.Masked {
			payload = s.unmasked(payload, h.Mask)
		}
		if h.Opcode == wire.OpText && !utf8.Valid(payload) {
			return n
		}
		if h.Masked && h.Length > 0 {
			st.mask, st.masked = h.Mask, true
		}
		st.seen = true
		s.before()
		s.o.Watcher.Plain(st.side, s.at, st.start, h, payload)
		size += int(h.Length)
		st.start += uint64(size)
		n += size
	}
}

// plain reports whether nothing is to be said of a header.
func (st *stream) plain(h *wire.Header) bool {
	switch h.Opcode {
	case wire.OpText, wire.OpBinary:
	case wire.OpPing, wire.OpPong:
		if h.Length > maxControl {
			return false
		}
	default:
		return false
	}
	if h.Masked && h.Length > 0 && st.masked && h.Mask == st.mask {
		return false
	}
	return h.Fin && h.Rsv == 0 && h.Masked == (st.side == Client) && h.Minimal()
}

// unmasked returns a copy of a piece of payload, which is at most maxPlain long,
// without its mask.
func (s *Session) unmasked(p []byte, key [4]byte) []byte {
	q := s.scratch()[:len(p)]
	copy(q, p)
	wire.Mask(q, key, 0)
	return q
}

// scratch returns where payload is unmasked.
func (s *Session) scratch() []byte {
	if s.o.Scratch == nil {
		s.o.Scratch = make([]byte, maxPlain)
	}
	return s.o.Scratch
}

// before tells the watcher of the events before a plain frame.
func (s *Session) before() {
	if len(s.events) > 0 {
		s.o.Watcher.Events(s.events)
		s.events = nil
	}
}

// PlainEvents returns the two events that a plain frame stands for, with at most
// keep bytes of its payload, which they share.
func PlainEvents(side Side, at time.Duration, offset uint64, h wire.Header, payload []byte, keep int) [2]Event {
	f := &Frame{Header: h, Payload: payload[:min(len(payload), keep):min(len(payload), keep)]}
	f.Cut = uint64(len(f.Payload)) < h.Length
	m := &Message{Opcode: h.Opcode, Payload: f.Payload, Size: h.Length, Cut: f.Cut, Frames: 1}
	e := Event{Side: side, At: at, Offset: offset, Size: uint64(h.Size()) + h.Length}
	frame, message := e, e
	frame.Kind, frame.Frame = KindFrame, f
	message.Kind, message.Message = KindMessage, m
	return [2]Event{frame, message}
}
