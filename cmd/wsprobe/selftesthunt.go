package main

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"wsprobe/internal/casefile"
	"wsprobe/internal/mutant"
	"wsprobe/internal/rules"
	"wsprobe/report"
)

// selftestBatch is how many cases are played before it is looked whether the
// fault is found; the first time it is selftestCases.
const selftestBatch = 24

// hunted is what came of one mutant: the cases that found it by its own rule.
type hunted struct {
	by     []string
	say    string   // why it was not found, where that is known
	failed []string // for what it was failed, though it breaks no more than a SHOULD
}

// find plays against one mutant, a few cases at a time, until one finds it.
func (s *selftest) find(ctx context.Context, m *mutant.Mutant) (hunted, error) {
	h := hunted{say: "no case is near its rule"}
	size := selftestCases
	for list := s.casesFor(m.Rule); len(list) > 0; size = selftestBatch {
		some := list[:min(size, len(list))]
		list = list[len(some):]
		var err error
		if h, err = s.findAmong(ctx, m, some); err != nil || len(h.by) > 0 || ctx.Err() != nil {
			return h, err
		}
	}
	return h, nil
}

// findAmong plays those cases against a mutant. If it dies under several at
// once, they are played one by one, so that the one that killed it is known.
func (s *selftest) findAmong(ctx context.Context, m *mutant.Mutant, list []*casefile.Case) (hunted, error) {
	r, err := s.play(ctx, m, list)
	if err != nil {
		return hunted{}, err
	}
	h := hunted{by: foundBy(r, m.Rule), say: r.Trouble}
	if rule, _ := rules.Get(m.Rule); rule.Level != rules.Must {
		h.failed = accusations(r, rules.Must)
	}
	for i := 0; i < len(list) && r.Trouble != "" && len(h.by) == 0 && ctx.Err() == nil; i++ {
		alone, err := s.play(ctx, m, list[i:i+1])
		if err != nil {
			return hunted{}, err
		}
		h.by = foundBy(alone, m.Rule)
	}
	return h, nil
}

func foundBy(r *report.Results, id rules.ID) []string {
	var by []string
	for _, c := range r.Cases {
		if slices.ContainsFunc(c.Findings, func(f report.Finding) bool { return f.Rule == string(id) }) {
			by = append(by, c.ID)
		}
	}
	return by
}

// casesFor returns the cases that stand for the rule. For a rule that no case
// stands for, since it is looked for in all that a target sends, those are the
// cases of the same topic and the first ones of every suite. Those with tags,
// which are slow, come last.
func (s *selftest) casesFor(id rules.ID) []*casefile.Case {
	list := slices.DeleteFunc(slices.Clone(s.all), func(c *casefile.Case) bool { return !judges(c, id) })
	if len(list) == 0 {
		list = s.casesNear(id)
	}
	slices.SortStableFunc(list, func(a, b *casefile.Case) int { return len(a.Tags) - len(b.Tags) })
	return list
}

func (s *selftest) casesNear(id rules.ID) []*casefile.Case {
	topic, _, _ := strings.Cut(string(id), ".")
	inSuite := map[string]int{}
	return slices.DeleteFunc(slices.Clone(s.all), func(c *casefile.Case) bool {
		inSuite[c.Suite]++
		near := strings.HasPrefix(string(c.Rule), topic+".") || c.Suite == topic
		return inSuite[c.Suite] > smokePerSuite && !near
	})
}

// casesForAll returns the cases that are played against any of the mutants.
func (s *selftest) casesForAll(mutants []mutant.Mutant) []*casefile.Case {
	played := map[*casefile.Case]bool{}
	for _, m := range mutants {
		for _, c := range s.casesFor(m.Rule) {
			played[c] = true
		}
	}
	return slices.DeleteFunc(slices.Clone(s.all), func(c *casefile.Case) bool { return !played[c] })
}

// smokePerSuite is how many cases of each suite make the smoke test.
const smokePerSuite = 3

// tell prints the faults that were missed, or all of them, and what was made too
// much of, and counts both.
func (s *selftest) tell(a *app, mutants []mutant.Mutant, found []hunted) (missed, blamed int) {
	for i, m := range mutants {
		switch h := found[i]; {
		case len(h.by) == 0:
			missed++
			fmt.Fprintf(a.out, "missed    %s  %s  %s\n", m.Name, m.Rule, m.About)
			if h.say != "" {
				fmt.Fprintf(a.out, "          %s\n", report.Clean(h.say))
			}
		case s.verbose:
			fmt.Fprintf(a.out, "found     %s  %s  by %s\n", m.Name, m.Rule, fewOf(h.by))
		}
		for _, what := range found[i].failed {
			blamed++
			fmt.Fprintf(a.out, "accused   %s  %s\n", m.Name, report.Clean(what))
		}
	}
	return missed, blamed
}

func fewOf(list []string) string {
	if len(list) <= 3 {
		return strings.Join(list, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(list[:2], ", "), len(list)-2)
}

// unbroken prints the rules that no mutant breaks, though a server could.
func (s *selftest) unbroken(a *app, mutants []mutant.Mutant) int {
	n := 0
	for _, r := range rules.All() {
		if mutant.Unbroken[r.ID] == "" && !slices.ContainsFunc(mutants, func(m mutant.Mutant) bool { return m.Rule == r.ID }) {
			n++
			fmt.Fprintf(a.out, "unbroken  %s  no server here breaks it\n", r.ID)
		}
	}
	return n
}
