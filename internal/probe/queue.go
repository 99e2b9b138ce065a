package probe

import (
	"context"
	"time"

	"wsprobe/internal/casefile"
	"wsprobe/internal/lint"
	"wsprobe/internal/wire"
)

// take queues the target's events, writes them down and reports their
// findings. Our own, which may be known only now, were written down when sent.
func (c *conn) take(events []lint.Event) {
	for i := range events {
		e := &events[i]
		if e.Side != lint.Server {
			continue
		}
		if e.Kind != lint.KindMessage { // its frames have been written down
			line := e.Line()
			line.Client = c.name
			c.p.log.add(line)
		}
		for _, f := range e.Findings {
			c.p.lintFinding(c, f, e.At)
		}
		if isData(e) || isPong(e) {
			c.owed--
		}
		switch {
		case e.Kind == lint.KindEnd:
			c.ended = e
		case isData(e) && !c.talked && !c.p.c.Dialect.Traits().Hixie:
			c.p.target.pushes.Store(true)
		case e.Kind == lint.KindMessage && e.Message.Opcode == wire.OpPing:
			c.pings = append(c.pings, e.Message.Payload)
			c.pings = c.pings[max(0, len(c.pings)-maxPings):]
		case isClose(e) && c.gotClose == nil:
			c.gotClose = e
		}
		if c.p.looksAt(e) {
			c.queue = append(c.queue, *e)
		}
	}
}

// await waits for the first event that sees lets through, and returns it
// without consuming it; nil when none came in time. Meanwhile pings and a Close
// are answered.
func (c *conn) await(ctx context.Context, until time.Time, sees func(*lint.Event) bool) (int, *lint.Event) {
	return c.awaitWhile(ctx, until, sees, func() bool { return false })
}

// awaitPatiently is await for a target that may be slow: while it is at a
// message, or works off what it was sent, it is given as long again.
func (c *conn) awaitPatiently(ctx context.Context, until time.Time, sees func(*lint.Event) bool) (int, *lint.Event) {
	received, owed := c.progress()
	return c.awaitWhile(ctx, until, sees, func() bool {
		receivedBefore, owedBefore := received, owed
		received, owed = c.progress()
		return owedBefore > 0 && owed < owedBefore || received > receivedBefore && c.unfinished()
	})
}

// progress returns how much has come and how many messages are still to come.
func (c *conn) progress() (received int64, owed int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.received, c.owed
}

// unfinished reports whether the target is at a message.
func (c *conn) unfinished() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.session.Unfinished(lint.Server)
}

// awaitWhile is await that starts over when the time is up and going on says so.
func (c *conn) awaitWhile(ctx context.Context, until time.Time, sees func(*lint.Event) bool, goingOn func() bool) (int, *lint.Event) {
	patience := time.Until(until)
	timer := time.NewTimer(patience)
	defer timer.Stop()
	seen := 0
	for {
		c.answer()
		over := c.over() // looked at first: nothing comes after the end
		var e *lint.Event
		if seen, e = c.from(seen, sees); e != nil || over {
			return seen, e
		}
		select {
		case <-c.arrived:
		case <-timer.C:
			if i, e := c.from(seen, sees); e != nil || !goingOn() {
				return i, e
			}
			timer.Reset(patience)
		case <-ctx.Done():
			return 0, nil
		}
	}
}

// first returns the first event that sees lets through, and its place.
func (c *conn) first(sees func(*lint.Event) bool) (int, *lint.Event) {
	return c.from(0, sees)
}

// from is first, from a place on; where there is no such event it returns the
// place behind the last.
func (c *conn) from(place int, sees func(*lint.Event) bool) (int, *lint.Event) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for ; place < len(c.queue); place++ {
		if sees(&c.queue[place]) {
			e := c.queue[place]
			return place, &e
		}
	}
	return place, nil
}

// consume drops the queue's events up to the i-th, and the message that the
// i-th, a frame, has ended.
func (c *conn) consume(i int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case c.queue[i].Kind == lint.KindEnd:
		c.endTaken = true
	case c.queue[i].Kind == lint.KindFrame && i+1 < len(c.queue) && c.queue[i+1].Kind == lint.KindMessage:
		i++
	}
	c.queue = c.queue[i+1:]
}

// looksAt reports whether a step of the case may look at an event. Frames and
// pings are most of what a target can send, and few cases are about them.
func (p *player) looksAt(e *lint.Event) bool {
	switch {
	case e.Kind == lint.KindFrame:
		return p.expects(func(s *casefile.Step) bool { return s.Verb == casefile.VerbExpectFrame })
	case e.Kind == lint.KindMessage && e.Message.Opcode == wire.OpPing:
		return p.expects(func(s *casefile.Step) bool { return wantsOpcode(s.Events, wire.OpPing) })
	}
	return true
}

// expects reports whether a step of the case is such a one.
func (p *player) expects(is func(*casefile.Step) bool) bool {
	for i := range p.c.Steps {
		if is(&p.c.Steps[i]) {
			return true
		}
	}
	return false
}
