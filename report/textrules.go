package report

import (
	"fmt"
	"path"
	"strings"
)

// Place writes a place in a file as "file:line", or "" for none.
func Place(file string, line int) string {
	if file == "" || line == 0 {
		return file
	}
	return fmt.Sprintf("%s:%d", file, line)
}

// rules writes each broken rule once: those that made the verdict with their
// quote, the milder ones in a line. It reports whether there were any.
func (t *textWriter) rules(c *Case) bool {
	quoted := false
	broken := onePerRule(c.Findings)
	for _, f := range broken {
		if quoted {
			t.gap()
		}
		t.rule(&f)
		if quoted = f.Verdict == c.Verdict && f.Quote != ""; quoted {
			t.prose(`"`+f.Quote+`"`, plain)
		}
	}
	return len(broken) > 0
}

// rule writes a rule's id, level and place, in two lines where one is too short.
func (t *textWriter) rule(f *Finding) {
	id, rest := span{f.Rule, bold}, f.Level+"  "+f.Source()
	if textWidth(Clean(f.Rule+"  "+rest)) <= t.o.prose() {
		t.row(indent, id, say("  "+rest))
		return
	}
	t.row(indent, id)
	t.prose(rest, plain)
}

// Source returns where the rule stands: "RFC 6455 §8.1".
func (f *Finding) Source() string { return Source(f.Document, f.Section) }

// Source writes a document and its section: a number gets a §, a heading a comma.
func Source(document, section string) string {
	switch {
	case section == "":
		return document
	case section[0] >= '0' && section[0] <= '9':
		return document + " §" + section
	}
	return document + ", " + section
}

// remarks says what a finding wanted and what was there instead.
func remarks(f *Finding, named bool) []string {
	var place []string
	if at := Place(path.Base(f.File), f.Line); f.File != "" {
		place = append(place, at)
	}
	if named {
		place = append(place, f.Rule)
	}
	tail := ""
	if len(place) > 0 {
		tail = " (" + strings.Join(place, ", ") + ")"
	}
	var out []string
	if f.Wanted != "" {
		out = append(out, "wanted: "+f.Wanted+tail)
		tail = ""
	}
	if f.Detail != "" {
		out = append(out, "seen: "+f.Detail+tail)
	}
	return out
}
