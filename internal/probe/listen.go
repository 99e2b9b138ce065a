package probe

import (
	"context"
	"fmt"
	"strings"
	"time"

	"wsprobe/internal/casefile"
	"wsprobe/internal/lint"
	"wsprobe/internal/wire"
)

// listener is a connection that asks nothing and hears what comes all the same.
type listener struct {
	p     *player
	c     *conn // nil where it did not open
	until time.Time
}

// heard is what came to a client that said nothing.
type heard struct {
	greets   bool // data
	everyone bool // what another client said: it goes to all, and is no echo
	left     bool // the end
}

// listen opens a connection to listen on. It listens for a while at the least.
func listen(ctx context.Context, t *endpoint) *listener {
	p, c, e := knock(ctx, t, wire.RFC6455, &casefile.Request{})
	if c != nil && e.Response.Status != 101 {
		c.drop()
		c = nil
	}
	return &listener{p, c, time.Now().Add(p.wait(askAfter))}
}

// keepsOthersOut reports whether the target takes no other connection while this
// one is open. Nothing in RFC 6455 asks it to. A busy one is asked several times.
func (l *listener) keepsOthersOut(ctx context.Context) bool {
	const times = 3
	for range times {
		if l.c == nil || l.c.over() || ctx.Err() != nil {
			return false
		}
		p, c, e := knock(ctx, l.p.target, wire.RFC6455, &casefile.Request{})
		if c == nil {
			continue
		}
		leave(p, c)
		if e.Response.Status == 101 {
			return false
		}
	}
	return true
}

// stop ends the connection and says what came.
func (l *listener) stop(ctx context.Context) (h heard) {
	if l.c == nil {
		return h
	}
	defer leave(l.p, l.c)
	until := l.until
	if soon := time.Now().Add(l.p.wait(askAfter / 3)); soon.After(until) { // what others said may be on its way
		until = soon
	}
	l.c.await(ctx, until, isEnd)
	_, gotClose, ended := l.c.state()
	_, data := l.c.first(isData)
	_, question := l.c.first(func(e *lint.Event) bool {
		return isData(e) && strings.Contains(string(e.Message.Payload), echoQuestion)
	})
	return heard{greets: data != nil, everyone: question != nil, left: gotClose != nil || ended != nil}
}

func isData(e *lint.Event) bool {
	return e.Kind == lint.KindMessage && !e.Message.Opcode.Control()
}

// closesItself returns the trouble of a target that ends every connection as
// soon as it is open; nil where it does not.
func closesItself(ctx context.Context, t *endpoint) error {
	const looks = 3
	var last *lint.Event
	for range looks {
		p, c, e := knock(ctx, t, wire.RFC6455, &casefile.Request{})
		if c == nil {
			return nil
		}
		c.await(ctx, time.Now().Add(p.wait(askAfter/looks)), func(e *lint.Event) bool { return isEnd(e) || isClose(e) })
		_, gotClose, ended := c.state()
		leave(p, c)
		switch {
		case e.Response.Status != 101 || gotClose == nil && ended == nil:
			return nil
		case gotClose != nil:
			last = gotClose
		default:
			last = ended
		}
	}
	return &trouble{
		fmt.Sprintf("%s accepts a connection and ends it at once: %s", t.url, describe(last)),
		"does it want a subprotocol (--protocol), or a field such as a cookie (--header)?",
	}
}

func isClose(e *lint.Event) bool {
	return e.Kind == lint.KindMessage && e.Message.Opcode == wire.OpClose
}
