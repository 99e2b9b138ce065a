package main

import (
	"wsprobe/internal/casefile"
	"wsprobe/internal/rules"
	"wsprobe/report"
)

// annotate adds to the results of a run what makes them explain themselves: every
// rule that they speak of, and the cases as their files have them. A file that
// can no longer be read is done without.
func annotate(r *report.Results, played []*casefile.Case, paths []string) {
	if r.Rules == nil {
		r.Rules = map[string]report.Rule{}
	}
	for _, c := range r.Cases {
		addRule(r.Rules, c.Rule)
		for _, f := range c.Findings {
			addRule(r.Rules, f.Rule)
		}
	}
	r.Sources = map[string]string{}
	for _, c := range played {
		place := report.Place(c.Pos.File, c.Pos.Line)
		if _, ok := r.Sources[place]; ok {
			continue
		}
		if text, err := sourceOf(c, paths); err == nil {
			r.Sources[place] = text
		}
	}
}

func addRule(to map[string]report.Rule, id string) {
	if r, ok := rules.Get(rules.ID(id)); ok {
		to[id] = report.Rule{
			Level: string(r.Level), Document: r.Document, Section: r.Section, Quote: r.Quote, About: r.About, Room: r.Room,
		}
	}
}
