package wire

import "encoding/binary"

// bitReader reads p from the lowest bit of each byte (RFC 1951 §3.1.1).
type bitReader struct {
	p   []byte
	at  int    // what of p is in acc or has been read
	acc uint64 // the next bits; beyond n they may be those that follow, or zero
	n   uint
}

// fill makes n at least 56, or as much as p has.
func (r *bitReader) fill() {
	if len(r.p)-r.at >= 8 {
		r.acc |= binary.LittleEndian.Uint64(r.p[r.at:]) << r.n
		r.at += int(63-r.n) / 8
		r.n |= 56
		return
	}
	for r.n < 56 && r.at < len(r.p) {
		r.acc |= uint64(r.p[r.at]) << r.n
		r.at++
		r.n += 8
	}
}

// drop goes on by n bits, which must be there.
func (r *bitReader) drop(n uint) {
	r.acc >>= n
	r.n -= n
}

// take reads n bits, at most 16. ok is false where p ends before.
func (r *bitReader) take(n uint) (value uint, ok bool) {
	if r.n < n {
		if r.fill(); r.n < n {
			return 0, false
		}
	}
	value = uint(r.acc & (1<<n - 1))
	r.drop(n)
	return value, true
}

// align goes on to the next byte of p.
func (r *bitReader) align() {
	r.at -= int(r.n / 8)
	r.acc, r.n = 0, 0
}

// extra is a base value to which so many bits from the stream are added.
type extra struct {
	base uint16
	bits uint8
}

// mask covers the extra bits.
func (e extra) mask() uint64 { return 1<<(e.bits&15) - 1 }

// extended reads the extra bits of e and adds its base.
func (r *bitReader) extended(e extra) (value int, ok bool) {
	more, ok := r.take(uint(e.bits))
	return int(e.base) + int(more), ok
}
