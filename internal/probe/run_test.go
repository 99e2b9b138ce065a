package probe

import (
	"context"
	"fmt"
	"net"
	"os"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"wsprobe/internal/wire"
	"wsprobe/report"
)

// TestMain lets the test binary be a target too: one that echoes, and that ends
// on the text "die".
func TestMain(m *testing.M) {
	if addr := os.Getenv("WSPROBE_TEST_TARGET"); addr != "" {
		mortalServer(addr)
		return
	}
	os.Exit(m.Run())
}

func mortalServer(addr string) {
	l, err := net.Listen("tcp", addr)
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	for {
		conn, err := l.Accept()
		if err != nil {
			return
		}
		go func() {
			defer conn.Close()
			upgrade(conn, mortalEcho)
		}()
	}
}

func mortalEcho(p *peer) {
	for {
		h, payload := p.next()
		if string(payload) == "die" {
			fmt.Println("panic: this is the end")
			os.Exit(2)
		}
		if h.Opcode == wire.OpText {
			p.send(wire.OpText, string(payload))
		}
		if p.right(h, payload) {
			return
		}
	}
}

// mortalSuite has twenty cases, of which two kill the target.
const mortalSuite = `
suite: suite
about: A suite.
cases:
  - id: echo
    about: A case.
    rule: frame.echo
    needs: [echo]
    matrix:
      text: [a, b, c, d, e, die, f, g, h, i, j, k, l, m, n, o]
    steps:
      - send:   {text: $text}
      - expect: {text: $text}
  - id: dies-too
    about: A case whose own rule is kept, and that kills the target all the same.
    rule: ping.data
    steps:
      - send:   {ping: die}
`

func startSelf() string {
	exe, err := os.Executable()
	if err != nil {
		panic(err)
	}
	return "WSPROBE_TEST_TARGET=127.0.0.1:{port} exec '" + exe + "'"
}

func TestTheCaseThatKillsTheTargetIsBlamed(t *testing.T) {
	for _, tt := range []struct{ jobs, repeat int }{{1, 1}, {4, 1}, {16, 1}, {4, 3}, {16, 3}} {
		t.Run(fmt.Sprintf("%d jobs, %d times", tt.jobs, tt.repeat), func(t *testing.T) {
			r, err := Run(context.Background(), Options{Start: startSelf(), Cases: loadCases(t, mortalSuite), Jobs: tt.jobs, Repeat: tt.repeat})
			if err != nil || r.Trouble != "" {
				t.Fatal(err, r.Trouble)
			}
			for _, c := range r.Cases {
				killer := strings.Contains(c.ID, "die")
				if killer != strings.Contains(rulesOf(c), "server.survives") {
					t.Errorf("%s: %s %q %s", c.ID, c.Verdict, rulesOf(c), c.Reason)
				}
				if !killer && (c.Verdict != report.Pass || slices.Contains(c.Rounds, report.Fail)) {
					t.Errorf("%s, which is innocent, came to %s %v: %s", c.ID, c.Verdict, c.Rounds, c.Reason)
				}
				if tt.repeat > 1 && len(c.Rounds) != tt.repeat {
					t.Errorf("%s was played %d times, and counts %d", c.ID, tt.repeat, len(c.Rounds))
				}
				if killer && !strings.Contains(c.Findings[len(c.Findings)-1].Detail, "this is the end") {
					t.Errorf("%s does not show what the target printed: %v", c.ID, c.Findings)
				}
			}
		})
	}
}

func TestADeadTargetThatIsNotOursIsTrouble(t *testing.T) {
	port, err := freePort()
	if err != nil {
		t.Fatal(err)
	}
	p, err := startProcess(startSelf(), "", port)
	if err != nil {
		t.Fatal(err)
	}
	defer p.stop()
	addr := fmt.Sprintf("127.0.0.1:%d", port)
	if err := p.listens(context.Background(), addr, 20*time.Second); err != nil {
		t.Fatal(err)
	}
	r, err := Run(context.Background(), Options{URL: "ws://" + addr + "/", Cases: loadCases(t, mortalSuite), Jobs: 1})
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(r.Trouble, "the target died") || !strings.Contains(r.Hint, "--start") {
		t.Errorf("trouble %q, hint %q", r.Trouble, r.Hint)
	}
	last := map[report.Verdict]int{}
	for _, c := range r.Cases {
		last[c.Verdict]++
	}
	if len(r.Cases) != 17 || last[report.Fail] != 1 || last[report.Error] == 0 {
		t.Errorf("verdicts: %v", last)
	}
}

