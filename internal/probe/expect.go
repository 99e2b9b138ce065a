package probe

import (
	"fmt"
	"time"

	"wsprobe/internal/casefile"
	"wsprobe/internal/lint"
	"wsprobe/internal/rules"
	"wsprobe/internal/wire"
)

// expectAny looks for one of the step's events; expect is the same with one.
// The end of the stream stays true for later steps that expect it.
func (p *player) expectAny(c *conn, s *casefile.Step) {
	if end := eventOf(s.Events, casefile.EventTCP); end != nil && end.TCP == casefile.TCPClosed && c.endTaken {
		return
	}
	until := p.deadline(s, expectTimeout)
	failure := eventOf(s.Events, casefile.EventFail)
	var i int
	var e *lint.Event
	if failure != nil && endsOnly(s.Events) {
		i, e = c.await(p.ctx, earlier(until, p.wait(askAfter)), p.sees(c, s.Events))
	} else { // others may take their time, with the connection working
		i, e = p.await(c, s, until, p.sees(c, s.Events))
	}
	if e != nil {
		for k := range s.Events {
			if ok, _ := p.matches(e, &s.Events[k]); ok {
				c.consume(i)
				return
			}
		}
	}
	switch {
	case failure != nil:
		p.expectFail(c, s, failure, until)
	case e == nil:
		p.missing(c, s, wantedAny(s.Events))
	default:
		p.looksBehind(c, e, s.Events)
		_, why := p.matches(e, &s.Events[0])
		p.miss(c, s, s.Rule, unexpected(e, why, len(s.Events) == 1), wantedAny(s.Events))
	}
}

// endsOnly reports whether nothing but the end of the connection is wanted.
func endsOnly(wants []casefile.Event) bool {
	for i := range wants {
		if w := &wants[i]; w.Kind != casefile.EventFail && (w.Kind != casefile.EventTCP || w.TCP != casefile.TCPClosed) {
			return false
		}
	}
	return true
}

// expectAll looks for all of the step's events, in any order.
func (p *player) expectAll(c *conn, s *casefile.Step) {
	until := p.deadline(s, expectTimeout)
	left := append([]casefile.Event(nil), s.Events...)
	for len(left) > 0 && p.ctx.Err() == nil {
		i, e := p.await(c, s, until, p.sees(c, left))
		if e == nil {
			p.missing(c, s, wantedAll(left))
			return
		}
		k := p.matchingEvent(e, left)
		if k < 0 {
			p.looksBehind(c, e, left)
			_, why := p.matches(e, &left[0])
			p.miss(c, s, s.Rule, unexpected(e, why, len(left) == 1), wantedAll(left))
			return
		}
		c.consume(i)
		left = append(left[:k], left[k+1:]...)
	}
}

func (p *player) matchingEvent(e *lint.Event, wants []casefile.Event) int {
	for k := range wants {
		if ok, _ := p.matches(e, &wants[k]); ok {
			return k
		}
	}
	return -1
}

// expectFrame looks at the next frame, bit for bit.
func (p *player) expectFrame(c *conn, s *casefile.Step) {
	want := &s.Events[0]
	i, e := p.await(c, s, p.deadline(s, expectTimeout), func(e *lint.Event) bool {
		switch e.Kind {
		case lint.KindFrame:
			return !p.hidden(c, e.Frame.Opcode, e.Frame.Payload, s.Events)
		case lint.KindEnd, lint.KindResponse:
			return true
		}
		return false
	})
	if e == nil {
		p.missing(c, s, wanted(want))
		return
	}
	if ok, why := p.matchesFrame(e, want); !ok {
		p.miss(c, s, s.Rule, unexpected(e, why, true), wanted(want))
		return
	}
	c.consume(i)
}

// await waits for what a step expects. Where the step does not say how long, a
// target that is visibly at it may take its time.
func (p *player) await(c *conn, s *casefile.Step, until time.Time, sees func(*lint.Event) bool) (int, *lint.Event) {
	if s.Within > 0 {
		return c.await(p.ctx, until, sees)
	}
	return c.awaitPatiently(p.ctx, until, sees)
}

// quiet waits, and misses when something arrives.
func (p *player) quiet(c *conn, s *casefile.Step) {
	_, e := c.await(p.ctx, time.Now().Add(p.wait(s.For)), p.sees(c, nil))
	if e != nil {
		p.miss(c, s, s.Rule, unexpected(e, "", false), fmt.Sprintf("nothing for %v", s.For))
	}
}

