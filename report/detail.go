package report

import (
	"bufio"
	"strconv"
	"strings"
)

// What the formats for machines say of a case in words.

// maxCaseText is how much text a format for machines has for a case. The readers
// of CI services keep far less of a file that is large.
const maxCaseText = 64 << 10

// caseText returns everything about a case as plain text, as far as there is room.
func caseText(c *Case) string {
	var b strings.Builder
	t := &textWriter{w: bufio.NewWriter(&b), o: Options{Width: maxProse}}
	t.whole(c)
	t.w.Flush()
	text := strings.TrimRight(b.String(), "\n")
	if len(text) <= maxCaseText {
		return text
	}
	text = text[:maxCaseText]
	return text[:strings.LastIndexByte(text, '\n')+1] + "… there is more than there is room for here"
}

// Worst returns the finding that made the verdict, or an empty one.
func (c *Case) Worst() Finding {
	if len(c.Findings) == 0 {
		return Finding{}
	}
	return bySeverity(c.Findings)[0]
}

// Seen returns what was seen in a line: without what a target that died printed,
// which differs from run to run and names places of one machine.
func (f *Finding) Seen() string {
	line, _, more := strings.Cut(f.Detail, "\n")
	if before, _, ok := strings.Cut(line, "; it printed:"); ok && more {
		return before
	}
	return line
}

// headline says in one line what is wrong with a case.
func headline(c *Case) string {
	f := c.Worst()
	switch {
	case f.Rule == "":
		return cutText(Clean(c.Reason), maxHeadline)
	case f.Wanted == "" && f.Detail == "":
		return Clean(f.Rule + " (" + f.Source() + ")")
	}
	return cutText(Clean(f.Rule+" ("+f.Source()+"): "+strings.Join(remarks(&Finding{Wanted: f.Wanted, Detail: f.Detail}, false), ", ")), maxHeadline)
}

// maxHeadline is how long, in characters, what stands in one line may be.
const maxHeadline = 1000

func cutText(s string, most int) string {
	if runes := []rune(s); len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return s
}

func formatFloat(f float64, digits int) string { return strconv.FormatFloat(f, 'f', digits, 64) }
