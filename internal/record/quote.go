package record

import (
	"encoding/binary"
	"slices"
)

// escapes has for each byte of a JSON string what stands behind the backslash: 0
// for a byte that stands for itself, 'u' for one that is written as \u00xx
// (RFC 8259 §7).
var escapes = func() (table [256]byte) {
	for c := range byte(' ') {
		table[c] = 'u'
	}
	for c, escape := range map[byte]byte{'"': '"', '\\': '\\', '\b': 'b', '\f': 'f', '\n': 'n', '\r': 'r', '\t': 't'} {
		table[c] = escape
	}
	return table
}()

// appendQuoted appends text, which is UTF-8, as a JSON string: the same as
// jsontext.AppendQuote, and several times as fast. Quoting is most of what a
// recorded line costs. Eight bytes at a time are looked at, and copied as they are
// where none needs an escape.
func appendQuoted(dst, text []byte) []byte {
	dst = append(dst, '"')
	for len(text) >= 8 {
		if x := binary.LittleEndian.Uint64(text); needsEscape(x) {
			dst = appendEscaped(dst, text[:8])
		} else {
			dst = binary.LittleEndian.AppendUint64(dst, x)
		}
		text = text[8:]
	}
	return append(appendEscaped(dst, text), '"')
}

// needsEscape reports whether one of eight bytes may have to be escaped. For
// each it finds the lowest such byte surely, and at times one above it that is not.
func needsEscape(x uint64) bool {
	const ones, high = 0x0101010101010101, 0x8080808080808080
	control := (x - ones*' ') &^ x
	quote, slash := x^ones*'"', x^ones*'\\'
	return (control|(quote-ones)&^quote|(slash-ones)&^slash)&high != 0
}

// appendEscaped appends up to eight bytes, escaped where they need it.
func appendEscaped(dst, text []byte) []byte {
	const longest, digits = 8 * len(`\u0000`), "0123456789abcdef"
	dst = slices.Grow(dst, longest)
	n := len(dst)
	dst = dst[:n+longest]
	for _, c := range text {
		escape := escapes[c]
		if escape == 0 {
			dst[n] = c
			n++
			continue
		}
		dst[n], dst[n+1] = '\\', escape
		n += 2
		if escape == 'u' {
			dst[n], dst[n+1], dst[n+2], dst[n+3] = '0', '0', digits[c>>4], digits[c&15]
			n += 4
		}
	}
	return dst[:n]
}
