package main

import (
	"fmt"
	"strings"

	"github.com/spf13/pflag"

	"wsprobe/report"
)

const diffUsage = `usage: wsprobe diff OLD.json NEW.json

Compares two runs case by case: what is fixed, what is broken, what is new or gone, and every other
change of verdict. The exit code is 1 if something broke: a MUST, or a SHOULD if the new run was
--strict. New cases are no breakage, whatever they came to.
`

func setupDiff(*pflag.FlagSet) func(*app, []string) error {
	return func(a *app, args []string) error {
		if len(args) < 2 {
			return usageError("", "diff needs two results files, the old one and the new one")
		}
		before, err := readResults(args[0])
		if err != nil {
			return err
		}
		after, err := readResults(args[1])
		if err != nil {
			return err
		}
		a.unfinished(args[0], before)
		a.unfinished(args[1], after)
		d := report.Diff(before, after)
		tellChanges(a, &d)
		if len(d.Broken) > 0 {
			return exit(report.ExitBroken)
		}
		return nil
	}
}

// unfinished warns of a run that says nothing of the cases it did not come to.
func (a *app) unfinished(path string, r *report.Results) {
	switch {
	case r.Interrupted:
		a.say("note", path+" is of a run that was interrupted")
	case r.Trouble != "":
		a.say("note", path+" is of a run that was not finished: "+r.Trouble)
	}
}

func tellChanges(a *app, d *report.Changes) {
	groups := []struct {
		word    string
		changes []report.Change
	}{{"broken", d.Broken}, {"fixed", d.Fixed}, {"changed", d.Changed}, {"new", d.New}, {"gone", d.Gone}}
	var counts []string
	for _, g := range groups {
		for _, c := range g.changes {
			fmt.Fprintf(a.out, "%-7s  %s  %s\n", g.word, report.Clean(c.ID), verdicts(c))
		}
		if len(g.changes) > 0 {
			counts = append(counts, fmt.Sprintf("%d %s", len(g.changes), g.word))
		}
	}
	if d.Empty() {
		counts = []string{"nothing changed"}
	}
	fmt.Fprintln(a.out, strings.Join(counts, ", "))
}

func verdicts(c report.Change) string {
	switch {
	case c.Old == "":
		return string(c.New)
	case c.New == "":
		return string(c.Old)
	}
	return fmt.Sprintf("%s → %s", c.Old, c.New)
}
