package probe

import (
	"strings"
	"testing"
	"time"

	"wsprobe/internal/wire"
	"wsprobe/report"
)

// A target that is at it may be slow: it is waited for while something comes.
func TestSlowIsNoFault(t *testing.T) {
	const wait = 600 * time.Millisecond // each less than a wait, together more
	for name, tt := range map[string]struct {
		behave func(p *peer)
		steps  string
	}{
		"a message in pieces": {func(p *peer) {
			p.next()
			p.sendPart(wire.OpText, "Hel")
			time.Sleep(wait)
			p.sendPart(wire.OpContinuation, "l")
			time.Sleep(wait)
			p.send(wire.OpContinuation, "o")
			p.right(p.next())
		}, `
      - send:   {text: Hello}
      - expect: {text: Hello}
`},
		"echoes before the Close": {func(p *peer) {
			for {
				h, payload := p.next()
				time.Sleep(wait)
				if h.Opcode == wire.OpText {
					p.send(wire.OpText, string(payload))
				}
				if p.right(h, payload) {
					return
				}
			}
		}, `
      - send:   {text: Hello, times: 4}
      - expect: {text: Hello}
`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := playOne(t, serve(t, tt.behave), oneCase("frame.echo", tt.steps))
			if c.Verdict != report.Pass {
				t.Errorf("%s: %s", c.Verdict, rulesOf(c))
			}
		})
	}
}

// sendPart sends a fragment that is not the last.
func (p *peer) sendPart(op wire.Opcode, payload string) {
	p.Write(wire.AppendFrame(nil, wire.Header{Opcode: op, Length: uint64(len(payload))}, []byte(payload)))
}

// A target that only ever sends something else is not waited for.
func TestPatienceEnds(t *testing.T) {
	t.Parallel()
	c := playOne(t, serve(t, func(p *peer) {
		p.next()
		for {
			time.Sleep(50 * time.Millisecond)
			if _, err := p.Write([]byte("\x89\x00")); err != nil { // a ping
				return
			}
		}
	}), oneCase("ping.data", `
      - send:   {text: Hello}
      - expect: {pong: Hello}
      - tcp:    reset
`))
	if c.Verdict != report.Fail || rulesOf(c) != "ping.data" {
		t.Errorf("%s: %s %s", c.Verdict, c.Reason, rulesOf(c))
	}
}

// What a target sends without end fills no memory, and is not judged.
func TestFlood(t *testing.T) {
	t.Parallel()
	flood := strings.Repeat("\x8a\x00", 1000) // pongs
	c := playOne(t, serve(t, func(p *peer) {
		for {
			if _, err := p.Write([]byte(flood)); err != nil {
				return
			}
		}
	}), oneCase("ping.data", `
      - send:   {ping: Hello}
      - expect: {pong: Hello}
        within: 100s
`))
	if c.Verdict != report.Error || !strings.Contains(c.Reason, "sent more than") {
		t.Errorf("%s: %s %s", c.Verdict, c.Reason, rulesOf(c))
	}
}
