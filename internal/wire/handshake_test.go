package wire

import (
	"crypto/rand"
	"strings"
	"testing"
)

func TestAccept(t *testing.T) {
	// RFC 6455 §1.3.
	if got := Accept("dGhlIHNhbXBsZSBub25jZQ=="); got != "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=" {
		t.Error(got)
	}
}

func TestValidKey(t *testing.T) {
	for key, want := range map[string]bool{
		"dGhlIHNhbXBsZSBub25jZQ==":    true,
		"AAAAAAAAAAAAAAAAAAAAAA==":    true,
		"AAAAAAAAAAAAAAAAAAAAAB==":    true, // what is left of the last character stands for nothing
		"AQIDBAUGBwgJCgsMDQ4PEC==":    true,
		"":                            false,
		"dGhlIHNhbXBsZSBub25jZQ":      false,
		"dGhlIHNhbXBsZSBub25jZ===":    false,
		"dGhlIHNhbXBsZSBub25j":        false, // 15 bytes
		"dGhlIHNhbXBsZSBub25jZWE=":    false, // 17 bytes
		"dGhlIHNhbXBsZSBub25jZQ==\n":  false,
		"dGhlIHNhbXBsZSBu\r\n25jZQ==": false,
		"dGhlIHNhbXBsZSBub25j-_==":    false,
		"dGhlIHNhbXBsZSBub25jZQ== ":   false,
	} {
		if got := ValidKey(key); got != want {
			t.Errorf("ValidKey(%q) is %v", key, got)
		}
	}
	if key := NewKey(rand.Reader); !ValidKey(key) || key == NewKey(rand.Reader) {
		t.Errorf("NewKey gives %q", key)
	}
	if key := NewKey(strings.NewReader("")); key != "AAAAAAAAAAAAAAAAAAAAAA==" {
		t.Errorf("NewKey of nothing gives %q", key)
	}
}

// lines joins what goes over the wire.
func lines(l ...string) string { return strings.Join(l, "\r\n") + "\r\n\r\n" }

func TestHandshakeRequests(t *testing.T) {
	full := Handshake{
		Target: "/chat?x=1", Host: "Example.com:9001", Origin: "http://Example.org",
		Protocols: []string{"chat", "superchat"}, Extensions: "permessage-deflate",
		Key: "dGhlIHNhbXBsZSBub25jZQ==", Key1: "4 @1  46546xW%0l 1 5", Key2: "12998 5 Y3 1  .P00",
		Key3: [8]byte([]byte("^n:ds[4U")), Extra: []Field{{Name: "Cookie", Value: "a=b"}},
	}
	for _, c := range []struct {
		d    Dialect
		want string
	}{
		{Hixie75, lines("GET /chat?x=1 HTTP/1.1", "Upgrade: WebSocket", "Connection: Upgrade", "Host: example.com:9001",
			"Origin: http://example.org", "WebSocket-Protocol: chat, superchat", "Cookie: a=b")},
		{Hixie76, lines("GET /chat?x=1 HTTP/1.1", "Host: example.com:9001", "Connection: Upgrade",
			"Sec-WebSocket-Key2: 12998 5 Y3 1  .P00", "Sec-WebSocket-Protocol: chat, superchat", "Upgrade: WebSocket",
			"Sec-WebSocket-Key1: 4 @1  46546xW%0l 1 5", "Origin: http://example.org", "Cookie: a=b") + "^n:ds[4U"},
		{Hybi07, lines("GET /chat?x=1 HTTP/1.1", "Host: Example.com:9001", "Upgrade: websocket", "Connection: Upgrade",
			"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Origin: http://Example.org",
			"Sec-WebSocket-Protocol: chat, superchat", "Sec-WebSocket-Version: 7",
			"Sec-WebSocket-Extensions: permessage-deflate", "Cookie: a=b")},
		{RFC6455, lines("GET /chat?x=1 HTTP/1.1", "Host: Example.com:9001", "Upgrade: websocket", "Connection: Upgrade",
			"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "Origin: http://Example.org",
			"Sec-WebSocket-Protocol: chat, superchat", "Sec-WebSocket-Version: 13",
			"Sec-WebSocket-Extensions: permessage-deflate", "Cookie: a=b")},
	} {
		full.Dialect = c.d
		if got := string(full.Append(nil)); got != c.want {
			t.Errorf("%v:\n%s\nwant\n%s", c.d, got, c.want)
		}
	}
}

