package lint

import (
	"encoding/binary"
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

// MaxPlain is the largest payload of a plain frame, and so the room that unmasking
// one takes. What is larger costs little a byte anyway.
const MaxPlain = 8 << 10

// takePlain tells the watcher of the plain frames at the front of p and returns
// how many bytes they take. It judges what checkFrame and seeMessage would,
// and leaves whatever breaks a rule to them.
func (s *Session) takePlain(st *stream, p []byte) int {
	if st.frame != nil || st.message.begun || st.closed || st.joined || st.early || s.foreign || !st.decoder.Idle() {
		return 0
	}
	n := 0
	for {
		h, size := plainHeader(p[n:], st.side)
		if size == 0 || h.Masked && h.Length > 0 && st.masked && h.Mask == st.mask {
			return n
		}
		payload, ascii := p[n+size:n+size+int(h.Length)], false
		if h.Masked {
			ascii = wire.Unmask(s.scratch(), payload, h.Mask, 0)
			payload = s.o.Scratch[:len(payload)]
		}
		if h.Opcode == wire.OpText && !ascii && !utf8.Valid(payload) {
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

// plainHeader returns the header at the start of p, where the frame is there as a
// whole and its header is one of which nothing is to be said; else a size of 0.
// All that is asked of it can be seen in its first two bytes: FIN set and nothing
// reserved, a mask if a client sends it, and a length that is short or honestly of
// 16 bits (RFC 6455 §5.2).
func plainHeader(p []byte, side Side) (h wire.Header, size int) {
	if len(p) < 2 || p[0]&0xF0 != 0x80 || p[1]>>7 != byte(1-side) {
		return h, 0
	}
	h.Fin, h.Opcode, h.Bits, h.Length = true, wire.Opcode(p[0]&15), 7, uint64(p[1]&0x7F)
	size = 2
	if h.Length > maxControl {
		if h.Length > maxControl+1 || len(p) < 4 {
			return h, 0
		}
		h.Bits, h.Length, size = 16, uint64(binary.BigEndian.Uint16(p[2:])), 4
		if h.Length <= maxControl || h.Length > MaxPlain {
			return h, 0
		}
	}
	if side == Client {
		size += len(h.Mask)
		if len(p) < size {
			return h, 0
		}
		h.Masked, h.Mask = true, [4]byte(p[size-len(h.Mask):])
	}
	if !plainOpcode(h.Opcode, h.Bits) || uint64(len(p)-size) < h.Length {
		return h, 0
	}
	return h, size
}

// plainOpcode reports whether a frame of that opcode, with a length in that form,
// is a message or a ping or pong.
func plainOpcode(o wire.Opcode, bits uint8) bool {
	switch o {
	case wire.OpText, wire.OpBinary:
		return true
	case wire.OpPing, wire.OpPong:
		return bits == 7
	}
	return false
}

// scratch returns where payload is unmasked.
func (s *Session) scratch() []byte {
	if s.o.Scratch == nil {
		s.o.Scratch = make([]byte, MaxPlain)
	}
	return s.o.Scratch
}

// Borrow lends the session room to unmask in until it is called with nil, as
// Options.Scratch does for good.
func (s *Session) Borrow(scratch []byte) { s.o.Scratch = scratch }

// before tells the watcher of the events so far.
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
