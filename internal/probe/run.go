package probe

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"wsprobe/internal/casefile"
	"wsprobe/internal/lint"
	"wsprobe/internal/record"
	"wsprobe/internal/rules"
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
	played  []bool
	done    int
	suspect []int // cases played since the target was last seen alive
	last    captured
}

// Run plays the cases. It always returns results: a target that cannot be
// reached, or that dies, is told in Results.Trouble; when ctx ends, Interrupted
// is set and what was done is there. The error is for options that make no sense.
func Run(ctx context.Context, o Options) (*report.Results, error) {
	r := &runner{o: &o, payloads: newBudget(maxPayloads), results: make([]report.Case, len(o.Cases)), played: make([]bool, len(o.Cases))}
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
	response, err := canary(ctx, r.target)
	if err != nil {
		return r.withOutput(err)
	}
	res.Target.Server, res.Target.Via = clean(response.Get("Server")), clean(response.Get("Via"))
	if err := r.ask(ctx); err != nil {
		return r.withOutput(err)
	}
	res.Target.Have = r.found.have
	if r.found.greets {
		res.Notes = append(res.Notes, "the target sends messages of its own accord; what is not expected is passed over")
	}
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
	if r.o.Have != nil {
		r.found.have = r.o.Have
		r.found.greets = asksGreeting(ctx, r.target)
		return nil
	}
	r.found = discover(ctx, r.target)
	if _, err := canary(ctx, r.target); err != nil {
		return fmt.Errorf("after asking what the target has (an old dialect may have killed it; --have says it instead): %w", err)
	}
	return nil
}

// slowTag marks the cases that keep a target busy.
const slowTag = "slow"

// playAll plays every case that the target has what it takes for. The slow ones
// come last, one at a time: a target that does one thing at a time would keep
// the others waiting.
func (r *runner) playAll(ctx context.Context) error {
	var todo, slow []int
	for i, c := range r.o.Cases {
		if lacks := r.lacks(c); lacks != "" {
			r.skip(i, "the target lacks "+lacks)
			continue
		}
		if slices.Contains(c.Tags, slowTag) {
			slow = append(slow, i)
		} else {
			todo = append(todo, i)
		}
	}
	for range max(1, r.o.Repeat) {
		if err := r.playSome(ctx, todo, r.o.Jobs); err != nil {
			return err
		}
		if err := r.playSome(ctx, slow, 1); err != nil {
			return err
		}
	}
	return r.bury(ctx)
}

// lacks returns what the case needs and the target has not.
func (r *runner) lacks(c *casefile.Case) string {
	var missing []string
	for _, need := range needsOf(c) {
		if !slices.Contains(r.found.have, need) {
			missing = append(missing, need)
		}
	}
	return strings.Join(missing, ", ")
}

func (r *runner) skip(i int, reason string) {
	c := r.blank(i)
	c.Verdict, c.Reason = report.Skip, reason
	r.keep(i, c, nil)
}

// playSome plays cases, so many at a time, in rounds: a target that died in a
// round is buried, and stands up again, before the next.
func (r *runner) playSome(ctx context.Context, todo []int, jobs int) error {
	for len(todo) > 0 && ctx.Err() == nil {
		var dead bool
		todo, dead = r.round(ctx, todo, jobs)
		if dead {
			if err := r.bury(ctx); err != nil {
				return err
			}
		}
	}
	return ctx.Err()
}

// round plays cases until all are played or the target looks dead, and returns
// those that are left.
func (r *runner) round(ctx context.Context, todo []int, jobs int) (left []int, dead bool) {
	var wg sync.WaitGroup
	var mu sync.Mutex
	next := func() int {
		mu.Lock()
		defer mu.Unlock()
		if dead || len(todo) == 0 || ctx.Err() != nil {
			return -1
		}
		i := todo[0]
		todo = todo[1:]
		return i
	}
	for range min(jobs, len(todo)) {
		wg.Go(func() {
			for i := next(); i >= 0; i = next() {
				if !r.one(ctx, i) {
					mu.Lock()
					dead = true
					mu.Unlock()
				}
			}
		})
	}
	wg.Wait()
	return todo, dead
}

