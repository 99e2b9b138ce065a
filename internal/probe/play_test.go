package probe

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"wsprobe/internal/casefile"
	"wsprobe/internal/recordtest"
	"wsprobe/internal/wire"
	"wsprobe/report"
)

// loadCases reads cases from the text of a case file; head and indentation are
// added to the steps.
func loadCases(t *testing.T, suite string) []*casefile.Case {
	t.Helper()
	path := filepath.Join(t.TempDir(), "suite.yaml")
	if err := os.WriteFile(path, []byte(suite), 0o600); err != nil {
		t.Fatal(err)
	}
	cases, problems, err := casefile.Load([]string{path})
	if err != nil || len(problems) > 0 {
		t.Fatal(err, problems)
	}
	return cases
}

// oneCase is a suite with one case of those steps.
func oneCase(rule, steps string) string {
	return fmt.Sprintf("suite: suite\nabout: A suite.\ncases:\n  - id: only\n    about: A case.\n    rule: %s\n    steps:\n%s", rule, steps)
}

// peer is the server's side of a connection, after the opening handshake.
type peer struct {
	net.Conn
	r *bufio.Reader
}

// next reads one frame of the client, its payload unmasked.
func (p *peer) next() (wire.Header, []byte) {
	var buf []byte
	for {
		b, err := p.r.ReadByte()
		if err != nil {
			return wire.Header{Opcode: wire.OpClose}, nil
		}
		buf = append(buf, b)
		h, n := wire.ParseHeader(buf)
		if n == 0 {
			continue
		}
		payload := make([]byte, h.Length)
		for i := range payload {
			payload[i], _ = p.r.ReadByte()
		}
		wire.Mask(payload, h.Mask, 0)
		return h, payload
	}
}

func (p *peer) send(op wire.Opcode, payload string) {
	p.Write(wire.AppendFrame(nil, wire.Header{Fin: true, Opcode: op, Length: uint64(len(payload))}, []byte(payload)))
}

// serve listens, answers opening handshakes rightly and leaves the rest to
// behave, once a connection.
func serve(t *testing.T, behave func(p *peer)) string {
	t.Helper()
	return "ws://" + recordtest.Accept(t, nil, func(c net.Conn) { upgrade(c, behave) }) + "/"
}

func upgrade(c net.Conn, behave func(p *peer)) {
	r := bufio.NewReader(c)
	req, err := http.ReadRequest(r)
	if err != nil {
		return
	}
	fmt.Fprintf(c, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: %s\r\n\r\n",
		wire.Accept(req.Header.Get("Sec-WebSocket-Key")))
	behave(&peer{c, r})
}

// right closes as a right server does when it is asked to.
func (p *peer) right(h wire.Header, payload []byte) (over bool) {
	switch h.Opcode {
	case wire.OpPing:
		p.send(wire.OpPong, string(payload))
	case wire.OpClose:
		p.send(wire.OpClose, string(payload))
		return true
	}
	return false
}

// playOne plays the only case of a suite; waits are cut to a quarter.
func playOne(t *testing.T, url, suite string) report.Case {
	t.Helper()
	o := &Options{TimeoutScale: 0.25}
	target, err := parseEndpoint(url, o)
	if err != nil {
		t.Fatal(err)
	}
	c, _ := play(context.Background(), target, loadCases(t, suite)[0], false)
	return c
}

// rulesOf lists the rules of the findings, in order.
func rulesOf(c report.Case) string {
	var ids []string
	for _, f := range c.Findings {
		ids = append(ids, f.Rule)
	}
	return strings.Join(ids, " ")
}

const badThenFail = `
      - send:   {text: bad, rsv: 1}
      - expect: {fail: 1002}
`

// TestFail has one server for each way to take, or not to take, a frame that
// must fail the connection.
func TestFail(t *testing.T) {
	for name, tt := range map[string]struct {
		behave  func(p *peer)
		verdict report.Verdict
		rules   string
	}{
		"Close and FIN": {func(p *peer) { p.next(); p.send(wire.OpClose, "\x03\xea") }, report.Pass, ""},
		"only FIN":      {func(p *peer) { p.next() }, report.NonStrict, "fail.close-frame"},
		"other code":    {func(p *peer) { p.next(); p.send(wire.OpClose, "\x03\xe8") }, report.NonStrict, "fail.close-code"},
		"empty Close":   {func(p *peer) { p.next(); p.send(wire.OpClose, "") }, report.NonStrict, "fail.close-code"},
		"echoes": {func(p *peer) {
			for {
				h, payload := p.next()
				if h.Opcode == wire.OpText {
					p.send(wire.OpText, string(payload))
				}
				if p.right(h, payload) {
					return
				}
			}
		}, report.Fail, "rsv.unnegotiated"},
		"takes no notice": {func(p *peer) {
			for {
				if p.right(p.next()) {
					return
				}
			}
		}, report.Fail, "rsv.unnegotiated"},
		"echoes and then fails": {func(p *peer) {
			_, payload := p.next()
			p.send(wire.OpText, string(payload))
			p.send(wire.OpClose, "\x03\xea")
		}, report.Fail, "fail.no-processing"},
		"hangs": {func(p *peer) { time.Sleep(4 * time.Second) }, report.Fail, "rsv.unnegotiated"},
		"leaves TCP open": {func(p *peer) {
			p.next()
			p.send(wire.OpClose, "\x03\xea")
			time.Sleep(2 * time.Second)
		}, report.Fail, "close.tcp"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := playOne(t, serve(t, tt.behave), oneCase("rsv.unnegotiated", badThenFail))
			if c.Verdict != tt.verdict || rulesOf(c) != tt.rules {
				t.Errorf("got %s %q, want %s %q", c.Verdict, rulesOf(c), tt.verdict, tt.rules)
			}
		})
	}
}

