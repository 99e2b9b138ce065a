package main

import (
	"fmt"
	"slices"
	"strings"

	"wsprobe/internal/casefile"
	"wsprobe/internal/probe"
	"wsprobe/internal/rules"
	"wsprobe/report"
)

// meant returns what a word may mean that is no name: the rules of a requirement,
// of a section or of a topic, the cases of a suite or of a section of Autobahn's,
// what a pattern fits, or the last part of an id.
func meant(what string, all []*casefile.Case) ([]rules.Rule, []*casefile.Case) {
	if list := rulesWhere(func(r rules.Rule) bool {
		return slices.Contains(r.Requirements, strings.ToUpper(what)) || standsIn(r, what)
	}); len(list) > 0 {
		return list, nil
	}
	for _, texts := range [][]string{{what}, {what + ".**", what + "/**"}, {"**/" + what, "**/" + what + "[**"}, {"autobahn " + what}, {"autobahn " + what + ".**"}} {
		fits := func(id string) bool {
			return slices.ContainsFunc(texts, func(text string) bool {
				p, err := probe.NewPattern(text)
				return err == nil && p.Match(id)
			})
		}
		list := rulesWhere(func(r rules.Rule) bool { return fits(string(r.ID)) })
		found := slices.DeleteFunc(slices.Clone(all), func(c *casefile.Case) bool { return !slices.ContainsFunc(namesOf(c), fits) })
		if len(list)+len(found) > 0 {
			return list, found
		}
	}
	return nil, nil
}

func rulesWhere(fits func(rules.Rule) bool) (list []rules.Rule) {
	for _, r := range rules.All() {
		if fits(r) {
			list = append(list, r)
		}
	}
	return list
}

// standsIn reports whether a rule stands in a section, "RFC 6455 §8.1" or "§8.1",
// or a document.
func standsIn(r rules.Rule, place string) bool {
	source := report.Source(r.Document, r.Section)
	return place == source || place == r.Document || strings.HasPrefix(place, "§") && strings.HasSuffix(source, " "+place)
}

// explainMany tells what there is of these in short, or all of the only case.
func explainMany(a *app, list []rules.Rule, found []*casefile.Case, paths []string) error {
	one := func(c *casefile.Case) bool { return base(c.ID) == base(found[0].ID) }
	if len(list) == 0 && !slices.ContainsFunc(found, func(c *casefile.Case) bool { return !one(c) }) {
		return explainCase(a, found, paths)
	}
	for _, r := range list {
		fmt.Fprintf(a.out, "%s  %s  %s\n", r.ID, r.Level, report.Source(r.Document, r.Section))
		a.indented(r.About)
	}
	if len(list) > 0 && len(found) > 0 {
		fmt.Fprintln(a.out)
	}
	for len(found) > 0 {
		n := slices.IndexFunc(found, func(c *casefile.Case) bool { return !one(c) })
		if n < 0 {
			n = len(found)
		}
		fmt.Fprintln(a.out, headOf(found[:n]))
		a.indented(found[0].About)
		found = found[n:]
	}
	return nil
}

// headOf names the cases of one matrix, and what else one alone is called.
func headOf(list []*casefile.Case) string {
	c := list[0]
	if len(list) > 1 {
		return fmt.Sprintf("%s  (%d cases)", base(c.ID), len(list))
	}
	return strings.Join(append([]string{c.ID}, c.Aliases...), "  ")
}

// indented prints a wrapped text below what it is about.
func (a *app) indented(text string) {
	for _, line := range report.Wrap(text, a.proseWidth()-4) {
		fmt.Fprintln(a.out, "    "+line)
	}
}
