package main

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/spf13/pflag"

	"wsprobe/internal/casefile"
	"wsprobe/internal/mutant"
	"wsprobe/internal/rules"
	"wsprobe/report"
)

const selftestUsage = `usage: wsprobe selftest [FLAG...]

Plays the built-in cases against servers that each break one rule, against servers that break none and
are each unusual in one way, and against one that is neither. Each fault must be found, by its own rule,
and the right servers must be accused of nothing but a MAY.
The exit code is 1 if not.

  --only PATTERN     only these servers, by name or by the rule that they break: 'utf8.*'; more than
                     once if need be
  -j, --jobs N       so many servers at a time (16 if left out)
  -v, --verbose      every server, and by which cases its fault was found
`

// Jobs of a selftest: servers at a time, and cases at a time, against each, against one
// that idles, and against all.
const (
	selftestServers       = 16
	selftestCases         = 8
	selftestIdle          = 24
	selftestConversations = 64
)

// selftest proves that what is asked for can be seen to be missing, and that
// what is allowed is not taken for a fault.
type selftest struct {
	all     []*casefile.Case
	have    []string // of the right server, which every mutant that is wrong shares
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
	from := choice[mutant.Mutant]{"--only", "server", "wsprobe selftest -v prints them", words}
	return from.pick(patterns, append(mutant.All(), mutant.Lawful()...))
}

// run plays against the right server, then against the mutants.
func (s *selftest) run(ctx context.Context, a *app, mutants []mutant.Mutant, everything bool) error {
	wrong, lawful := apart(mutants)
	list := s.all
	if !everything {
		list = s.casesForAll(wrong)
	}
	right, err := s.play(ctx, nil, list)
	if err != nil {
		return err
	}
	s.have = right.Target.Have
	found, accused, err := s.playAll(ctx, wrong, lawful)
	if err != nil {
		return err
	}
	if ctx.Err() != nil {
		a.say("interrupted", "what was found by then says nothing of what was missed")
		return exit(report.ExitInterrupted)
	}
	blamed := s.tellLawful(a, lawful, accused)
	failed := s.tellRight(a, right)
	missed, overdone := s.tell(a, wrong, found)
	unbroken := 0
	if everything {
		unbroken = s.unbroken(a, wrong)
	}
	fmt.Fprintf(a.out, "%s: %d found, %d missed\n", plural(len(wrong), "fault"), len(wrong)-missed, missed)
	fmt.Fprintf(a.out, "%s: %d accused\n", plural(len(lawful), "lawful server"), blamed)
	fmt.Fprintf(a.out, "the right server: %s wrong in %s\n", plural(failed, "accusation"), plural(len(right.Cases), "case"))
	if missed+overdone+blamed+failed+unbroken > 0 {
		return exit(report.ExitBroken)
	}
	return nil
}

// playAll plays against all mutants. Those that are wrong cost waiting and the
// lawful ones work, so that they are played in turns.
func (s *selftest) playAll(ctx context.Context, wrong, lawful []mutant.Mutant) (found []hunted, accused [][]string, err error) {
	found, accused = make([]hunted, len(wrong)), make([][]string, len(lawful))
	var todo []func() error
	for i := range max(len(wrong), len(lawful)) {
		if i < len(lawful) {
			todo = append(todo, func() (err error) { accused[i], err = s.suspect(ctx, &lawful[i]); return err })
		}
		if i < len(wrong) {
			todo = append(todo, func() (err error) { found[i], err = s.find(ctx, &wrong[i]); return err })
		}
	}
	return found, accused, s.atATime(todo)
}

// apart tells the mutants that are wrong from those that are right. To break
// no more than a MAY is right, and each of those is told twice.
func apart(mutants []mutant.Mutant) (wrong, lawful []mutant.Mutant) {
	for _, m := range mutants {
		if m.Rule != "" {
			wrong = append(wrong, m)
		}
		if r, ok := rules.Get(m.Rule); !ok || r.Level == rules.May {
			lawful = append(lawful, m)
		}
	}
	return wrong, lawful
}

// atATime does all that is to be done, as many things at a time as there are jobs.
func (s *selftest) atATime(todo []func() error) error {
	errs := make([]error, len(todo))
	places := make(chan struct{}, s.jobs)
	var wg sync.WaitGroup
	for i, do := range todo {
		places <- struct{}{}
		wg.Go(func() {
			defer func() { <-places }()
			errs[i] = do()
		})
	}
	wg.Wait()
	return errors.Join(errs...)
}
