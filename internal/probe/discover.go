package probe

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"

	"wsprobe/internal/casefile"
	"wsprobe/internal/lint"
	"wsprobe/internal/wire"
)

// discovery is what a target turned out to have.
type discovery struct {
	have   []string
	greets bool // it sends messages that nobody asked for
}

// asks are the things a target can have, each with the question that finds out.
var asks = []struct {
	word string
	ask  func(ctx context.Context, t *endpoint) bool
}{
	{"echo", asksEcho},
	{"permessage-deflate", asksDeflate},
	{"404", asksUnknownPath},
	{"chat", asksChat},
	{"hixie-75", func(ctx context.Context, t *endpoint) bool { return asksDialect(ctx, t, wire.Hixie75) }},
	{"hixie-76", func(ctx context.Context, t *endpoint) bool { return asksDialect(ctx, t, wire.Hixie76) }},
	{"hybi-07", func(ctx context.Context, t *endpoint) bool { return asksDialect(ctx, t, wire.Hybi07) }},
	{"hybi-08", func(ctx context.Context, t *endpoint) bool { return asksDialect(ctx, t, wire.Hybi08) }},
}

// discover asks the target what it has, all questions at once.
func discover(ctx context.Context, t *endpoint) discovery {
	var d discovery
	answers := make([]bool, len(asks))
	var wg sync.WaitGroup
	for i := range asks {
		wg.Go(func() { answers[i] = asks[i].ask(ctx, t) })
	}
	wg.Go(func() { d.greets = asksGreeting(ctx, t) })
	wg.Wait()
	for i, yes := range answers {
		if yes {
			d.have = append(d.have, asks[i].word)
		}
	}
	return d
}

// patience is how long a question waits. It is longer than the slowest first
// answer seen, and shorter than a person's patience.
const patience = 1500 * time.Millisecond

// knock opens a connection and returns the response; nil when none came.
func knock(ctx context.Context, t *endpoint, d wire.Dialect, r *casefile.Request) (*player, *conn, *lint.Event) {
	p := scout(ctx, t, d)
	tcp, err := t.dialPatiently(ctx)
	if err != nil {
		return p, nil, nil
	}
	c := newConn(p, "", tcp)
	p.sendRequest(c, r, pace{})
	i, e := c.await(ctx, time.Now().Add(p.wait(patience)), p.sees(c, nil))
	if e == nil || e.Kind != lint.KindResponse {
		c.drop()
		return p, nil, nil
	}
	c.consume(i)
	return p, c, e
}

// leave closes a connection in good order, so that a target's log shows no fault.
func leave(p *player, c *conn) {
	if open, _, _ := c.state(); open {
		p.closing(c, &casefile.Step{Close: &casefile.CloseMatch{Codes: []uint16{1000}}})
	}
	c.drop()
}

// asksDialect reports whether an opening handshake of that dialect is answered
// with the 101 of that dialect.
func asksDialect(ctx context.Context, t *endpoint, d wire.Dialect) bool {
	p, c, e := knock(ctx, t, d, &casefile.Request{})
	if c == nil {
		return false
	}
	defer leave(p, c)
	if e.Response.Status != 101 {
		return false
	}
	if d.Traits().Hixie { // not a modern server that overlooked the missing key
		return e.Response.Has(d.Traits().LocationField)
	}
	return true
}

// asksEcho reports whether a text comes back as it was sent.
func asksEcho(ctx context.Context, t *endpoint) bool {
	p, c, _ := knock(ctx, t, wire.RFC6455, &casefile.Request{})
	if c == nil {
		return false
	}
	defer leave(p, c)
	if open, _, _ := c.state(); !open {
		return false
	}
	text := fmt.Sprintf("wsprobe asks for an echo %d", time.Now().UnixNano())
	c.sendFrames([]casefile.Frame{textFrame(text)}, pace{})
	_, e := c.await(ctx, time.Now().Add(p.wait(patience)), func(e *lint.Event) bool {
		return isEnd(e) || e.Kind == lint.KindMessage && string(e.Message.Payload) == text
	})
	return e != nil && e.Kind == lint.KindMessage
}

func textFrame(text string) casefile.Frame {
	return casefile.Frame{Opcode: wire.OpText, Fin: true, Payload: casefile.Payload{Parts: []casefile.PayloadPart{{Bytes: []byte(text)}}}}
}

// asksDeflate reports whether permessage-deflate is accepted when offered plainly.
func asksDeflate(ctx context.Context, t *endpoint) bool {
	offer := casefile.Text{Parts: []casefile.TextPart{{Literal: "permessage-deflate; client_max_window_bits"}}}
	p, c, _ := knock(ctx, t, wire.RFC6455, &casefile.Request{Offer: []casefile.Text{offer}})
	if c == nil {
		return false
	}
	defer leave(p, c)
	return c.agreed() != nil
}

// asksUnknownPath reports whether a path that cannot exist is refused.
func asksUnknownPath(ctx context.Context, t *endpoint) bool {
	path := casefile.Text{Parts: []casefile.TextPart{{Literal: "/wsprobe-no-such-path"}}}
	p, c, e := knock(ctx, t, wire.RFC6455, &casefile.Request{Path: path})
	if c == nil {
		return false
	}
	defer leave(p, c)
	return e.Response.Status >= 400
}

// asksChat reports whether /chat speaks the protocol of the bundled server.
func asksChat(ctx context.Context, t *endpoint) bool {
	path := casefile.Text{Parts: []casefile.TextPart{{Literal: "/chat"}}}
	p, c, _ := knock(ctx, t, wire.RFC6455, &casefile.Request{Path: path})
	if c == nil {
		return false
	}
	defer leave(p, c)
	if open, _, _ := c.state(); !open {
		return false
	}
	c.sendFrames([]casefile.Frame{textFrame(`{"type":"who"}`)}, pace{})
	_, e := c.await(ctx, time.Now().Add(p.wait(patience)), func(e *lint.Event) bool {
		return isEnd(e) || e.Kind == lint.KindMessage && e.Message.Opcode == wire.OpText
	})
	return e != nil && e.Kind == lint.KindMessage && strings.Contains(string(e.Message.Payload), `"not-joined"`)
}

// asksGreeting reports whether the target sends data without being asked.
func asksGreeting(ctx context.Context, t *endpoint) bool {
	p, c, _ := knock(ctx, t, wire.RFC6455, &casefile.Request{})
	if c == nil {
		return false
	}
	defer leave(p, c)
	_, e := c.await(ctx, time.Now().Add(p.wait(askAfter)), func(e *lint.Event) bool {
		return e.Kind == lint.KindMessage && !e.Message.Opcode.Control()
	})
	return e != nil
}
