package lint

import (
	"slices"
	"strings"
	"testing"

	"wsprobe/internal/wire"
)

const (
	text = wire.OpText
	bin  = wire.OpBinary
	more = wire.OpContinuation
)

// ask76 and accept76 are the second example of draft-hixie-thewebsocketprotocol-76 §1.2.
const (
	ask76 = "GET /demo HTTP/1.1\r\nHost: example.com\r\nConnection: Upgrade\r\n" +
		"Sec-WebSocket-Key2: 12998 5 Y3 1  .P00\r\nSec-WebSocket-Protocol: sample\r\nUpgrade: WebSocket\r\n" +
		"Sec-WebSocket-Key1: 4 @1  46546xW%0l 1 5\r\nOrigin: http://example.com\r\n\r\n"
	key76    = "^n:ds[4U"
	accept76 = "HTTP/1.1 101 WebSocket Protocol Handshake\r\nUpgrade: WebSocket\r\nConnection: Upgrade\r\n" +
		"Sec-WebSocket-Origin: http://example.com\r\nSec-WebSocket-Location: ws://example.com/demo\r\n" +
		"Sec-WebSocket-Protocol: sample\r\n\r\n"
	answer76 = "8jKS'y:G*Co,Wxa-"
)

const (
	ask75 = "GET /demo?x=1 HTTP/1.1\r\nUpgrade: WebSocket\r\nConnection: Upgrade\r\n" +
		"Host: example.com\r\nOrigin: http://example.com\r\n\r\n"
	accept75 = "HTTP/1.1 101 Web Socket Protocol Handshake\r\nUpgrade: WebSocket\r\nConnection: Upgrade\r\n" +
		"WebSocket-Origin: http://example.com\r\nWebSocket-Location: ws://example.com/demo?x=1\r\n\r\n"
)

func hixieText(s string) []byte { return wire.AppendHixieText(nil, []byte(s)) }

