package probe

import (
	"context"
	"slices"
	"sync"
	"time"

	"wsprobe/internal/casefile"
	"wsprobe/internal/lint"
	"wsprobe/internal/rules"
	"wsprobe/internal/wire"
)

// touchy says how a target with a protocol of its own ends a connection for a
// text or a binary message that is none of it; nil is a target that takes it.
// Servers may close whenever they like (RFC 6455 §7.3), so that behind such a
// message neither an end nor what is missing for it says anything.
type touchy struct{ text, binary *lint.Event }

// moot is the reason of a case whose outcome may be nothing but touchiness.
const moot = "the target ends a connection for a message that it does not know, which may be all that was seen"

// asksTouchy sends a message of each type that no protocol knows.
func asksTouchy(ctx context.Context, t *endpoint) (answer touchy) {
	var wg sync.WaitGroup
	wg.Go(func() { answer.text = asksEndFor(ctx, t, wire.OpText) })
	wg.Go(func() { answer.binary = asksEndFor(ctx, t, wire.OpBinary) })
	wg.Wait()
	return answer
}

// asksEndFor returns how the connection ends when it carries such a message.
func asksEndFor(ctx context.Context, t *endpoint, op wire.Opcode) *lint.Event {
	p, c, e := knock(ctx, t, wire.RFC6455, &casefile.Request{})
	if c == nil {
		return nil
	}
	defer leave(p, c)
	if e.Response.Status != 101 {
		return nil
	}
	c.sendFrames([]casefile.Frame{dataFrame(op, "wsprobe asks what comes of this")}, pace{})
	c.sendControl(wire.OpPing, []byte("wsprobe"))
	ends := func(e *lint.Event) bool { return isEnd(e) || isClose(e) }
	_, e = c.await(ctx, p.patience(), func(e *lint.Event) bool { return ends(e) || isPong(e) })
	if e != nil && isPong(e) { // another thread may be at the message
		_, e = c.await(ctx, time.Now().Add(p.wait(askAfter)), ends)
	}
	return e
}

// provoke remembers a frame that the target may end the connection for. What
// follows our Close is not to be looked at (RFC 6455 §1.4), so it does not count.
// A case of rules that its suite made says what the target's own protocol has: it
// knows each of those messages, and what it does about them is what is asked.
func (c *conn) provoke(op wire.Opcode) {
	if c.sentClose || len(c.p.c.Rules) > 0 {
		return
	}
	t := &c.p.target.touchy
	switch {
	case op == wire.OpText:
		c.provoked = t.text
	case op == wire.OpBinary:
		c.provoked = t.binary
	case op == wire.OpContinuation && c.provoked == nil: // of no message, perhaps
		if c.provoked = t.text; c.provoked == nil {
			c.provoked = t.binary
		}
	}
}

// wished reports whether the end of a connection, or what did not come because
// of it, may be no more than the target's wish.
func (c *conn) wished() bool {
	if c.provoked == nil {
		return false
	}
	_, gotClose, ended := c.state()
	return gotClose != nil || ended != nil
}

// wishedFor is wished for the end that a step looked for, which a code of its
// own tells apart.
func (c *conn) wishedFor(e *lint.Event, want *casefile.Event) bool {
	if c.provoked == nil {
		return false
	}
	usual := uint16(0)
	if isClose(c.provoked) {
		usual = c.provoked.Message.Code
	}
	return !isClose(e) || e.Message.Code == usual || !slices.Contains(want.Codes, e.Message.Code)
}

// excused ends the case where a miss says nothing of the target. That TCP
// outlives the Close frames is its fault whoever closed, and why.
func (p *player) excused(c *conn, rule rules.ID) bool {
	if rule == rules.CloseTCP || rule == rules.CloseTCPPrompt || !c.wished() {
		return false
	}
	p.moot = true
	return true
}
