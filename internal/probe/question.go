package probe

import (
	"bytes"
	"fmt"
	"time"

	"wsprobe/internal/lint"
	"wsprobe/internal/wire"
)

// question is a ping that asks whether a connection still works. TCP keeps the
// order, so a target that answers it has read the frames that came before.
type question []byte

// canAsk reports whether a ping can be sent and would reach the target as one.
func (c *conn) canAsk() bool {
	return !c.sentClose && !c.finished && c.between() && !c.p.c.Dialect.Traits().Hixie
}

// ask sends a question; nil where it would not reach the target as a ping.
func (c *conn) ask() question {
	if !c.canAsk() {
		return nil
	}
	c.questions++
	q := fmt.Appendf(nil, "still there? %d", c.questions)
	c.sendControl(wire.OpPing, q)
	return q
}

// answeredBy reports whether an event answers the question.
func (q question) answeredBy(e *lint.Event) bool {
	return q != nil && isPong(e) && bytes.Equal(e.Message.Payload, q)
}

func isPong(e *lint.Event) bool {
	return e.Kind == lint.KindMessage && e.Message.Opcode == wire.OpPong
}

// awaitAsking is awaitPatiently for a wait that may be long. A target that is
// silent is asked whether it works; one that answers has read what it was sent,
// and is given only so long to say what came of it.
func (c *conn) awaitAsking(until time.Time, sees func(*lint.Event) bool) (int, *lint.Event) {
	p := c.p
	i, e := c.awaitPatiently(p.ctx, earlier(until, p.wait(expectTimeout)), sees)
	if e != nil || c.over() || !time.Now().Before(until) {
		return i, e
	}
	asked := c.ask()
	i, e = c.awaitPatiently(p.ctx, until, func(e *lint.Event) bool { return sees(e) || asked.answeredBy(e) })
	if e == nil || !asked.answeredBy(e) {
		return i, e
	}
	return c.awaitPatiently(p.ctx, earlier(until, p.wait(2*expectTimeout)), sees)
}
