package probe

import (
	"errors"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"

	"wsprobe/report"
)

// Known is a list of known failures. The cases that it names still run, and
// must fail; a line that names none, or one that passes, is stale.
type Known struct {
	file  string
	lines []knownLine
}

type knownLine struct {
	line    int
	text    string
	why     string // the comment above it
	pattern *Pattern
	flaky   bool // written with a leading ~: may fail or pass
}

// ReadKnown reads a known-failures file: a pattern a line, # for comments. A
// comment is about the lines right below it, up to an empty one or the next
// comment. Every bad line is in the error.
func ReadKnown(path string) (*Known, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("known failures: %w", err)
	}
	k := &Known{file: path}
	var problems []error
	var why comment
	for i, text := range strings.Split(string(b), "\n") {
		text = strings.TrimSpace(text)
		if why.take(text) {
			continue
		}
		l := knownLine{line: i + 1, text: text, why: why.String()}
		text, l.flaky = strings.CutPrefix(text, "~")
		if l.pattern, err = NewPattern(strings.TrimSpace(text)); err != nil {
			problems = append(problems, fmt.Errorf("%s:%d: %w", path, l.line, err))
			continue
		}
		k.lines = append(k.lines, l)
	}
	return k, errors.Join(problems...)
}

// comment is what the comment lines above a line say.
type comment struct {
	lines []string
	ended bool // by a line that is none
}

// take reports whether a line is a comment or empty, and keeps what it says.
func (c *comment) take(line string) bool {
	said, ok := strings.CutPrefix(line, "#")
	if line == "" || ok && c.ended {
		*c = comment{}
	}
	if ok {
		c.lines = append(c.lines, strings.TrimSpace(said))
	}
	c.ended = !ok
	return ok || line == ""
}

// String returns the lines as one.
func (c *comment) String() string { return strings.TrimSpace(strings.Join(c.lines, " ")) }

// apply marks the cases that the list names and returns what it says untruly.
// unplayed are ids that a filter left out: a line for them is not stale.
func (k *Known) apply(cases []report.Case, unplayed []string, strict bool) []report.Stale {
	var stale []report.Stale
	for _, l := range k.lines {
		var named, passed []string
		for i := range cases {
			c := &cases[i]
			if !l.pattern.Match(c.ID) {
				continue
			}
			named = append(named, c.ID)
			c.Known, c.KnownWhy = l.text, l.why
			if standingOf(c, strict) == passes {
				passed = append(passed, c.ID)
			}
		}
		if len(named) == 0 && slices.ContainsFunc(unplayed, l.pattern.Match) || l.flaky && len(named) > 0 {
			continue
		}
		if reason := untrue(len(named), passed); reason != "" {
			stale = append(stale, report.Stale{File: k.file, Line: l.line, Text: l.text, Reason: reason})
		}
	}
	return stale
}

// untrue says what is wrong with a line that names so many cases of which these
// passed, and what to do about it; it is empty for a line that is true.
func untrue(named int, passed []string) string {
	const most = 3 // of those that passed are named
	switch {
	case named == 0:
		return "it matches no case: delete the line"
	case len(passed) == 0:
		return ""
	case named == 1:
		return passed[0] + " no longer fails: delete the line"
	case len(passed) == named:
		return fmt.Sprintf("none of its %d cases fails any more: delete the line", named)
	}
	list := strings.Join(passed[:min(len(passed), most)], ", ")
	if len(passed) > most {
		list += ", …"
	}
	return fmt.Sprintf("%d of its %d cases no longer fail (%s): name the others alone", len(passed), named, list)
}

// Pattern is a pattern over case ids: * is any text within one part, ** any
// text at all. Parts are parted by "/" and, before a matrix label, by "[".
type Pattern struct{ re *regexp.Regexp }

// NewPattern reads a pattern.
func NewPattern(s string) (*Pattern, error) {
	if s == "" {
		return nil, errors.New("the pattern is empty")
	}
	var b strings.Builder
	b.WriteString(`^`)
	for i := 0; i < len(s); i++ {
		switch {
		case strings.HasPrefix(s[i:], "**"):
			b.WriteString(`.*`)
			i++
		case s[i] == '*':
			b.WriteString(`[^/]*`)
		default:
			b.WriteString(regexp.QuoteMeta(s[i : i+1]))
		}
	}
	b.WriteString(`$`)
	re, err := regexp.Compile(b.String())
	if err != nil {
		return nil, fmt.Errorf("pattern %q: %w", s, err)
	}
	return &Pattern{re}, nil
}

// Match reports whether the whole of s fits the pattern.
func (p *Pattern) Match(s string) bool { return p.re.MatchString(s) }
