package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/spf13/pflag"

	"wsprobe/internal/casefile"
	"wsprobe/internal/mutant"
	"wsprobe/internal/rules"
	"wsprobe/report"
)

const selftestUsage = `usage: wsprobe selftest [FLAG...]

Plays the built-in cases against servers that each break one rule, and against one that breaks none.
Each fault must be found, by its own rule, and the right server must be accused of nothing but a MAY.
The exit code is 1 if not.

  --only PATTERN     only these faults, by name or by rule: 'utf8.*'; more than once if need be
  -j, --jobs N       so many servers at a time (16 if left out)
  -v, --verbose      every fault, and by which cases it was found
`

// Jobs of a selftest: servers at a time, and cases at a time against each.
const (
	selftestServers = 16
	selftestCases   = 8
	selftestBatch   = 24 // cases after which it is looked whether the fault is found
)

// selftest proves that what is asked for can be seen to be missing.
type selftest struct {
	all     []*casefile.Case
	have    []string // of the right server, which every mutant shares
	verbose bool
	jobs    int
}

func setupSelftest(fs *pflag.FlagSet) func(*app, []string) error {
	s := &selftest{}
	only := fs.StringArray("only", nil, "")
	fs.IntVarP(&s.jobs, "jobs", "j", selftestServers, "")
	fs.BoolVarP(&s.verbose, "verbose", "v", false, "")
	return func(a *app, _ []string) error {
		if s.jobs < 1 {
			return usageError("", "--jobs %d: at least one server is tested at a time", s.jobs)
		}
		mutants, err := pickMutants(*only)
		if err != nil {
			return err
		}
		if s.all, err = loadCases(nil); err != nil {
			return err
		}
		ctx, release := interruptible()
		defer release()
		return s.run(ctx, a, mutants, len(*only) == 0)
	}
}

// pickMutants returns the mutants that fit one of the patterns.
func pickMutants(patterns []string) ([]mutant.Mutant, error) {
	words := func(m mutant.Mutant) []string { return []string{m.Name, string(m.Rule)} }
	from := choice[mutant.Mutant]{"--only", "fault", "wsprobe selftest -v prints the faults", words}
	return from.pick(patterns, mutant.All())
}

// run plays against the right server, then against the mutants.
func (s *selftest) run(ctx context.Context, a *app, mutants []mutant.Mutant, everything bool) error {
	list := s.all
	if !everything {
		list = s.casesForAll(mutants)
	}
	right, err := s.play(ctx, nil, list)
	if err != nil {
		return err
	}
	s.have = right.Target.Have
	found, err := s.hunt(ctx, mutants)
	if err != nil {
		return err
	}
	if ctx.Err() != nil {
		a.say("interrupted", "what was found by then says nothing of what was missed")
		return exit(report.ExitInterrupted)
	}
	wrong := s.accusations(a, right)
	missed := s.tell(a, mutants, found)
	unbroken := 0
	if everything {
		unbroken = s.unbroken(a, mutants)
	}
	fmt.Fprintf(a.out, "%s: %d found, %d missed; %s wrong in %s against the right server\n", plural(len(mutants), "fault"),
		len(mutants)-missed, missed, plural(wrong, "accusation"), plural(len(right.Cases), "case"))
	if missed+wrong+unbroken > 0 {
		return exit(report.ExitBroken)
	}
	return nil
}

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

// hunted is what came of one mutant: the cases that found it by its own rule.
type hunted struct {
	by  []string
	say string // why it was not found, where that is known
}

// hunt plays against each mutant what can show its fault.
func (s *selftest) hunt(ctx context.Context, mutants []mutant.Mutant) ([]hunted, error) {
	out := make([]hunted, len(mutants))
	errs := make([]error, len(mutants))
	places := make(chan struct{}, s.jobs)
	var wg sync.WaitGroup
	for i := range mutants {
		places <- struct{}{}
		wg.Go(func() {
			defer func() { <-places }()
			out[i], errs[i] = s.find(ctx, &mutants[i])
		})
	}
	wg.Wait()
	for _, err := range errs {
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}

// find plays against one mutant, a few cases at a time, until one finds it.
func (s *selftest) find(ctx context.Context, m *mutant.Mutant) (hunted, error) {
	h := hunted{say: "no case is near its rule"}
	for list := range slices.Chunk(s.casesFor(m.Rule), selftestBatch) {
		var err error
		if h, err = s.findAmong(ctx, m, list); err != nil || len(h.by) > 0 || ctx.Err() != nil {
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
// cases of the same topic and the first ones of every suite.
func (s *selftest) casesFor(id rules.ID) []*casefile.Case {
	own := slices.DeleteFunc(slices.Clone(s.all), func(c *casefile.Case) bool { return !judges(c, id) })
	if len(own) > 0 {
		slices.SortStableFunc(own, func(a, b *casefile.Case) int { return len(a.Tags) - len(b.Tags) }) // the slow ones have tags
		return own
	}
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

// tell prints the faults that were missed, or all of them, and counts those.
func (s *selftest) tell(a *app, mutants []mutant.Mutant, found []hunted) (missed int) {
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
	}
	return missed
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
		if !r.Client && !slices.ContainsFunc(mutants, func(m mutant.Mutant) bool { return m.Rule == r.ID }) {
			n++
			fmt.Fprintf(a.out, "unbroken  %s  no server here breaks it\n", r.ID)
		}
	}
	return n
}