func TestWhatTheTargetLacksIsSkipped(t *testing.T) {
	url := serve(t, func(p *peer) {
		for !p.right(p.next()) {
		}
	})
	r, err := Run(context.Background(), Options{URL: url, Cases: loadCases(t, mortalSuite)})
	if err != nil || r.Trouble != "" {
		t.Fatal(err, r.Trouble)
	}
	if c := r.Cases[0]; c.Verdict != report.Skip || c.Reason != "the target lacks echo" {
		t.Errorf("%s came to %s: %s", c.ID, c.Verdict, c.Reason)
	}
	if c := r.Cases[16]; c.Verdict != report.Pass {
		t.Errorf("%s came to %s", c.ID, c.Verdict)
	}
}

func TestInterruptedRunKeepsWhatWasDone(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	suite := strings.ReplaceAll(mortalSuite, "die,", "")
	r, err := Run(ctx, Options{
		URL: serve(t, echoServer), Cases: loadCases(t, suite), Jobs: 1,
		Progress: func(done, total int, c *report.Case) {
			if done == 3 {
				cancel()
			}
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	if !r.Interrupted || len(r.Cases) != 3 || r.Trouble != "" {
		t.Errorf("interrupted %v, %d cases, trouble %q", r.Interrupted, len(r.Cases), r.Trouble)
	}
}

func TestRepeatKeepsTheWorst(t *testing.T) {
	plays := 0
	url := serve(t, func(p *peer) {
		for {
			h, payload := p.next()
			if h.Opcode == wire.OpText {
				if plays++; plays == 2 {
					payload = []byte("b")
				}
				p.send(wire.OpText, string(payload))
			}
			if p.right(h, payload) {
				return
			}
		}
	})
	r, err := Run(context.Background(), Options{URL: url, Jobs: 1, Repeat: 3, Have: []string{}, Cases: loadCases(t, oneCase("frame.echo", `
      - send:   {text: a}
      - expect: {text: a}
`))})
	if err != nil {
		t.Fatal(err)
	}
	if c := r.Cases[0]; c.Verdict != report.Fail {
		t.Errorf("came to %s", c.Verdict)
	}
}

// A slow case has the target for itself.
func TestSlowCasesArePlayedAlone(t *testing.T) {
	const suite = `
suite: suite
about: A suite.
cases:
  - id: slow
    about: A case that keeps the target busy.
    rule: frame.echo
    tags: [slow]
    matrix: {n: [1, 2, 3]}
    steps:
      - echo: {text: "slow ${n}"}
  - id: quick
    about: A case like any other.
    rule: frame.echo
    matrix: {n: [1, 2, 3, 4, 5, 6, 7, 8]}
    steps:
      - echo: {text: "quick ${n}"}
`
	var busy, crowded atomic.Int32
	url := serve(t, func(p *peer) {
		h, payload := p.next()
		if h.Opcode == wire.OpText {
			defer busy.Add(-1)
			if n := busy.Add(1); n > 1 && strings.HasPrefix(string(payload), "slow") {
				crowded.Add(1)
			}
			time.Sleep(20 * time.Millisecond)
			p.send(wire.OpText, string(payload))
		}
		for !p.right(h, payload) {
			h, payload = p.next()
		}
	})
	r, err := Run(context.Background(), Options{URL: url, Have: []string{"echo"}, Cases: loadCases(t, suite), Jobs: 8})
	if err != nil || r.Trouble != "" || len(r.Cases) != 11 {
		t.Fatal(err, r.Trouble, len(r.Cases))
	}
	if n := crowded.Load(); n > 0 {
		t.Errorf("%d slow cases had company", n)
	}
}
