package main

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"

	"wsprobe/internal/casefile"
	"wsprobe/internal/mutant"
	"wsprobe/internal/rules"
	"wsprobe/report"
)

// tellRight prints what the right server is wrongly accused of: anything but a
// MAY, and any case that could not be played.
func (s *selftest) tellRight(a *app, r *report.Results) int {
	list := accusations(r, rules.Must, rules.Should)
	for _, c := range r.Cases {
		if c.Verdict == report.Skip || c.Verdict == report.Error {
			list = append(list, c.ID+"  was not played: "+c.Reason)
		}
	}
	for _, what := range list {
		fmt.Fprintf(a.out, "accused   the right server  %s\n", report.Clean(what))
	}
	return len(list)
}

// accusations returns the findings of those levels: rule, case, what was seen.
func accusations(r *report.Results, levels ...rules.Level) (list []string) {
	for _, c := range r.Cases {
		for _, f := range c.Findings {
			if slices.Contains(levels, rules.Level(f.Level)) {
				list = append(list, fmt.Sprintf("%s  %s  %s", f.Rule, c.ID, f.Detail))
			}
		}
	}
	return list
}

// suspect plays against a lawful mutant and returns what it is accused of.
func (s *selftest) suspect(ctx context.Context, m *mutant.Mutant) (accused []string, err error) {
	r, err := s.play(ctx, m, s.casesForLawful(m))
	if err != nil {
		return nil, err
	}
	accused = append(accusations(r, rules.Must), beyond(m.Misses, accusations(r, rules.Should))...)
	if r.Trouble != "" {
		return append(accused, r.Trouble), nil
	}
	for _, c := range r.Cases {
		if c.Verdict == report.Error {
			accused = append(accused, c.ID+"  was not played: "+c.Reason)
		}
	}
	return accused, nil
}

// beyond returns the accusations that are of other rules than those missed on
// purpose, and the rules missed on purpose that none is of.
func beyond(misses []rules.ID, accusations []string) (list []string) {
	seen := map[rules.ID]bool{}
	for _, what := range accusations {
		id, _, _ := strings.Cut(what, " ")
		if seen[rules.ID(id)] = true; !slices.Contains(misses, rules.ID(id)) {
			list = append(list, what)
		}
	}
	for _, id := range misses {
		if !seen[id] {
			list = append(list, string(id)+"  is kept, though it is said to be missed")
		}
	}
	return list
}

// casesForLawful returns what is played against a lawful mutant: every case, but
// those that move much data only where the mutant has limits of its own, and
// those of the chat only where it has no part in what is odd: its own protocol
// leaves less room.
func (s *selftest) casesForLawful(m *mutant.Mutant) []*casefile.Case {
	once, again := selftestBytes, selftestSeries
	if m.Limited() {
		once, again = math.MaxInt, selftestLimited
	}
	return slices.DeleteFunc(slices.Clone(s.all), func(c *casefile.Case) bool {
		size := sizeOf(c)
		return m.Rule != "" && slices.Contains(c.Needs, "chat") || size > once || len(c.Tags) > 0 && size > again
	})
}

// What a case sends in one step, at the most, to a lawful mutant without limits,
// the same of the long series of Autobahn, which have tags, and of those to a
// mutant with limits.
const (
	selftestBytes   = 100 << 10
	selftestSeries  = 8 << 10
	selftestLimited = 4 << 20
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
