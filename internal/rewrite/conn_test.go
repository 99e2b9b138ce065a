package rewrite

import (
	"bytes"
	"context"
	"io"
	"net"
	"strings"
	"testing"

	"wsprobe/internal/wire"
)

// memory is a connection on which sent comes in pieces, and which keeps what is
// written.
type memory struct {
	net.Conn
	sent   []byte
	piece  int
	got    bytes.Buffer
	closed bool
}

func (m *memory) Read(p []byte) (int, error) {
	n := copy(p, m.sent[:min(m.piece, len(m.sent))])
	m.sent = m.sent[n:]
	if n == 0 {
		return 0, io.EOF
	}
	return n, nil
}

func (m *memory) Write(p []byte) (int, error) { return m.got.Write(p) }
func (m *memory) Close() error                { m.closed = true; return nil }

// through sends what the client says and then what the server answers, both in
// pieces, and returns what comes out.
func through(c Changes, client, server string, piece int) (toServer, toClient string) {
	m := &memory{sent: []byte(client), piece: piece}
	k := New(m, &memory{}, nil, c)
	up, _ := io.ReadAll(k)
	for p := []byte(server); len(p) > 0; p = p[min(piece, len(p)):] {
		k.Write(p[:min(piece, len(p))])
	}
	k.CloseWrite()
	return string(up), m.got.String()
}

func quiet(string) {}

// toExample forwards to ws://example.com:8000.
func toExample() *Server {
	return &Server{Authority: "example.com:8000", Host: true, Origin: "http://example.com:8000", Note: quiet}
}

// story is a conversation and what becomes of it.
type story struct{ name, client, toServer, server, toClient string }

var stories = []story{
	{"upgrade and frames",
		"GET / HTTP/1.1\r\nHOST:   localhost:9 \r\nOrigin: http://localhost:9\r\nUpgrade: websocket\r\n\r\n\x81\x00GET / HTTP/1.1\r\nHost: localhost:9\r\n\r\n",
		"GET / HTTP/1.1\r\nHOST:   example.com:8000 \r\nOrigin: http://example.com:8000\r\nUpgrade: websocket\r\n\r\n\x81\x00GET / HTTP/1.1\r\nHost: localhost:9\r\n\r\n",
		"HTTP/1.1 101 Yes\r\n\r\nHTTP/1.1 302 Found\r\nLocation: http://example.com:8000/\r\n\r\n",
		"HTTP/1.1 101 Yes\r\n\r\nHTTP/1.1 302 Found\r\nLocation: http://example.com:8000/\r\n\r\n"},
	{"hixie-76",
		"GET /e HTTP/1.1\nUpgrade: WebSocket\nHost: localhost:9\nOrigin: http://Localhost:9\nSec-WebSocket-Key1: 1 2\nSec-WebSocket-Key2: 2 4\n\nGET /xyz\x00a\xff",
		"GET /e HTTP/1.1\nUpgrade: WebSocket\nHost: example.com:8000\nOrigin: http://example.com:8000\nSec-WebSocket-Key1: 1 2\nSec-WebSocket-Key2: 2 4\n\nGET /xyz\x00a\xff",
		"HTTP/1.1 101 W\r\nSec-WebSocket-Origin: http://example.com:8000\r\nSec-WebSocket-Location: ws://example.com:8000/e\r\n\r\n0123456789abcdef\x00a\xff",
		"HTTP/1.1 101 W\r\nSec-WebSocket-Origin: http://localhost:9\r\nSec-WebSocket-Location: ws://localhost:9/e\r\n\r\n0123456789abcdef\x00a\xff"},
	{"several requests with bodies",
		"POST /1 HTTP/1.1\r\nHost: a\r\nContent-Length: 11\r\n\r\nHost: a\r\n\r\nPOST /2 HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3;x\r\nabc\r\n0\r\n\r\nHEAD /3 HTTP/1.1\r\nHost: b\r\n\r\n",
		"POST /1 HTTP/1.1\r\nHost: example.com:8000\r\nContent-Length: 11\r\n\r\nHost: a\r\n\r\nPOST /2 HTTP/1.1\r\nHost: example.com:8000\r\nTransfer-Encoding: chunked\r\n\r\n3;x\r\nabc\r\n0\r\n\r\nHEAD /3 HTTP/1.1\r\nHost: example.com:8000\r\n\r\n",
		"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 302 Found\r\nLocation: http://EXAMPLE.com:8000\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 200 OK\r\nLocation: http://other/\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\nHTTP/1.1 302 Found\r\nContent-Length: 99\r\nLocation: ws://example.com:8000?q\r\n\r\n",
		"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 302 Found\r\nLocation: http://a\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 200 OK\r\nLocation: http://other/\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\nHTTP/1.1 302 Found\r\nContent-Length: 99\r\nLocation: ws://b?q\r\n\r\n"},
	{"cross origin",
		"GET / HTTP/1.1\r\nHost: a\r\nOrigin: http://Page\r\n\r\n",
		"GET / HTTP/1.1\r\nHost: example.com:8000\r\nOrigin: http://example.com:8000\r\n\r\n",
		"HTTP/1.1 200 OK\r\nAccess-Control-Allow-Origin: http://example.com:8000\r\n\r\nLocation: http://example.com:8000\r\n",
		"HTTP/1.1 200 OK\r\nAccess-Control-Allow-Origin: http://Page\r\n\r\nLocation: http://example.com:8000\r\n"},
	{"no HTTP", "\x16\x03\x01\r\nHost: a\r\n\r\n", "\x16\x03\x01\r\nHost: a\r\n\r\n", "SSH-2.0\r\n\r\n", "SSH-2.0\r\n\r\n"},
	{"unfinished", "GET / HTTP/1.1\r\nHost: a\r\n", "GET / HTTP/1.1\r\nHost: a\r\n", "HTTP/1.1 302", "HTTP/1.1 302"},
	{"no Host, and a folded one",
		"GET / HTTP/1.0\r\n\r\nGET / HTTP/1.1\r\nHost:\r\n folded\r\n\r\n",
		"GET / HTTP/1.0\r\n\r\nGET / HTTP/1.1\r\nHost:\r\n example.com:8000\r\n\r\n", "", ""},
	{"an empty Host", "GET / HTTP/1.1\r\nHost:\r\n\r\n", "GET / HTTP/1.1\r\nHost:example.com:8000\r\n\r\n", "", ""},
}

