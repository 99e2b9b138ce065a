package wire

import (
	"encoding/binary"
	"slices"
)

// bitWriter appends bits to out, from the lowest of each byte (RFC 1951 §3.1.1).
type bitWriter struct {
	out []byte
	acc uint64 // bits that make no whole byte yet
	n   uint   // how many, less than 8 between calls
}

// grow makes room for so many bits, and for the eight bytes that flush takes.
func (w *bitWriter) grow(bits int) { w.out = slices.Grow(w.out, bits/8+16) }

// add writes n bits, at most 56.
func (w *bitWriter) add(value uint64, n uint) {
	w.acc |= value << (w.n & 63)
	w.n += n
	w.flush()
}

// flush moves whole bytes out of acc: eight are written, and those that are not
// whole are written over later.
func (w *bitWriter) flush() {
	whole := w.n / 8 & 7
	w.out = binary.LittleEndian.AppendUint64(w.out, w.acc)[:len(w.out)+int(whole)]
	w.acc >>= whole * 8
	w.n %= 8
}

// align fills the last byte with zeros.
func (w *bitWriter) align() {
	if w.n > 0 {
		w.add(0, 8-w.n)
	}
}

// stored writes what follows the header of a stored block (RFC 1951 §3.2.4).
func (w *bitWriter) stored(piece []byte) {
	w.align()
	w.out = binary.LittleEndian.AppendUint16(w.out, uint16(len(piece)))
	w.out = binary.LittleEndian.AppendUint16(w.out, ^uint16(len(piece)))
	w.out = append(w.out, piece...)
}

// symbols writes the literals and matches of a piece, and the end of the block
// (RFC 1951 §3.2.3).
func (w *bitWriter) symbols(piece []byte, matches []match, literals, offsets *codes) {
	for _, m := range matches {
		w.literals(piece[:m.literals], literals)
		piece = piece[int(m.literals)+int(m.length):]
		w.match(m, literals, offsets)
	}
	w.literals(piece, literals)
	end := literals[endOfBlock]
	w.add(end.bits(), end.length())
}

// literals writes literals. acc has room for one more code where it has 47 bits.
func (w *bitWriter) literals(p []byte, codes *codes) {
	for _, b := range p {
		c := codes[b]
		w.acc |= c.bits() << (w.n & 63)
		if w.n += c.length(); w.n >= 48 {
			w.flush()
		}
	}
	w.flush()
}

// match writes a match; the two codes with their extra bits are at most 48 bits.
func (w *bitWriter) match(m match, literals, offsets *codes) {
	symbol := m.lengthSymbol()
	c := literals[symbol]
	value, n := c.bits(), c.length()
	more := lengthCodes[symbol-endOfBlock-1]
	value |= uint64(m.length-more.base) << (n & 63)
	n += uint(more.bits)

	symbol, extra := m.distanceSymbol()
	c = offsets[symbol]
	value |= c.bits() << (n & 63)
	n += c.length()
	value |= uint64(m.distance-distanceCodes[symbol].base) << (n & 63)
	w.add(value, n+extra)
}
