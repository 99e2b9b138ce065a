package report

import (
	"strings"
	"unicode"
)

// wide holds the blocks whose characters take two columns of a terminal. It is
// a coarse cut of Unicode's East Asian Width: a column too many in a rare
// script only makes a line shorter.
var wide = &unicode.RangeTable{
	R16: []unicode.Range16{
		{Lo: 0x1100, Hi: 0x115f, Stride: 1}, // Hangul Jamo
		{Lo: 0x2e80, Hi: 0x303e, Stride: 1}, // CJK radicals and punctuation
		{Lo: 0x3041, Hi: 0xa4cf, Stride: 1}, // Kana to Yi
		{Lo: 0xac00, Hi: 0xd7a3, Stride: 1}, // Hangul
		{Lo: 0xf900, Hi: 0xfaff, Stride: 1}, // CJK compatibility
		{Lo: 0xfe30, Hi: 0xfe6f, Stride: 1},
		{Lo: 0xff00, Hi: 0xff60, Stride: 1}, // full-width forms
		{Lo: 0xffe0, Hi: 0xffe6, Stride: 1},
	},
	R32: []unicode.Range32{
		{Lo: 0x1f300, Hi: 0x1faff, Stride: 1}, // emoji
		{Lo: 0x20000, Hi: 0x3fffd, Stride: 1}, // CJK extensions
	},
}

// textWidth returns how many columns s takes on a terminal.
func textWidth(s string) int {
	n := 0
	for _, r := range s {
		switch {
		case r < 0x300:
			n++
		case unicode.Is(unicode.Mn, r) || unicode.Is(unicode.Me, r):
		case unicode.Is(wide, r):
			n += 2
		default:
			n++
		}
	}
	return n
}

// CutTo returns what of s fits into that many columns, with a … where that is not
// all. It escapes nothing.
func CutTo(s string, columns int) string {
	if textWidth(s) <= columns {
		return s
	}
	used := 0
	for i, r := range s {
		if used += textWidth(string(r)); used > columns-1 {
			return s[:i] + "…"
		}
	}
	return s
}

// pad fills s with spaces to that many columns.
func pad(s string, columns int) string {
	return s + strings.Repeat(" ", max(0, columns-textWidth(s)))
}

// Wrap breaks s at spaces into lines of at most that many columns, and a word
// that is longer than a line wherever the line ends. It makes s safe to show
// first, since escapes take room.
func Wrap(s string, columns int) []string {
	var lines []string
	line, used := "", 0
	for _, word := range strings.Fields(Clean(s)) {
		w := textWidth(word)
		if used > 0 && used+1+w > columns {
			lines = append(lines, line)
			line, used = "", 0
		}
		if used > 0 {
			line += " "
			used++
		}
		for w > columns {
			n := cut(word, columns)
			lines = append(lines, word[:n])
			word = word[n:]
			w = textWidth(word)
		}
		line += word
		used += w
	}
	if used > 0 {
		lines = append(lines, line)
	}
	return lines
}

// cut returns how many bytes of s fit into that many columns, at least one
// character's.
func cut(s string, columns int) int {
	used := 0
	for i, r := range s {
		used += textWidth(string(r))
		if used > columns && i > 0 {
			return i
		}
	}
	return len(s)
}
