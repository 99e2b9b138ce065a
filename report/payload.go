package report

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Escape returns p as text that is safe to show: what is printable stays, a
// control character, an invisible one or a byte that is no UTF-8 becomes an
// escape such as \n, \u202e or \xf4, and a backslash is doubled. No byte that a
// target sends reaches a terminal in any other way.
func Escape(p []byte) string {
	s, _ := escapeTo(p, -1)
	return s
}

// escapeTo escapes as much of p as fits into width columns, at least one
// character of it, and says how many bytes that was. A width below 0 has no end.
func escapeTo(p []byte, width int) (s string, n int) {
	var b strings.Builder
	used := 0
	for n < len(p) {
		r, size := utf8.DecodeRune(p[n:])
		piece := escapeRune(r, p[n:n+size])
		used += textWidth(piece)
		if width >= 0 && n > 0 && used > width {
			break
		}
		b.WriteString(piece)
		n += size
	}
	return b.String(), n
}

func escapeRune(r rune, raw []byte) string {
	switch {
	case r == '\\':
		return `\\`
	case r == utf8.RuneError && len(raw) == 1:
		return `\x` + hexByte(raw[0])
	case r == utf8.RuneError || !unicode.IsPrint(r):
		q := strconv.QuoteRuneToASCII(r)
		return q[1 : len(q)-1]
	}
	return string(r)
}

// Clean makes a line that is not a payload safe to show: as Escape does, save
// that a backslash is left as it is.
func Clean(s string) string {
	if printable(s) {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		if r == '\\' {
			b.WriteByte('\\')
		} else {
			b.WriteString(escapeRune(r, []byte(s[i:i+size])))
		}
		i += size
	}
	return b.String()
}

func printable(s string) bool {
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		if r == utf8.RuneError || !unicode.IsPrint(r) {
			return false
		}
		i += size
	}
	return true
}

func hexByte(b byte) string {
	const digits = "0123456789abcdef"
	return string([]byte{digits[b>>4], digits[b&15]})
}

// hexTo writes as much of p as fits into width columns as "f4 90 80", at least
// one byte of it, and says how many bytes that was.
func hexTo(p []byte, width int) (s string, n int) {
	n = len(p)
	if fit := (width + 1) / 3; width >= 0 && n > fit {
		n = max(fit, 1)
	}
	parts := make([]string, n)
	for i := range parts {
		parts[i] = hexByte(p[i])
	}
	return strings.Join(parts, " "), n
}

// readable reports whether p is better read as text than as bytes: valid UTF-8
// with nothing in it but printable characters and line ends.
func readable(p []byte) bool {
	for len(p) > 0 {
		r, size := utf8.DecodeRune(p)
		if r == utf8.RuneError && size == 1 {
			return false
		}
		if !unicode.IsPrint(r) && r != '\n' && r != '\r' && r != '\t' {
			return false
		}
		p = p[size:]
	}
	return true
}

// mostlyReadable reports whether at least half of p's bytes are readable: a text
// message with a fault in it is still a text message.
func mostlyReadable(p []byte) bool {
	good, total := 0, len(p)
	for len(p) > 0 {
		r, size := utf8.DecodeRune(p)
		if unicode.IsPrint(r) && (r != utf8.RuneError || size > 1) {
			good += size
		}
		p = p[size:]
	}
	return 2*good >= total
}

// wholeRunes drops the start of a character that a cut has left at the end of p.
func wholeRunes(p []byte) []byte {
	for i := 1; i < utf8.UTFMax && i <= len(p); i++ {
		tail := p[len(p)-i:]
		if utf8.RuneStart(tail[0]) {
			if !utf8.FullRune(tail) {
				return p[:len(p)-i]
			}
			break
		}
	}
	return p
}
