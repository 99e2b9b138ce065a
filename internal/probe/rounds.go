package probe

import (
	"context"
	"slices"
	"strings"
	"sync"

	"wsprobe/internal/casefile"
	"wsprobe/report"
)

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