// echoServer echoes text as a right server does.
func echoServer(p *peer) {
	for {
		h, payload := p.next()
		if h.Opcode == wire.OpText {
			p.send(wire.OpText, string(payload))
		}
		if p.right(h, payload) {
			return
		}
	}
}

func TestMissLeavesTheEvent(t *testing.T) {
	c := playOne(t, serve(t, echoServer), oneCase("frame.echo", `
      - send:   {text: Hello}
      - expect: {text: something else}
        rule:   ping.each            # a MAY: the script goes on
      - expect: {text: Hello}
`))
	if c.Verdict != report.Info || rulesOf(c) != "ping.each" {
		t.Errorf("got %s %q", c.Verdict, rulesOf(c))
	}
	if f := c.Findings[0]; f.Line != 10 || !strings.Contains(f.Wanted, `"something else"`) {
		t.Errorf("finding at line %d wants %q", f.Line, f.Wanted)
	}
}

func TestTheEndStaysTrue(t *testing.T) {
	c := playOne(t, serve(t, func(p *peer) { p.right(p.next()) }), oneCase("close.tcp", `
      - send:       {close: 1000}
      - expect:     {tcp: closed}
      - expect-any: [{text: late}, {tcp: closed}]
      - expect:     {text: late}
        rule:       ping.each
`))
	if c.Verdict != report.Info || len(c.Findings) != 1 {
		t.Errorf("got %s %q", c.Verdict, rulesOf(c))
	}
}

func TestPingsOfTheTargetAreAnsweredAndNotSeen(t *testing.T) {
	answered := make(chan string, 1)
	url := serve(t, func(p *peer) {
		p.next()
		p.send(wire.OpPing, "are you there")
		_, pong := p.next()
		answered <- string(pong)
		p.send(wire.OpPong, "a heartbeat")
		p.send(wire.OpText, "Hello")
		p.right(p.next())
	})
	c := playOne(t, url, oneCase("frame.echo", `
      - send:   {text: Hello}
      - expect: {text: Hello}
`))
	if c.Verdict != report.Pass || <-answered != "are you there" {
		t.Errorf("got %s %q", c.Verdict, rulesOf(c))
	}
}

// TestClosing has one server for each way to end a connection that the case
// left open.
func TestClosing(t *testing.T) {
	for name, tt := range map[string]struct {
		behave func(p *peer)
		rules  string
	}{
		"rightly":          {func(p *peer) { p.right(p.next()) }, ""},
		"with no Close":    {func(p *peer) { p.next() }, "close.answer"},
		"not at all":       {func(p *peer) { time.Sleep(4 * time.Second) }, "close.answer"},
		"TCP stays open":   {func(p *peer) { p.right(p.next()); time.Sleep(2 * time.Second) }, "close.tcp"},
		"TCP closed late":  {func(p *peer) { p.right(p.next()); time.Sleep(1200 * time.Millisecond) }, "close.tcp-prompt"},
		"data after Close": {func(p *peer) { p.right(p.next()); p.send(wire.OpText, "late") }, "close.last"},
		"closed before":    {func(p *peer) {}, "close.answer"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := playOne(t, serve(t, tt.behave), oneCase("frame.echo", "      - open: {}\n      - pause: 500ms\n"))
			if rulesOf(c) != tt.rules {
				t.Errorf("got %q, want %q", rulesOf(c), tt.rules)
			}
		})
	}
}

// A server may fail the connection over a Close that is an error itself; that
// TCP goes with no Close then breaks a SHOULD only (RFC 6455 §7.1.7).
func TestClosingOverABadClose(t *testing.T) {
	for body, rule := range map[string]string{
		`1000`:                            "close.answer",
		`{code: 4999, reason: bye}`:       "close.answer",
		`""`:                              "close.answer",
		`1005`:                            "fail.close-frame",
		`1014`:                            "fail.close-frame",
		`{code: 1000, reason: {hex: ff}}`: "fail.close-frame",
		`{payload: {hex: "03"}}`:          "fail.close-frame",
	} {
		t.Run(body, func(t *testing.T) {
			t.Parallel()
			c := playOne(t, serve(t, func(p *peer) { p.next() }), oneCase("close.tcp", "      - send: {close: "+body+"}\n"))
			if rulesOf(c) != rule {
				t.Errorf("got %q, want %q", rulesOf(c), rule)
			}
		})
	}
}

func TestCapturesPassFromClientToClient(t *testing.T) {
	url := serve(t, func(p *peer) {
		for {
			h, payload := p.next()
			if h.Opcode == wire.OpText {
				p.send(wire.OpText, `{"got": `+string(payload)+`, "id": 7}`)
			}
			if p.right(h, payload) {
				return
			}
		}
	})
	c := playOne(t, url, `
suite: suite
about: A suite.
clients: {alice: {}, bob: {}}
cases:
  - id: only
    about: A case.
    rule: frame.echo
    steps:
      - alice: {send:   {text: "1"}}
      - alice: {expect: {json: {got: 1, id: $id}}}
      - bob:   {send:   {text: $id}}
      - bob:   {expect: {json: {got: 7, id: $id}}}
`)
	if c.Verdict != report.Pass {
		t.Errorf("got %s %q", c.Verdict, rulesOf(c))
	}
}
