package lint

import (
	"slices"
	"strings"
	"testing"

	"wsprobe/internal/wire"
)

// TestPlainHTTP plays what precedes a handshake, or comes in its place.
func TestPlainHTTP(t *testing.T) {
	const (
		none   = "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"
		five   = "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic\r\nContent-Length: 5\r\n\r\nHello"
		chunks = "HTTP/1.1 404 Not Found\r\nTransfer-Encoding: chunked\r\n\r\n5;x=y\r\nHello\r\nA\r\n0123456789\r\n0\r\nT: railer\r\n\r\n"
		open   = "HTTP/1.1 404 Not Found\r\n\r\n"
	)
	again := []turn{client(ask()), server(accept()), server(sent(text, "Hello"))}
	handshake := []string{"client request", "server response", "server frame", "server message"}
	tests := []struct {
		name  string
		turns []turn
		want  []string // kinds of events
	}{
		{"a second request", append([]turn{client(ask()), server(none)}, again...),
			append([]string{"client request", "server response"}, handshake...)},
		{"after a body", append([]turn{client(ask()), server(five)}, again...),
			append([]string{"client request", "server response", "server bytes"}, handshake...)},
		{"after chunks", append([]turn{client(ask()), server(chunks)}, again...),
			append([]string{"client request", "server response", "server bytes"}, handshake...)},
		{"after a response to HEAD", append([]turn{client("HEAD / HTTP/1.1\r\n\r\n"), server("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n")}, again...),
			append([]string{"client request", "server response"}, handshake...)},
		{"after 304", append([]turn{client("GET / HTTP/1.1\r\n\r\n"), server("HTTP/1.1 304 Not Modified\r\n\r\n")}, again...),
			append([]string{"client request", "server response"}, handshake...)},
		{"pipelined", []turn{client("GET / HTTP/1.1\r\n\r\n", ask()), server(five, accept(), sent(text, "Hello"))},
			[]string{"client request", "server response", "client request", "server bytes", "server response", "server frame", "server message"}},
		{"a body with no end", []turn{client(ask()), server(open, "no", accept()), ends(Server)},
			[]string{"client request", "server response", "server bytes", "server end"}},
		{"chunks that break off", []turn{client(ask()), server(chunks[:60], "xyz\r\n", accept())},
			[]string{"client request", "server response", "server bytes"}},
		{"a chunk of no size", []turn{client(ask()), server("HTTP/1.1 404 Not Found\r\nTransfer-Encoding: chunked\r\n\r\n;x\r\n", accept())},
			[]string{"client request", "server response", "server bytes"}},
		{"a chunk of 2^64 bytes", []turn{client(ask()), server("HTTP/1.1 404 Not Found\r\nTransfer-Encoding: chunked\r\n\r\n10000000000000000\r\n", accept())},
			[]string{"client request", "server response", "server bytes"}},
		{"a length that is none", []turn{client(ask()), server("HTTP/1.1 404 Not Found\r\nContent-Length: -5\r\n\r\n", accept())},
			[]string{"client request", "server response", "server bytes"}},
		{"a request in chunks", []turn{client(ask("Transfer-Encoding: chunked"), "1\r\nx\r\n0\r\n\r\n"), server(accept()), client(own(text, "a"))},
			[]string{"client request", "client bytes", "server response", "client frame", "client message"}},
		{"an interim response", []turn{client(ask()), server("HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n", accept(), sent(text, "Hello"))},
			[]string{"client request", "server bytes", "server response", "server frame", "server message"}},
		{"a request with a body", []turn{client(ask("Content-Length: 5"), "Hello"), server(accept()), client(own(text, "a"))},
			[]string{"client request", "client bytes", "server response", "client frame", "client message"}},
		{"a body after the answer", []turn{client(ask("Content-Length: 5"), "He"), server(accept()), client("llo", own(text, "a"))},
			[]string{"client request", "client bytes", "server response", "client bytes", "client frame", "client message"}},
		{"an answer to half a request", []turn{client(ask()[:30]), server(none), client(ask()[30:])},
			[]string{"server response", "client request"}},
		{"frames that were refused", []turn{client(ask(), own(text, "a")), server(none), client(own(text, "b"))},
			[]string{"client request", "server response", "client bytes", "client bytes"}},
		{"empty lines before a request", append([]turn{client("\r\n\r\n\n")}, again...),
			append([]string{"client bytes"}, handshake...)},
		{"an empty line behind a body", append([]turn{client("POST / HTTP/1.1\r\nContent-Length: 2\r\n\r\nhi\r\n"), server(none)}, again...),
			append([]string{"client request", "client bytes", "server response", "client bytes"}, handshake...)},
		{"empty lines and then no HTTP", []turn{client("\r\n\rhello\r\n")},
			[]string{"client bytes"}},
		{"through a proxy", append([]turn{client("CONNECT a:80 HTTP/1.1\r\nHost: a:80\r\n\r\n"),
			server("HTTP/1.0 200 Connection established\r\nContent-Length: 0\r\n\r\n")}, again...),
			append([]string{"client request", "server response"}, handshake...)},
		{"through a proxy that refuses first", append([]turn{client("CONNECT a:80 HTTP/1.1\r\n\r\n"), server(change(five, "401", "407", "WWW", "Proxy")),
			client("CONNECT a:80 HTTP/1.1\r\nProxy-Authorization: Basic YTpi\r\n\r\n"), server("HTTP/1.1 200 OK\r\n\r\n")}, again...),
			append([]string{"client request", "server response", "server bytes", "client request", "server response"}, handshake...)},
		{"another protocol through a proxy", []turn{client("CONNECT a:25 HTTP/1.1\r\n\r\n"),
			server("HTTP/1.1 200 OK\r\n\r\n", "220 mail.example.com\r\n"), client("quit\r\n"), server("221 bye\r\n")},
			[]string{"client request", "server response", "server bytes", "client bytes", "server bytes"}},
		{"no HTTP", []turn{client("hello\r\n"), server("220 mail.example.com\r\n"), client("quit\r\n")},
			[]string{"client bytes", "server bytes", "client bytes"}},
		{"a head that is not complete", []turn{client(ask()[:99]), server("HTTP/1.1 "), ends(Client), ends(Server)},
			[]string{"client bytes", "client end", "server bytes", "server end"}},
		{"a first line that has no end", []turn{client("GET /" + strings.Repeat("x", 300<<10))},
			[]string{"client bytes"}},
		{"a head that has no end", []turn{client("GET / HTTP/1.1\r\n" + strings.Repeat("X: y\r\n", 50<<10))},
			[]string{"client bytes"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			events := watch(t, Options{}, tt.turns)
			var got []string
			for _, e := range plain(events) {
				got = append(got, e.Side.String()+" "+e.Kind.String())
			}
			if !slices.Equal(got, tt.want) {
				t.Errorf("got:\n%swant: %q", tell(events), tt.want)
			}
		})
	}
}

