package probe

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"wsprobe/internal/record"
	"wsprobe/report"
)

// runner is one run.
type runner struct {
	o       *Options
	target  *endpoint
	port    int
	process *process // nil: the target was there before us
	found   discovery

	payloads budget // of the cases being played

	mu      sync.Mutex
	results []report.Case // by the place of the case in Options.Cases
	before  []report.Case // what they were before the latest play
	played  []bool
	done    int
	suspect []int // cases played since the target was last seen alive
	cleared int   // how many have been suspects and are none

	doubtful []int // cases failed while the target was taken to send nothing unasked
	last     captured
}

// Run plays the cases. It always returns results: a target that cannot be
// reached, or that dies, is told in Results.Trouble; when ctx ends, Interrupted
// is set and what was done is there. The error is for options that make no sense.
func Run(ctx context.Context, o Options) (*report.Results, error) {
	r := &runner{o: &o, payloads: newBudget(maxPayloads), played: make([]bool, len(o.Cases))}
	r.results, r.before = make([]report.Case, len(o.Cases)), make([]report.Case, len(o.Cases))
	if o.Jobs <= 0 {
		o.Jobs = DefaultJobs
	}
	if err := r.resolve(); err != nil {
		return nil, err
	}
	if o.Deadline > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, o.Deadline)
		defer cancel()
	}
	res := &report.Results{
		Version: report.Version, Tool: o.Tool, Started: time.Now(), Strict: o.Strict,
		Target: report.Target{Name: o.Name, URL: r.target.url.String(), Start: o.Start},
	}
	if res.Target.Name == "" {
		res.Target.Name = res.Target.URL
	}
	if err := r.all(ctx, res); err != nil && ctx.Err() == nil {
		tell(res, err)
	}
	r.stop()
	r.collect(ctx, res)
	return res, nil
}

// resolve finds out where the target is, or will be.
func (r *runner) resolve() (err error) {
	url := r.o.URL
	if r.o.Start != "" {
		if r.port, err = freePort(); err != nil {
			return err
		}
		if url == "" {
			url = "ws://127.0.0.1:{port}/"
		}
		url = fillPort(url, r.port)
	}
	r.target, err = parseEndpoint(url, r.o)
	return err
}

// all is the run: canary, questions, cases, canary.
func (r *runner) all(ctx context.Context, res *report.Results) error {
	if err := r.start(ctx); err != nil {
		return err
	}
	asked := time.Now()
	response, err := canary(ctx, r.target)
	if err != nil {
		return r.withOutput(err)
	}
	r.target.slowness = time.Since(asked)
	res.Target.Server, res.Target.Via = clean(response.Get("Server")), clean(response.Get("Via"))
	if err := r.ask(ctx); err != nil {
		return r.withOutput(err)
	}
	res.Target.Have = r.found.have
	if r.o.Found != nil {
		r.o.Found(res.Target)
	}
	return r.playAll(ctx)
}

// withOutput adds what a target that we started has printed.
func (r *runner) withOutput(err error) error {
	if r.process == nil {
		return err
	}
	hint := ""
	var t *trouble
	if errors.As(err, &t) {
		hint = t.hint
	}
	return &trouble{err.Error() + r.process.said(), hint}
}

// start starts the target, where that is our task.
func (r *runner) start(ctx context.Context) error {
	if r.o.Start == "" {
		return nil
	}
	p, err := startProcess(r.o.Start, r.o.Dir, r.port)
	if err != nil {
		return err
	}
	r.process, r.target.gone = p, p.dead
	if err := p.listens(ctx, r.target.addr, r.o.wait(startTimeout)); err != nil {
		return &trouble{err.Error(), "the command of --start runs in a shell, with {port} filled in"}
	}
	return nil
}

func (r *runner) stop() {
	if r.process != nil {
		r.process.stop()
	}
}

// ask finds out what the target has, unless the options say it.
func (r *runner) ask(ctx context.Context) error {
	r.found = discover(ctx, r.target, r.o.Have)
	if r.found.alone {
		r.o.Jobs = 1
	}
	if r.found.left {
		if err := closesItself(ctx, r.target); err != nil {
			return err
		}
	}
	if r.o.Have != nil {
		return nil
	}
	if _, err := canary(ctx, r.target); err != nil {
		return fmt.Errorf("after asking what the target has (an old dialect may have killed it; --have says it instead): %w", err)
	}
	return nil
}

// keep takes a case's result. Of several plays the worst counts.
func (r *runner) keep(i int, c report.Case, conns []*record.Conversation) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if c.Verdict != report.Pass && c.Verdict != report.Skip {
		c.Again = r.again(c.ID)
	}
	first := !r.played[i]
	r.before[i] = r.results[i]
	if r.o.Repeat > 1 {
		c.Rounds = append(r.results[i].Rounds, c.Verdict)
		r.results[i].Rounds = c.Rounds
	}
	r.last = captured{i, conns}
	if first || r.o.Repeat <= 1 || graver(c.Verdict, r.results[i].Verdict) {
		r.results[i] = c
		r.capture(i)
	}
	r.played[i] = true
	if !first {
		return
	}
	r.done++
	if r.o.Progress != nil {
		r.o.Progress(r.done, len(r.o.Cases), &c)
	}
}

// takeBack forgets the latest play of a case, which another case has spoiled.
func (r *runner) takeBack(i int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.results[i] = r.before[i]
}

func (r *runner) again(id string) string {
	if strings.ContainsAny(id, "[]*()'\" ") {
		id = "'" + id + "'"
	}
	return r.o.Again + " --only " + id + " -v"
}

// graver reports whether a is a worse verdict than b.
func graver(a, b report.Verdict) bool {
	order := []report.Verdict{report.Skip, report.Pass, report.Info, report.NonStrict, report.Error, report.Fail}
	return slices.Index(order, a) > slices.Index(order, b)
}

// blank is the result of a case that was not played.
func (r *runner) blank(i int) report.Case {
	c := r.o.Cases[i]
	return report.Case{
		ID: c.ID, Suite: c.Suite, About: c.About, File: c.Pos.File, Line: c.Pos.Line,
		Rule: string(c.Rule), Dialect: c.Dialect.String(), Aliases: c.Aliases, Tags: c.Tags, Needs: needsOf(c),
	}
}

// collect puts the cases into the results, those not played as errors, and
// holds them against the known failures.
func (r *runner) collect(ctx context.Context, res *report.Results) {
	res.Interrupted = errors.Is(ctx.Err(), context.Canceled)
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		res.Trouble, res.Hint = fmt.Sprintf("the run took longer than %v", r.o.Deadline), "give it more time, or fewer cases"
	}
	if r.found.greets {
		res.Notes = append(res.Notes, "the target sends messages of its own accord; what is not expected is passed over")
	}
	if r.found.alone {
		res.Notes = append(res.Notes, "the target serves one connection at a time; cases are played one by one")
	}
	res.Duration = time.Since(res.Started)
	reachedNothing := r.done == 0 && res.Trouble != ""
	for i := range r.o.Cases {
		switch {
		case r.played[i]:
			res.Cases = append(res.Cases, r.results[i])
		case !reachedNothing && !res.Interrupted:
			c := r.blank(i)
			c.Verdict, c.Reason = report.Error, "not played: "+res.Trouble
			res.Cases = append(res.Cases, c)
		}
	}
	res.Rules = copied(r.o.Cases, res.Cases)
	if r.o.Known != nil && !res.Interrupted && res.Trouble == "" {
		res.Stale = r.o.Known.apply(res.Cases, r.o.Unplayed, r.o.Strict)
	}
}
