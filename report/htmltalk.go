package report

import (
	"bytes"
	"fmt"
	"strings"
)

// entry is one row of a conversation on a page: an event, a finding below the
// event that it is about, or how many events are left out.
type entry struct {
	*Line
	Head string // the first line of a head that is like every other
	Text string // the payload as people read it, or what follows Head
	Dump string // the payload as bytes with their offsets
	More bool   // there was more than the dump shows

	Finding *Finding
	Remarks []remark

	Left int
}

// remark is what was wanted or seen: "wanted", "a Close with 1002".
type remark struct{ Label, Text string }

// How many bytes of a payload are shown. A results file keeps more than anyone
// looks at in a case that passed.
const (
	dumpBytes       = 256
	dumpBytesPassed = 64
	dumpWidth       = 16 // bytes a row
)

// conversation returns the rows of a case's conversation. Of a very long one it
// has what is near its ends and its findings, as the text has.
func conversation(c *Case) []entry {
	most := dumpBytes
	if c.Verdict == Pass {
		most = dumpBytesPassed
	}
	var rows []entry
	left := 0
	for i := 0; i <= len(c.Transcript); i++ {
		shown := i < len(c.Transcript) && nearAnything(c, i)
		if left > 0 && (shown || i == len(c.Transcript)) {
			rows = append(rows, entry{Left: left})
			left = 0
		}
		for _, f := range foundAfter(c, i) {
			rows = append(rows, entry{Finding: f, Remarks: labelled(f)})
		}
		if shown {
			e := eventEntry(&c.Transcript[i], most)
			if plainHandshake(c, i) {
				e.Head, e.Text, _ = strings.Cut(e.Text, "\n")
			}
			rows = append(rows, e)
		} else {
			left++
		}
	}
	return rows
}

func labelled(f *Finding) []remark {
	var list []remark
	for _, r := range remarks(f, true) {
		label, text, _ := strings.Cut(r, ": ")
		list = append(list, remark{label, text})
	}
	return list
}

// eventEntry shows a head as its lines, a Close as its code and reason, and any
// other payload as text beside its bytes.
func eventEntry(l *Line, most int) entry {
	e := entry{Line: l}
	switch {
	case l.Kind == "request" || l.Kind == "response":
		head, body, whole := bytes.Cut(l.Payload, []byte("\r\n\r\n"))
		e.Text = headText(head)
		if l.Cut && !whole {
			e.Text += "…"
		}
		e.dump(body, most)
	case l.Kind == "close" && len(l.Payload) >= 2 && !compressed(l):
		e.Text = closeText(l, 1<<10)
		e.dump(l.Payload, most)
	default:
		e.Text = beside(l, most)
		e.dump(l.Payload, most)
	}
	return e
}

// headText returns a request or response head with its line ends as such.
func headText(head []byte) string {
	var lines []string
	for line := range bytes.SplitSeq(head, []byte("\r\n")) {
		lines = append(lines, Escape(line))
	}
	return strings.Join(lines, "\n")
}

// beside returns what stands beside the bytes of a payload: the text that they
// are, or a row for each row of bytes with a dot for what is no ASCII.
func beside(l *Line, most int) string {
	p := l.Payload[:min(len(l.Payload), most)]
	if asText(l) {
		if !l.Cut && len(p) == len(l.Payload) {
			return Escape(p)
		}
		return Escape(wholeRunes(p)) + "…"
	}
	var b strings.Builder
	for i, c := range p {
		if i > 0 && i%dumpWidth == 0 {
			b.WriteByte('\n')
		}
		if c < ' ' || c > '~' {
			c = '.'
		}
		b.WriteByte(c)
	}
	return b.String()
}

// dump adds the first bytes of p, a row of offset and bytes after the other.
func (e *entry) dump(p []byte, most int) {
	e.More = e.Cut && len(p) > 0 || len(p) > most
	p = p[:min(len(p), most)]
	var b strings.Builder
	for i := 0; i < len(p); i += dumpWidth {
		if i > 0 {
			b.WriteByte('\n')
		}
		row, _ := hexTo(p[i:min(i+dumpWidth, len(p))], -1)
		fmt.Fprintf(&b, "%04x  %s", i, row)
	}
	e.Dump = b.String()
}
