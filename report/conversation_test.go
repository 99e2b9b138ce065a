package report

import (
	"fmt"
	"strings"
	"testing"
)

func TestPlainHandshakeIsLeftOut(t *testing.T) {
	plain := "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n"
	tests := []struct {
		name    string
		answer  string
		after   int
		visible bool
	}{
		{"plain", plain, 3, false},
		{"a finding about it", plain, 2, true},
		{"an extension was agreed", "HTTP/1.1 101 x\r\nSec-WebSocket-Extensions: permessage-deflate\r\n\r\n", 3, true},
		{"a subprotocol was agreed", "HTTP/1.1 101 x\r\nsec-websocket-protocol: chat\r\n\r\n", 3, true},
		{"refused", "HTTP/1.1 400 Bad Request\r\n\r\n", 3, true},
	}
	for _, tt := range tests {
		c := failFast()
		c.Findings[0].After = tt.after
		c.Transcript = []Line{request("GET / HTTP/1.1\r\n\r\n"), response(tt.answer), frame(5, true, "text", true, "hi")}
		out := write(t, "text", &Results{Cases: []Case{c}}, Options{})
		if got := strings.Contains(out, "GET / HTTP/1.1"); got != tt.visible {
			t.Errorf("%s: handshake shown %v, want %v:\n%s", tt.name, got, tt.visible, out)
		}
	}
}

func TestUnansweredRequestIsShown(t *testing.T) {
	c := failFast()
	c.Transcript = []Line{request("GET / HTTP/1.1\r\n\r\n"), {Kind: "tcp", Note: "closed with FIN"}}
	c.Findings[0].After = 2
	if out := write(t, "text", &Results{Cases: []Case{c}}, Options{}); !strings.Contains(out, "GET / HTTP/1.1") {
		t.Errorf("the request is not shown:\n%s", out)
	}
}

func TestLongConversationIsCut(t *testing.T) {
	c := failFast()
	c.Transcript = nil
	for i := range 500 {
		c.Transcript = append(c.Transcript, frame(i, true, "text", true, fmt.Sprintf("message %d;", i)))
	}
	c.Findings[0].After = 300
	r := &Results{Cases: []Case{c}}
	out := write(t, "text", r, Options{})
	for _, want := range []string{"message 0;", "message 299;", "message 300;", "message 499;", "events not shown here"} {
		if !strings.Contains(out, want) {
			t.Errorf("%q is not shown:\n%s", want, out)
		}
	}
	if n := strings.Count(out, "message"); n > 60 {
		t.Errorf("%d of 500 lines are shown", n)
	}
	if n := strings.Count(write(t, "text", r, Options{Verbose: true}), "message"); n != 500 {
		t.Errorf("%d of 500 lines are shown under -v", n)
	}
}

func TestNamedClientsHaveAColumn(t *testing.T) {
	a, b := frame(0, true, "text", true, "hi"), frame(10, false, "text", true, "hi")
	a.Client, b.Client = "alice", "bob"
	c := failFast()
	c.Transcript, c.Findings[0].After = []Line{a, b}, 2
	out := write(t, "text", &Results{Cases: []Case{c}}, Options{})
	for _, want := range []string{"0.000  →  alice  text    fin=1   2  hi", "0.010  ←  bob    text    fin=1   2  hi"} {
		if !strings.Contains(out, want) {
			t.Errorf("no line %q in:\n%s", want, out)
		}
	}
}

// TestTranscriptStream prints line by line, as a proxy does.
func TestTranscriptStream(t *testing.T) {
	var b strings.Builder
	p := NewTranscript(Options{Width: 60}, 0)
	lines := []Line{frame(1, true, "ping", true, ""), frame(2, false, "binary", true, "\x00\x01"), {At: 3 * ms, Kind: "note", Note: strings.Repeat("word ", 20)}}
	for _, l := range lines {
		if err := p.Print(&b, l); err != nil {
			t.Fatal(err)
		}
	}
	want := `0.001  →  ping    fin=1   0
0.002  ←  binary  fin=1   2  00 01
0.003  ←  note    word word word word word word word word
                  word word word word word word word word
                  word word word word
`
	if b.String() != want {
		t.Errorf("got:\n%s\nwant:\n%s", b.String(), want)
	}
	if err := p.Print(fullDisk{}, lines[0]); err == nil {
		t.Error("a write error is swallowed")
	}
}