// TestEarlyFrames has a client send before it has the answer.
func TestEarlyFrames(t *testing.T) {
	frames := slices.Concat(own(text, "a"), own(text, "b"))
	events := watch(t, Options{Keep: 1}, []turn{client(ask(), frames[:10]), client(frames[10:]), server(accept())})
	want := []string{"client request GET /chat HTTP/1.1", "server response HTTP/1.1 101 Switching Protocols",
		`client frame text fin=true rsv=0 "a" [client.waits: a text frame before the response]`, `client message text "a" size=1 frames=1`,
		`client frame text fin=true rsv=0 "b"`, `client message text "b" size=1 frames=1`}
	if got := strings.Split(strings.TrimSpace(tell(events)), "\n"); !slices.Equal(got, want) {
		t.Errorf("got:\n%s", tell(events))
	}
	for _, e := range play(Options{}, []turn{client(ask()), client(frames), server(accept())}, 0)[2:] {
		if ms := e.At.Milliseconds(); ms != 2 {
			t.Errorf("%s came at %d ms", brief(e), ms)
		}
	}
}

// TestRefusedEarly has a client send before it is refused. A request that follows, or an
// empty line, is no data of the WebSocket.
func TestRefusedEarly(t *testing.T) {
	const refused = "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n"
	page := lines("GET / HTTP/1.1", "Host: x")
	for _, tt := range []struct {
		name  string
		turns []turn
		want  []string
	}{
		{"a frame", []turn{client(ask(), own(text, "a")), server(refused)}, []string{"client client.waits"}},
		{"half a frame", []turn{client(ask(), own(text, "a")[:1]), server(refused), ends(Client)}, []string{"client client.waits"}},
		{"a frame behind an empty line", []turn{client(ask(), "\r\n", own(text, "a")), server(refused)}, []string{"client client.waits"}},
		{"a request", []turn{client(ask(), page), server(refused, refused)}, nil},
		{"an empty line", []turn{client(ask(), "\r\n"), server(refused), client(ask()), server(accept()), client(own(text, "a"))}, nil},
		{"nothing", []turn{client(ask()), server(refused), client(own(text, "a"))}, nil},
		{"something behind a page", []turn{client(page, own(text, "a")), server(refused)}, nil},
		{"a frame to who accepts", []turn{client(ask(), own(text, "a")), server(accept())}, []string{"client client.waits"}},
	} {
		t.Run(tt.name, func(t *testing.T) { wantRules(t, Options{}, tt.turns, tt.want...) })
	}
}

