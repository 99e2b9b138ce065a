package lint

import (
	"strings"
	"testing"

	"wsprobe/internal/wire"
)

// TestAnswer plays answers to a right request that break one rule each.
func TestAnswer(t *testing.T) {
	offer := func(offers string) string { return ask("Sec-WebSocket-Extensions: " + offers) }
	answer := func(answers string) string { return accept("Sec-WebSocket-Extensions: " + answers) }
	const deflate = "permessage-deflate"
	tests := []struct {
		name            string
		request, answer string
		want            []string
	}{
		{"HTTP/1.0", ask(), change(accept(), "HTTP/1.1", "HTTP/1.0"), []string{"handshake.status-line"}},
		{"no reason phrase", ask(), change(accept(), " Switching Protocols", ""), nil},
		{"odd reason phrase", ask(), change(accept(), "Switching Protocols", "Web Socket Protocol Handshake"), nil},
		{"no Upgrade", ask(), change(accept(), "Upgrade: websocket\r\n", ""), []string{"handshake.upgrade"}},
		{"Upgrade in other case", ask(), change(accept(), ": websocket", ": WebSocket"), nil},
		{"two Upgrades", ask(), accept("upgrade: websocket"), []string{"handshake.upgrade"}},
		{"other Upgrade", ask(), change(accept(), ": websocket", ": websockets"), []string{"handshake.upgrade"}},
		{"no Connection", ask(), change(accept(), "Connection: Upgrade\r\n", ""), []string{"handshake.connection"}},
		{"Connection without the token", ask(), change(accept(), "Connection: Upgrade", "Connection: keep-alive"), []string{"handshake.connection"}},
		{"Connection with more tokens", ask(), change(accept(), "Connection: Upgrade", "Connection: Keep-Alive, upgrade"), nil},
		{"no accept", ask(), change(accept(), "Sec-WebSocket-Accept:", "X:"), []string{"handshake.accept-value"}},
		{"wrong accept", ask(), change(accept(), "s3pP", "S3pP"), []string{"handshake.accept-value"}},
		{"two accepts", ask(), accept("Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo="), []string{"handshake.accept-once"}},
		{"two accepts, one wrong", ask(), accept("Sec-WebSocket-Accept: nonsense"), []string{"handshake.accept-once"}},
		{"key with white space", change(ask(), sampleKey, " \t"+sampleKey+" "), accept(), nil},
		{"accept of the untrimmed key", change(ask(), sampleKey, sampleKey+" "),
			change(accept(), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", wire.Accept(sampleKey+" ")), []string{"handshake.key-trimmed"}},
		{"Content-Length", ask(), accept("Content-Length: 0"), []string{"handshake.no-body"}},
		{"Transfer-Encoding", ask(), accept("Transfer-Encoding: chunked"), []string{"handshake.no-body"}},

		{"subprotocol", ask("Sec-WebSocket-Protocol: a, b"), accept("Sec-WebSocket-Protocol: b"), nil},
		{"subprotocol of a second field", ask("Sec-WebSocket-Protocol: a", "Sec-WebSocket-Protocol: b"), accept("Sec-WebSocket-Protocol: b"), nil},
		{"no subprotocol", ask("Sec-WebSocket-Protocol: a"), accept(), nil},
		{"subprotocol unasked", ask(), accept("Sec-WebSocket-Protocol: a"), []string{"subprotocol.unasked"}},
		{"subprotocol not offered", ask("Sec-WebSocket-Protocol: a"), accept("Sec-WebSocket-Protocol: A"), []string{"subprotocol.offered"}},
		{"subprotocol list", ask("Sec-WebSocket-Protocol: a, b"), accept("Sec-WebSocket-Protocol: a, b"), []string{"subprotocol.offered"}},
		{"subprotocol twice", ask("Sec-WebSocket-Protocol: a, b"), accept("Sec-WebSocket-Protocol: a", "Sec-WebSocket-Protocol: a"), []string{"subprotocol.once"}},
		{"subprotocol empty", ask("Sec-WebSocket-Protocol: a"), accept("Sec-WebSocket-Protocol: "), []string{"subprotocol.empty"}},

		{"extension unasked", ask(), answer("bbf-usp-protocol"), []string{"extension.unasked"}},
		{"deflate unasked", ask(), answer(deflate), []string{"extension.unasked"}},
		{"extension not among those offered", offer("bbf-usp-protocol"), answer(deflate), []string{"extension.unasked"}},
		{"extension that is not defined", offer("foo; bar=1"), answer("foo"), []string{"extension.unknown"}},
		{"extension list empty", offer(deflate), answer(""), []string{"extension.answer-form"}},
		{"extension list broken", offer(deflate), answer("permessage-deflate;"), []string{"extension.answer-form"}},

		{"deflate", offer(deflate + "; client_max_window_bits"), answer(deflate + "; client_max_window_bits=12; server_max_window_bits=10; server_no_context_takeover; client_no_context_takeover"), nil},
		{"deflate of the second offer", offer(deflate + "; server_max_window_bits=9, " + deflate), answer(deflate), nil},
		{"deflate quoted", offer(deflate + `; server_max_window_bits="10"`), answer(deflate + "; server_max_window_bits=10"), nil},
		{"deflate parameter unknown", offer(deflate), answer(deflate + "; foo"), []string{"deflate.response"}},
		{"deflate parameter twice", offer(deflate), answer(deflate + "; server_no_context_takeover; server_no_context_takeover"), []string{"deflate.response"}},
		{"deflate window of 7", offer(deflate), answer(deflate + "; server_max_window_bits=7"), []string{"deflate.response"}},
		{"deflate window without value", offer(deflate + "; client_max_window_bits"), answer(deflate + "; client_max_window_bits"), []string{"deflate.response"}},
		{"deflate takeover not acknowledged", offer(deflate + "; server_no_context_takeover"), answer(deflate), []string{"deflate.server-takeover-ack"}},
		{"deflate server window not acknowledged", offer(deflate + "; server_max_window_bits=10"), answer(deflate), []string{"deflate.server-window-ack"}},
		{"deflate server window larger", offer(deflate + "; server_max_window_bits=10"), answer(deflate + "; server_max_window_bits=11"), []string{"deflate.server-window-ack"}},
		{"deflate client window unasked", offer(deflate), answer(deflate + "; client_max_window_bits=10"), []string{"deflate.client-window-unasked"}},
		{"deflate client window larger", offer(deflate + "; client_max_window_bits=10"), answer(deflate + "; client_max_window_bits=11"), []string{"deflate.client-window-hint"}},
		{"deflate of an offer to decline", offer(deflate + "; foo"), answer(deflate), []string{"deflate.decline-invalid-offer"}},
		{"deflate of the offer that is right", offer(deflate + "; foo, " + deflate), answer(deflate), nil},
		{"deflate twice", offer(deflate), answer(deflate + ", " + deflate), []string{"deflate.conflict"}},
		{"deflate and another of RSV1", offer(deflate + ", x-webkit-deflate-frame"), answer(deflate + ", x-webkit-deflate-frame"), []string{"deflate.conflict"}},

		{"refused", ask(), "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n", nil},
		{"426 without Upgrade", ask(), "HTTP/1.1 426 Upgrade Required\r\nContent-Length: 0\r\n\r\n", []string{"version.upgrade-field"}},
		{"401 without a challenge", ask(), "HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n", []string{"http.authenticate"}},
		{"redirect to nowhere", ask(), "HTTP/1.1 302 Found\r\nContent-Length: 0\r\n\r\n", []string{"http.redirect"}},
		{"401 of a page", lines("GET /api HTTP/1.1", "Host: x"), "HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n", nil},
		{"redirect of a page to nowhere", lines("GET /api HTTP/1.1", "Host: x"), "HTTP/1.1 302 Found\r\nContent-Length: 0\r\n\r\n", nil},
		{"426 for a page without Upgrade", lines("GET / HTTP/1.1", "Host: x"), "HTTP/1.1 426 Upgrade Required\r\nContent-Length: 0\r\n\r\n", []string{"version.upgrade-field"}},
		{"401 to what was not seen", "", "HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n", nil},
		{"plain GET", lines("GET / HTTP/1.1", "Host: x"), accept(), []string{"request.plain-get"}},
		{"another protocol", lines("GET / HTTP/1.1", "Host: x", "Upgrade: h2c", "Connection: Upgrade"), lines("HTTP/1.1 101 Switching Protocols", "Upgrade: h2c", "Connection: Upgrade"), nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			events := watch(t, Options{}, []turn{client(tt.request), server(tt.answer)})
			sameRules(t, of(Server, events), on(Server, tt.want))
		})
	}
}

// on says which side broke the rules.
func on(side Side, rules []string) []string {
	var list []string
	for _, rule := range rules {
		list = append(list, side.String()+" "+rule)
	}
	return list
}

// TestAccepted plays right answers to requests that call for a refusal. The
// requests break rules of their own, which are not looked at here.
func TestAccepted(t *testing.T) {
	const version = "Sec-WebSocket-Version: 13\r\n"
	tests := []struct {
		name, request string
		want          []string
	}{
		{"method", change(ask(), "GET", "POST"), []string{"request.method"}},
		{"method in lower case", change(ask(), "GET", "get"), []string{"request.method"}},
		{"HTTP/1.0", change(ask(), "HTTP/1.1", "HTTP/1.0"), []string{"request.http-version"}},
		{"HTTP/1.2", change(ask(), "HTTP/1.1", "HTTP/1.2"), nil},
		{"no Host", change(ask(), "Host: example.com\r\n", ""), []string{"request.host"}},
		{"two Hosts", ask("Host: example.org"), []string{"request.host-once"}},
		{"no Upgrade", change(ask(), "Upgrade: websocket\r\n", ""), []string{"request.upgrade"}},
		{"other Upgrade", change(ask(), ": websocket", ": foo"), []string{"request.upgrade"}},
		{"Upgrade list", change(ask(), ": websocket", ": foo/1, WebSocket"), nil},
		{"no Connection", change(ask(), "Connection: Upgrade\r\n", ""), []string{"request.connection"}},
		{"Connection list", change(ask(), "Connection: Upgrade", "Connection: keep-alive, upgrade"), nil},
		{"no key", change(ask(), "Sec-WebSocket-Key: "+sampleKey+"\r\n", ""), []string{"request.key"}},
		{"two keys", ask("Sec-WebSocket-Key: AQIDBAUGBwgJCgsMDQ4PEA=="), []string{"request.key-once"}},
		{"no version", change(ask(), version, ""), []string{"version.required"}},
		{"two versions", ask("Sec-WebSocket-Version: 8"), []string{"version.once"}},
		{"two versions in one field", change(ask(), version, "Sec-WebSocket-Version: 13, 8\r\n"), []string{"version.once"}},
		{"version 99", change(ask(), version, "Sec-WebSocket-Version: 99\r\n"), []string{"version.unknown"}},
		{"version 013", change(ask(), version, "Sec-WebSocket-Version: 013\r\n"), []string{"version.form"}},
		{"version 256", change(ask(), version, "Sec-WebSocket-Version: 256\r\n"), []string{"version.form"}},
		{"version 5", change(ask(), version, "Sec-WebSocket-Version: 5\r\n"), []string{"hybi.older"}},
		{"version 9", change(ask(), version, "Sec-WebSocket-Version: 9\r\n"), []string{"hybi.unused"}},
		{"extensions that break the grammar", ask("Sec-WebSocket-Extensions: ,;=,"), []string{"extension.malformed-unread"}},
		{"subprotocol empty", ask("Sec-WebSocket-Protocol: "), []string{"subprotocol.offer-form"}},
		{"subprotocol twice", ask("Sec-WebSocket-Protocol: chat, chat"), []string{"subprotocol.offer-unique"}},
		{"space before a colon", change(ask(), "Host:", "Host :"), []string{"http.space-before-colon"}},
		{"folded field", ask("X: a", " b"), nil},
		{"bare LF", change(ask(), "\r\n", "\n"), nil},
		{"absolute target", change(ask(), "/chat", "http://example.com/chat"), nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			events := watch(t, Options{}, []turn{client(tt.request), server(accept())})
			sameRules(t, of(Server, events), on(Server, tt.want))
		})
	}
}