func TestHandshakeMinimal(t *testing.T) {
	for _, d := range Dialects() {
		h := Handshake{Dialect: d, Host: "a"}
		h.Fill(rand.Reader)
		stream := h.Append(nil)
		r, n, err := ParseRequest(stream)
		if err != nil || r.Line != "GET / HTTP/1.1" {
			t.Fatalf("%v: %v in %q", d, err, stream)
		}
		if (n == len(stream)) == d.Traits().Challenge {
			t.Errorf("%v: %d bytes follow the head", d, len(stream)-n)
		}
		if got, _ := DialectOf(r); got != d {
			t.Errorf("%v is taken for %v", d, got)
		}
		if d.Traits().Hixie != (r.Get("Origin") == "http://a") {
			t.Errorf("%v: origin %q", d, r.Get("Origin"))
		}
		if d.Traits().Version != 0 && !ValidKey(r.Get("Sec-WebSocket-Key")) {
			t.Errorf("%v: key %q", d, r.Get("Sec-WebSocket-Key"))
		}
		before := string(stream)
		if h.Fill(rand.Reader); string(h.Append(nil)) != before {
			t.Errorf("%v: Fill changes the keys that are there", d)
		}
	}
}

func TestHandshakeOverrides(t *testing.T) {
	h := Handshake{Method: "POST", Target: "*", Proto: "HTTP/1.0"}
	if got := h.Line(); got != "POST * HTTP/1.0" {
		t.Error(got)
	}
	h = Handshake{Dialect: Hixie75, Host: "A:443", Secure: true}
	fields := &Head{Fields: h.Fields()}
	if fields.Get("Host") != "a" || fields.Get("Origin") != "https://a" {
		t.Errorf("%q", fields.Fields)
	}
}

func TestHandshakeLocation(t *testing.T) {
	for _, c := range []struct {
		h    Handshake
		want string
	}{
		{Handshake{Host: "Example.COM"}, "ws://example.com/"},
		{Handshake{Host: "a:80", Target: "/x?Q=1"}, "ws://a/x?Q=1"},
		{Handshake{Host: "a:443"}, "ws://a:443/"},
		{Handshake{Host: "a:443", Secure: true}, "wss://a/"},
		{Handshake{Host: "a:80", Secure: true}, "wss://a:80/"},
		{Handshake{Host: "a:8080"}, "ws://a:8080/"},
		{Handshake{Host: "[::1]:80"}, "ws://[::1]/"},
	} {
		if got := c.h.Location(); got != c.want {
			t.Errorf("%+v: %s, want %s", c.h, got, c.want)
		}
	}
}

func TestDialectOf(t *testing.T) {
	for _, c := range []struct {
		fields  string
		want    Dialect
		version string
	}{
		{"Upgrade: websocket\r\nSec-WebSocket-Version: 13", RFC6455, "13"},
		{"sec-websocket-version:8 ", Hybi08, "8"},
		{"Sec-WebSocket-Version: 7", Hybi07, "7"},
		{"Sec-WebSocket-Version: 6", DialectUnknown, "6"},
		{"Sec-WebSocket-Version: 013", DialectUnknown, "013"},
		{"Sec-WebSocket-Version: 0", DialectUnknown, "0"},
		{"Sec-WebSocket-Version:\r\nUpgrade: WebSocket", DialectUnknown, ""},
		{"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key1: 1", RFC6455, "13"},
		{"Upgrade: WebSocket\r\nSec-WebSocket-Key1: x", Hixie76, ""},
		{"Sec-WebSocket-Key2: x", Hixie76, ""},
		{"Sec-WebSocket-Draft: 0\r\nSec-WebSocket-Key1: x", Hixie76, ""},
		{"Sec-WebSocket-Draft: 2\r\nSec-WebSocket-Key1: x", DialectUnknown, ""},
		{"Upgrade: WebSocket", Hixie75, ""},
		{"Upgrade: websocket", DialectUnknown, ""},
		{"Upgrade: WebSocket\r\nSec-WebSocket-Key: x", RFC6455, ""},
		{"Host: a", DialectUnknown, ""},
	} {
		r, _, err := ParseRequest([]byte("GET / HTTP/1.1\r\n" + c.fields + "\r\n\r\n"))
		if err != nil {
			t.Fatal(err)
		}
		if d, version := DialectOf(r); d != c.want || version != c.version {
			t.Errorf("%q: %v, version %q", c.fields, d, version)
		}
	}
}

func TestDialectNames(t *testing.T) {
	for _, d := range Dialects() {
		if got, ok := ParseDialect(d.String()); !ok || got != d || d.Traits().Name != d.String() {
			t.Errorf("%v comes back as %v", d, got)
		}
	}
	if d, ok := ParseDialect("unknown"); ok {
		t.Errorf("%v has a name", d)
	}
}
