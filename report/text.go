package report

import (
	"bufio"
	"io"
	"slices"
	"strings"
)

// indent is how far everything about a case stands in: the width of "FAIL  ".
const indent = 6

// width returns the columns that text is made for. Below minWidth no layout
// makes sense, and the terminal's own wrapping does no worse.
func (o Options) width() int {
	if o.Width <= 0 {
		return DefaultWidth
	}
	return max(o.Width, minWidth)
}

const (
	minWidth = 40
	maxProse = 100 // a quote is not stretched over a very wide terminal
)

func (o Options) prose() int { return min(o.width(), maxProse) - indent }

// style is an ANSI "select graphic rendition" sequence's number.
type style string

const (
	plain   style = ""
	bold    style = "1"
	dim     style = "2"
	red     style = "1;31"
	yellow  style = "33"
	cyan    style = "36"
	magenta style = "1;35"
	green   style = "32"
)

var verdictStyles = map[Verdict]style{
	Pass: green, Info: cyan, NonStrict: yellow, Fail: red, Skip: dim, Error: magenta,
}

// textWriter is the one way to the output: whatever it is given is made safe
// first, and only then painted.
type textWriter struct {
	w *bufio.Writer
	o Options
}

type span struct {
	text  string
	style style
}

func say(s string) span { return span{s, plain} }

func (t *textWriter) row(in int, spans ...span) {
	t.w.WriteString(strings.Repeat(" ", in))
	for _, s := range spans {
		text := Clean(s.text)
		if t.o.Color && s.style != plain {
			text = "\x1b[" + string(s.style) + "m" + text + "\x1b[0m"
		}
		t.w.WriteString(text)
	}
	t.w.WriteByte('\n')
}

func (t *textWriter) gap() { t.w.WriteByte('\n') }

// prose writes a text wrapped below itself, its own line ends kept.
func (t *textWriter) prose(text string, st style) {
	for part := range strings.SplitSeq(text, "\n") {
		for _, line := range Wrap(part, t.o.prose()) {
			t.row(indent, span{line, st})
		}
	}
}

// writeText tells results to people: failures whole, what is milder in short,
// passes as a number.
func writeText(w io.Writer, r *Results, o Options) error {
	t := &textWriter{w: bufio.NewWriter(w), o: o}
	if o.Verbose {
		t.target(&r.Target)
	}
	if !o.Quiet {
		t.cases(r)
		t.broken(r)
		t.stale(r.Stale)
		t.unplayed(r)
		for _, n := range slices.Concat(r.Notes, differing(r)) {
			for _, line := range Wrap("note: "+n, o.width()) {
				t.row(0, say(line))
			}
		}
	}
	t.summary(r)
	return t.w.Flush()
}

func (t *textWriter) target(g *Target) {
	t.row(0, say("target: "+g.Line()))
	t.gap()
}

// Line returns the target in one line: its name, its URL and what it has.
func (g *Target) Line() string {
	s := g.Name
	if g.URL != g.Name {
		s += " at " + g.URL
	}
	if g.Server != "" {
		s += " (" + g.Server + ")"
	}
	if g.Via != "" {
		s += " via " + g.Via
	}
	if len(g.Have) == 0 {
		return s
	}
	return s + "  has: " + strings.Join(g.Have, ", ")
}

func (t *textWriter) cases(r *Results) {
	open := false // a block of short cases is being written
	shown := alike{}
	for i := range r.Cases {
		c := &r.Cases[i]
		switch {
		case t.o.Verbose && c.Verdict != Skip, c.Broken(r.Strict), c.Verdict == Error && !c.untold():
			like := shown.before(c)
			if like != "" && !t.o.Verbose {
				t.likewise(c, like)
				open = true
				break
			}
			if open {
				t.gap()
			}
			t.whole(c)
			open = false
		case c.Known == "" && (c.Verdict == NonStrict || c.Verdict == Info), t.o.Verbose:
			t.short(c)
			open = true
		}
	}
	if open {
		t.gap()
	}
}

// whole writes everything about a case.
func (t *textWriter) whole(c *Case) {
	t.head(c)
	t.prose(c.About, plain)
	t.prose(c.Played(), plain)
	if c.Known != "" {
		t.prose("known: "+c.Known, plain)
	}
	if c.Reason != "" {
		t.prose(c.Reason, plain)
	}
	t.gap()
	if t.rules(c) {
		t.gap()
	}
	if len(c.Transcript) > 0 || len(c.Findings) > 0 {
		t.transcript(c)
		t.gap()
	}
	if c.Again != "" {
		t.row(indent, say("again: "+c.Again))
		t.gap()
	}
}

// head writes the verdict, the id, and at the right edge the place.
func (t *textWriter) head(c *Case) {
	word := span{strings.ToUpper(string(c.Verdict)), verdictStyles[c.Verdict]}
	if c.KnownFailure(true) {
		word.text = "KNOWN " + word.text
	}
	t.placed(word, c.ID, Place(c.File, c.Line))
}

func (t *textWriter) placed(word span, what, place string) {
	what = "  " + what
	room := t.o.width() - textWidth(Clean(word.text+what)) - textWidth(Clean(place))
	if room >= 2 {
		t.row(0, word, say(what+strings.Repeat(" ", room)), span{place, dim})
		return
	}
	t.row(0, word, say(what))
	t.row(indent, span{place, dim})
}

// likewise writes a case that is like one above.
func (t *textWriter) likewise(c *Case, like string) {
	t.head(c)
	t.prose("like "+like+" above", dim)
}

// short writes a case in two lines or so: what it is, and what was missed.
func (t *textWriter) short(c *Case) {
	t.head(c)
	t.prose(c.Played(), plain)
	if c.Reason != "" {
		t.prose(c.Reason, dim)
	}
	for _, f := range c.Findings {
		t.rule(&f)
		t.prose(strings.Join(remarks(&f, false), "; "), plain)
	}
}
