package probe

import (
	"context"
	"slices"
	"strings"
	"sync"

	"wsprobe/internal/casefile"
	"wsprobe/internal/wire"
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
	if err := r.lookAgain(ctx); err != nil {
		return err
	}
	return r.bury(ctx)
}

// unasked reports whether the target may send data that no case asked for.
func (r *runner) unasked() bool {
	return r.found.greets || r.target.pushes.Load() || !r.found.echoes()
}

// lookAgain plays once more what a target was blamed for before it was seen to
// send messages of its own accord: one of those may have come between.
func (r *runner) lookAgain(ctx context.Context) error {
	if !r.target.pushes.Load() {
		return ctx.Err()
	}
	r.found.greets = true
	for _, i := range r.doubtful {
		r.results[i].Verdict = "" // which any other is graver than
		r.results[i].Rounds = nil
	}
	return r.playSome(ctx, r.doubtful, r.o.Jobs)
}

// lacks returns what the case needs and the target has not.
func (r *runner) lacks(c *casefile.Case) string {
	var missing []string
	for _, need := range needsOf(c) {
		if !slices.Contains(r.found.have, need) {
			missing = append(missing, need)
		}
	}
	if r.found.textOnly && echoesBinary(c) {
		missing = append(missing, "an echo of binary messages")
	}
	if r.found.alone && len(c.Clients) > 1 {
		missing = append(missing, "a second connection at a time")
	}
	return strings.Join(missing, ", ")
}

// echoesBinary reports whether a case wants a binary message back.
func echoesBinary(c *casefile.Case) bool {
	for i := range c.Steps {
		s := &c.Steps[i]
		if s.Echo != nil && s.Echo.Opcode == wire.OpBinary {
			return true
		}
		if slices.ContainsFunc(s.Events, func(e casefile.Event) bool {
			return e.Kind == casefile.EventMessage && e.Opcode == wire.OpBinary
		}) {
			return true
		}
	}
	return false
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
	unasked := r.unasked()
	c, conns := play(ctx, r.target, r.o.Cases[i], unasked)
	if ctx.Err() != nil {
		return true // not played to its end
	}
	r.keep(i, c, conns)
	r.mu.Lock()
	r.suspect = append(r.suspect, i)
	if !unasked && graver(c.Verdict, report.Info) {
		r.doubtful = append(r.doubtful, i)
	}
	r.mu.Unlock()
	if c.Verdict == report.Fail || c.Verdict == report.Error {
		return r.survived(ctx)
	}
	return r.process == nil || !r.process.dead()
}

// survived looks whether the target lives. If so, the cases that had ended by
// the time that was asked are no suspects any more.
func (r *runner) survived(ctx context.Context) bool {
	r.mu.Lock()
	ended := r.cleared + len(r.suspect)
	r.mu.Unlock()
	if r.alive(ctx) != nil {
		return ctx.Err() != nil
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if n := ended - r.cleared; n > 0 {
		r.suspect, r.cleared = r.suspect[n:], ended
	}
	return true
}
