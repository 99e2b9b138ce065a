package lint

import "testing"

// TestRequest plays requests that break one rule each.
func TestRequest(t *testing.T) {
	const key = "Sec-WebSocket-Key: " + sampleKey + "\r\n"
	tests := []struct {
		name, request string
		want          string
	}{
		{"right", ask(), ""},
		{"method", change(ask(), "GET", "POST"), "client.request-line"},
		{"HTTP/1.0", change(ask(), "HTTP/1.1", "HTTP/1.0"), "client.request-line"},
		{"HTTP/x", change(ask(), "HTTP/1.1", "HTTP/x"), "client.request-line"},
		{"absolute target", change(ask(), "/chat", "http://example.com/chat"), ""},
		{"fragment", change(ask(), "/chat", "/chat#top"), "client.target"},
		{"asterisk", change(ask(), "/chat", "*"), "client.target"},
		{"no Host", change(ask(), "Host: example.com\r\n", ""), "client.host"},
		{"empty Host", change(ask(), "example.com", ""), "client.host"},
		{"two Hosts", ask("Host: example.com"), "client.host"},
		{"no Upgrade", change(ask(), "Upgrade: websocket\r\n", ""), "client.upgrade"},
		{"other Upgrade", change(ask(), ": websocket", ": foo"), "client.upgrade"},
		{"no Connection", change(ask(), "Connection: Upgrade\r\n", ""), "client.connection"},
		{"Connection list", change(ask(), "Connection: Upgrade", "Connection: keep-alive, Upgrade"), ""},
		{"no key", change(ask(), key, ""), "client.key"},
		{"key of 15 bytes", change(ask(), sampleKey, "AQIDBAUGBwgJCgsMDQ4P"), "client.key"},
		{"two keys", ask("Sec-WebSocket-Key: AQIDBAUGBwgJCgsMDQ4PEA=="), "client.key-once"},
		{"no version", change(ask(), "Sec-WebSocket-Version: 13\r\n", ""), "client.version"},
		{"version 14", change(ask(), "Version: 13", "Version: 14"), "client.version"},
		{"version 8", change(ask(), "Version: 13", "Version: 8"), ""},
		{"two versions", ask("Sec-WebSocket-Version: 8"), "client.version-once"},
		{"a browser without Origin", ask("User-Agent: Mozilla/5.0"), "client.origin"},
		{"a browser with Origin", ask("User-Agent: Mozilla/5.0", "Origin: null"), ""},
		{"a browser of its day", change(ask("User-Agent: Mozilla/5.0", "Sec-WebSocket-Origin: null"), "Version: 13", "Version: 8"), ""},
		{"subprotocols", ask("Sec-WebSocket-Protocol: a, b"), ""},
		{"subprotocol twice", ask("Sec-WebSocket-Protocol: a", "Sec-WebSocket-Protocol: a"), "client.protocols"},
		{"subprotocol that is no token", ask("Sec-WebSocket-Protocol: a b"), "client.protocols"},
		{"extensions", ask("Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits, foo"), ""},
		{"extensions that break the grammar", ask("Sec-WebSocket-Extensions: a;;b"), "client.extensions"},
		{"deflate offer", ask("Sec-WebSocket-Extensions: permessage-deflate; server_max_window_bits=16"), "deflate.offer"},
		{"plain HTTP", lines("POST / HTTP/1.0"), ""},
		{"hixie-75", change(ask75, "Host: example.com\r\n", ""), ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			wantRules(t, Options{}, []turn{client(tt.request)}, on(Client, compact(tt.want))...)
		})
	}
}
