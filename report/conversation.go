package report

import (
	"bytes"
	"fmt"
	"strings"
)

// How much of a long conversation is shown around what matters in it.
const (
	longConversation = 40 // lines from which on some are left out
	keepFirst        = 6
	keepBefore       = 20 // before a finding, and before the end
	keepAfter        = 4
)

// transcript writes a case's conversation with what was found right below the
// line at which it was found.
func (t *textWriter) transcript(c *Case) {
	p := NewTranscript(t.o, indent)
	shown := t.visible(c)
	for i, l := range c.Transcript {
		if shown[i] {
			p.fit(&l)
		}
	}
	left := 0
	for i := 0; i <= len(c.Transcript); i++ {
		if left > 0 && (i == len(c.Transcript) || shown[i]) {
			t.row(p.column(), span{fmt.Sprintf("… %s not shown here; -v shows all", count(left, "event")), dim})
			left = 0
		}
		t.found(c, i, p.column())
		if i == len(c.Transcript) {
			break
		}
		if !shown[i] {
			left += btoi(!plainHandshake(c, i))
			continue
		}
		for _, row := range p.rows(&c.Transcript[i]) {
			t.row(0, say(row))
		}
	}
}

// found writes the findings that came after so many lines.
func (t *textWriter) found(c *Case, after, column int) {
	for _, f := range foundAfter(c, after) {
		for _, remark := range remarks(f, manyRules(c)) {
			t.remark(remark, column, verdictStyles[f.Verdict])
		}
	}
}

// foundAfter returns the findings that came after so many lines. One that claims
// to stand behind the last line stands after it.
func foundAfter(c *Case, after int) []*Finding {
	var list []*Finding
	last := after == len(c.Transcript)
	for i := range c.Findings {
		if f := &c.Findings[i]; f.After == after || last && f.After > after {
			list = append(list, f)
		}
	}
	return list
}

// remark writes "wanted: …" or "seen: …", what does not fit in below its text.
func (t *textWriter) remark(remark string, column int, st style) {
	label, said, _ := strings.Cut(remark, " ")
	label += " "
	for part := range strings.SplitSeq(said, "\n") {
		for _, line := range Wrap(part, t.o.width()-column-len(label)) {
			t.row(column, span{label + line, st})
			label = strings.Repeat(" ", len(label))
		}
	}
}

func manyRules(c *Case) bool {
	for i := range c.Findings {
		if c.Findings[i].Rule != c.Findings[0].Rule {
			return true
		}
	}
	return false
}

// visible says which lines of the conversation are shown: all of them under -v;
// else no handshake that is like every other, and of a very long conversation
// what is near its ends and its findings.
func (t *textWriter) visible(c *Case) []bool {
	shown := make([]bool, len(c.Transcript))
	for i := range shown {
		shown[i] = t.o.Verbose || !plainHandshake(c, i) && nearAnything(c, i)
	}
	return shown
}

func nearAnything(c *Case, i int) bool {
	if len(c.Transcript) <= longConversation {
		return true
	}
	near := func(mark int) bool { return i >= mark-keepBefore && i < mark+keepAfter }
	if i < keepFirst || near(len(c.Transcript)) {
		return true
	}
	for _, f := range c.Findings {
		if near(f.After) {
			return true
		}
	}
	return false
}

// plainHandshake reports whether line i belongs to an opening handshake that
// succeeded, negotiated nothing and has no finding: one that tells nothing.
func plainHandshake(c *Case, i int) bool {
	l := &c.Transcript[i]
	switch l.Kind {
	case "response":
		return plainResponse(c, i)
	case "request":
		for j := i + 1; j < len(c.Transcript); j++ {
			if r := &c.Transcript[j]; r.Kind == "response" && r.Client == l.Client {
				return plainResponse(c, j)
			}
		}
	}
	return false
}

func plainResponse(c *Case, i int) bool {
	head := bytes.ToLower(c.Transcript[i].Payload)
	if !bytes.HasPrefix(head, []byte("http/1.1 101")) || bytes.Contains(head, []byte("sec-websocket-extensions")) ||
		bytes.Contains(head, []byte("sec-websocket-protocol:")) {
		return false
	}
	for _, f := range c.Findings {
		if f.After == i+1 {
			return false
		}
	}
	return true
}
