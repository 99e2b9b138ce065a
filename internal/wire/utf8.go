package wire

// UTF8 checks a text that comes in pieces (RFC 6455 §8.1, RFC 3629). The zero
// value is at the start of a text.
type UTF8 struct{}

// Feed takes the next piece. It returns the index in p of the first byte that
// cannot continue valid UTF-8, or -1. After that index was returned, Feed stays
// at the fault.
func (u *UTF8) Feed(p []byte) int { panic("unwritten") }

// Done reports whether the text so far ends on a whole code point and had no fault.
func (u *UTF8) Done() bool { panic("unwritten") }

// Reset puts u at the start of a new text.
func (u *UTF8) Reset() { panic("unwritten") }
