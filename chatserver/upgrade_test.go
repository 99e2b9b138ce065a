package chatserver

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"wsprobe/internal/wire"
)

// sample is the key of RFC 6455 §1.3, and sampleAccept its answer.
const (
	sampleKey    = "dGhlIHNhbXBsZSBub25jZQ=="
	sampleAccept = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="
)

// base is a handshake that is accepted, one field a line.
const base = `GET /echo HTTP/1.1
Host: example.com
Upgrade: websocket
Connection: Upgrade
Sec-WebSocket-Key: ` + sampleKey + `
Sec-WebSocket-Version: 13
`

// edit returns base with the lines that begin with one of drop left out, and
// with the lines of add behind them.
func edit(drop, add string) string {
	var kept []string
	for _, line := range strings.Split(strings.TrimSuffix(base, "\n"), "\n") {
		if drop == "" || !strings.HasPrefix(line, drop) {
			kept = append(kept, line)
		}
	}
	if add != "" {
		kept = append(kept, strings.Split(add, "\n")...)
	}
	return strings.Join(kept, "\r\n") + "\r\n\r\n"
}

// ask sends a request and reads the head of the answer.
func ask(t *testing.T, addr, request string) *wire.Response {
	t.Helper()
	c := dialRaw(t, addr)
	c.send([]byte(request)...)
	return c.head()
}

func TestHandshakeStatus(t *testing.T) {
	addr := start(t, Config{})
	for _, c := range []struct {
		name, drop, add string
		status          int
	}{
		{"plain", "", "", 101},
		{"key with spaces around", "Sec-WebSocket-Key", "Sec-WebSocket-Key:  \t" + sampleKey + "  ", 101},
		{"upper-case websocket", "Upgrade", "Upgrade: WEBSOCKET", 101},
		{"one of several upgrades", "Upgrade", "Upgrade: foo/1, websocket", 101},
		{"Firefox's connection", "Connection", "Connection: keep-alive, Upgrade", 101},
		{"lower-case upgrade", "Connection", "Connection: upgrade", 101},
		{"two Connection fields", "Connection", "Connection: keep-alive\nConnection: Upgrade", 101},
		{"no origin", "", "X-Other: 1", 101},
		{"any origin", "", "Origin: http://elsewhere.example", 101},
		{"empty body", "", "Content-Length: 0", 101},
		{"folded field", "", "X-Folded: a\n b", 101},
		{"no upgrade", "Upgrade", "", 426},
		{"other upgrade", "Upgrade", "Upgrade: h2c", 426},
		{"no connection", "Connection", "", 400},
		{"other connection", "Connection", "Connection: keep-alive", 400},
		{"no host", "Host", "", 400},
		{"two hosts", "", "Host: other.example", 400},
		{"no key", "Sec-WebSocket-Key", "", 400},
		{"empty key", "Sec-WebSocket-Key", "Sec-WebSocket-Key:", 400},
		{"key of 15 bytes", "Sec-WebSocket-Key", "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAA", 400},
		{"key of 17 bytes", "Sec-WebSocket-Key", "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAAA=", 400},
		{"key that is no base64", "Sec-WebSocket-Key", "Sec-WebSocket-Key: !!!!!!!!!!!!!!!!!!!!!!==", 400},
		{"two keys", "", "Sec-WebSocket-Key: " + sampleKey, 400},
		{"no version", "Sec-WebSocket-Version", "", 426},
		{"version 14", "Sec-WebSocket-Version", "Sec-WebSocket-Version: 14", 426},
		{"version 6", "Sec-WebSocket-Version", "Sec-WebSocket-Version: 6", 426},
		{"version 9", "Sec-WebSocket-Version", "Sec-WebSocket-Version: 9", 426},
		{"version with a zero", "Sec-WebSocket-Version", "Sec-WebSocket-Version: 013", 426},
		{"version of letters", "Sec-WebSocket-Version", "Sec-WebSocket-Version: abc", 426},
		{"list of versions", "Sec-WebSocket-Version", "Sec-WebSocket-Version: 13, 8", 426},
		{"two versions", "", "Sec-WebSocket-Version: 8", 400},
		{"version 7", "Sec-WebSocket-Version", "Sec-WebSocket-Version: 7", 101},
		{"version 8", "Sec-WebSocket-Version", "Sec-WebSocket-Version: 8", 101},
		{"draft 02", "Sec-WebSocket", "Sec-WebSocket-Draft: 2\nSec-WebSocket-Key1: 1 1\nSec-WebSocket-Key2: 1 1\nOrigin: http://a", 426},
		{"extensions that are none", "", "Sec-WebSocket-Extensions: ,;=,", 400},
		{"empty extensions", "", "Sec-WebSocket-Extensions:", 400},
		{"unknown extension", "", "Sec-WebSocket-Extensions: foo; bar=1", 101},
		{"empty subprotocol", "", "Sec-WebSocket-Protocol:", 400},
		{"subprotocol twice", "", "Sec-WebSocket-Protocol: chat, chat", 400},
		{"subprotocol that is no token", "", "Sec-WebSocket-Protocol: a b", 400},
		{"a body", "", "Content-Length: 5", 400},
		{"a chunked body", "", "Transfer-Encoding: chunked", 400},
		{"space before a colon", "Sec-WebSocket-Key", "Sec-WebSocket-Key : " + sampleKey, 400},
		{"hixie-75 without origin", "Sec-WebSocket", "", 426},
		{"long head", "", "X-Long: " + strings.Repeat("a", 80<<10), 431},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := ask(t, addr, edit(c.drop, c.add))
			if r.Status != c.status {
				t.Fatalf("got %q, want %d", r.Line, c.status)
			}
			if c.status == http.StatusUpgradeRequired {
				wantFields(t, r, "Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Version: 13, 8, 7")
			}
			if c.status == http.StatusSwitchingProtocols {
				wantFields(t, r, "Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Accept: "+sampleAccept)
				wantAbsent(t, r, "Content-Length", "Transfer-Encoding", "Sec-WebSocket-Protocol", "Sec-WebSocket-Extensions")
			}
		})
	}
}

