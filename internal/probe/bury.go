package probe

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"wsprobe/internal/lint"
	"wsprobe/internal/rules"
	"wsprobe/report"
)

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
	r.suspect, r.cleared = nil, r.cleared+len(suspects)
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
// What they came to while it may have been dying counts for nothing.
func (r *runner) replay(ctx context.Context, suspects []int, err error) error {
	if err := r.restart(ctx, err); err != nil {
		return err
	}
	slices.Sort(suspects)
	for _, i := range slices.Compact(suspects) {
		r.takeBack(i)
		c, conns := play(ctx, r.target, r.o.Cases[i], r.unasked())
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
	if n := len(c.Rounds); n > 0 {
		c.Rounds[n-1] = report.Fail
	}
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
