package report

import (
	"bufio"
	"fmt"
	"io"
	"strings"
)

// writeTAP writes TAP version 13, which every reader knows; what went wrong is
// told in comments, since few readers take all of YAML. A known failure is a TODO, which is what TAP
// calls a test that is expected to fail; an interrupted or troubled run bails
// out after its last point.
func writeTAP(w io.Writer, r *Results, _ Options) error {
	b := bufio.NewWriter(w)
	b.WriteString("TAP version 13\n")
	n := 0
	for i := range r.Cases {
		n++
		tapCase(b, n, &r.Cases[i], r.Strict)
	}
	for _, s := range r.Stale {
		n++
		tapPoint(b, false, n, "baseline "+Place(s.File, s.Line), "")
		tapComment(b, s.Text+": "+s.Reason)
	}
	fmt.Fprintf(b, "1..%d\n", n)
	if r.Trouble != "" {
		fmt.Fprintf(b, "Bail out! %s\n", Clean(r.Trouble))
	} else if r.Interrupted {
		b.WriteString("Bail out! interrupted\n")
	}
	return b.Flush()
}

func tapCase(b *bufio.Writer, n int, c *Case, strict bool) {
	switch {
	case c.Verdict == Skip:
		tapPoint(b, true, n, c.ID, "SKIP "+c.Reason)
	case c.KnownFailure(strict):
		tapPoint(b, false, n, c.ID, "TODO known failure: "+c.Known)
	default:
		tapPoint(b, c.Verdict != Error && !c.Broken(strict), n, c.ID, "")
	}
	if c.Verdict != Pass && c.Verdict != Skip {
		tapComment(b, caseText(c))
	}
}

func tapPoint(b *bufio.Writer, ok bool, n int, name, directive string) {
	word := "not ok"
	if ok {
		word = "ok"
	}
	line := fmt.Sprintf("%s %d - %s", word, n, tapText(name))
	if directive != "" {
		line += " # " + tapText(directive)
	}
	b.WriteString(line + "\n")
}

// tapText escapes what TAP gives a meaning inside a description.
func tapText(s string) string {
	return strings.NewReplacer(`\`, `\\`, "#", `\#`).Replace(Clean(s))
}

func tapComment(b *bufio.Writer, text string) {
	for line := range strings.SplitSeq(text, "\n") {
		b.WriteString(strings.TrimRight("# "+Clean(line), " ") + "\n")
	}
}
