package probe

import (
	"time"

	"wsprobe/internal/lint"
)

// beat is how often it is looked whether this machine keeps up.
const beat = 50 * time.Millisecond

// lagging begins to measure how much later than they should goroutines wake here.
// stop ends that and returns the sum: a machine that does too much is as late with
// what a target does, and no target is blamed for it.
func lagging() (stop func() time.Duration) {
	done, sum := make(chan struct{}), make(chan time.Duration, 1)
	go func() {
		var lost time.Duration
		for {
			began, ended := time.Now(), false
			select {
			case <-time.After(beat):
			case <-done:
				ended = true
			}
			lost += max(0, time.Since(began)-beat)
			if ended {
				sum <- lost
				return
			}
		}
	}()
	return func() time.Duration {
		close(done)
		return <-sum
	}
}

// awaitEnd waits for the end of TCP, which is due at once. lost is how much of the
// time this machine took for itself; as much is waited longer.
func (c *conn) awaitEnd() (i int, e *lint.Event, lost time.Duration) {
	stop := lagging()
	i, e = c.await(c.p.ctx, time.Now().Add(c.p.wait(closeTimeout)), isEnd)
	if lost = stop(); e == nil && lost > 0 {
		i, e = c.await(c.p.ctx, time.Now().Add(lost), isEnd)
	}
	return i, e, lost
}
