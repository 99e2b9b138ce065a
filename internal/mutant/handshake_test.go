package mutant

import (
	"crypto/rand"
	"fmt"
	"strings"
	"testing"

	"wsprobe/internal/wire"
)

// right is a handshake that is accepted.
const right = "GET /echo HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
	"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"

// edits are handshakes, each as what to replace in the right one; the statuses
// are those of the answers.
var edits = []struct {
	name, old, new string
	status         int
}{
	{"as it is", "", "", 101},
	{"names in lower case", "Sec-WebSocket-Key", "sec-websocket-key", 101},
	{"tokens in other case", "Upgrade: websocket\r\nConnection: Upgrade", "Upgrade: WebSocket\r\nConnection: keep-alive, uPGRADE", 101},
	{"Connection twice", "Connection: Upgrade", "Connection: keep-alive\r\nConnection: Upgrade", 101},
	{"absolute target", "GET /echo", "GET http://h/echo?x", 101},
	{"HTTP/1.2", "HTTP/1.1", "HTTP/1.2", 101},
	{"long target", "GET /echo", "GET /echo?" + strings.Repeat("x", 8000), 101},
	{"bare LF", "\r\n", "\n", 101},
	{"fragment", "GET /echo", "GET /echo#x", 400},
	{"no such path", "GET /echo", "GET /none", 404},
	{"POST", "GET", "POST", 405},
	{"get", "GET", "get", 405},
	{"HTTP/1.0", "HTTP/1.1", "HTTP/1.0", 505},
	{"no Host", "Host: h\r\n", "", 400},
	{"empty Host", "Host: h", "Host:", 400},
	{"two Hosts", "Host: h", "Host: h\r\nHost: h", 400},
	{"folded", "Host: h", "X: 1\r\n 2\r\nHost: h", 400},
	{"space before a colon", "Host: h", "Host : h", 400},
	{"a body", "Host: h", "Host: h\r\nContent-Length: 5", 400},
	{"a chunked body", "Host: h", "Host: h\r\nTransfer-Encoding: chunked", 400},
	{"no Upgrade", "Upgrade: websocket\r\n", "", 426},
	{"other Upgrade", "websocket\r\nConn", "h2c\r\nConn", 426},
	{"no Connection", "Connection: Upgrade\r\n", "", 400},
	{"no key", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n", "", 400},
	{"empty key", "dGhlIHNhbXBsZSBub25jZQ==", "", 400},
	{"two keys", "Host: h", "Host: h\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", 400},
	{"key of 15 bytes", "dGhlIHNhbXBsZSBub25jZQ==", "dGhlIHNhbXBsZSBub25j", 400},
	{"key that is not base64", "dGhlIHNhbXBsZSBub25jZQ==", "!!!", 400},
	{"no version", "Sec-WebSocket-Version: 13\r\n", "", 426},
	{"version 8", ": 13", ": 8", 101},
	{"version 7", ": 13", ": 7", 101},
	{"version 6", ": 13", ": 6", 426},
	{"version 9", ": 13", ": 9", 426},
	{"version 99", ": 13", ": 99", 426},
	{"version 013", ": 13", ": 013", 400},
	{"version 256", ": 13", ": 256", 400},
	{"versions 13, 8", ": 13", ": 13, 8", 400},
	{"two versions", "Host: h", "Host: h\r\nSec-WebSocket-Version: 13", 400},
	{"an empty offer of subprotocols", "Host: h", "Host: h\r\nSec-WebSocket-Protocol:", 400},
	{"a repeated subprotocol", "Host: h", "Host: h\r\nSec-WebSocket-Protocol: a, a", 400},
	{"extensions without sense", "Host: h", "Host: h\r\nSec-WebSocket-Extensions: ,;=,", 400},
	{"a head that is too large", "Host: h", "Host: h\r\nX: " + strings.Repeat("x", maxHead), 431},
	{"no HTTP", right, "\x16\x03\x01\r\n\r\n", 400},
}

func TestAnswersToHandshakes(t *testing.T) {
	addr := start(t, nil)
	for _, e := range edits {
		t.Run(e.name, func(t *testing.T) {
			t.Parallel()
			request := right
			if e.old != "" {
				request = strings.ReplaceAll(right, e.old, e.new)
			}
			c := dial(t, addr)
			c.say([]byte(request)...)
			r := c.response()
			if r.Status != e.status {
				t.Fatalf("answered %s, not %d", r.Line, e.status)
			}
			if r.Status == 101 {
				if got := r.Get("Sec-WebSocket-Accept"); got != "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=" {
					t.Errorf("Sec-WebSocket-Accept is %q", got)
				}
				return
			}
			if body := c.rest(); fmt.Sprint(len(body)) != r.Get("Content-Length") {
				t.Errorf("the body has %d bytes, not %s", len(body), r.Get("Content-Length"))
			}
			if versioned := strings.Contains(e.name, "version") || r.Status == 426; versioned != r.Has("Sec-WebSocket-Version") {
				t.Errorf("the answer is\n%s", r.Raw)
			}
		})
	}
}

// offers are what clients offer, and what is agreed to.
var offerTests = []struct{ offered, agreed string }{
	{"", ""},
	{"x-unknown; a=1", ""},
	{"permessage-deflate", "permessage-deflate"},
	{"permessage-deflate; client_max_window_bits", "permessage-deflate"},
	{"permessage-deflate; client_max_window_bits=9", "permessage-deflate; client_max_window_bits=9"},
	{`permessage-deflate; server_max_window_bits="10"`, "permessage-deflate; server_max_window_bits=10"},
	{"permessage-deflate; server_no_context_takeover; client_no_context_takeover",
		"permessage-deflate; server_no_context_takeover; client_no_context_takeover"},
	{"permessage-deflate; foo", ""},
	{"permessage-deflate; server_max_window_bits=08", ""},
	{"permessage-deflate; server_max_window_bits", ""},
	{"permessage-deflate; server_no_context_takeover; server_no_context_takeover", ""},
	{"permessage-deflate; foo, permessage-deflate; server_max_window_bits=9", "permessage-deflate; server_max_window_bits=9"},
	{"permessage-deflate, permessage-deflate", "permessage-deflate"},
}

func TestNegotiation(t *testing.T) {
	addr := start(t, nil)
	for _, o := range offerTests {
		_, r := open(t, addr, wire.Handshake{Dialect: wire.RFC6455, Target: "/echo", Extensions: o.offered})
		if got := strings.Join(r.Values("Sec-WebSocket-Extensions"), "|"); r.Status != 101 || got != o.agreed {
			t.Errorf("%q was answered %d with %q, not %q", o.offered, r.Status, got, o.agreed)
		}
	}
}

func TestSubprotocols(t *testing.T) {
	addr := start(t, nil)
	for _, p := range []struct {
		dialect         wire.Dialect
		target, offered string
		status          int
		agreed          string
	}{
		{wire.RFC6455, "/chat", "chat", 101, "chat"},
		{wire.RFC6455, "/chat", "other, chat", 101, "chat"},
		{wire.RFC6455, "/chat", "echo", 101, ""},
		{wire.RFC6455, "/echo", "", 101, ""},
		{wire.Hybi07, "/echo", "echo", 101, "echo"},
		{wire.Hixie76, "/echo", "anything", 101, "anything"},
		{wire.Hixie75, "/chat", "chat", 101, "chat"},
		{wire.Hixie75, "/chat", "other", 400, ""},
	} {
		h := wire.Handshake{Dialect: p.dialect, Target: p.target}
		if p.offered != "" {
			h.Protocols = strings.Split(p.offered, ", ")
		}
		c := dial(t, addr)
		h.Host = addr
		h.Fill(rand.Reader)
		c.say(h.Append(nil)...)
		r := c.response()
		if got := r.Get(p.dialect.Traits().ProtocolField); r.Status != p.status || got != p.agreed {
			t.Errorf("%v %s %q: %d with %q", p.dialect, p.target, p.offered, r.Status, got)
		}
	}
}

// Keys that the draft tells a server to abort on are not answered at all.
func TestBadKeys76(t *testing.T) {
	addr := start(t, nil)
	for _, keys := range [][2]string{
		{"3e6b26341780", "17  9 G`ZD9   2 2b 7X 3 /r90"},
		{"3e6b263 4 17 80", "17  9 G`ZD9   2 2b 7X 3 /r90"},
		{"3e6b263  4 17 80", "179G`ZD922b7X3/r90"},
		{"", ""},
	} {
		c := dial(t, addr)
		c.say(fmt.Appendf(nil, "GET /echo HTTP/1.1\r\nUpgrade: WebSocket\r\nConnection: Upgrade\r\nHost: h\r\nOrigin: null\r\n"+
			"Sec-WebSocket-Key1: %s\r\nSec-WebSocket-Key2: %s\r\n\r\n12345678", keys[0], keys[1])...)
		if got := c.rest(); got != "" {
			t.Errorf("%q was answered %q", keys, got)
		}
	}
}