// TestAcceptedOffer plays answers to an offer that breaks the grammar, by a
// server that negotiates all the same, and by one that may not have read it.
func TestAcceptedOffer(t *testing.T) {
	for answer, want := range map[string]string{
		accept("Sec-WebSocket-Extensions: permessage-deflate"): "extension.malformed",
		accept(): "extension.malformed-unread",
	} {
		events := watch(t, Options{}, []turn{client(ask("Sec-WebSocket-Extensions: permessage-deflate, ;")), server(answer)})
		sameRules(t, of(Server, events), on(Server, compact(want)))
	}
}

// TestAcceptedKey plays keys that a server must refuse, each with its accept value.
func TestAcceptedKey(t *testing.T) {
	for key, want := range map[string]string{
		"":                         "request.key-empty",
		"AQIDBAUGBwgJCgsMDQ4P":     "request.key-size",
		"!!!":                      "request.key-base64",
		"AQIDBAUGBwgJCgsMDQ4PEA==": "",
	} {
		answer := change(accept(), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", wire.Accept(key))
		events := watch(t, Options{}, []turn{client(change(ask(), sampleKey, key)), server(answer)})
		sameRules(t, of(Server, events), on(Server, compact(want)))
	}
}

// TestVersionList plays refusals of a version.
func TestVersionList(t *testing.T) {
	refuse := func(status string, more ...string) string {
		return lines(append([]string{"HTTP/1.1 " + status, "Content-Length: 0"}, more...)...)
	}
	tests := []struct {
		name, version, answer string
		want                  string
	}{
		{"400 without a list", "99", refuse("400 Bad Request"), "server version.list"},
		{"426 without a list", "99", refuse("426 Upgrade Required", "Upgrade: websocket"), "server version.list"},
		{"426 with a list", "99", refuse("426 Upgrade Required", "Upgrade: websocket", "Sec-WebSocket-Version: 13, 8"), ""},
		{"refused for another reason", "99", refuse("404 Not Found"), ""},
		{"no version number", "abc", refuse("400 Bad Request"), ""},
		{"8 with 426", "8", refuse("426 Upgrade Required", "Upgrade: websocket"), "server version.list"},
		{"8 with 400", "8", refuse("400 Bad Request"), ""},
		{"8 with 400 and a list that has it", "8", refuse("400 Bad Request", "Sec-WebSocket-Version: 13, 8"), "server version.advertised"},
		{"8 with 426 and a list that has it", "8", refuse("426 Upgrade Required", "Upgrade: websocket", "Sec-WebSocket-Version: 8"), "server version.advertised"},
		{"8 with 403 and a list that has it", "8", refuse("403 Forbidden", "Sec-WebSocket-Version: 13, 8"), ""},
		{"13", "13", refuse("400 Bad Request"), ""},
		{"13 with a list that has it", "13", refuse("400 Bad Request", "Sec-WebSocket-Version: 13"), ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			events := watch(t, Options{}, []turn{client(change(ask(), "Version: 13", "Version: "+tt.version)), server(tt.answer)})
			sameRules(t, of(Server, events), compact(tt.want))
		})
	}
}

