package probe

import (
	"context"
	"fmt"
	"net"
	"slices"
	"strings"
	"testing"

	"wsprobe/internal/lint"
	"wsprobe/internal/record"
	"wsprobe/internal/wire"
	"wsprobe/report"
)

// captureOne plays the only case of a suite and returns what was handed over.
func captureOne(t *testing.T, url, suite string) (verdicts []report.Verdict, conns []*record.Conversation) {
	t.Helper()
	_, err := Run(context.Background(), Options{
		URL: url, Have: []string{}, TimeoutScale: 0.25, Cases: loadCases(t, suite),
		Capture: func(c *report.Case, all []*record.Conversation) {
			verdicts, conns = append(verdicts, c.Verdict), all
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	return verdicts, conns
}

// ends lists how the two sides ended, in order: "server closed with FIN".
func ends(c *record.Conversation) (all []string) {
	for _, p := range c.Pieces {
		if p.Ended {
			all = append(all, fmt.Sprint(p.Side, " ", p.How))
		}
	}
	return all
}

func untilClose(p *peer) {
	for {
		if p.right(p.next()) {
			return
		}
	}
}

func TestCaptureKeepsHowItEnded(t *testing.T) {
	tests := []struct {
		name, steps string
		behave      func(p *peer)
		want        []string
	}{
		{"both close", "      - close: 1000", untilClose, []string{"server closed with FIN", "client closed with FIN"}},
		{"we reset", "      - send: {ping: hi}\n      - tcp: reset", untilClose, []string{"client reset"}},
		{"we close half", "      - send: {ping: hi}\n      - tcp: fin\n      - expect: {tcp: closed}", untilClose,
			[]string{"client closed with FIN", "server closed with FIN"}},
		{"the target resets", "      - send: {ping: hi}\n      - expect: {tcp: closed}", func(p *peer) {
			p.next()
			p.Conn.(*net.TCPConn).SetLinger(0)
		}, []string{"server reset"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, conns := captureOne(t, serve(t, test.behave), oneCase("server.survives", test.steps))
			if len(conns) != 1 {
				t.Fatalf("kept %d connections", len(conns))
			}
			if got := ends(conns[0]); !slices.Equal(got, test.want) {
				t.Errorf("it ends with %q, want %q", got, test.want)
			}
		})
	}
}

func TestCaptureKeepsEveryByte(t *testing.T) {
	url := serve(t, untilClose)
	verdicts, conns := captureOne(t, url, oneCase("ping.answered",
		"      - send: {ping: hi, mask: 00000000}\n        chop: 3\n      - expect: {pong: hi}\n      - send: {ping: no, mask: 00000000}"))
	if !slices.Equal(verdicts, []report.Verdict{report.Pass}) || len(conns) != 1 {
		t.Fatalf("the verdicts are %v, of %d connections", verdicts, len(conns))
	}
	c := conns[0]
	sent, received := string(c.Bytes(lint.Client)), string(c.Bytes(lint.Server))
	if !strings.HasPrefix(sent, "GET / HTTP/1.1\r\n") || !strings.Contains(sent, "\r\n\r\n\x89\x82\x00\x00\x00\x00hi\x89\x82\x00\x00\x00\x00no\x88\x82") {
		t.Errorf("sent %q", sent)
	}
	if !strings.HasPrefix(received, "HTTP/1.1 101 ") || !strings.HasSuffix(received, "\x8a\x02hi\x8a\x02no\x88\x02\x03\xe8") {
		t.Errorf("received %q", received)
	}
	var writes []int
	last := c.Opened
	for _, p := range c.Pieces {
		if p.Side == lint.Client && !p.Ended {
			writes = append(writes, len(p.Bytes))
		}
		if p.At < last {
			t.Errorf("a piece of %v follows one of %v", p.At, last)
		}
		last = p.At
	}
	if len(writes) != 6 || !slices.Equal(writes[1:4], []int{3, 3, 2}) {
		t.Errorf("the writes are of %v bytes", writes)
	}
	if "ws://"+c.Server.String()+"/" != url || !c.Client.IsValid() || c.Secure {
		t.Errorf("the ends are %v and %v", c.Client, c.Server)
	}
}

// A case that fails is handed over once, and a target that cannot be reached
// leaves nothing.
func TestCaptureIsCalledAfterEachCase(t *testing.T) {
	silent := serve(t, func(p *peer) {
		for {
			if h, payload := p.next(); h.Opcode == wire.OpClose {
				p.right(h, payload)
				return
			}
		}
	})
	// The canary of a run is no case.
	verdicts, conns := captureOne(t, silent, oneCase("ping.answered", "      - send: {ping: hi}\n      - expect: {pong: hi}"))
	if !slices.Equal(verdicts, []report.Verdict{report.Fail}) || len(conns) != 1 {
		t.Errorf("the verdicts are %v, of %d connections", verdicts, len(conns))
	}
	verdicts, _ = captureOne(t, silent, strings.Replace(oneCase("frame.echo", "      - send: {ping: hi}"), "    steps", "    needs: [echo]\n    steps", 1))
	if len(verdicts) > 0 {
		t.Errorf("a case that was not played was handed over: %v", verdicts)
	}
}

func TestNothingIsKeptUnasked(t *testing.T) {
	target, err := parseEndpoint(serve(t, untilClose), &Options{})
	if err != nil {
		t.Fatal(err)
	}
	c, conns := play(context.Background(), target, loadCases(t, oneCase("close.answer", "      - close: 1000"))[0], false)
	if c.Verdict != report.Pass || conns != nil {
		t.Errorf("%s: kept %v", c.Verdict, conns)
	}
}