// missing reports that the expected did not come at all.
func (p *player) missing(c *conn, s *casefile.Step, wanted string) {
	if p.ctx.Err() != nil {
		return // interrupted, or out of the case's own time
	}
	if _, _, ended := c.state(); ended != nil {
		p.miss(c, s, s.Rule, "nothing came; "+describe(ended), wanted)
		return
	}
	what := "nothing"
	if _, pong := c.first(isPong); pong != nil && wantsOpcode(s.Events, wire.OpPong) {
		what = fmt.Sprintf("a pong of %d bytes, which answers nothing, and no other", pong.Message.Size)
	}
	p.miss(c, s, s.Rule, fmt.Sprintf("%s came within %v", what, rounded(time.Since(p.began))), wanted)
}

// rounded returns a wait as a person would say it.
func rounded(d time.Duration) time.Duration {
	if d < 2*time.Second {
		return d.Round(100 * time.Millisecond)
	}
	return d.Round(time.Second)
}

// sees returns which events a step that wants those looks at: whole messages,
// answers, and the end of the stream. Pings and heartbeats, and a Close before
// a wanted end, are passed over unless they are asked for.
func (p *player) sees(c *conn, wants []casefile.Event) func(*lint.Event) bool {
	return func(e *lint.Event) bool {
		switch e.Kind {
		case lint.KindMessage:
			return !p.hidden(c, e.Message.Opcode, e.Message.Payload, wants)
		case lint.KindResponse, lint.KindEnd:
			return true
		}
		return false
	}
}

func (p *player) hidden(c *conn, op wire.Opcode, payload []byte, wants []casefile.Event) bool {
	switch op {
	case wire.OpPing:
		return !wantsOpcode(wants, op)
	case wire.OpPong:
		return !c.isAnswer(payload) && !p.wantsPayload(op, payload, wants)
	case wire.OpClose:
		return !wantsOpcode(wants, op) && eventOf(wants, casefile.EventTCP) != nil
	case wire.OpText, wire.OpBinary:
		return p.greets && !p.wantsPayload(op, payload, wants)
	}
	return false
}

// wantsPayload reports whether a message is one of those. Others may come in
// between: data from a target that sends it of its own accord, and from any
// target pongs that answer nothing.
func (p *player) wantsPayload(op wire.Opcode, payload []byte, wants []casefile.Event) bool {
	e := &lint.Event{Kind: lint.KindMessage, Message: &lint.Message{Opcode: op, Payload: payload, Size: uint64(len(payload))}}
	return p.matchingEvent(e, wants) >= 0
}

func wantsOpcode(wants []casefile.Event, op wire.Opcode) bool {
	for i := range wants {
		if wants[i].Kind == casefile.EventMessage && wants[i].Opcode == op {
			return true
		}
	}
	return false
}

func eventOf(wants []casefile.Event, kind casefile.EventKind) *casefile.Event {
	for i := range wants {
		if wants[i].Kind == kind {
			return &wants[i]
		}
	}
	return nil
}

func earlier(until time.Time, d time.Duration) time.Time {
	if soon := time.Now().Add(d); soon.Before(until) {
		return soon
	}
	return until
}

// expectOpen waits for a valid 101.
func (p *player) expectOpen(c *conn, s *casefile.Step) {
	const want = "a 101 that opens the connection"
	i, e := c.await(p.ctx, p.deadline(s, responseTimeout), p.sees(c, nil))
	switch {
	case e == nil:
		p.missing(c, s, want)
	case e.Kind != lint.KindResponse:
		p.miss(c, s, s.Rule, unexpected(e, "", false), want)
	case e.Response.Status != 101:
		p.miss(c, s, s.Rule, describe(e), want)
	default:
		c.consume(i)
	}
}

// expectResponse judges the head that answers a request.
func (p *player) expectResponse(c *conn, s *casefile.Step) {
	want := wantedResponse(s.Response)
	i, e := c.await(p.ctx, p.deadline(s, responseTimeout), p.sees(c, nil))
	switch {
	case e == nil:
		p.missing(c, s, want)
	case e.Kind == lint.KindEnd && refuses(s.Response) && !p.c.Dialect.Traits().Hixie:
		// It did refuse; that it did so without a word breaks another rule.
		p.miss(c, s, rules.HandshakeHTTPResponse, unexpected(e, "", false), want)
	case e.Kind != lint.KindResponse:
		p.miss(c, s, s.Rule, unexpected(e, "", false), want)
	default:
		if why := p.responseFaults(e, s.Response); why != "" {
			p.miss(c, s, s.Rule, why, want)
			return
		}
		c.consume(i)
	}
}

// refuses reports whether a 101 is not what the step wants.
func refuses(r *casefile.Response) bool {
	return r.Status != nil && !matchesStatus(101, r.Status)
}
