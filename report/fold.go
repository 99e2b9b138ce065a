package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"unicode/utf8"
)

// node is a JSON value as it is folded.
type node struct {
	open, end string // of an object or array: its brackets
	names     []string
	items     []node
	text      string // of any other: as it is written
}

// maxFolded is how large JSON may be to be folded, in bytes, and maxNesting how deep.
const (
	maxFolded  = 1 << 20
	maxNesting = 100
)

// foldJSON returns an object or array in one line of at most width columns: what is
// too long is shortened inside. It returns "" for what is no such JSON.
func foldJSON(p []byte, width int) string {
	n, ok := parseJSON(p)
	if !ok {
		return ""
	}
	// How long texts may be, and how many members and levels are shown, from
	// everything to next to nothing.
	for _, s := range []shape{{1 << 20, 1 << 20, 100}, {60, 30, 100}, {30, 12, 4}, {20, 8, 3}, {12, 6, 2}, {8, 4, 2}, {8, 3, 1}, {6, 2, 1}, {4, 1, 1}} {
		var b strings.Builder
		s.write(&b, &n, 0)
		if textWidth(b.String()) <= width {
			return b.String()
		}
	}
	return n.open + "…" + n.end
}

// shape is how much of a value is shown.
type shape struct{ text, items, depth int }

func (s shape) write(b *strings.Builder, n *node, depth int) {
	if n.open == "" {
		b.WriteString(s.shortened(n.text))
		return
	}
	b.WriteString(n.open)
	defer b.WriteString(n.end)
	if depth >= s.depth && len(n.items) > 0 {
		b.WriteString("…")
		return
	}
	for i := range n.items {
		if i > 0 {
			b.WriteByte(',')
		}
		if i == s.items {
			fmt.Fprintf(b, "+%d", len(n.items)-i)
			return
		}
		if n.names != nil {
			b.WriteString(shape{text: max(s.text, 12)}.shortened(n.names[i]) + ":")
		}
		s.write(b, &n.items[i], depth+1)
	}
}

// shortened cuts what is too long, between its quotes, and makes it safe to show.
func (s shape) shortened(text string) string {
	text = Clean(text)
	if utf8.RuneCountInString(text) <= s.text {
		return text
	}
	runes := []rune(text)
	if text[0] == '"' {
		return string(runes[:s.text-2]) + `…"`
	}
	return string(runes[:s.text-1]) + "…"
}

// parseJSON reads an object or array, and nothing else.
func parseJSON(p []byte) (n node, ok bool) {
	p = bytes.TrimSpace(p)
	if len(p) < 2 || len(p) > maxFolded || p[0] != '{' && p[0] != '[' || !json.Valid(p) {
		return n, false
	}
	d := json.NewDecoder(bytes.NewReader(p))
	d.UseNumber()
	return readNode(d, p, 0)
}

func readNode(d *json.Decoder, p []byte, depth int) (n node, ok bool) {
	from := d.InputOffset()
	token, err := d.Token()
	if err != nil || depth > maxNesting {
		return n, false
	}
	delim, nests := token.(json.Delim)
	if !nests {
		return node{text: strings.TrimLeft(string(p[from:d.InputOffset()]), ":, \t\r\n")}, true
	}
	n.open, n.end = delim.String(), map[json.Delim]string{'{': "}", '[': "]"}[delim]
	for d.More() {
		if delim == '{' {
			name, _ := readNode(d, p, depth+1)
			n.names = append(n.names, name.text)
		}
		item, ok := readNode(d, p, depth+1)
		if !ok {
			return n, false
		}
		n.items = append(n.items, item)
	}
	_, err = d.Token()
	return n, err == nil
}

// prettyJSON returns an object or array over several lines, or "" for what is none.
func prettyJSON(p []byte) string {
	p = bytes.TrimSpace(p)
	if len(p) < 2 || len(p) > maxFolded || p[0] != '{' && p[0] != '[' {
		return ""
	}
	var b bytes.Buffer
	if json.Indent(&b, p, "", "  ") != nil {
		return ""
	}
	return b.String()
}

// laidOut breaks lines where they are too long, and says how many it leaves out.
func laidOut(s string, width, most int) []string {
	var rows []string
	lines := strings.Split(s, "\n")
	for i, line := range lines {
		if len(rows) >= most {
			return append(rows, fmt.Sprintf("… %d more lines", len(lines)-i))
		}
		rows = append(rows, folded(Clean(line), width)...)
	}
	return rows
}

// dumped shows bytes with their offsets, and as the characters that they may be.
func dumped(l *Line, width, most int) []string {
	per := 16
	for per > 4 && 10+4*per+2 > width {
		per /= 2
	}
	var rows []string
	for at := 0; at < len(l.Payload); at += per {
		if len(rows) >= most {
			break
		}
		p := l.Payload[at:min(at+per, len(l.Payload))]
		hex, _ := hexTo(p, -1)
		rows = append(rows, fmt.Sprintf("%08x  %-*s  |%s|", at, 3*per-1, hex, characters(p)))
	}
	if left := l.Size - uint64(min(len(rows)*per, len(l.Payload))); left > 0 && len(rows) > 0 {
		rows = append(rows, fmt.Sprintf("… %d more bytes", left))
	}
	return rows
}

func characters(p []byte) string {
	b := bytes.Clone(p)
	for i, c := range b {
		if c < ' ' || c > '~' {
			b[i] = '.'
		}
	}
	return string(b)
}
