package lint

import (
	"strings"
	"testing"
)

// TestHixieAnswer plays answers of the hixie drafts that break one rule each.
func TestHixieAnswer(t *testing.T) {
	from76 := func(pairs ...string) string { return change(accept76, pairs...) }
	from75 := func(pairs ...string) string { return change(accept75, pairs...) }
	tests := []struct {
		name            string
		request, answer string
		want            string
	}{
		{"76: another reason phrase", ask76 + key76, from76("WebSocket Protocol Handshake", "OK") + answer76, ""},
		{"76: fields in other case", ask76 + key76, from76("Upgrade: W", "upgrade: W", "Sec-WebSocket-Origin", "sec-websocket-origin") + answer76, ""},
		{"76: HTTP version", ask76 + key76, from76("HTTP/1.1", "HTTP/one") + answer76, "hixie76.status"},
		{"76: Upgrade in lower case", ask76 + key76, from76("Upgrade: WebSocket", "Upgrade: websocket") + answer76, "hixie76.upgrade"},
		{"76: no Connection", ask76 + key76, from76("Connection: Upgrade\r\n", "") + answer76, "hixie76.connection"},
		{"76: no location", ask76 + key76, from76("Sec-WebSocket-Location: ws://example.com/demo\r\n", "") + answer76, "hixie76.location"},
		{"76: location without the query", change(ask76, "/demo", "/demo?x=1") + key76, accept76 + answer76, "hixie76.location"},
		{"76: location with the default port", ask76 + key76, from76("example.com/demo", "example.com:80/demo") + answer76, "hixie76.location"},
		{"76: absolute target", change(ask76, "/demo", "http://example.com/demo") + key76, accept76 + answer76, ""},
		{"76: no origin", ask76 + key76, from76("Sec-WebSocket-Origin: http://example.com\r\n", "") + answer76, "hixie76.origin"},
		{"76: origin in upper case", change(ask76, "http://example.com", "http://EXAMPLE.com") + key76, from76("http://example.com", "http://EXAMPLE.com") + answer76, "hixie76.origin"},
		{"76: origin lowered", change(ask76, "http://example.com", "http://EXAMPLE.com") + key76, accept76 + answer76, ""},
		{"76: the one origin that it takes", ask76 + key76, from76("http://example.com", "http://example.org:81") + answer76, ""},
		{"76: no origin at all", ask76 + key76, from76("http://example.com", "*") + answer76, "hixie76.origin"},
		{"76: no origin in the request", change(ask76, "Origin: http://example.com\r\n", "") + key76, accept76 + answer76, "hixie76.origin-missing"},
		{"76: no subprotocol", ask76 + key76, from76("Sec-WebSocket-Protocol: sample\r\n", "") + answer76, ""},
		{"76: another subprotocol", ask76 + key76, from76("sample", "other") + answer76, "hixie76.protocol"},
		{"76: subprotocol unasked", change(ask76, "Sec-WebSocket-Protocol: sample\r\n", "") + key76, accept76 + answer76, "hixie76.protocol"},
		{"76: wrong challenge", ask76 + key76, accept76 + "8jKS'y:G*Co,Wxa+", "hixie76.challenge"},
		{"76: key without spaces", change(ask76, "4 @1  46546xW%0l 1 5", "3e6b26341780") + key76, accept76 + answer76, "hixie76.key-spaces"},
		{"76: key that does not divide", change(ask76, "4 @1  46546xW%0l 1 5", "3e6b263 4 17 80") + key76, accept76 + answer76, "hixie76.key-spaces"},
		{"76: one key", change(ask76, "Sec-WebSocket-Key2", "X") + key76, accept76 + answer76, "hixie76.key-spaces"},
		{"76: bad keys taken for 75", change(ask76, "4 @1  46546xW%0l 1 5", "3e6b26341780") + key76, accept75, "hixie76.key-spaces"},
		{"76: taken for 75", ask76 + key76, accept75, "hixie76.challenge"},
		{"76: answered as RFC 6455", ask76 + key76, accept(), "hixie76.challenge"},

		{"75: status line", ask75, from75("Web Socket", "WebSocket"), "hixie75.handshake"},
		{"75: order", ask75, from75("Upgrade: WebSocket\r\nConnection: Upgrade", "Connection: Upgrade\r\nUpgrade: WebSocket"), "hixie75.handshake"},
		{"75: the one origin that it takes", ask75, from75("http://example.com", "http://example.org"), ""},
		{"75: no origin at all", ask75, from75("http://example.com", "http://example.org/chat"), "hixie75.origin"},
		{"75: origin in another case", ask75, from75("http://example.com", "http://Example.com"), ""},
		{"75: location without the query", ask75, from75("?x=1", ""), "hixie75.location"},
		{"75: subprotocol unasked", ask75, from75("WebSocket-Origin", "WebSocket-Protocol: a\r\nWebSocket-Origin"), "hixie75.protocol"},
		{"75: a field of later drafts", ask75, from75("WebSocket-Origin", "Sec-WebSocket-Version: 13\r\nWebSocket-Origin"), "hixie75.no-challenge"},
		{"75: answered as RFC 6455", ask75, accept(), "hixie75.refusal"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			wantRules(t, Options{}, []turn{client(tt.request), server(tt.answer)}, on(Server, compact(tt.want))...)
		})
	}
}

