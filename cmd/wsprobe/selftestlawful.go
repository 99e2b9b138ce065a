package main

import (
	"context"
	"fmt"
	"slices"

	"wsprobe/internal/casefile"
	"wsprobe/internal/mutant"
	"wsprobe/internal/rules"
	"wsprobe/report"
)

// accusations prints what the right server is wrongly accused of: anything but
// a MAY, and any case that could not be played.
func (s *selftest) accusations(a *app, r *report.Results) int {
	n := 0
	for _, c := range r.Cases {
		if c.Verdict == report.Skip || c.Verdict == report.Error {
			n++
			fmt.Fprintf(a.out, "unplayed  %s  %s\n", c.ID, report.Clean(c.Reason))
		}
		for _, f := range c.Findings {
			if f.Level != string(rules.May) {
				n++
				fmt.Fprintf(a.out, "accused   %s  %s  %s\n", f.Rule, c.ID, report.Clean(f.Detail))
			}
		}
	}
	return n
}

// suspect plays against a lawful mutant and returns what it is accused of.
func (s *selftest) suspect(ctx context.Context, m *mutant.Mutant) (accused []string, err error) {
	r, err := s.play(ctx, m, s.casesForLawful(m))
	if err != nil {
		return nil, err
	}
	if r.Trouble != "" {
		accused = append(accused, r.Trouble)
	}
	missed := map[rules.ID]bool{}
	for _, c := range r.Cases {
		if c.Verdict == report.Error && r.Trouble == "" {
			accused = append(accused, c.ID+"  "+c.Reason)
		}
		for _, f := range c.Findings {
			id := rules.ID(f.Rule)
			missed[id] = true
			if f.Level == string(rules.Must) || f.Level == string(rules.Should) && !slices.Contains(m.Misses, id) {
				accused = append(accused, fmt.Sprintf("%s  %s  %s", f.Rule, c.ID, f.Detail))
			}
		}
	}
	for _, id := range m.Misses {
		if !missed[id] {
			accused = append(accused, fmt.Sprintf("%s  is kept, though it is said to be missed", id))
		}
	}
	return accused, nil
}

// casesForLawful returns what is played against a lawful mutant: every case, but
// those that move much data only where the mutant has limits of its own.
func (s *selftest) casesForLawful(m *mutant.Mutant) []*casefile.Case {
	if m.Limited() {
		return s.all
	}
	return slices.DeleteFunc(slices.Clone(s.all), func(c *casefile.Case) bool {
		return sizeOf(c) > selftestBytes || len(c.Tags) > 0 && sizeOf(c) > selftestSeries
	})
}

// What a case sends in one step, at the most, to a lawful mutant without limits,
// and the same of the long series of Autobahn, which have tags.
const (
	selftestBytes  = 100 << 10
	selftestSeries = 8 << 10
)

// sizeOf returns how many bytes the largest step of a case sends at a time.
func sizeOf(c *casefile.Case) (largest int) {
	for i := range c.Steps {
		n := 0
		for k := range c.Steps[i].Frames {
			f := &c.Steps[i].Frames[k]
			n += f.Payload.Size() * max(1, f.Times)
		}
		if e := c.Steps[i].Echo; e != nil && e.Window > 0 {
			n = e.Window
		} else if e != nil {
			n = e.Payload.Size()
		}
		largest = max(largest, n)
	}
	return largest
}

// tellLawful prints what lawful mutants are accused of, and counts them.
func (s *selftest) tellLawful(a *app, lawful []mutant.Mutant, accused [][]string) (n int) {
	for i, m := range lawful {
		if len(accused[i]) > 0 {
			n++
		} else if s.verbose {
			fmt.Fprintf(a.out, "lawful    %s\n", m.Name)
		}
		for _, what := range accused[i] {
			fmt.Fprintf(a.out, "accused   %s  %s\n", m.Name, report.Clean(what))
		}
	}
	return n
}
