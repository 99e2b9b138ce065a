package probe

import (
	"fmt"
	"io"
	"slices"
	"testing"
	"time"

	"wsprobe/internal/wire"
	"wsprobe/report"
)

// An echo is what was sent, of its type; or the message is too long, and then
// the target says so (RFC 6455 §10.4).
func TestEcho(t *testing.T) {
	const twice = "      - echo: {text: Hello, times: 2}\n"
	for name, tt := range map[string]struct {
		behave func(p *peer)
		steps  string
		rules  string
	}{
		"right":            {echoServer, twice, ""},
		"in fragments":     {joiningServer, "      - echo: {text: Hello, fragment: 2}\n", ""},
		"byte by byte":     {echoServer, twice + "        chop: 1\n", ""},
		"other type":       {func(p *peer) { p.next(); p.send(wire.OpBinary, "Hello"); p.right(p.next()) }, twice, "frame.echo"},
		"other text":       {func(p *peer) { p.next(); p.send(wire.OpText, "Hallo"); p.right(p.next()) }, twice, "frame.echo"},
		"only once":        {func(p *peer) { p.next(); p.send(wire.OpText, "Hello"); p.next() }, twice, "frame.echo"},
		"too long, closed": {func(p *peer) { p.next(); p.send(wire.OpClose, "\x03\xf1"); p.next() }, twice, ""},
		"too much, closed": {func(p *peer) { p.next(); p.send(wire.OpClose, "\x03\xf0"); p.next() }, twice, ""},
		"too long, stays":  {func(p *peer) { p.next(); p.send(wire.OpClose, "\x03\xf1"); time.Sleep(3 * time.Second) }, twice, "close.tcp"},
		"closed otherwise": {func(p *peer) { p.next(); p.send(wire.OpClose, "\x03\xea"); p.next() }, twice, "frame.echo"},
		"dropped":          {func(p *peer) { p.next() }, twice, "frame.echo"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := playOne(t, serve(t, tt.behave), oneCase("frame.echo", tt.steps))
			if rulesOf(c) != tt.rules {
				t.Errorf("got %q, want %q", rulesOf(c), tt.rules)
			}
		})
	}
}

// Of messages that come back the transcript has the first, and each that is no
// echo; pings are there too.
func TestEchoesAreFolded(t *testing.T) {
	t.Parallel()
	behave := func(p *peer) {
		for came := 0; ; {
			h, payload := p.next()
			if h.Opcode == wire.OpText {
				came++
				switch came {
				case 4:
					p.send(wire.OpPing, "in between")
				case 6:
					payload = []byte("other")
				}
				p.send(wire.OpText, string(payload))
			}
			if p.right(h, payload) {
				return
			}
		}
	}
	c := playOne(t, serve(t, behave), oneCase("frame.echo", "      - echo: {text: Hello, times: 9}\n"))
	var got []string
	for _, l := range c.Transcript {
		if !l.Sent && l.Kind != "response" && l.Kind != "tcp" {
			got = append(got, l.Kind+" "+string(l.Payload))
		}
	}
	if want := []string{"text Hello", "ping in between", "text other"}; !slices.Equal(got[:min(3, len(got))], want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestWindows(t *testing.T) {
	for _, tt := range []struct {
		data string
		size int
		want string
	}{
		{"", 0, "  "}, {"", 3, "  "}, {"abc", 0, "abc abc abc"}, {"abcd", 2, "ab cd ab"}, {"abcd", 3, "abc dab cda"},
		{"abcd", 4, "abcd abcd abcd"}, {"abc", 1, "a b c"}, {"ab", 5, "ababa babab ababa"},
	} {
		of := windows([]byte(tt.data), tt.size)
		if got := fmt.Sprintf("%s %s %s", of(0), of(1), of(2)); got != tt.want {
			t.Errorf("%q in windows of %d: %q", tt.data, tt.size, got)
		}
	}
}

// joiningServer echoes a message when its last fragment has come.
func joiningServer(p *peer) {
	var text string
	for {
		h, payload := p.next()
		if p.right(h, payload) {
			return
		}
		if text += string(payload); h.Fin {
			p.send(wire.OpText, text)
			text = ""
		}
	}
}

// Where failing the connection is one way of several, a target that takes its
// time over another is not asked whether it has failed.
func TestAnyWaitsForEach(t *testing.T) {
	slow := func(p *peer) {
		_, payload := p.next()
		time.Sleep(200 * time.Millisecond) // longer than it takes to ask
		p.send(wire.OpText, string(payload))
		for !p.right(p.next()) {
		}
	}
	c := playOne(t, serve(t, slow), oneCase("limit.message", `
      - send: {text: Hello}
      - expect-any: [{text: Hello}, {fail: 1009}]
        within: 20s
`))
	if c.Verdict != report.Pass {
		t.Errorf("%s: %s", c.Verdict, rulesOf(c))
	}
}

// A target that reads slowly does read: only one that stands still is given up.
func TestSlowReader(t *testing.T) {
	t.Parallel()
	const parts, part = 12, 4 << 20 // much more than TCP takes on its own
	slow := func(p *peer) {
		for range parts {
			time.Sleep(300 * time.Millisecond)
			if _, err := io.CopyN(io.Discard, p.r, part); err != nil {
				return
			}
		}
		p.send(wire.OpText, "read")
	}
	c := playOne(t, serve(t, slow), oneCase("frame.stream", fmt.Sprintf(`
      - send: {binary: {repeat: x, size: %d}}
      - expect: {text: read}
        within: 40s
      - tcp: reset
`, parts*part)))
	if c.Verdict != report.Pass {
		t.Errorf("%s: %s", c.Verdict, rulesOf(c))
	}
}