func TestServer(t *testing.T) {
	for _, s := range stories {
		for _, piece := range []int{1, 2, 3, 7, 1 << 20} {
			toServer, toClient := through(toExample(), s.client, s.server, piece)
			if toServer != s.toServer {
				t.Errorf("%s, by %d: the server got\n%q, not\n%q", s.name, piece, toServer, s.toServer)
			}
			if toClient != s.toClient {
				t.Errorf("%s, by %d: the client got\n%q, not\n%q", s.name, piece, toClient, s.toClient)
			}
		}
	}
}

// Where the server answers an upgrade with something else, what follows is HTTP.
func TestUpgradeRefused(t *testing.T) {
	const ask = "GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\n\r\n"
	ours, theirs := net.Pipe()
	defer theirs.Close()
	k := New(ours, ours, nil, toExample())
	read := func() string {
		go io.WriteString(theirs, ask)
		p := make([]byte, 1000)
		n, _ := io.ReadAtLeast(k, p, len(ask)+len("example.com:8000")-1)
		return string(p[:n])
	}
	first := read()
	go io.Copy(io.Discard, theirs)
	k.Write([]byte("HTTP/1.1 426 No\r\nContent-Length: 0\r\n\r\n"))
	if second := read(); second != first || !strings.Contains(second, "example.com:8000") {
		t.Errorf("%q, and then %q", first, second)
	}
}

func TestLocation(t *testing.T) {
	plain, secure := &Server{Authority: "x"}, &Server{Authority: "x", Secure: true}
	both := &Server{Authority: "x", Secure: true, ClientSecure: true}
	for _, c := range []struct {
		s         *Server
		url, want string
	}{
		{plain, "http://x/a", "http://me:1/a"}, {plain, "ws://X:80", "ws://me:1"}, {plain, "https://x/", "https://x/"},
		{plain, "/a", "/a"}, {plain, "http://x.y/", "http://x.y/"}, {plain, "", ""},
		{secure, "https://x:443/", "http://me:1/"}, {secure, "wss://x", "ws://me:1"}, {secure, "http://x/", "http://x/"},
		{both, "wss://x/?a", "wss://me:1/?a"},
	} {
		if got := c.s.location(c.url, "me:1"); got != c.want {
			t.Errorf("%s: %s, want %s", c.url, got, c.want)
		}
	}
}

