package main

import (
	"fmt"
	"strings"

	"github.com/spf13/pflag"

	"wsprobe/report"
)

const diffUsage = `usage: wsprobe diff OLD.json NEW.json

Compares two runs case by case: what is fixed, what is broken, what is new or gone, and every other
change of verdict. Two matrices are compared target by target, by their names. The exit code is 1 if
something broke: a MUST, or a SHOULD if the new run was --strict. New cases are no breakage, whatever
they came to.
`

func setupDiff(*pflag.FlagSet) func(*app, []string) error {
	return func(a *app, args []string) error {
		if len(args) < 2 {
			return usageError("", "diff needs two results files, the old one and the new one")
		}
		before, earlier, err := readAny(args[0])
		if err != nil {
			return err
		}
		after, later, err := readAny(args[1])
		if err != nil {
			return err
		}
		broken := false
		switch {
		case (earlier == nil) != (later == nil):
			return usageError("wsprobe report A.json B.json --report json=FILE makes a matrix of runs",
				"one of the files is a matrix of several runs, the other one run")
		case earlier != nil:
			broken = a.diffMatrix(args, earlier, later)
		default:
			broken = a.diffRuns(args, before, after)
		}
		if broken {
			return exit(report.ExitBroken)
		}
		return nil
	}
}

// diffRuns tells what changed from one run to the next, and whether something broke.
func (a *app) diffRuns(paths []string, before, after *report.Results) bool {
	a.unfinished(paths[0], before.Interrupted, before.Trouble)
	a.unfinished(paths[1], after.Interrupted, after.Trouble)
	d := report.Diff(before, after)
	tellChanges(a, &d)
	return len(d.Broken) > 0
}

// diffMatrix tells the same of each target.
func (a *app) diffMatrix(paths []string, before, after *report.Matrix) (broken bool) {
	for i, m := range []*report.Matrix{before, after} {
		for _, t := range m.Targets {
			a.unfinished(paths[i]+": "+t.Target.Name, t.Interrupted, t.Trouble)
		}
	}
	for _, d := range report.DiffMatrix(before, after) {
		fmt.Fprintf(a.out, "%s\n", report.Clean(d.Name))
		switch {
		case d.OnlyNew:
			fmt.Fprintln(a.out, "the target is new")
		case d.OnlyOld:
			fmt.Fprintln(a.out, "the target is gone")
		default:
			tellChanges(a, &d.Changes)
		}
		broken = broken || len(d.Broken) > 0
	}
	return broken
}

// unfinished warns of a run that says nothing of the cases it did not come to.
func (a *app) unfinished(what string, interrupted bool, trouble string) {
	switch {
	case interrupted:
		a.say("note", what+" is of a run that was interrupted")
	case trouble != "":
		a.say("note", what+" is of a run that was not finished: "+trouble)
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
			if g.word == "broken" && c.Why != "" {
				fmt.Fprintf(a.out, "         %s\n", c.Why)
			}
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
