package probe

import (
	"context"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"wsprobe/internal/wire"
	"wsprobe/report"
)

// runAgainst plays cases against a target that is asked what it has.
func runAgainst(t *testing.T, url, suite string) *report.Results {
	t.Helper()
	r, err := Run(context.Background(), Options{URL: url, Cases: loadCases(t, suite)})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

const quietCase = `
      - send:   {ping: Hello}
      - expect: {pong: Hello}
      - quiet:  50ms
`

// A server that greets is not blamed for it, and keeps its echo.
func TestGreeting(t *testing.T) {
	t.Parallel()
	r := runAgainst(t, serve(t, func(p *peer) {
		p.send(wire.OpText, "welcome")
		echoServer(p)
	}), oneCase("ping.data", quietCase+`
      - send:   {text: Hello}
      - expect: {text: Hello}
`))
	if r.Cases[0].Verdict != report.Pass || !slices.Contains(r.Target.Have, "echo") || len(r.Notes) == 0 {
		t.Errorf("%s, has %v, notes %q", r.Cases[0].Verdict, r.Target.Have, r.Notes)
	}
}

// What goes to everyone is no echo: with other cases being played, it would not
// come alone.
func TestBroadcastIsNoEcho(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	room := map[*peer]bool{}
	r := runAgainst(t, serve(t, func(p *peer) {
		mu.Lock()
		room[p] = true
		mu.Unlock()
		for {
			h, payload := p.next()
			mu.Lock()
			if h.Opcode == wire.OpText {
				for other := range room {
					other.send(h.Opcode, string(payload))
				}
			}
			over := p.right(h, payload)
			if over {
				delete(room, p)
			}
			mu.Unlock()
			if over {
				return
			}
		}
	}), oneCase("ping.data", quietCase))
	if slices.Contains(r.Target.Have, "echo") || r.Cases[0].Verdict != report.Pass {
		t.Errorf("%s, has %v", r.Cases[0].Verdict, r.Target.Have)
	}
}

// A server that sends seldom is known by it only once it has; what it was
// blamed for before is looked at again.
func TestLateGreeting(t *testing.T) {
	t.Parallel()
	var conns atomic.Int32
	r := runAgainst(t, serve(t, func(p *peer) {
		if n := conns.Add(1); n > 12 { // when the questions have been asked
			p.send(wire.OpText, "news")
		}
		echoServer(p)
	}), oneCase("ping.data", "      - open: {}\n      - pause: 500ms\n"+quietCase))
	if r.Cases[0].Verdict != report.Pass || len(r.Notes) == 0 {
		t.Errorf("%s after %d connections, notes %q", r.Cases[0].Verdict, conns.Load(), r.Notes)
	}
}

// A target that echoes no binary messages is not blamed in cases about them.
func TestTextOnly(t *testing.T) {
	t.Parallel()
	suite := oneCase("frame.echo", "      - echo: {binary: Hello}\n") + `
  - id: text
    about: A case.
    rule: frame.echo
    needs: [echo]
    steps:
      - echo: {text: Hello}
`
	r := runAgainst(t, serve(t, echoServer), strings.Replace(suite, "    steps", "    needs: [echo]\n    steps", 1))
	if r.Cases[0].Verdict != report.Skip || r.Cases[1].Verdict != report.Pass {
		t.Errorf("binary %s, text %s", r.Cases[0].Verdict, r.Cases[1].Verdict)
	}
}

// A target that ends each connection at once cannot be played against, and the
// user is told why.
func TestTheTargetEndsEachConnection(t *testing.T) {
	t.Parallel()
	r := runAgainst(t, serve(t, func(p *peer) {
		p.send(wire.OpClose, "\x11\x36")
		p.next()
	}), oneCase("ping.data", quietCase))
	if !strings.Contains(r.Trouble, "Close 4406") || !strings.Contains(r.Hint, "--protocol") {
		t.Errorf("trouble %q, hint %q", r.Trouble, r.Hint)
	}
}

// A target that takes its time to open a connection is given as much to answer.
func TestSlowAnswers(t *testing.T) {
	t.Parallel()
	r := runAgainst(t, serve(t, func(p *peer) {
		for {
			h, payload := p.next()
			time.Sleep(time.Second)
			if h.Opcode == wire.OpText {
				time.Sleep(time.Second)
				p.send(wire.OpText, string(payload))
			}
			if p.right(h, payload) {
				return
			}
		}
	}), oneCase("ping.data", quietCase))
	if !slices.Contains(r.Target.Have, "echo") {
		t.Errorf("has %v", r.Target.Have)
	}
}
