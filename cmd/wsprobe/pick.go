package main

import (
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"wsprobe/internal/casefile"
	"wsprobe/internal/probe"
	"wsprobe/internal/rules"
)

// picks are the flags that pick cases.
type picks struct {
	only, skip, tags, rules []string
}

const picksUsage = `  --only PATTERN     only these cases; * is one part of an id, ** any text:
                     'utf8/*', 'deflate/**'; an alias does as well: 'autobahn 6.4.*'
  --skip PATTERN     not these cases
  --tag TAG          only cases that have the tag
  --rule PATTERN     only cases that stand for such a rule: 'close.*'
                     each may be given more than once
`

func (p *picks) define(fs *pflag.FlagSet) {
	fs.StringArrayVar(&p.only, "only", nil, "")
	fs.StringArrayVar(&p.skip, "skip", nil, "")
	fs.StringArrayVar(&p.tags, "tag", nil, "")
	fs.StringArrayVar(&p.rules, "rule", nil, "")
}

// apply returns the cases that are picked, and the ids of the others. A pattern
// that fits nothing is an error: it is a slip of the pen.
func (p *picks) apply(all []*casefile.Case) (picked []*casefile.Case, left []string, err error) {
	filters := []struct {
		flag     string
		patterns []string
		words    func(*casefile.Case) []string
		drop     bool
	}{
		{"--only", p.only, namesOf, false},
		{"--tag", p.tags, func(c *casefile.Case) []string { return c.Tags }, false},
		{"--rule", p.rules, rulesOf, false},
		{"--skip", p.skip, namesOf, true},
	}
	picked = all
	for _, f := range filters {
		if len(f.patterns) == 0 {
			continue
		}
		fit, err := fitting(f.flag, f.patterns, all, f.words)
		if err != nil {
			return nil, nil, err
		}
		picked = slices.DeleteFunc(slices.Clone(picked), func(c *casefile.Case) bool { return fit[c] == f.drop })
	}
	if len(picked) == 0 {
		return nil, nil, usageError("", "no case is left of %d", len(all))
	}
	for _, c := range all {
		if !slices.Contains(picked, c) {
			left = append(left, c.ID)
		}
	}
	return picked, left, nil
}

// namesOf returns what a case is called.
func namesOf(c *casefile.Case) []string { return append([]string{c.ID}, c.Aliases...) }

// rulesOf returns the rules that a case stands for, its steps' included.
func rulesOf(c *casefile.Case) []string {
	list := []string{string(c.Rule)}
	for _, s := range c.Steps {
		if id := string(s.Rule); id != "" && !slices.Contains(list, id) {
			list = append(list, id)
		}
	}
	return list
}

// impliedRules are the rules that each {fail: …} judges beside the step's own.
var impliedRules = []rules.ID{rules.FailCloseFrame, rules.FailCloseCode, rules.FailNoProcessing}

// judges reports whether a case is about a rule, or looks for it in passing.
func judges(c *casefile.Case, id rules.ID) bool {
	if slices.Contains(rulesOf(c), string(id)) {
		return true
	}
	return slices.Contains(impliedRules, id) && slices.ContainsFunc(c.Steps, func(s casefile.Step) bool {
		return slices.ContainsFunc(s.Events, func(e casefile.Event) bool { return e.Kind == casefile.EventFail })
	})
}

// fitting returns the cases one of whose words fits one of the patterns.
func fitting(flag string, patterns []string, all []*casefile.Case, words func(*casefile.Case) []string) (map[*casefile.Case]bool, error) {
	fit := map[*casefile.Case]bool{}
	for _, text := range patterns {
		pattern, err := probe.NewPattern(text)
		if err != nil {
			return nil, usageError("", "%s: %w", flag, err)
		}
		found := false
		for _, c := range all {
			if slices.ContainsFunc(words(c), pattern.Match) {
				fit[c], found = true, true
			}
		}
		if !found {
			return nil, noFit(flag, text, all, words)
		}
	}
	return fit, nil
}

func noFit(flag, text string, all []*casefile.Case, words func(*casefile.Case) []string) error {
	var known []string
	for _, c := range all {
		known = append(known, words(c)...)
	}
	hint := didYouMean(text, known, "wsprobe list prints the ids; * stands for one part of an id, ** for any text")
	if inside := containing(text, known); inside != "" {
		hint = "did you mean " + quote(inside) + "?"
	}
	return usageError(hint, "%s %s fits no case", flag, quote(text))
}

// containing makes a pattern of a word that is only a part of a known one.
func containing(text string, known []string) string {
	for _, pattern := range []string{text + "**", "**/" + text, "**" + text + "**"} {
		p, err := probe.NewPattern(pattern)
		if err == nil && !strings.Contains(text, "*") && slices.ContainsFunc(known, p.Match) {
			return pattern
		}
	}
	return ""
}
