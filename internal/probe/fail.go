package probe

import (
	"fmt"
	"time"

	"wsprobe/internal/casefile"
	"wsprobe/internal/lint"
	"wsprobe/internal/rules"
	"wsprobe/internal/wire"
)

// failing is the state of waiting for a target to _Fail the WebSocket
// Connection_ (RFC 6455 §7.1.7). That is three rules in one: TCP closed, which
// is the step's own; a Close with a fitting code before it; and nothing more
// processed.
type failing struct {
	p     *player
	c     *conn
	s     *casefile.Step
	want  *casefile.Event
	until time.Time

	asked    question
	answered bool        // the question was
	went     *lint.Event // what shows that the target went on
}

// expectFail judges whether the target fails the connection.
func (p *player) expectFail(c *conn, s *casefile.Step, want *casefile.Event, until time.Time) {
	f := &failing{p: p, c: c, s: s, want: want, until: until}
	for p.ctx.Err() == nil {
		i, e := c.await(p.ctx, f.patience(), f.sees)
		switch {
		case e == nil && c.over():
			return // it had failed already, and was judged then
		case e == nil && f.ask():
		case e == nil && f.answered:
			f.miss("the connection still works: a ping sent later was answered")
			return
		case e == nil:
			f.miss("the connection still stands")
			return
		case e.Kind == lint.KindEnd || e.Message.Opcode == wire.OpClose:
			f.failed(i, e)
			return
		case f.asked.answeredBy(e):
			f.answered = true
			f.until = f.decided()
		default:
			f.went = e
			f.ask()
		}
	}
}

// patience is how long to wait before asking, or before giving up.
func (f *failing) patience() time.Time {
	if f.asked != nil || !f.c.canAsk() {
		return f.until
	}
	return earlier(f.until, f.p.wait(askAfter))
}

// sees passes over what was looked at, and what is no sign of anything.
func (f *failing) sees(e *lint.Event) bool {
	if f.went != nil && e.Offset <= f.went.Offset {
		return false
	}
	return f.p.sees(f.c, nil)(e) || f.asked.answeredBy(e) && !f.answered
}

// decided returns when it is settled, the question being answered, that the
// connection has not failed: now, if there are other signs of that. Otherwise
// another thread than the one that answers pings may still be at the payload.
func (f *failing) decided() time.Time {
	if f.went != nil {
		return time.Now()
	}
	return earlier(f.until, f.p.wait(doubt))
}

// ask asks the target, once, and reports whether it did.
func (f *failing) ask() bool {
	if f.asked != nil || time.Now().After(f.until) {
		return false
	}
	f.asked = f.c.ask()
	return f.asked != nil
}

// miss reports that the connection was not failed.
func (f *failing) miss(how string) {
	if f.p.ctx.Err() != nil {
		return
	}
	if f.went != nil {
		how = unexpected(f.went, "", false) + "; " + how
	}
	f.p.miss(f.c, f.s, f.s.Rule, how, wantedAny(f.s.Events))
}

// failed judges how the connection was failed; e is the Close or the end.
func (f *failing) failed(i int, e *lint.Event) {
	p, want := f.p, wantedAny(f.s.Events)
	if f.c.wishedFor(e, f.want) {
		p.moot = true
		return
	}
	switch {
	case p.c.Dialect.Traits().Hixie:
	case eventOf(f.s.Events, casefile.EventTCP) != nil: // a Close is as good as none
	case e.Kind == lint.KindEnd:
		p.miss(f.c, f.s, rules.FailCloseFrame, describe(e)+" with no Close before it", want)
	case !matchesCode(e.Message.Code, f.want.Codes):
		p.miss(f.c, f.s, rules.FailCloseCode, describe(e), want)
	}
	if f.went != nil {
		p.miss(f.c, f.s, rules.FailNoProcessing, unexpected(f.went, "", false)+", then "+describe(e), want)
	}
	f.c.consume(i)
	if e.Kind != lint.KindEnd {
		f.ended(matchesCode(e.Message.Code, f.want.Codes))
	}
}

// ended waits for the end of TCP after a Close, which is one for the fault where
// its code fits. Another, such as 1008 for many pings, may be ahead of pongs that
// were due before it.
func (f *failing) ended(fits bool) {
	if !f.c.finished && (f.c.sentClose || !f.c.between()) {
		f.c.halfClose() // a Close of ours would not be read as one, or was the fault
	}
	i, e, _ := f.c.awaitEnd()
	if fits {
		f.after()
	}
	if e != nil {
		f.c.consume(i)
		return
	}
	f.p.notClosed(f.c, f.s)
}

// after judges what came behind the Close that failed the connection: a pong to
// a ping that should not have been processed any more. A data frame there, which
// may be late only, is lint's matter.
func (f *failing) after() {
	if _, e := f.c.first(func(e *lint.Event) bool { return isPong(e) && f.p.sees(f.c, nil)(e) }); e != nil {
		f.p.miss(f.c, f.s, rules.FailNoProcessing, unexpected(e, "", false)+" behind the Close", wantedAny(f.s.Events))
	}
}

func isEnd(e *lint.Event) bool { return e.Kind == lint.KindEnd }

// notClosed reports a TCP connection that outlives its WebSocket connection.
func (p *player) notClosed(c *conn, s *casefile.Step) {
	if p.ctx.Err() == nil {
		p.miss(c, s, rules.CloseTCP, fmt.Sprintf("TCP still open %v after the Close frames", p.wait(closeTimeout)), "TCP closed by the server")
	}
}
