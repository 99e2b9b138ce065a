package chatserver

import "testing"

func TestPolicy(t *testing.T) {
	for _, c := range []struct {
		name   string
		config Config
		fields string
		status int
	}{
		{"listed origin", Config{AllowedOrigins: []string{"http://a.example"}}, "Origin: http://a.example", 101},
		{"listed origin in capitals", Config{AllowedOrigins: []string{"http://a.example"}}, "Origin: HTTP://A.example", 101},
		{"other origin", Config{AllowedOrigins: []string{"http://a.example"}}, "Origin: http://b.example", 403},
		{"no origin", Config{AllowedOrigins: []string{"http://a.example"}}, "X-Other: 1", 101},
		{"any origin", Config{AllowedOrigins: []string{"*"}}, "Origin: http://b.example", 101},
		{"no cookie", Config{RequireCookie: "pass"}, "Cookie: other=1", 403},
		{"a cookie", Config{RequireCookie: "pass"}, "Cookie: other=1; pass=2", 101},
		{"the wrong value", Config{RequireCookie: "pass=1"}, "Cookie: pass=2", 403},
		{"the right value", Config{RequireCookie: "pass=1"}, "Cookie: pass=1", 101},
		{"cookie, own origin", Config{RequireCookie: "pass"}, "Cookie: pass=1\nOrigin: http://example.com", 101},
		{"cookie, other scheme", Config{RequireCookie: "pass"}, "Cookie: pass=1\nOrigin: https://example.com", 403},
		{"cookie, foreign origin", Config{RequireCookie: "pass"}, "Cookie: pass=1\nOrigin: http://b.example", 403},
	} {
		t.Run(c.name, func(t *testing.T) {
			if r := ask(t, start(t, c.config), edit("", c.fields)); r.Status != c.status {
				t.Errorf("got %q, want %d", r.Line, c.status)
			}
		})
	}
	t.Run("origin of hybi-08", func(t *testing.T) {
		addr := start(t, Config{AllowedOrigins: []string{"http://a.example"}})
		request := edit("Sec-WebSocket-Version", "Sec-WebSocket-Version: 8\nOrigin: http://a.example\nSec-WebSocket-Origin: http://b.example")
		if r := ask(t, addr, request); r.Status != 403 {
			t.Errorf("got %q, want 403", r.Line)
		}
	})
}

func TestConnectionLimit(t *testing.T) {
	addr := start(t, Config{MaxConnections: 1})
	first := openRaw(t, addr, "/echo", "")
	if r := ask(t, addr, edit("", "")); r.Status != 503 {
		t.Fatalf("the second connection got %q, want 503", r.Line)
	}
	first.send(frame(0x88, "\x03\xe8")...)
	first.wantClose(1000)
	first.Close()
	for { // the place is free soon after
		if r := ask(t, addr, edit("", "")); r.Status == 101 {
			return
		}
	}
}
