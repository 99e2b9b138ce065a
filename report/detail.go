package report

import (
	"bufio"
	"strconv"
	"strings"
)

// What the formats for machines say of a case in words.

// caseText returns everything about a case as plain text.
func caseText(c *Case) string {
	var b strings.Builder
	t := &textWriter{w: bufio.NewWriter(&b), o: Options{Width: maxProse}}
	t.whole(c)
	t.w.Flush()
	return strings.TrimRight(b.String(), "\n")
}

// Worst returns the finding that made the verdict, or an empty one.
func (c *Case) Worst() Finding {
	if len(c.Findings) == 0 {
		return Finding{}
	}
	return bySeverity(c.Findings)[0]
}

// headline says in one line what is wrong with a case.
func headline(c *Case) string {
	f := c.Worst()
	switch {
	case f.Rule == "":
		return Clean(c.Reason)
	case f.Wanted == "" && f.Detail == "":
		return Clean(f.Rule + " (" + f.Source() + ")")
	}
	return Clean(f.Rule + " (" + f.Source() + "): " + strings.Join(remarks(&Finding{Wanted: f.Wanted, Detail: f.Detail}, false), ", "))
}

func formatFloat(f float64, digits int) string { return strconv.FormatFloat(f, 'f', digits, 64) }