// wantFields checks that each field is there, once and with that value.
func wantFields(t *testing.T, r *wire.Response, fields ...string) {
	t.Helper()
	for _, f := range fields {
		name, value, _ := strings.Cut(f, ": ")
		if got := r.Values(name); len(got) != 1 || got[0] != value {
			t.Errorf("%s is %q, want %q", name, got, value)
		}
	}
}

func wantAbsent(t *testing.T, r *wire.Response, names ...string) {
	t.Helper()
	for _, name := range names {
		if r.Has(name) {
			t.Errorf("%s is there: %q", name, r.Values(name))
		}
	}
}

func TestRequestLine(t *testing.T) {
	addr := start(t, Config{})
	for line, status := range map[string]int{
		"POST /echo HTTP/1.1":                                  405,
		"get /echo HTTP/1.1":                                   405,
		"GET /echo HTTP/1.0":                                   400,
		"GET /echo?x=1 HTTP/1.1":                               101,
		"GET http://example.com/echo HTTP/1.1":                 101,
		"GET /nowhere HTTP/1.1":                                404,
		"GET /echo/ HTTP/1.1":                                  404,
		"GET /echo#part HTTP/1.1":                              404,
		"GET /echo HTTP/9.9":                                   505,
		"GET /echo?" + strings.Repeat("x", 8000) + " HTTP/1.1": 101,
	} {
		if r := ask(t, addr, line+"\r\n"+edit("GET", "")); r.Status != status {
			t.Errorf("%.60s was answered with %q, want %d", line, r.Line, status)
		}
	}
}

func TestSubprotocol(t *testing.T) {
	addr := start(t, Config{})
	for _, c := range []struct{ path, fields, want string }{
		{"/chat", "Sec-WebSocket-Protocol: chat", "chat"},
		{"/chat", "Sec-WebSocket-Protocol: superchat, chat", "chat"},
		{"/chat", "Sec-WebSocket-Protocol: superchat\nSec-WebSocket-Protocol: chat", "chat"},
		{"/chat", "Sec-WebSocket-Protocol: Chat", ""},
		{"/chat", "Sec-WebSocket-Protocol: echo", ""},
		{"/chat", "X-Other: 1", ""},
		{"/echo", "Sec-WebSocket-Protocol: chat, echo", "echo"},
	} {
		r := ask(t, addr, "GET "+c.path+" HTTP/1.1\r\n"+edit("GET", c.fields))
		if r.Status != 101 || r.Get("Sec-WebSocket-Protocol") != c.want || len(r.Values("Sec-WebSocket-Protocol")) > 1 {
			t.Errorf("%s, %q: got %d %q, want %q", c.path, c.fields, r.Status, r.Values("Sec-WebSocket-Protocol"), c.want)
		}
	}
}

func TestHandshakeInBytes(t *testing.T) {
	c := dialRaw(t, start(t, Config{}))
	c.dribble([]byte(edit("", "")))
	if r := c.head(); r.Status != 101 {
		t.Fatalf("got %q", r.Line)
	}
	c.dribble(frame(0x81, "Hello"))
	c.want(answered(0x81, "Hello"))
}

func TestFrameBehindHandshake(t *testing.T) {
	c := dialRaw(t, start(t, Config{}))
	c.send(append([]byte(edit("", "")), frame(0x89, "early")...)...)
	c.head()
	c.want(answered(0x8a, "early"))
	c.send(frame(0x81, "Hello")...)
	c.want(answered(0x81, "Hello"))
}

func TestPageIsNoWebSocket(t *testing.T) {
	addr := start(t, Config{})
	for path, status := range map[string]int{"/": 200, "/chat.js": 200, "/chat.css": 200, "/icon.svg": 200, "/nowhere": 404, "/echo": 426} {
		r, err := http.Get("http://" + addr + path)
		if err != nil {
			t.Fatal(err)
		}
		io.Copy(io.Discard, r.Body)
		r.Body.Close()
		if r.StatusCode != status {
			t.Errorf("GET %s: got %s, want %d", path, r.Status, status)
		}
		if status == 200 && r.Header.Get("Content-Security-Policy") == "" {
			t.Errorf("GET %s: no Content-Security-Policy", path)
		}
	}
	http.DefaultClient.CloseIdleConnections()
}
