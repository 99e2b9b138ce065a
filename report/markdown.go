package report

import (
	"bufio"
	"fmt"
	"html"
	"io"
	"strings"
)

// writeMarkdown writes a page for a pull request or a job summary: the count by
// suite, then each failure folded up.
func writeMarkdown(w io.Writer, r *Results, o Options) error {
	b := bufio.NewWriter(w)
	fmt.Fprintf(b, "## %s\n\n%s\n\n", mdText(r.Target.Line()), mdText(r.Tally().String()))
	if r.Trouble != "" {
		fmt.Fprintf(b, "**Not finished:** %s\n\n", mdText(r.Trouble))
	}
	if r.Interrupted {
		b.WriteString("**Interrupted:** this is what was done so far.\n\n")
	}
	mdTable(b, r)
	for i := range r.Cases {
		if c := &r.Cases[i]; c.Broken(r.Strict) || c.Verdict == Error || o.Verbose && c.Verdict != Skip {
			mdCase(b, c)
		}
	}
	for _, s := range r.Stale {
		fmt.Fprintf(b, "- **stale** %s: `%s`: %s\n", mdText(Place(s.File, s.Line)), Clean(s.Text), mdText(s.Reason))
	}
	return b.Flush()
}

func mdTable(b *bufio.Writer, r *Results) {
	mdHead(b, "suite")
	for _, name := range suites(r) {
		var cases []Case
		for _, c := range r.Cases {
			if c.Suite == name {
				cases = append(cases, c)
			}
		}
		mdRow(b, mdText(name), tally(cases, 0))
	}
	b.WriteByte('\n')
}

// mdHead begins a table of verdicts, mdRow adds a row to it.
func mdHead(b *bufio.Writer, what string) {
	b.WriteString("| " + what + " |")
	for _, v := range Verdicts() {
		b.WriteString(" " + string(v) + " |")
	}
	b.WriteString("\n|---|" + strings.Repeat("--:|", len(Verdicts())) + "\n")
}

func mdRow(b *bufio.Writer, name string, t Tally) {
	b.WriteString("| " + name + " |")
	for _, v := range Verdicts() {
		b.WriteString(mdCount(t, v))
	}
	b.WriteByte('\n')
}

func mdCount(t Tally, v Verdict) string {
	if t.By[v] == 0 {
		return " |"
	}
	return fmt.Sprintf(" %d%s |", t.By[v], t.known(v))
}

// mdCase writes a case as it looks on a terminal. Inside <pre> only HTML's own
// characters mean anything.
func mdCase(b *bufio.Writer, c *Case) {
	fmt.Fprintf(b, "<details><summary>%s <code>%s</code></summary>\n\n<pre>\n%s\n</pre>\n\n</details>\n\n",
		strings.ToUpper(string(c.Verdict)), html.EscapeString(Clean(c.ID)), html.EscapeString(caseText(c)))
}

// mdText makes a line mean itself: Markdown and HTML characters are escaped.
func mdText(s string) string {
	var b strings.Builder
	for _, r := range html.EscapeString(Clean(s)) {
		if strings.ContainsRune("\\`*_{}[]|~", r) {
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return b.String()
}
