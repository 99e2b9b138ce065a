package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"wsprobe/internal/casefile"
	"wsprobe/internal/rules"
	"wsprobe/report"
)

const listUsage = `usage: wsprobe list [FLAG...] [PATH...]
       wsprobe list --rules [--rule PATTERN]

Prints the ids of the cases in these files and folders, or of the built-in ones, one a line.

` + picksUsage + `  --rules            print the catalogue of rules instead
  -v, --verbose      with what else each is called, its place, its rule, and what it is about
`

func setupList(fs *pflag.FlagSet) func(*app, []string) error {
	var p picks
	p.define(fs)
	catalogue := fs.Bool("rules", false, "")
	verbose := fs.BoolP("verbose", "v", false, "")
	return func(a *app, paths []string) error {
		if *catalogue {
			if len(paths) > 0 {
				return usageError("", "one argument too many: %q; the catalogue is in no file", paths[0])
			}
			return listRules(a, p.rules)
		}
		all, err := loadCases(paths)
		if err != nil {
			return err
		}
		picked, _, err := p.apply(all)
		if err != nil {
			return err
		}
		listCases(a, picked, *verbose)
		return nil
	}
}

func listCases(a *app, list []*casefile.Case, verbose bool) {
	for _, c := range list {
		if !verbose {
			fmt.Fprintln(a.out, c.ID)
		} else {
			fmt.Fprintln(a.out, strings.Join(namesOf(c), "  "))
			fmt.Fprintf(a.out, "    %s  %s\n    %s\n", report.Place(c.Pos.File, c.Pos.Line), c.Rule, report.Clean(c.About))
		}
	}
}

// listRules prints the catalogue, or what fits the patterns.
func listRules(a *app, patterns []string) error {
	words := func(r rules.Rule) []string { return []string{string(r.ID)} }
	from := choice[rules.Rule]{"--rule", "rule", "wsprobe list --rules prints them all", words}
	list, err := from.pick(patterns, rules.All())
	if err != nil {
		return err
	}
	width := 0
	for _, r := range list {
		width = max(width, len(r.ID))
	}
	for _, r := range list {
		fmt.Fprintf(a.out, "%-*s  %-6s  %s  (%s)\n", width, r.ID, r.Level, r.About, report.Source(r.Document, r.Section))
	}
	return nil
}

func ruleIDs() []string {
	var ids []string
	for _, r := range rules.All() {
		ids = append(ids, string(r.ID))
	}
	slices.Sort(ids)
	return ids
}