// TestRightTraffic plays conversations in which nothing is wrong.
func TestRightTraffic(t *testing.T) {
	hybi := func(version string) string {
		return change(ask("Sec-WebSocket-Origin: http://example.com"), "Version: 13", "Version: "+version)
	}
	tests := []struct {
		name  string
		turns []turn
		want  []string
	}{
		{"echo", opened(
			client(own(text, "Hello")), server(sent(text, "Hello")),
			client(own(wire.OpClose, "\x03\xe8bye")), server(sent(wire.OpClose, "\x03\xe8")), ends(Server), ends(Client),
		), []string{
			"client request GET /chat HTTP/1.1",
			"server response HTTP/1.1 101 Switching Protocols",
			`client frame text fin=true rsv=0 "Hello"`,
			`client message text "Hello" size=5 frames=1`,
			`server frame text fin=true rsv=0 "Hello"`,
			`server message text "Hello" size=5 frames=1`,
			`client frame close fin=true rsv=0 "\x03\xe8bye"`,
			`client message close "\x03\xe8bye" size=5 frames=1 code=1000 reason="bye"`,
			`server frame close fin=true rsv=0 "\x03\xe8"`,
			`server message close "\x03\xe8" size=2 frames=1 code=1000 reason=""`,
			"server end closed with FIN",
			"client end closed with FIN",
		}},
		{"fragments with a ping between them", opened(
			server(sent(text, "Gr\xc3", notFin), sent(wire.OpPing, "p"), sent(more, "", notFin), sent(more, "\xbc\xc3\x9fe")),
			client(own(wire.OpPong, "p"), own(wire.OpPong, "unsolicited")),
		), []string{
			"client request GET /chat HTTP/1.1",
			"server response HTTP/1.1 101 Switching Protocols",
			`server frame text fin=false rsv=0 "Gr\xc3"`,
			`server frame ping fin=true rsv=0 "p"`,
			`server message ping "p" size=1 frames=1`,
			`server frame cont fin=false rsv=0 ""`,
			`server frame cont fin=true rsv=0 "\xbcße"`,
			`server message text "Grüße" size=7 frames=3`,
			`client frame pong fin=true rsv=0 "p"`,
			`client message pong "p" size=1 frames=1`,
			`client frame pong fin=true rsv=0 "unsolicited"`,
			`client message pong "unsolicited" size=11 frames=1`,
		}},
		{"hybi-07", []turn{client(hybi("7")), server(accept()), server(sent(bin, "\x00\xff"))}, []string{
			"client request GET /chat HTTP/1.1",
			"server response HTTP/1.1 101 Switching Protocols",
			`server frame binary fin=true rsv=0 "\x00\xff"`,
			`server message binary "\x00\xff" size=2 frames=1`,
		}},
		{"hybi-08", []turn{client(hybi("8")), server(accept()), client(own(text, ""))}, []string{
			"client request GET /chat HTTP/1.1",
			"server response HTTP/1.1 101 Switching Protocols",
			`client frame text fin=true rsv=0 ""`,
			`client message text "" size=0 frames=1`,
		}},
		{"hixie-76", []turn{
			client(ask76, key76), server(accept76, answer76, hixieText("wel"), hixieText("come")), client(hixieText("Grüße")),
			client("\xff\x00"), server("\xff\x00"), ends(Client), ends(Server),
		}, []string{
			"client request GET /demo HTTP/1.1",
			"server response HTTP/1.1 101 WebSocket Protocol Handshake",
			`server frame text fin=true rsv=0 "wel"`,
			`server message text "wel" size=3 frames=1`,
			`server frame text fin=true rsv=0 "come"`,
			`server message text "come" size=4 frames=1`,
			`client frame text fin=true rsv=0 "Grüße"`,
			`client message text "Grüße" size=7 frames=1`,
			`client frame close fin=true rsv=0 ""`,
			`client message close "" size=0 frames=1`,
			`server frame close fin=true rsv=0 ""`,
			`server message close "" size=0 frames=1`,
			"client end closed with FIN",
			"server end closed with FIN",
		}},
		{"hixie-75", []turn{client(ask75), server(accept75), client(hixieText("a"), hixieText("")), server(hixieText("b")), ends(Server)}, []string{
			"client request GET /demo?x=1 HTTP/1.1",
			"server response HTTP/1.1 101 Web Socket Protocol Handshake",
			`client frame text fin=true rsv=0 "a"`,
			`client message text "a" size=1 frames=1`,
			`client frame text fin=true rsv=0 ""`,
			`client message text "" size=0 frames=1`,
			`server frame text fin=true rsv=0 "b"`,
			`server message text "b" size=1 frames=1`,
			"server end closed with FIN",
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			events := watch(t, Options{Keep: 1 << 10}, tt.turns)
			if got := strings.Split(strings.TrimSpace(tell(events)), "\n"); !slices.Equal(got, tt.want) {
				t.Errorf("got:\n%s", tell(events))
			}
		})
	}
}

// TestBlind passes over what a client sends, but for control frames, and keeps
// its place in the stream.
func TestBlind(t *testing.T) {
	hello := squeeze(15, true, "Hello")[0]
	s := New(Options{Keep: 100, Blind: true})
	feed := func(side Side, parts ...any) (seen []string) {
		for _, e := range s.Feed(side, 0, join(parts)) {
			if len(e.Findings) > 0 {
				t.Errorf("%s: %v", e.Kind, e.Findings)
			}
			seen = append(seen, e.Kind.String())
		}
		return seen
	}
	const field = "Sec-WebSocket-Extensions: permessage-deflate"
	feed(Client, ask(field))
	feed(Server, accept(field))
	for _, tt := range []struct {
		frames     [][]byte
		seen       []string
		unfinished bool
	}{
		{[][]byte{own(text, "\xff", notFin)}, nil, true},
		{[][]byte{own(wire.OpPing, "a"), own(more, "b", notFin)}, []string{"frame", "message"}, true},
		{[][]byte{own(more, "c")[:3]}, nil, true},
		{[][]byte{own(more, "c")[3:]}, nil, false},
		{[][]byte{own(bin, "no DEFLATE", rsv(4)), own(text, hello, rsv(4))}, nil, false},
		{[][]byte{own(wire.OpClose, "\x03\xe8")}, []string{"frame", "message"}, false},
	} {
		if got := feed(Client, tt.frames); !slices.Equal(got, tt.seen) || s.Unfinished(Client) != tt.unfinished {
			t.Errorf("% x: %v, unfinished %v", tt.frames, got, s.Unfinished(Client))
		}
	}
	if got := feed(Server, sent(text, "Hello"), sent(wire.OpClose, "\x03\xe8")); len(got) != 4 {
		t.Errorf("the server: %v", got)
	}
}