// one plays one case and reports whether the target lives after it. A case that
// passed is not followed by a canary of its own; it stays a suspect until the
// next one.
func (r *runner) one(ctx context.Context, i int) bool {
	weight := payloadOf(r.o.Cases[i])
	r.payloads.take(weight)
	defer r.payloads.give(weight)
	c, conns := play(ctx, r.target, r.o.Cases[i], r.found.greets)
	if ctx.Err() != nil {
		return true // not played to its end
	}
	r.keep(i, c, conns)
	r.mu.Lock()
	r.suspect = append(r.suspect, i)
	r.mu.Unlock()
	if c.Verdict == report.Fail || c.Verdict == report.Error {
		return r.alive(ctx) == nil || ctx.Err() != nil
	}
	return r.process == nil || !r.process.dead()
}

// alive looks whether the target can still be talked to.
func (r *runner) alive(ctx context.Context) error {
	if r.process != nil && r.process.dead() {
		return errors.New("the target ended: " + r.process.how() + r.process.said())
	}
	_, err := canary(ctx, r.target)
	return err
}

// bury looks whether the target lives. If not, and we can start it again, the
// suspects are played one by one to find the case that killed it.
func (r *runner) bury(ctx context.Context) error {
	suspects := r.suspect
	r.suspect = nil
	err := r.alive(ctx)
	if err == nil || ctx.Err() != nil {
		return ctx.Err()
	}
	if len(suspects) == 1 {
		r.blame(suspects[0], err)
		return r.restart(ctx, err)
	}
	if r.process == nil {
		return r.unattended(suspects, err)
	}
	return r.replay(ctx, suspects, err)
}

// replay plays the suspects one by one, each on a target that was seen alive.
func (r *runner) replay(ctx context.Context, suspects []int, err error) error {
	if err := r.restart(ctx, err); err != nil {
		return err
	}
	for _, i := range suspects {
		c, conns := play(ctx, r.target, r.o.Cases[i], r.found.greets)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		r.keep(i, c, conns)
		if err := r.alive(ctx); err != nil {
			r.blame(i, err)
			if err := r.restart(ctx, err); err != nil {
				return err
			}
		}
	}
	return ctx.Err()
}

// unattended gives up on a target that is not ours to start again.
func (r *runner) unattended(suspects []int, err error) error {
	if len(suspects) == 0 {
		return &trouble{fmt.Sprintf("the target died: %v", err), "start it again, or let wsprobe do it with --start"}
	}
	var ids []string
	for _, i := range suspects[max(0, len(suspects)-r.o.Jobs):] {
		ids = append(ids, r.o.Cases[i].ID)
	}
	return &trouble{
		fmt.Sprintf("the target died; the last cases were %s: %v", strings.Join(ids, ", "), err),
		"start it again and play these with -j 1, or let wsprobe start it with --start",
	}
}

// blame gives a case the finding that the target did not survive it.
func (r *runner) blame(i int, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	c := &r.results[i]
	detail := "afterwards: " + err.Error()
	if r.process != nil && r.process.ends(time.Second) {
		detail = "the target ended: " + r.process.how() + r.process.said()
	}
	f := lint.Finding{Rule: rules.ServerSurvives, Detail: detail}.Report(c.Duration)
	f.After = len(c.Transcript)
	c.Findings = append(c.Findings, f)
	c.Verdict, c.Reason = report.Fail, ""
	r.capture(i)
}

// restart brings the target back after it died of err.
func (r *runner) restart(ctx context.Context, err error) error {
	if r.process == nil {
		return r.unattended(nil, err)
	}
	r.process.stop()
	if err := r.start(ctx); err != nil {
		return err
	}
	_, err = canary(ctx, r.target)
	return err
}

// keep takes a case's result. Of several plays the worst counts.
func (r *runner) keep(i int, c report.Case, conns []*record.Conversation) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if c.Verdict != report.Pass && c.Verdict != report.Skip {
		c.Again = r.again(c.ID)
	}
	first := !r.played[i]
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
	res.Rules = copied(res.Cases)
	if r.o.Known != nil && !res.Interrupted && res.Trouble == "" {
		res.Stale = r.o.Known.apply(res.Cases, r.o.Unplayed, r.o.Strict)
	}
}
