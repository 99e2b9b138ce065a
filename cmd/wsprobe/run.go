package main

import (
	"context"
	"fmt"
	"math"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"
	"time"

	"github.com/spf13/pflag"

	"wsprobe/internal/probe"
	"wsprobe/report"
)

const runUsage = `usage: wsprobe run [FLAG...] [PATH...]

Plays the cases in these case files and folders, or the built-in ones, against a target, or against
the bundled server. Results go to standard output, talk goes to standard error.

the target:
` + targetUsage + `
the cases:
` + picksUsage + `  --repeat N         play each case so many times; the worst counts

how:
  -j, --jobs N           so many cases at a time (8 if left out); 1 for a server that minds company
  --volume default|full  how many messages an echo step plays: 20 at the most, or as many as it says
  --timeout-scale X      every wait times X, for slow targets and machines
  --timeout DURATION     for the whole run against a target, such as 5m
  --strict               a missed SHOULD fails the run, too

the results:
` + outputUsage + reproUsage + `
Interrupt once to stop and see what was done so far, twice to stop at once.
`

// softMemory is how much memory a run tries to do with; what is in use is less.
const softMemory = 100 << 20

// runFlags are the flags of run.
type runFlags struct {
	targetFlags
	picks
	outputs
	repro        repro
	repeat, jobs int
	scale        float64
	timeout      time.Duration
	strict       bool
	volume       string
	paths        []string // of the case files; none: the built-in ones
	renewal      error    // what kept the list of known failures from being written
}

func setupRun(fs *pflag.FlagSet) func(*app, []string) error {
	f := &runFlags{}
	f.targetFlags.define(fs)
	f.picks.define(fs)
	f.outputs.define(fs)
	fs.IntVar(&f.repeat, "repeat", 1, "")
	fs.IntVarP(&f.jobs, "jobs", "j", probe.DefaultJobs, "")
	fs.Float64Var(&f.scale, "timeout-scale", 1, "")
	fs.DurationVar(&f.timeout, "timeout", 0, "")
	fs.BoolVar(&f.strict, "strict", false, "")
	fs.StringVar(&f.repro.Dir, "repro", "", "")
	fs.StringVar(&f.volume, "volume", "default", "")
	return func(a *app, paths []string) error { return f.run(a, fs, paths) }
}

// run plays the cases and tells the results.
func (f *runFlags) run(a *app, fs *pflag.FlagSet, paths []string) error {
	targets, err := f.options(fs, paths)
	if err != nil {
		return err
	}
	if !f.given() {
		url, stop, err := startBundled()
		if err != nil {
			return err
		}
		defer stop()
		targets[0].URL, targets[0].Name = url, "the bundled server"
	}
	// The large cases leave garbage of their size; this has it collected in time.
	debug.SetMemoryLimit(softMemory)
	ctx, release := interruptible()
	defer release()
	if len(targets) > 1 {
		return f.matrix(ctx, a, targets)
	}
	r, err := f.play(ctx, a, targets[0])
	if err != nil {
		return err
	}
	return exitWith(f.outcome(a, r, f.write(a, f.names()[0], r)))
}

// play plays the cases against one target.
func (f *runFlags) play(ctx context.Context, a *app, o probe.Options) (*report.Results, error) {
	bar := newProgress(a, f.quiet)
	f.watch(a, &o, bar)
	f.repro.all = f.verbose
	f.repro.attach(&o)
	r, err := probe.Run(ctx, o)
	bar.clear()
	if err != nil {
		return nil, usageError("", "%w", err)
	}
	annotate(r, o.Cases, f.paths)
	f.renewal = nil
	if f.writeKnown {
		f.renewal = f.renew(a, o, r)
	}
	return r, nil
}

// renew brings the file of known failures up to date. A run that did not reach
// its end says too little for that.
func (f *runFlags) renew(a *app, o probe.Options, r *report.Results) error {
	path := o.Known.Path()
	if r.Trouble != "" || r.Interrupted {
		a.say("note", path+" is left as it was: the run was not finished")
		return nil
	}
	renewal, err := o.Known.Renew(r, o.Unplayed, o.Strict)
	if err != nil {
		return trouble("", "writing %w", err)
	}
	if f.quiet {
		return nil
	}
	a.say("known", fmt.Sprintf("%s: new lines: %d, lines that are gone: %d", path, renewal.Added, renewal.Dropped))
	return nil
}

// options makes the options of the run from the flags, one for each target.
func (f *runFlags) options(fs *pflag.FlagSet, paths []string) ([]probe.Options, error) {
	if err := f.check(); err != nil {
		return nil, err
	}
	f.paths = paths
	targets, err := f.targetFlags.options()
	if err != nil {
		return nil, err
	}
	all, err := loadCases(paths)
	if err != nil {
		return nil, err
	}
	picked, unplayed, err := f.picks.apply(all)
	if err != nil {
		return nil, err
	}
	for i := range targets {
		o := &targets[i]
		o.Cases, o.Unplayed = picked, unplayed
		o.Jobs, o.Repeat, o.TimeoutScale, o.Deadline = f.jobs, f.repeat, f.scale, f.timeout
		o.Strict, o.Tool, o.EchoTimes = f.strict, toolName(), volumes[f.volume]
		o.Again = again(fs, paths, i)
	}
	return targets, nil
}

// volumes are how many messages an echo step plays at the most.
var volumes = map[string]int{"default": probe.DefaultEchoTimes, "full": math.MaxInt}

// check finds flags whose values make no sense.
func (f *runFlags) check() error {
	switch {
	case f.jobs < 1:
		return usageError("", "--jobs %d: at least one case is played at a time", f.jobs)
	case f.repeat < 1:
		return usageError("", "--repeat %d: each case is played at least once", f.repeat)
	case !(f.scale > 0 && f.scale <= 1000):
		return usageError("", "--timeout-scale %v is not above 0 and at most 1000", f.scale)
	case volumes[f.volume] == 0:
		return usageError("", "--volume %s is neither default nor full", quote(f.volume))
	case f.timeout < 0:
		return usageError("", "--timeout %v is below 0", f.timeout)
	}
	return f.outputs.check(f.names())
}

// watch has the talk of a run go to standard error.
func (f *runFlags) watch(a *app, o *probe.Options, bar *progress) {
	if f.quiet {
		return
	}
	o.Found = func(t report.Target) { a.say("target", t.Line()) }
	if bar != nil {
		o.Progress = bar.show
	}
}

// outcome says what became of the run, and of what was written of it, and
// returns its exit code. That stands even if a report, or a case, cannot be
// written.
func (f *runFlags) outcome(a *app, r *report.Results, written error) int {
	a.out.Flush() // before what standard error says of it; the error is kept for the end
	code := r.ExitCode()
	if r.Trouble != "" {
		a.tell(trouble(r.Hint, "%s", r.Trouble))
	}
	for _, err := range []error{written, f.repro.failure(), f.renewal} {
		if failed := a.tell(err); code == report.ExitOK {
			code = failed
		}
	}
	return code
}

// interruptible returns a context that the first SIGINT, SIGTERM or SIGHUP ends. After
// that the signals do what they always do: a second one ends the program.
func interruptible() (ctx context.Context, release func()) {
	ctx, release = signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	context.AfterFunc(ctx, release)
	return ctx, release
}
