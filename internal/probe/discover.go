package probe

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"wsprobe/internal/casefile"
	"wsprobe/internal/lint"
	"wsprobe/internal/wire"
)

// discovery is what a target turned out to have.
type discovery struct {
	have     []string
	greets   bool // it sends messages that nobody asked for
	left     bool // it ended a connection that nobody asked it to end
	textOnly bool // it echoes texts, and no binary messages
	alone    bool // it serves one connection at a time
}

// echoes reports whether what comes back depends on what was sent, and on
// nothing else.
func (d *discovery) echoes() bool {
	return slices.Contains(d.have, "echo") || slices.Contains(d.have, "chat")
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

// discover asks the target what it has, all questions at once, unless that is
// known.
func discover(ctx context.Context, t *endpoint, have []string) discovery {
	l := listen(ctx, t)
	d := discovery{have: have, alone: l.keepsOthersOut(ctx)}
	var heard heard
	if d.alone { // nothing can be asked while it listens
		heard = l.stop(ctx)
	}
	if have == nil {
		d.have = askAll(ctx, t, d.alone)
	}
	if !d.alone {
		heard = l.stop(ctx)
	}
	if heard.everyone {
		d.have = slices.DeleteFunc(slices.Clone(d.have), func(word string) bool { return word == "echo" })
	}
	d.greets, d.left = heard.greets, heard.left
	if !slices.Contains(d.have, "echo") {
		t.touchy = asksTouchy(ctx, t)
	}
	d.textOnly = slices.Contains(d.have, "echo") && !asksEchoOf(ctx, t, wire.OpBinary)
	return d
}

// askAll asks all questions, at once or one after the other.
func askAll(ctx context.Context, t *endpoint, inTurn bool) (have []string) {
	answers := make([]bool, len(asks))
	var wg sync.WaitGroup
	for i := range asks {
		wg.Go(func() { answers[i] = asks[i].ask(ctx, t) })
		if inTurn {
			wg.Wait()
		}
	}
	wg.Wait()
	for i, yes := range answers {
		if yes {
			have = append(have, asks[i].word)
		}
	}
	return have
}

// leastPatience is how long a question waits at the least. It is longer than
// the slowest first answer seen, and shorter than a person's patience.
const leastPatience = 1500 * time.Millisecond

// patience returns when a question stops waiting: a target that is slow to open
// a connection may be slow to answer, too.
func (p *player) patience() time.Time {
	return time.Now().Add(p.wait(leastPatience) + 3*p.target.slowness)
}

// knock opens a connection and returns the response; nil when none came.
func knock(ctx context.Context, t *endpoint, d wire.Dialect, r *casefile.Request) (*player, *conn, *lint.Event) {
	p := scout(ctx, t, d)
	tcp, err := t.dialPatiently(ctx)
	if err != nil {
		return p, nil, nil
	}
	c := newConn(p, "", tcp)
	p.sendRequest(c, r, pace{})
	i, e := c.await(ctx, p.patience(), p.sees(c, nil))
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

// echoQuestion is how a text begins whose echo is asked for.
const echoQuestion = "wsprobe asks for an echo"

// asksEcho reports whether a text comes back as it was sent, and neither twice
// nor as the last thing that is said. How a second one comes back is for a case
// to say.
func asksEcho(ctx context.Context, t *endpoint) bool {
	p, c := opened(ctx, t)
	if c == nil {
		return false
	}
	defer leave(p, c)
	text := newEchoText()
	if !comesBack(p.answerTo(c, wire.OpText, text), text) {
		return false
	}
	e := p.answerTo(c, wire.OpText, text+", and another time")
	leaves := e != nil && isClose(e) && (e.Message.Code == 1000 || e.Message.Code == 1001)
	return !leaves && !comesBack(e, text)
}

// asksEchoOf reports whether a message of that type comes back. If its type does
// not, that is for a case to say.
func asksEchoOf(ctx context.Context, t *endpoint, op wire.Opcode) bool {
	p, c := opened(ctx, t)
	if c == nil {
		return false
	}
	defer leave(p, c)
	text := newEchoText()
	return comesBack(p.answerTo(c, op, text), text)
}

func newEchoText() string { return fmt.Sprintf("%s %d", echoQuestion, time.Now().UnixNano()) }

// opened opens a connection; nil when that fails.
func opened(ctx context.Context, t *endpoint) (*player, *conn) {
	p, c, _ := knock(ctx, t, wire.RFC6455, &casefile.Request{})
	if c == nil {
		return p, nil
	}
	if open, _, _ := c.state(); !open {
		c.drop()
		return p, nil
	}
	return p, c
}

// answerTo sends a message and returns what looks like its echo, or the end of
// the connection; nil where neither comes. Other messages, which nobody asked
// for, are noted.
func (p *player) answerTo(c *conn, op wire.Opcode, text string) *lint.Event {
	c.sendFrames([]casefile.Frame{dataFrame(op, text)}, pace{})
	for until := p.patience(); time.Now().Before(until); {
		i, e := c.await(p.ctx, until, func(e *lint.Event) bool { return isEnd(e) || isClose(e) || isData(e) })
		if e == nil || !isData(e) {
			return e
		}
		c.consume(i)
		if strings.HasPrefix(string(e.Message.Payload), echoQuestion) {
			return e
		}
		p.target.pushes.Store(true)
	}
	return nil
}

func comesBack(e *lint.Event, text string) bool {
	return e != nil && isData(e) && string(e.Message.Payload) == text
}

func dataFrame(op wire.Opcode, text string) casefile.Frame {
	return casefile.Frame{Opcode: op, Fin: true, Payload: casefile.Payload{Parts: []casefile.PayloadPart{{Bytes: []byte(text)}}}}
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
	c.sendFrames([]casefile.Frame{dataFrame(wire.OpText, `{"type":"who"}`)}, pace{})
	_, e := c.await(ctx, p.patience(), func(e *lint.Event) bool {
		return isEnd(e) || e.Kind == lint.KindMessage && e.Message.Opcode == wire.OpText
	})
	return e != nil && e.Kind == lint.KindMessage && strings.Contains(string(e.Message.Payload), `"not-joined"`)
}
