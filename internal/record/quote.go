package record

import (
	"encoding/binary"
	"slices"
)

// longestQuote is how many bytes one may become in a JSON string.
const longestQuote = len(`\u0000`)

// quoted has for each byte what stands for it in a JSON string (RFC 8259 §7), first
// byte lowest, and in the highest byte how many these are.
var quoted = func() (table [256]uint64) {
	const digits = "0123456789abcdef"
	short := map[int]byte{'"': '"', '\\': '\\', '\b': 'b', '\f': 'f', '\n': 'n', '\r': 'r', '\t': 't'}
	for c := range table {
		text := []byte{byte(c)}
		if escape := short[c]; escape != 0 {
			text = []byte{'\\', escape}
		} else if c < ' ' {
			text = []byte{'\\', 'u', '0', '0', digits[c>>4], digits[c&15]}
		}
		var entry [8]byte
		copy(entry[:], text)
		entry[7] = byte(len(text))
		table[c] = binary.LittleEndian.Uint64(entry[:])
	}
	return table
}()

// quoteChunk is for how many bytes there is made room at once.
const quoteChunk = 512

// appendQuoted appends text, which is UTF-8, as a JSON string: the same as
// jsontext.AppendQuote, and several times as fast. Quoting is most of what a
// recorded line costs. Eight bytes at a time are looked at, and copied as they are
// where none needs an escape.
func appendQuoted(dst, text []byte) []byte {
	dst = append(dst, '"')
	for len(text) > 0 {
		some := text[:min(len(text), quoteChunk)]
		dst = slices.Grow(dst, longestQuote*len(some)+8)
		dst = dst[:len(dst)+quoteInto(dst[len(dst):cap(dst)], some)]
		text = text[len(some):]
	}
	return append(dst, '"')
}

// quoteInto writes text, with room for eight bytes behind the longest that it may
// become, and returns how many it wrote.
func quoteInto(dst, text []byte) (n int) {
	for len(text) >= 8 {
		if x := binary.LittleEndian.Uint64(text); needsEscape(x) {
			for _, c := range text[:8] {
				n += putQuoted(dst[n:], c)
			}
		} else {
			binary.LittleEndian.PutUint64(dst[n:], x)
			n += 8
		}
		text = text[8:]
	}
	for _, c := range text {
		n += putQuoted(dst[n:], c)
	}
	return n
}

// putQuoted writes what stands for c, without a branch: which of them need an
// escape, no processor can foresee.
func putQuoted(dst []byte, c byte) int {
	entry := quoted[c]
	binary.LittleEndian.PutUint64(dst, entry)
	return int(entry >> 56)
}

// needsEscape reports whether one of eight bytes may have to be escaped. For
// each it finds the lowest such byte surely, and at times one above it that is not.
func needsEscape(x uint64) bool {
	const ones, high = 0x0101010101010101, 0x8080808080808080
	control := (x - ones*' ') &^ x
	quote, slash := x^ones*'"', x^ones*'\\'
	return (control|(quote-ones)&^quote|(slash-ones)&^slash)&high != 0
}
