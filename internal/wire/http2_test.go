package wire

import "testing"

// Heads of HTTP/2 say the same in HTTP/1.1.
func TestHTTP1(t *testing.T) {
	const key = "dGhlIHNhbXBsZSBub25jZQ=="
	r, _, err := ParseRequest([]byte("CONNECT /chat?x=1 HTTP/2\r\n:protocol: websocket\r\n:scheme: https\r\n:authority: example.com:8443\r\n" +
		"cookie: a=1\r\nsec-websocket-version: 13\r\ncookie: b=2\r\norigin: https://example.com\r\n\r\n"))
	if err != nil || r.Host() != "example.com:8443" || r.Get(":scheme") != "https" {
		t.Fatal(err, r)
	}
	if got := string(r.HTTP1(key).Raw); got != "GET /chat?x=1 HTTP/1.1\r\nHost: example.com:8443\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"+
		"Sec-WebSocket-Key: "+key+"\r\nCookie: a=1; b=2\r\nsec-websocket-version: 13\r\norigin: https://example.com\r\n\r\n" {
		t.Errorf("%q", got)
	}
	for text, want := range map[string]string{
		"HTTP/2 200\r\nsec-websocket-protocol: chat\r\n\r\n": "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
			"Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\nsec-websocket-protocol: chat\r\n\r\n",
		"HTTP/2 403\r\ncontent-length: 0\r\n\r\n": "HTTP/1.1 403\r\ncontent-length: 0\r\n\r\n",
	} {
		p, _, err := ParseResponse([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		if got := string(p.HTTP1(key).Raw); got != want {
			t.Errorf("%q", got)
		}
	}
	one, _, _ := ParseResponse([]byte("HTTP/1.1 200 OK\r\n\r\n"))
	if one.Accepts() {
		t.Error("200 accepts in HTTP/1.1")
	}
}