func TestAbsolute(t *testing.T) {
	const answers = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
	for sent, want := range map[string]string{
		"GET http://x/a?b HTTP/1.1\r\nHost: X:80\r\nproxy-connection: keep-alive\r\nProxy-Authorization: Basic x\r\nConnection: close\r\n\r\nrest": "GET /a?b HTTP/1.1\r\nHost: X:80\r\nConnection: close\r\n\r\nrest",
		"GET ws://x HTTP/1.1\nHost: other\n\n":     "GET / HTTP/1.1\nHost: x\n\n",
		"GET http://x?q HTTP/1.1\r\n\r\n":          "GET /?q HTTP/1.1\r\n\r\n",
		"OPTIONS http://x HTTP/1.1\r\n\r\n":        "OPTIONS * HTTP/1.1\r\n\r\n",
		"GET /already HTTP/1.1\r\nHost: y\r\n\r\n": "GET /already HTTP/1.1\r\nHost: y\r\n\r\n",
		"GET http://x/1 HTTP/1.1\r\n\r\nGET http://x:80/2 HTTP/1.1\r\n\r\nGET http://x:81/3 HTTP/1.1\r\n\r\n": "GET /1 HTTP/1.1\r\n\r\nGET /2 HTTP/1.1\r\n\r\n",
	} {
		for _, piece := range []int{1, 5, 1 << 20} {
			toServer, toClient := through(&Absolute{Authority: "x", Note: quiet}, sent, answers, piece)
			if toServer != want || toClient != answers {
				t.Errorf("%q by %d: %q, %q", sent, piece, toServer, toClient)
			}
		}
	}
}

// A client that goes on with another server keeps its connection, and what it
// sends after that is left for whoever serves it next.
func TestMoves(t *testing.T) {
	const first, second = "GET http://x/ HTTP/1.1\r\n\r\n", "CONNECT y:1 HTTP/1.1\r\n\r\n\x16\x03"
	m := &memory{sent: []byte(first + second), piece: 30}
	k := New(m, &memory{}, nil, &Absolute{Authority: "x", Note: quiet})
	if up, err := io.ReadAll(k); err != nil || string(up) != "GET / HTTP/1.1\r\n\r\n" {
		t.Fatalf("%q, %v", up, err)
	}
	k.Close()
	rest := string(k.Next(context.Background())) + string(m.sent)
	if rest != second || m.closed || k.NetConn() != nil {
		t.Errorf("%q is left; closed: %t", rest, m.closed)
	}
	done, cancel := context.WithCancel(context.Background())
	cancel()
	if k.Next(done) != nil || !m.closed {
		t.Error("it goes on after all")
	}
}

// Too many requests, and heads too long, pass as they are.
func TestLimits(t *testing.T) {
	const one = "GET / HTTP/1.1\r\nHost: a\r\n\r\n"
	const back = "HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: http://example.com:8000/\r\n\r\n"
	_, toClient := through(toExample(), strings.Repeat(one, maxAsked+1), strings.Repeat(back, maxAsked+1), 1<<20)
	if toClient != strings.Repeat(back, maxAsked+1) {
		t.Errorf("%.200q", toClient)
	}
	long := "GET / HTTP/1.1\r\nHost: a\r\nA: " + strings.Repeat("b", maxHead) + "\r\n\r\n" + one
	if toServer, _ := through(toExample(), long, "", 1000); toServer != long {
		t.Errorf("%.200q", toServer)
	}
}

// keep changes nothing.
type keep struct{}

func (keep) Request(r *wire.Request) ([]byte, func(*wire.Response) []byte) {
	head := edit(&r.Head, func(_ *wire.Field, line []byte) []byte { return line })
	return head, func(p *wire.Response) []byte {
		return edit(&p.Head, func(_ *wire.Field, line []byte) []byte { return line })
	}
}

// FuzzConn has bytes come out as they went in where nothing is to be changed, and
// where something is, the same however they were cut.
func FuzzConn(f *testing.F) {
	for _, s := range stories {
		f.Add([]byte(s.client), []byte(s.server), 3)
	}
	f.Fuzz(func(t *testing.T, client, server []byte, piece int) {
		piece = max(1, min(piece, 1<<20))
		up, down := through(keep{}, string(client), string(server), piece)
		if up != string(client) || down != string(server) {
			t.Fatalf("%q became %q, %q became %q", client, up, server, down)
		}
		up, down = through(toExample(), string(client), string(server), piece)
		wholeUp, wholeDown := through(toExample(), string(client), string(server), 1<<20)
		if up != wholeUp || down != wholeDown {
			t.Fatalf("%q, in one %q; %q, in one %q", up, wholeUp, down, wholeDown)
		}
	})
}