// TestHixieFrames plays frames of the hixie drafts, from both sides.
func TestHixieFrames(t *testing.T) {
	tests := []struct {
		name         string
		frames       string
		want75, want string // of hixie-75, of hixie-76
	}{
		{"texts", "\x00Hello\xff\x00\xff", "", ""},
		{"a frame with a length", "\x80\x03abc\x00on\xff", "hixie75.frame-sent", "hixie76.frame-sent"},
		{"a length of two groups", "\x80\x81\x00" + strings.Repeat("x", 128) + "\x00on\xff", "hixie75.frame-sent", "hixie76.frame-sent"},
		{"another type", "\x05abc\xff\x00on\xff", "hixie75.frame-sent", "hixie76.frame-sent"},
		{"ff with a length", "\xff\x01x", "hixie75.frame-sent", "hixie76.frame-sent"},
		{"a length that has no end", "\x80" + strings.Repeat("\xff", 12) + "\x00on\xff\x80\x00", "hixie75.frame-sent", "hixie76.frame-sent"},
		{"bad UTF-8", "\x00a\xc3\x28\xfe\xff\x00on\xff", "hixie75.utf8-sent", "hixie76.utf8-sent"},
		{"UTF-8 that ends early", "\x00a\xc3\xff", "hixie75.utf8-sent", "hixie76.utf8-sent"},
		{"the closing frame", "\xff\x00", "hixie75.closing-sent", ""},
		{"a text after it", "\xff\x00\x00a\xff", "hixie75.closing-sent", "hixie76.last"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			open75 := []turn{client(ask75), server(accept75)}
			open76 := []turn{client(ask76, key76), server(accept76, answer76)}
			for _, turns := range [][]turn{{server(tt.frames), ends(Server)}, {client(tt.frames), ends(Client)}} {
				wantRules(t, Options{Keep: 3}, append(open75, turns...), on(turns[0].side, compact(tt.want75))...)
				wantRules(t, Options{}, append(open76, turns...), on(turns[0].side, compact(tt.want))...)
			}
		})
	}
}

// TestLateKey has the eight bytes come after the answer began.
func TestLateKey(t *testing.T) {
	tests := []struct {
		name  string
		turns []turn
		want  string
	}{
		{"after the head of the answer", []turn{client(ask76), server(accept76), client(key76), server(answer76)}, ""},
		{"in two pieces", []turn{client(ask76, key76[:3]), server(accept76), client(key76[3:]), server(answer76)}, ""},
		{"after the whole answer", []turn{client(ask76, key76[:3]), server(accept76, answer76), client(key76[3:], hixieText("a"))}, "server hixie76.late-key"},
		{"never, and the server closes", []turn{client(ask76), server(accept76), ends(Server)}, ""},
		{"refused without it", []turn{client(ask76), server("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"), client(key76), client(ask())}, ""},
		{"half of the answer", []turn{client(ask76, key76), server(accept76, answer76[:5]), ends(Server)}, "server hixie76.challenge"},
		{"a frame behind it", []turn{client(ask76, key76, hixieText("early")), server(accept76, answer76)}, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			wantRules(t, Options{Keep: 9}, tt.turns, compact(tt.want)...)
		})
	}
}

// TestSecureLocation has a server behind TLS name a wss URL.
func TestSecureLocation(t *testing.T) {
	turns := func(scheme string) []turn {
		return []turn{client(ask76, key76), server(change(accept76, "ws://", scheme), answer76)}
	}
	wantRules(t, Options{Secure: true}, turns("wss://"))
	wantRules(t, Options{Secure: true}, turns("ws://"), "server hixie76.location")
	wantRules(t, Options{}, turns("wss://"), "server hixie76.location")
}

// TestHixieEndlessLength sends a length that may be a closing frame's, for ever.
func TestHixieEndlessLength(t *testing.T) {
	s := New(Options{})
	sent := strings.Repeat("\x80", 1<<20)
	var size uint64
	for _, turn := range []turn{client(ask76, key76), server(accept76, answer76), server("\xff"), server(sent)} {
		for _, e := range s.Feed(turn.side, 0, turn.bytes) {
			if e.Findings != nil {
				t.Errorf("found: %s", tell([]Event{e}))
			}
			if e.Frame != nil && len(e.Bytes()) > 8<<10 {
				t.Errorf("a header of %d bytes", len(e.Bytes()))
			}
			if e.Side == Server && e.Kind != KindResponse {
				size += e.Size
			}
		}
	}
	for _, e := range s.End(Server, 0, EndFIN) {
		size += e.Size
	}
	if size != uint64(1+len(sent)) {
		t.Errorf("%d bytes are told of %d", size, 1+len(sent))
	}
}
