package report

import (
	"cmp"
	"fmt"
	"html"
	"io"
	"strings"
)

// maxMarkdown is how long a page may become: GitHub leaves out a job summary of
// more than 1 MiB, and a comment has room for far less.
const maxMarkdown = 900 << 10

// writeMarkdown writes a page for a pull request or a job summary: the counts,
// the rules that were broken, then each failure folded up. Of failures that are
// alike the first is shown, and of too many as many as there is room for.
func writeMarkdown(w io.Writer, r *Results, o Options) error {
	var b strings.Builder
	fmt.Fprintf(&b, "## %s\n\n**%s.** %s\n\n", mdText(r.Target.Line()), outcome(r).Text, mdText(strings.TrimSuffix(r.Tally().String()+", "+r.Extent(), ", ")))
	if r.Trouble != "" {
		fmt.Fprintf(&b, "**Not finished:** %s\n\n", mdText(r.Trouble))
	}
	if r.Interrupted {
		b.WriteString("**Interrupted:** this is what was done so far.\n\n")
	}
	mdStale(&b, r.Stale)
	mdBroken(&b, r)
	mdTable(&b, r)
	mdCases(&b, r, o)
	_, err := io.WriteString(w, b.String())
	return err
}

// mdCases writes the cases that are not as required, as far as they fit.
func mdCases(b *strings.Builder, r *Results, o Options) {
	like := map[string][]*Case{} // by the id of the first of its kind
	var firsts []*Case
	shown := alike{}
	for i := range r.Cases {
		c := &r.Cases[i]
		if !c.Broken(r.Strict) && c.Verdict != Error && (!o.Verbose || c.Verdict == Skip) {
			continue
		}
		if first := shown.before(c); first != "" && !o.Verbose {
			like[first] = append(like[first], c)
		} else {
			firsts = append(firsts, c)
		}
	}
	for i, c := range firsts {
		text := mdCase(c, like[c.ID])
		if b.Len()+len(text) > maxMarkdown {
			fmt.Fprintf(b, "… %s more: there is no room for them here; the other reports have them.\n", count(len(firsts)-i, "case"))
			return
		}
		b.WriteString(text)
	}
}

// mdStale lists the lines of the baseline that are no longer true.
func mdStale(b *strings.Builder, list []Stale) {
	for _, s := range list {
		fmt.Fprintf(b, "- **stale** %s: %s: %s\n", mdText(Place(s.File, s.Line)), mdCode(s.Text), mdText(s.Reason))
	}
	if len(list) > 0 {
		b.WriteByte('\n')
	}
}

// mdBroken writes a table of the rules that were broken, with their sentences.
func mdBroken(b *strings.Builder, r *Results) {
	list := breaches(r)
	if len(list) == 0 {
		return
	}
	b.WriteString("| rule | | cases | what it asks |\n|---|---|--:|---|\n")
	for _, rule := range list {
		fmt.Fprintf(b, "| %s | %s | %s | %s |\n", mdCode(rule.Rule), mdText(rule.Level+", "+rule.Source()),
			mdText(rule.Count()), mdText(cmp.Or(rule.About, rule.Quote)))
	}
	b.WriteByte('\n')
}

func mdTable(b *strings.Builder, r *Results) {
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
func mdHead(b *strings.Builder, what string) {
	b.WriteString("| " + what + " |")
	for _, v := range Verdicts() {
		b.WriteString(" " + string(v) + " |")
	}
	b.WriteString("\n|---|" + strings.Repeat("--:|", len(Verdicts())) + "\n")
}

func mdRow(b *strings.Builder, name string, t Tally) {
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

// mdCase returns a case as it looks on a terminal, and names those that are like
// it. Inside <pre> only HTML's own characters mean anything, as long as no line is
// blank: that would end the block.
func mdCase(c *Case, like []*Case) string {
	head := fmt.Sprintf("%s <code>%s</code>", strings.ToUpper(string(c.Verdict)), html.EscapeString(Clean(c.ID)))
	text := caseText(c)
	if len(like) > 0 {
		head += fmt.Sprintf(" and %d like it", len(like))
		text += "\n\nlike it:"
	}
	for i, l := range like {
		if i == maxLike {
			text += fmt.Sprintf("\n  … and %d more", len(like)-i)
			break
		}
		text += "\n  " + Clean(l.ID)
	}
	return fmt.Sprintf("<details><summary>%s</summary>\n\n<pre>\n%s\n</pre>\n\n</details>\n\n", head, html.EscapeString(text))
}

// maxLike is how many cases that are alike are named.
const maxLike = 200

// mdCode makes a word that means itself, in the type of code. In a table a bar
// would end the cell even there.
func mdCode(s string) string { return "<code>" + mdText(s) + "</code>" }

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