// TestNoResponse ends a connection before there was an answer.
func TestNoResponse(t *testing.T) {
	tests := []struct {
		name  string
		turns []turn
		want  string
	}{
		{"refused in silence", []turn{client(ask()), ends(Server)}, "server handshake.http-response"},
		{"refused with what is no response", []turn{client(ask()), server("go away\n"), ends(Server)}, "server handshake.http-response"},
		{"the request is not complete", []turn{client(ask()[:50]), ends(Server)}, ""},
		{"the client ended before", []turn{client(ask()), ends(Client), ends(Server)}, ""},
		{"a head of 5 KB", []turn{client(ask("X-Filler: " + strings.Repeat("x", 5000))), ends(Server)}, ""},
		{"a body", []turn{client(ask("Content-Length: 1"), "x"), ends(Server)}, ""},
		{"the client did not wait", []turn{client(ask(), own(text, "x")), ends(Server)}, ""},
		{"a plain GET", []turn{client(lines("GET / HTTP/1.1", "Host: x")), ends(Server)}, ""},
		{"hixie-75", []turn{client(ask75), ends(Server)}, ""},
		{"hixie-76", []turn{client(ask76, key76), ends(Server)}, ""},
		{"a second request", []turn{client("GET / HTTP/1.1\r\nHost: x\r\n\r\n"), server("HTTP/1.1 204 No Content\r\n\r\n"), client(ask()), ends(Server)}, ""},
		{"answered", []turn{client(ask()), server("HTTP/1.1 400 Bad Request\r\n\r\nno"), ends(Server)}, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			wantRules(t, Options{}, tt.turns, compact(tt.want)...)
		})
	}
}

// TestWithoutRequest plays answers to what could not be read as a request: only
// what needs none is judged, and frames are read all the same.
func TestWithoutRequest(t *testing.T) {
	for _, tt := range []struct {
		name, answer string
		frame        []byte
		want         []string
	}{
		{"rfc6455", accept(), sent(text, "Hello", masked), []string{"server mask.server"}},
		{"hixie-76", accept76 + answer76, []byte("\x80\x01x"), []string{"server hixie76.frame-sent"}},
		{"hixie-75", accept75, hixieText("Hello"), nil},
		{"neither", lines("HTTP/1.1 101 Switching Protocols", "Upgrade: websocket", "Connection: Upgrade"), sent(text, "x", masked), []string{"server handshake.accept-value"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			wantRules(t, Options{}, []turn{client("no request\n"), server(tt.answer, tt.frame)}, tt.want...)
		})
	}
}
