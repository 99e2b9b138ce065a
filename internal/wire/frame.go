package wire

import "encoding/binary"

// Opcode is the four-bit opcode of a frame (RFC 6455 §5.2).
type Opcode byte

// The opcodes that RFC 6455 §11.8 registers.
const (
	OpContinuation Opcode = 0
	OpText         Opcode = 1
	OpBinary       Opcode = 2
	OpClose        Opcode = 8
	OpPing         Opcode = 9
	OpPong         Opcode = 10
)

// The reserved bits as they stand in Header.Rsv.
const (
	RSV1 = 4
	RSV2 = 2
	RSV3 = 1
)

// The two values of the seven-bit length that announce a longer form, and the
// size of the longest header (RFC 6455 §5.2).
const (
	length16      = 126
	length64      = 127
	maxHeaderSize = 14
)

// Header is the header of one frame of RFC 6455 §5.2, every bit kept.
type Header struct {
	Fin    bool
	Rsv    byte // RSV1, RSV2 and RSV3, ored
	Opcode Opcode
	Masked bool
	Mask   [4]byte // the masking key, where Masked
	Bits   uint8   // how the length is written: 7, 16 or 64 bits
	Length uint64  // payload length in bytes, as written; its top bit may be set
}

var opcodeNames = [16]string{
	"cont", "text", "binary", "op3", "op4", "op5", "op6", "op7",
	"close", "ping", "pong", "op11", "op12", "op13", "op14", "op15",
}

// Control reports whether o is a control opcode, defined or not (RFC 6455 §5.5).
func (o Opcode) Control() bool { return o&8 != 0 }

// Reserved reports whether RFC 6455 §5.2 reserves o for later.
func (o Opcode) Reserved() bool { return o > OpPong || o > OpBinary && o < OpClose }

// String returns the short word of transcripts: "text", "cont", "op3".
func (o Opcode) String() string { return opcodeNames[o&15] }

// BitsFor returns the shortest form of a length: 7, 16 or 64 (RFC 6455 §5.2).
func BitsFor(length uint64) uint8 {
	switch {
	case length < length16:
		return 7
	case length < 1<<16:
		return 16
	}
	return 64
}

// Minimal reports whether the length is written in its shortest form.
func (h Header) Minimal() bool { return h.Bits == BitsFor(h.Length) }

// Size returns how many bytes the header takes, 2 to 14.
func (h Header) Size() int {
	n := 2
	switch h.bits() {
	case 16:
		n += 2
	case 64:
		n += 8
	}
	if h.Masked {
		n += 4
	}
	return n
}

// bits returns the form of the length that Append writes.
func (h Header) bits() uint8 {
	if h.Bits == 0 {
		return BitsFor(h.Length)
	}
	return h.Bits
}

// Append appends the header's bytes (RFC 6455 §5.2). A Bits of 0 stands for the
// shortest form; a form too short for Length writes the low bits of Length.
func (h Header) Append(dst []byte) []byte {
	first := h.Rsv&7<<4 | byte(h.Opcode&15)
	if h.Fin {
		first |= 0x80
	}
	var mask byte
	if h.Masked {
		mask = 0x80
	}
	switch h.bits() {
	case 16:
		dst = append(dst, first, mask|length16)
		dst = binary.BigEndian.AppendUint16(dst, uint16(h.Length))
	case 64:
		dst = append(dst, first, mask|length64)
		dst = binary.BigEndian.AppendUint64(dst, h.Length)
	default:
		dst = append(dst, first, mask|byte(h.Length&0x7F))
	}
	if h.Masked {
		dst = append(dst, h.Mask[:]...)
	}
	return dst
}

// ParseHeader reads the header at the start of p (RFC 6455 §5.2) and says how
// many bytes it takes; n is 0 when p ends before the header does.
func ParseHeader(p []byte) (h Header, n int) {
	if len(p) < 2 {
		return Header{}, 0
	}
	h.Fin = p[0]&0x80 != 0
	h.Rsv = p[0] >> 4 & 7
	h.Opcode = Opcode(p[0] & 15)
	h.Masked = p[1]&0x80 != 0
	h.Bits, h.Length, n = 7, uint64(p[1]&0x7F), 2
	switch h.Length {
	case length16:
		h.Bits, n = 16, 4
	case length64:
		h.Bits, n = 64, 10
	}
	size := n
	if h.Masked {
		size += 4
	}
	if len(p) < size {
		return Header{}, 0
	}
	switch h.Bits {
	case 16:
		h.Length = uint64(binary.BigEndian.Uint16(p[2:]))
	case 64:
		h.Length = binary.BigEndian.Uint64(p[2:])
	}
	if h.Masked {
		copy(h.Mask[:], p[n:])
	}
	return h, size
}

// AppendFrame appends h and then payload, masked when h.Masked. h.Length is
// written as it stands, true or not; payload itself is not changed.
func AppendFrame(dst []byte, h Header, payload []byte) []byte {
	dst = append(h.Append(dst), payload...)
	if h.Masked {
		Mask(dst[len(dst)-len(payload):], h.Mask, 0)
	}
	return dst
}
