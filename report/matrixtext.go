package report

import (
	"bufio"
	"fmt"
	"io"
	"slices"
	"strings"
)

// writeMatrixText tells a line a target, and below it what is not as the
// baseline says.
func writeMatrixText(w io.Writer, m *Matrix, o Options) error {
	t := &textWriter{w: bufio.NewWriter(w), o: o}
	for i := range m.Targets {
		t.column(m, i)
	}
	return t.w.Flush()
}

func (t *textWriter) column(m *Matrix, i int) {
	c := &m.Targets[i]
	t.row(0, span{c.Target.Name, bold}, say("  "+m.Tally(i).String()))
	if t.o.Quiet {
		return
	}
	for j := range m.Cases {
		if r := &m.Cases[j]; r.Outcomes[i].Broken(c.Strict) || r.Outcomes[i].Verdict == Error && c.Trouble == "" {
			t.cell(r, &r.Outcomes[i])
		}
	}
	t.stale(c.Stale)
	if c.Trouble != "" {
		t.row(indent, span{"not finished: ", magenta}, say(c.Trouble))
	}
	if c.Interrupted {
		t.row(indent, span{"interrupted", magenta}, say(": this is what was done so far"))
	}
}

// cell writes what a case came to in a line or two.
func (t *textWriter) cell(r *Row, o *Outcome) {
	c := Case{ID: r.ID, Verdict: o.Verdict, File: r.File, Line: r.Line}
	t.head(&c)
	switch {
	case o.Reason != "":
		t.prose(o.Reason, plain)
	case len(o.Rules) > 0:
		said := remarks(&Finding{Wanted: o.Wanted, Detail: o.Seen}, false)
		t.prose(o.Rules[0]+": "+strings.Join(said, "; "), plain)
	}
}

// writeMatrixMarkdown writes a table with a row for each target, and one with a
// row for each rule that some of them break.
func writeMatrixMarkdown(w io.Writer, m *Matrix, _ Options) error {
	var b strings.Builder
	mdHead(&b, "target")
	for i := range m.Targets {
		name := mdText(m.Targets[i].Target.Name)
		if m.Targets[i].Trouble != "" {
			name = fmt.Sprintf("%s (not finished: %s)", name, mdText(m.Targets[i].Trouble))
		}
		mdRow(&b, name, m.Tally(i))
	}
	mdBreakers(&b, m)
	_, err := io.WriteString(w, b.String())
	return err
}

// mdBreakers says of each rule which targets break it, the most often broken first.
func mdBreakers(b *strings.Builder, m *Matrix) {
	groups := slices.DeleteFunc(byRule(m), func(g rowGroup) bool { return len(g.breakers(m)) == 0 })
	if len(groups) == 0 {
		return
	}
	slices.SortStableFunc(groups, func(x, y rowGroup) int { return len(y.breakers(m)) - len(x.breakers(m)) })
	b.WriteString("\n| rule | | broken by |\n|---|---|---|\n")
	for _, g := range groups {
		names := g.breakers(m)
		fmt.Fprintf(b, "| %s | %s | %d: %s |\n", mdCode(g.Name), mdText(g.Note), len(names), mdText(strings.Join(names, ", ")))
	}
}