// TestStates asks a session what it knows along the way.
func TestStates(t *testing.T) {
	s := New(Options{})
	check := func(when string, d wire.Dialect, open bool) {
		t.Helper()
		if s.Dialect() != d || s.Open() != open {
			t.Errorf("%s: dialect %v, open %v", when, s.Dialect(), s.Open())
		}
	}
	check("at first", wire.DialectUnknown, false)
	s.Feed(Client, 0, []byte(ask("Sec-WebSocket-Extensions: permessage-deflate")))
	check("after the request", wire.RFC6455, false)
	s.Feed(Server, 0, []byte(accept("Sec-WebSocket-Extensions: permessage-deflate; server_max_window_bits=9")))
	check("after the answer", wire.RFC6455, true)
	if d := s.Deflate(); d == nil || d.ServerMaxWindowBits != 9 || d.ClientMaxWindowBits != 15 {
		t.Errorf("deflate %+v", d)
	}
	s = New(Options{})
	s.Feed(Client, 0, []byte(ask()))
	s.Feed(Server, 0, []byte(change(accept(), "s3pP", "S3pP")))
	check("after a wrong answer", wire.RFC6455, false)
}

// TestAfterEnd feeds a stream that has ended.
func TestAfterEnd(t *testing.T) {
	turns := opened(ends(Server), server(sent(text, "a")), ends(Server), ends(Client), ends(Client))
	events := watch(t, Options{}, turns)
	if last := events[len(events)-2]; len(events) != 5 || last.Kind != KindBytes {
		t.Errorf("got:\n%s", tell(events))
	}
}

// Lines that end with LF alone are noted, and no finding: readers may take them.
func TestBareLF(t *testing.T) {
	lf := func(head string) string { return strings.ReplaceAll(head, "\r\n", "\n") }
	for _, tt := range []struct {
		request, response string
		want              [2]string
	}{
		{ask(), accept(), [2]string{}},
		{lf(ask()), accept(), [2]string{"lines end with LF alone", ""}},
		{ask(), lf(accept()), [2]string{"", "lines end with LF alone"}},
	} {
		events := watch(t, Options{}, []turn{client(tt.request), server(tt.response), client(own(text, "a"))})
		if len(events) != 4 || events[0].Note != tt.want[0] || events[1].Note != tt.want[1] || len(events[0].Findings)+len(events[1].Findings) > 0 {
			t.Errorf("%q", tell(events))
		}
	}
}
