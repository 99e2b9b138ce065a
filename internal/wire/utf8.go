package wire

import "unicode/utf8"

// UTF8 checks a text that comes in pieces (RFC 6455 §8.1, RFC 3629). The zero
// value is at the start of a text.
type UTF8 struct {
	need   uint8 // how many bytes the current code point still lacks
	lo, hi uint8 // the range of the next of them
	bad    bool
}

// Feed takes the next piece. It returns the index in p of the first byte that
// cannot continue valid UTF-8, or -1. After that index was returned, Feed stays
// at the fault: it returns 0.
//
// The bulk of a piece is left to unicode/utf8, which is fast and says only yes or
// no; what a cut leaves at either end, and the search for a fault, go byte by byte.
func (u *UTF8) Feed(p []byte) int {
	if u.bad {
		return 0
	}
	rest := p
	for len(rest) > 0 && u.need > 0 && u.step(rest[0]) {
		rest = rest[1:]
	}
	if u.need == 0 {
		rest = rest[validPrefix(rest):]
	}
	for len(rest) > 0 && u.step(rest[0]) {
		rest = rest[1:]
	}
	if u.bad = len(rest) > 0; u.bad {
		return len(p) - len(rest)
	}
	return -1
}

// validPrefix returns how many bytes of p are whole code points: all but the
// last, where that is cut, or none, where there is a fault anywhere.
func validPrefix(p []byte) int {
	n := len(p)
	for i := n - 1; i >= max(0, n-utf8.UTFMax); i-- {
		if utf8.RuneStart(p[i]) {
			if !utf8.FullRune(p[i:]) {
				n = i
			}
			break
		}
	}
	if !utf8.Valid(p[:n]) {
		return 0
	}
	return n
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
