package wire

import "encoding/binary"

// UTF8 checks a text that comes in pieces (RFC 6455 §8.1, RFC 3629). The zero
// value is at the start of a text.
type UTF8 struct {
	need   uint8 // how many bytes the current code point still lacks
	lo, hi uint8 // the range of the next of them
	bad    bool
}

// Feed takes the next piece. It returns the index in p of the first byte that
// cannot continue valid UTF-8, or -1. After that index was returned, Feed stays
// at the fault: it returns 0 until Reset.
func (u *UTF8) Feed(p []byte) int {
	if u.bad {
		return 0
	}
	for i := 0; i < len(p); {
		if u.need == 0 {
			if i += ascii(p[i:]); i == len(p) {
				break
			}
		}
		if !u.step(p[i]) {
			u.bad = true
			return i
		}
		i++
	}
	return -1
}

// ascii returns how many bytes at the start of p are ASCII.
func ascii(p []byte) int {
	const tops = 0x8080808080808080
	i := 0
	for i+8 <= len(p) && binary.LittleEndian.Uint64(p[i:])&tops == 0 {
		i += 8
	}
	for i < len(p) && p[i] < 0x80 {
		i++
	}
	return i
}

// step takes one byte and reports whether it can stand there. The ranges are
// those of the syntax in RFC 3629 §4: the second byte after E0, ED, F0 and F4
// has a narrower one, which keeps out overlong forms, surrogates and what lies
// beyond U+10FFFF.
func (u *UTF8) step(b byte) bool {
	if u.need > 0 {
		if b < u.lo || b > u.hi {
			return false
		}
		u.need--
		u.lo, u.hi = 0x80, 0xBF
		return true
	}
	u.lo, u.hi = 0x80, 0xBF
	switch {
	case b < 0x80:
	case b < 0xC2 || b > 0xF4:
		return false
	case b < 0xE0:
		u.need = 1
	case b < 0xF0:
		u.need = 2
	default:
		u.need = 3
	}
	switch b {
	case 0xE0:
		u.lo = 0xA0
	case 0xED:
		u.hi = 0x9F
	case 0xF0:
		u.lo = 0x90
	case 0xF4:
		u.hi = 0x8F
	}
	return true
}

// Done reports whether the text so far ends on a whole code point and had no fault.
func (u *UTF8) Done() bool { return u.need == 0 && !u.bad }

// Reset puts u at the start of a new text.
func (u *UTF8) Reset() { *u = UTF8{} }
