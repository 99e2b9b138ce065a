package lint

import (
	"strings"
	"testing"

	"wsprobe/internal/wire"
)

// connect is a right request of RFC 8441 §5.1, with further lines, and connected the
// answer.
func connect(more ...string) string {
	return lines(append([]string{"CONNECT /chat HTTP/2", ":protocol: websocket", ":scheme: https", ":authority: example.com",
		"sec-websocket-version: 13", "sec-websocket-protocol: chat"}, more...)...)
}

func connected(more ...string) string { return lines(append([]string{"HTTP/2 200"}, more...)...) }

// TestConnect plays opening handshakes in HTTP/2 that break one rule each.
func TestConnect(t *testing.T) {
	for _, tt := range []struct {
		name, request, response string
		asked, answered         string
	}{
		{"right", connect(), connected("sec-websocket-protocol: chat"), "", ""},
		{"no path", change(connect(), "/chat ", ""), connected(), "client.connect-target", ""},
		{"no scheme", change(connect(), ":scheme: https\r\n", ""), connected(), "client.connect-target", ""},
		{"scheme of ws", change(connect(), "scheme: https", "scheme: wss"), connected(), "client.connect-scheme", ""},
		{"scheme http", change(connect(), "scheme: https", "scheme: http"), connected(), "", ""},
		{"fields of HTTP/1.1", connect("connection: Upgrade", "upgrade: websocket"), connected(), "client.connect-fields client.connect-fields", ""},
		{"no host", change(connect(), ":authority: example.com\r\n", ""), connected(), "client.connect-authority", ""},
		{"host, from HTTP/1.1", change(connect(), ":authority", "host"), connected(), "", ""},
		{"capitals", connect("X-Own: 1"), connected("Server: y", "x-ASCII: z"), "client.connect-lowercase", "handshake.connect-lowercase handshake.connect-lowercase"},
		{"capitals in a refusal", connect(), lines("HTTP/2 403", "Server: y"), "", "handshake.connect-lowercase"},
		{"101", connect(), lines("HTTP/2 101"), "", "handshake.connect-status"},
		{"101 and 200", connect(), lines("HTTP/2 101") + connected(), "", "handshake.connect-status"},
		{"a key, which nobody processes", connect("sec-websocket-key: x"), connected("sec-websocket-accept: y"), "", ""},
		{"a key of hixie-76", connect("sec-websocket-key1: 1"), connected(), "", ""},
		{"no version", change(connect(), "sec-websocket-version: 13\r\n", ""), connected(), "client.version", ""},
		{"subprotocol twice", connect("sec-websocket-protocol: chat"), connected(), "client.protocols", ""},
		{"deflate offer", connect("sec-websocket-extensions: permessage-deflate; server_max_window_bits=16"), connected(), "deflate.offer", ""},
		{"another status of success", connect(), lines("HTTP/2 204"), "", ""},
		{"a subprotocol that was not offered", connect(), connected("sec-websocket-protocol: soap"), "", "subprotocol.offered"},
		{"an extension that was not offered", connect(), connected("sec-websocket-extensions: foo"), "", "extension.unasked"},
		{"an interim response", connect(), lines("HTTP/2 103", "link: </a>") + connected(), "", ""},
		{"refused", connect(), lines("HTTP/2 403", "content-length: 0"), "", ""},
		{"refused without Upgrade, which there is not", connect(), lines("HTTP/2 426"), "", ""},
		{"a version refused", change(connect(), ": 13", ": 99"), lines("HTTP/2 400"), "client.version", "version.list"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			want := append(on(Client, strings.Fields(tt.asked)), on(Server, strings.Fields(tt.answered))...)
			wantRules(t, Options{HTTP2: true}, []turn{client(tt.request), server(tt.response)}, want...)
		})
	}
}

// TestConnectUnannounced opens one before the server has said that it takes them.
func TestConnectUnannounced(t *testing.T) {
	wantRules(t, Options{HTTP2: true, Unannounced: true}, []turn{client(connect()), server(connected())}, on(Client, []string{"client.connect-enabled"})...)
}

// TestStreams plays what follows a handshake in HTTP/2.
func TestStreams(t *testing.T) {
	o := Options{HTTP2: true, Keep: 100}
	s := New(o)
	s.Feed(Client, 0, []byte(connect("sec-websocket-extensions: permessage-deflate")))
	s.Feed(Server, 0, []byte(connected("sec-websocket-extensions: permessage-deflate")))
	if !s.Open() || s.Dialect() != wire.RFC6455 || s.Deflate() == nil {
		t.Errorf("open %v, %v, %v", s.Open(), s.Dialect(), s.Deflate())
	}
	opening := []turn{client(connect()), server(connected())}
	wantRules(t, o, append(opening, client(sent(text, "unmasked"))), on(Client, []string{"mask.client"})...)
	wantRules(t, o, append(opening, server(own(text, "masked"))), on(Server, []string{"mask.server"})...)
	wantRules(t, o, []turn{client(connect(), own(text, "early")), server(connected())}, on(Client, []string{"client.waits"})...)
	wantRules(t, o, []turn{client(connect()), ends(Server)}) // RST_STREAM says enough
}
