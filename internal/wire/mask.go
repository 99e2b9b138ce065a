package wire

import (
	"encoding/binary"
	"math/bits"
)

// Mask XORs p with key, eight bytes at a time, as if p began off bytes into
// the payload (RFC 6455 §5.3). Applied twice it changes nothing.
//
// Four words a round are as fast as portable Go gets: eight are slower, and so is
// crypto/subtle.XORBytes over an expanded key. Only assembly is faster, and what
// is masked here is copied and judged as well, which takes longer.
func Mask(p []byte, key [4]byte, off uint64) {
	narrow := bits.RotateLeft32(binary.LittleEndian.Uint32(key[:]), -8*int(off%4))
	wide := uint64(narrow)<<32 | uint64(narrow)
	for len(p) >= 32 {
		q := p[:32:32]
		binary.LittleEndian.PutUint64(q[0:], binary.LittleEndian.Uint64(q[0:])^wide)
		binary.LittleEndian.PutUint64(q[8:], binary.LittleEndian.Uint64(q[8:])^wide)
		binary.LittleEndian.PutUint64(q[16:], binary.LittleEndian.Uint64(q[16:])^wide)
		binary.LittleEndian.PutUint64(q[24:], binary.LittleEndian.Uint64(q[24:])^wide)
		p = p[32:]
	}
	for len(p) >= 8 {
		binary.LittleEndian.PutUint64(p, binary.LittleEndian.Uint64(p)^wide)
		p = p[8:]
	}
	for i := range p {
		p[i] ^= byte(wide)
		wide >>= 8
	}
}

// MaskedASCII reports whether all of p is ASCII without its mask, as if p began off bytes
// into the payload. It ends where something is not.
func MaskedASCII(p []byte, key [4]byte, off uint64) bool {
	const high = 0x8080808080808080
	narrow := bits.RotateLeft32(binary.LittleEndian.Uint32(key[:]), -8*int(off%4))
	wide := (uint64(narrow)<<32 | uint64(narrow)) & high
	for len(p) >= 64 {
		q := p[:64:64]
		a, b := binary.LittleEndian.Uint64(q[0:])^wide, binary.LittleEndian.Uint64(q[8:])^wide
		c, d := binary.LittleEndian.Uint64(q[16:])^wide, binary.LittleEndian.Uint64(q[24:])^wide
		e, f := binary.LittleEndian.Uint64(q[32:])^wide, binary.LittleEndian.Uint64(q[40:])^wide
		g, h := binary.LittleEndian.Uint64(q[48:])^wide, binary.LittleEndian.Uint64(q[56:])^wide
		if (a|b|c|d|e|f|g|h)&high != 0 {
			return false
		}
		p = p[64:]
	}
	for ; len(p) >= 8; p = p[8:] {
		if (binary.LittleEndian.Uint64(p)^wide)&high != 0 {
			return false
		}
	}
	for i := range p {
		if (p[i]^byte(wide))&0x80 != 0 {
			return false
		}
		wide = bits.RotateLeft64(wide, -8)
	}
	return true
}

// Unmask writes src without its mask to dst, which has room for it, as if src began
// off bytes into the payload, and reports whether all of that is ASCII, and so UTF-8.
// It is what a reader of many frames needs, in one go.
func Unmask(dst, src []byte, key [4]byte, off uint64) (ascii bool) {
	narrow := bits.RotateLeft32(binary.LittleEndian.Uint32(key[:]), -8*int(off%4))
	wide := uint64(narrow)<<32 | uint64(narrow)
	dst = dst[:len(src)]
	var high uint64
	for len(src) >= 32 && len(dst) >= 32 {
		from, to := src[:32:32], dst[:32:32]
		a, b := binary.LittleEndian.Uint64(from[0:])^wide, binary.LittleEndian.Uint64(from[8:])^wide
		c, d := binary.LittleEndian.Uint64(from[16:])^wide, binary.LittleEndian.Uint64(from[24:])^wide
		binary.LittleEndian.PutUint64(to[0:], a)
		binary.LittleEndian.PutUint64(to[8:], b)
		binary.LittleEndian.PutUint64(to[16:], c)
		binary.LittleEndian.PutUint64(to[24:], d)
		high |= a | b | c | d
		src, dst = src[32:], dst[32:]
	}
	for len(src) >= 8 && len(dst) >= 8 {
		x := binary.LittleEndian.Uint64(src) ^ wide
		binary.LittleEndian.PutUint64(dst, x)
		high |= x
		src, dst = src[8:], dst[8:]
	}
	for i := range src {
		x := src[i] ^ byte(wide)
		dst[i] = x
		high |= uint64(x)
		wide = bits.RotateLeft64(wide, -8)
	}
	return high&0x8080808080808080 == 0
}
