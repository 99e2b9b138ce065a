package probe

import (
	"testing"
	"time"

	"wsprobe/internal/wire"
	"wsprobe/report"
)

// A right server may have several threads: one answers pings while another is
// still at the message before them.
func TestFailWaitsForAnotherThread(t *testing.T) {
	t.Parallel()
	c := playOne(t, serve(t, func(p *peer) {
		p.next()
		p.right(p.next()) // the question
		time.Sleep(150 * time.Millisecond)
		p.send(wire.OpClose, "\x03\xef")
		p.next()
	}), oneCase("utf8.text-valid", `
      - send:   {text: {hex: ff}}
      - expect: {fail: 1007}
`))
	if c.Verdict != report.Pass {
		t.Errorf("%s: %s", c.Verdict, rulesOf(c))
	}
}

// Where TCP may close without a Close, too, a server that answers a ping works on,
// whatever its idle timer does later. One that closes, in either way, is right.
func TestFailOrClosedAsks(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		behave func(p *peer)
		rules  string
	}{
		"a timer later": {func(p *peer) {
			p.next()
			p.right(p.next()) // the question
			p.next()          // nothing, until the prober has judged
			p.send(wire.OpClose, "\x03\xe9")
		}, "mask.required"},
		"a Close":            {func(p *peer) { p.next(); p.send(wire.OpClose, "\x03\xea"); p.next() }, ""},
		"a Close of another": {func(p *peer) { p.next(); p.send(wire.OpClose, "\x03\xf0"); p.next() }, ""},
		"closed at once":     {func(p *peer) { p.next() }, ""},
		"closed after the question": {func(p *peer) {
			p.next()
			p.next()
		}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := playOne(t, serve(t, tt.behave), oneCase("mask.required", `
      - send:       {text: not, fin: false, mask: false}
      - expect-any: [{fail: 1002}, {tcp: closed}]
`))
			if rulesOf(c) != tt.rules {
				t.Errorf("%s: %s", c.Verdict, rulesOf(c))
			}
		})
	}
}

// What answers a question of an earlier step is no sign of anything in a later one.
func TestFailAsksAgain(t *testing.T) {
	t.Parallel()
	c := playOne(t, serve(t, func(p *peer) {
		p.next()
		p.right(p.next())
		p.next()
		p.send(wire.OpClose, "\x03\xef")
		p.next()
	}), oneCase("utf8.text-valid", `
      - send:   {text: {hex: ff}, fin: false}
      - expect: {fail: 1007}
        rule:   utf8.fail-fast
      - send:   {continuation: ""}
      - expect: {fail: 1007}
`))
	if rulesOf(c) != "utf8.fail-fast" {
		t.Errorf("%s: %s", c.Verdict, rulesOf(c))
	}
}

// A pong that answers nothing may come at any time (RFC 6455 §5.5.3), and takes
// the place of no pong that does.
func TestPongsThatAnswerNothing(t *testing.T) {
	for name, tt := range map[string]struct {
		behave func(p *peer)
		rules  string
	}{
		"beside the right one": {func(p *peer) {
			for {
				p.send(wire.OpPong, "a heartbeat")
				p.send(wire.OpPong, "")
				if p.right(p.next()) {
					return
				}
			}
		}, ""},
		"alone": {func(p *peer) {
			for {
				h, payload := p.next()
				p.send(wire.OpPong, "a heartbeat")
				if h.Opcode != wire.OpPing && p.right(h, payload) {
					return
				}
			}
		}, "ping.data"},
		"but repeat what was said": {func(p *peer) {
			for {
				h, payload := p.next()
				if h.Opcode == wire.OpPong {
					h.Opcode = wire.OpPing
				}
				if p.right(h, payload) {
					return
				}
			}
		}, "pong.unsolicited"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := playOne(t, serve(t, tt.behave), oneCase("ping.data", `
      - send:   {pong: nobody asked}
      - quiet:  40ms
        rule:   pong.unsolicited
      - send:   {ping: Hello}
      - expect: {pong: Hello}
`))
			if rulesOf(c) != tt.rules {
				t.Errorf("got %q, want %q", rulesOf(c), tt.rules)
			}
		})
	}
}
