package transcribe

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// plain is a text that YAML reads as itself, between braces too.
var plain = regexp.MustCompile(`^[A-Za-z/][A-Za-z0-9_/.+-]*( [A-Za-z0-9_/.+-]+)*$`)

// words mean something else where nothing quotes them.
var words = regexp.MustCompile(`(?i)^(any|none|null|true|false|yes|no|on|off|y|n)$`)

// dollar finds the dollars that would begin a name.
var dollar = regexp.MustCompile(`\$([A-Za-z_{$])`)

// scalar writes a text.
func scalar(s string) string { return written(escaped(s)) }

// escaped doubles the dollars that must be.
func escaped(s string) string { return dollar.ReplaceAllString(s, "$$$$$1") }

// written writes a text in which dollars mean what they mean.
func written(s string) string {
	if plain.MatchString(s) && !words.MatchString(s) {
		return s
	}
	if strings.Contains(s, `"`) && !strings.Contains(s, "'") && strings.IndexFunc(s, escapes) < 0 {
		return "'" + s + "'"
	}
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b.WriteRune('\\')
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\t':
			b.WriteString(`\t`)
		case r == '\r':
			b.WriteString(`\r`)
		case r > 0xFFFF && !unicode.IsPrint(r):
			fmt.Fprintf(&b, `\U%08x`, r)
		case escapes(r):
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}

// escapes reports whether only an escape shows a character.
func escapes(r rune) bool { return !unicode.IsPrint(r) || r == 0xFEFF }

// What a payload is written as depends on how long it is.
const (
	maxHex    = 64 // bytes that are written in hexadecimal; more in base64
	minRepeat = 64 // bytes from which a repetition is worth to be seen
	maxPeriod = 32
)

// payload writes bytes.
func payload(p []byte) string {
	if n := period(p); n > 0 {
		return fmt.Sprintf("{repeat: %s, size: %d}", payload(p[:n]), len(p))
	}
	switch {
	case utf8.Valid(p):
		return scalar(string(p))
	case len(p) <= maxHex:
		return "{hex: " + spaced(p) + "}"
	}
	return "{base64: " + base64.StdEncoding.EncodeToString(p) + "}"
}

// spaced writes bytes in hexadecimal; a number alone would be read as one.
func spaced(p []byte) string {
	var b strings.Builder
	for i := range p {
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(hex.EncodeToString(p[i : i+1]))
	}
	if len(p) == 1 {
		return `"` + b.String() + `"`
	}
	return b.String()
}

// period returns the length of what a payload repeats, or 0.
func period(p []byte) int {
	if len(p) < minRepeat {
		return 0
	}
	for n := 1; n <= maxPeriod; n++ {
		if bytes.Equal(p[n:], p[:len(p)-n]) {
			return n
		}
	}
	return 0
}
