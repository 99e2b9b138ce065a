package wire

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

// Control reports whether o is a control opcode, defined or not (RFC 6455 §5.5).
func (o Opcode) Control() bool { return o&8 != 0 }

// Reserved reports whether RFC 6455 §5.2 reserves o for later.
func (o Opcode) Reserved() bool { return o > OpPong || o > OpBinary && o < OpClose }

// String returns the short word of transcripts: "text", "cont", "op3".
func (o Opcode) String() string { panic("unwritten") }

// BitsFor returns the shortest form of a length: 7, 16 or 64 (RFC 6455 §5.2).
func BitsFor(length uint64) uint8 { panic("unwritten") }

// Minimal reports whether the length is written in its shortest form.
func (h Header) Minimal() bool { return h.Bits == BitsFor(h.Length) }

// Size returns how many bytes the header takes, 2 to 14.
func (h Header) Size() int { panic("unwritten") }

// Append appends the header's bytes. A Bits of 0 stands for the shortest form;
// a form too short for Length writes the low bits of Length.
func (h Header) Append(dst []byte) []byte { panic("unwritten") }

// ParseHeader reads the header at the start of p and says how many bytes it
// takes; n is 0 when p ends before the header does.
func ParseHeader(p []byte) (h Header, n int) { panic("unwritten") }

// AppendFrame appends h and then payload, masked when h.Masked. h.Length is
// written as it stands, true or not; payload itself is not changed.
func AppendFrame(dst []byte, h Header, payload []byte) []byte { panic("unwritten") }

// Mask XORs p with key, eight bytes at a time, as if p began off bytes into
// the payload (RFC 6455 §5.3).
func Mask(p []byte, key [4]byte, off uint64) { panic("unwritten") }
