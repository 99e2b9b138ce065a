package replay

import (
	"context"
	"sort"
	"sync"
	"time"

	"wsprobe/internal/lint"
	"wsprobe/internal/record"
)

// together keeps conversations that are played at the same time in the order that
// they had: what one client does often follows from what another one was told.
type together struct {
	courses []course
	mu      sync.Mutex // guards what follows
	now     []progress
	left    []bool        // behind for good: nobody waits for them any more
	changed chan struct{} // closed when there is progress
}

// progress is how far a conversation is.
type progress struct {
	sent int // steps of the client
	came tally
}

// course is how far a conversation was, at each time at which that changed.
type course []milestone

type milestone struct {
	at time.Duration
	progress
}

func newTogether(talks []*record.Talk, scripts []*script) *together {
	g := &together{now: make([]progress, len(talks)), left: make([]bool, len(talks)), changed: make(chan struct{})}
	for i, t := range talks {
		g.courses = append(g.courses, newCourse(t, scripts[i]))
	}
	return g
}

// newCourse merges what was sent and what came.
func newCourse(t *record.Talk, s *script) (c course) {
	var p progress
	steps := s.steps
	for i := range t.Events {
		e := &t.Events[i]
		if e.Side == lint.Client {
			for len(steps) > 0 && steps[0].at <= e.At {
				p.sent, steps = p.sent+1, steps[1:]
			}
		} else {
			p.came.add(e)
		}
		c = append(c, milestone{e.At, p})
	}
	return c
}

// by returns how far it was before a time.
func (c course) by(at time.Duration) progress {
	i := sort.Search(len(c), func(i int) bool { return c[i].at >= at })
	if i == 0 {
		return progress{}
	}
	return c[i-1].progress
}

// report notes how far a conversation is.
func (g *together) report(i int, change func(*progress)) {
	g.mu.Lock()
	defer g.mu.Unlock()
	change(&g.now[i])
	close(g.changed)
	g.changed = make(chan struct{})
}

// leave says that a conversation is over, however far it came.
func (g *together) leave(i int) {
	g.report(i, func(*progress) { g.left[i] = true })
}

// await waits until all others are as far as they were before a time. Whoever is
// not, after a while in which nobody got further, is not waited for again.
func (g *together) await(ctx context.Context, self int, at, patience time.Duration) {
	for {
		g.mu.Lock()
		behind, changed := g.behind(self, at), g.changed
		g.mu.Unlock()
		if len(behind) == 0 {
			return
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return
		case <-time.After(patience):
			g.mu.Lock()
			for _, i := range g.behind(self, at) {
				g.left[i] = true
			}
			g.mu.Unlock()
			return
		}
	}
}

func (g *together) behind(self int, at time.Duration) (list []int) {
	for i := range g.now {
		want := g.courses[i].by(at)
		if i != self && !g.left[i] && (g.now[i].sent < want.sent || !g.now[i].came.reached(want.came)) {
			list = append(list, i)
		}
	}
	return list
}
