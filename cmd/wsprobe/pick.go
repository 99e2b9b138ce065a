package main

import (
	"slices"

	"github.com/spf13/pflag"

	"wsprobe/internal/casefile"
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

// apply returns the cases that are picked, and the ids of the others.
func (p *picks) apply(all []*casefile.Case) (picked []*casefile.Case, left []string, err error) {
	keep := make([]bool, len(all))
	for i := range keep {
		keep[i] = true
	}
	for _, f := range p.filters() {
		if len(f.patterns) == 0 {
			continue
		}
		fit, err := f.fits(f.patterns, all)
		if err != nil {
			return nil, nil, err
		}
		for i := range keep {
			keep[i] = keep[i] && fit[i] != f.drop
		}
	}
	for i, c := range all {
		if keep[i] {
			picked = append(picked, c)
		} else {
			left = append(left, c.ID)
		}
	}
	if len(picked) == 0 {
		return nil, nil, usageError("", "no case is left of %d", len(all))
	}
	return picked, left, nil
}

// filter is one of the flags with its patterns; drop turns it around.
type filter struct {
	choice[*casefile.Case]
	patterns []string
	drop     bool
}

func (p *picks) filters() []filter {
	const hint = "wsprobe list -v prints the cases; * stands for one part of an id, ** for any text"
	tagsOf := func(c *casefile.Case) []string { return c.Tags }
	return []filter{
		{choice[*casefile.Case]{"--only", "case", hint, namesOf}, p.only, false},
		{choice[*casefile.Case]{"--tag", "case", hint, tagsOf}, p.tags, false},
		{choice[*casefile.Case]{"--rule", "case", hint, rulesOf}, p.rules, false},
		{choice[*casefile.Case]{"--skip", "case", hint, namesOf}, p.skip, true},
	}
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
