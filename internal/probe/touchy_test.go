package probe

import (
	"fmt"
	"testing"

	"wsprobe/internal/wire"
	"wsprobe/report"
)

// broker speaks a protocol in binary messages that begin with a zero, as MQTT
// and NATS speak theirs: what is none of it ends the connection, whole or not.
func broker(code string) func(p *peer) {
	return func(p *peer) {
		for {
			h, payload := p.next()
			known := h.Opcode == wire.OpBinary && len(payload) > 0 && payload[0] == 0
			switch {
			case h.Rsv == 2: // the one fault that it looks for
				p.send(wire.OpClose, "\x03\xea")
				return
			case !h.Opcode.Control() && !known:
				if code != "" {
					p.send(wire.OpClose, code)
				}
				return
			case p.right(h, payload):
				return
			}
		}
	}
}

// What a target does to a message that its protocol does not know is its own
// affair; what it does to everything else is not.
func TestTouchyTarget(t *testing.T) {
	const silent, policy, protocol = "", "\x03\xf0", "\x03\xea"
	for name, tt := range map[string]struct {
		code, rule, steps string
		verdict           report.Verdict
	}{
		"the end that was wanted": {silent, "rsv.unnegotiated", `
      - send:   {text: bad, rsv: 1}
      - expect: {fail: 1002}
`, report.Skip},
		"the wanted code, which is its usual one": {protocol, "utf8.text-valid", `
      - send:   {text: bad, rsv: 1}
      - expect: {fail: 1002}
`, report.Skip},
		"the wanted code, which is not": {policy, "rsv.unnegotiated", `
      - send:   {text: bad, rsv: 2}
      - expect: {fail: 1002}
`, report.Pass},
		"a pong that does not come": {policy, "fragment.control-between", `
      - send:   {text: Hel, fin: false}
      - send:   {ping: now}
      - expect: {pong: now}
`, report.Skip},
		"quiet that is broken": {policy, "ping.answered", `
      - send:   {text: Hel, fin: false}
      - quiet:  100ms
`, report.Skip},
		"an orphan": {silent, "fragment.orphan", `
      - send:   {continuation: orphan}
      - expect: {fail: 1002}
`, report.Skip},
		"a control frame that is not failed": {silent, "rsv.unnegotiated", `
      - send:   {ping: bad, rsv: 1}
      - expect: {fail: 1002}
`, report.Fail},
		"a message that is taken, and not failed": {silent, "rsv.unnegotiated", `
      - send:   {binary: {hex: "00"}, rsv: 1}
      - expect: {fail: 1002}
`, report.Fail},
		"a message behind a Close": {silent, "close.answer", `
      - send:   [{close: 1000}, {text: behind}]
      - expect: {close: any}
`, report.Pass},
		"no message at all": {silent, "ping.answered", `
      - send:   {ping: now}
      - expect: {pong: now}
`, report.Pass},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := runAgainst(t, serve(t, broker(tt.code)), oneCase(tt.rule, tt.steps))
			if c := r.Cases[0]; c.Verdict != tt.verdict || c.Verdict == report.Skip && c.Reason != moot {
				t.Errorf("%s %q (%s), want %s", c.Verdict, rulesOf(c), c.Reason, tt.verdict)
			}
		})
	}
}

// A case of a rule that its suite made speaks the target's own protocol, whatever
// becomes of messages that are none of it.
func TestTouchyTargetAndItsOwnProtocol(t *testing.T) {
	t.Parallel()
	shop := serve(t, func(p *peer) {
		if h, payload := p.next(); h.Opcode == wire.OpText && string(payload) == "pear?" {
			p.send(wire.OpText, "apple")
		}
		p.send(wire.OpClose, "\x03\xe8")
	})
	const suite = `suite: suite
about: A shop.
rules:
  shop.price: {level: MUST, text: Who asks for a price is told it.}
cases:
  - id: only
    about: A price is told.
    rule: shop.price
    steps:
      - send:   {text: "pear?"}
      - expect: {text: %s}
`
	for answer, want := range map[string]report.Verdict{"apple": report.Pass, "pear": report.Fail} {
		r := runAgainst(t, shop, fmt.Sprintf(suite, answer))
		if c := r.Cases[0]; c.Verdict != want {
			t.Errorf("%s: %s %q (%s), want %s", answer, c.Verdict, rulesOf(c), c.Reason, want)
		}
	}
}

// A target that takes every message is judged by everything.
func TestTargetThatSwallows(t *testing.T) {
	t.Parallel()
	r := runAgainst(t, serve(t, func(p *peer) {
		for {
			if h, payload := p.next(); h.Rsv > 0 || p.right(h, payload) {
				return
			}
		}
	}), oneCase("rsv.unnegotiated", badThenFail))
	if c := r.Cases[0]; c.Verdict != report.NonStrict || rulesOf(c) != "fail.close-frame" {
		t.Errorf("%s %q", c.Verdict, rulesOf(c))
	}
}
