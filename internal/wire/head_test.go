package wire

import (
	"bytes"
	"errors"
	"reflect"
	"strings"
	"testing"
)

// chatRequest is the example of RFC 6455 §1.2.
const chatRequest = "GET /chat HTTP/1.1\r\nHost: server.example.com\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
	"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nOrigin: http://example.com\r\n" +
	"Sec-WebSocket-Protocol: chat, superchat\r\nSec-WebSocket-Version: 13\r\n\r\n"

func TestParseRequestNeedsItAll(t *testing.T) {
	for i := range len(chatRequest) {
		if _, n, err := ParseRequest([]byte(chatRequest[:i])); n != 0 || !errors.Is(err, ErrNeedMore) {
			t.Fatalf("%d bytes: n %d, %v", i, n, err)
		}
	}
	r, n, err := ParseRequest([]byte(chatRequest + "\x81\x00"))
	if err != nil || n != len(chatRequest) {
		t.Fatalf("n %d, %v", n, err)
	}
	if r.Line != "GET /chat HTTP/1.1" || r.Method != "GET" || r.Target != "/chat" || r.Proto != "HTTP/1.1" || r.BareLF {
		t.Errorf("%+v", r)
	}
	if string(r.Raw) != chatRequest || string(AppendHead(nil, r.Line, r.Fields)) != chatRequest {
		t.Error("the bytes do not come back")
	}
	if len(r.Fields) != 7 || r.Fields[2].Name != "Connection" || r.Fields[2].Value != "Upgrade" {
		t.Errorf("%q", r.Fields)
	}
}

func TestRequestLines(t *testing.T) {
	for _, c := range []struct{ line, method, target, proto string }{
		{"GET /x HTTP/1.0", "GET", "/x", "HTTP/1.0"},
		{"get /x http/1.1", "get", "/x", "http/1.1"},
		{"M-SEARCH * HTTP/1.1", "M-SEARCH", "*", "HTTP/1.1"},
		{"GET http://a/b?c HTTP/2.0", "GET", "http://a/b?c", "HTTP/2.0"},
		{"GET /a b HTTP/1.1", "GET", "/a b", "HTTP/1.1"},
		{"GET  /x  HTTP/1.1 ", "GET", "/x", "HTTP/1.1"},
		{"GET /\xff HTTP/11", "GET", "/\xff", "HTTP/11"},
		{"GET HTTP/1.1", "GET", "", "HTTP/1.1"},
	} {
		r, _, err := ParseRequest([]byte(c.line + "\r\n\r\n"))
		if err != nil || r.Method != c.method || r.Target != c.target || r.Proto != c.proto || r.Line != c.line {
			t.Errorf("%q: %+v, %v", c.line, r, err)
		}
	}
}

func TestNotRequest(t *testing.T) {
	for _, p := range []string{
		"\x81", "\x16\x03\x01", "{", "\r\n", " ", "GET\r\n", "GE\tT", "GET /\x00", "GET / HTTP/1.1\rX",
		"hello world\r\n", "GET /x\r\n", "GET /x FTP/1\n", "GET /\x7f", "HTTP/1.1 101 Yes\r\n",
		strings.Repeat("A", MaxHead), "GET / HTTP/1.1\r\n" + strings.Repeat("A: b\r\n", MaxHead/6),
	} {
		if _, n, err := ParseRequest([]byte(p)); n != 0 || !errors.Is(err, ErrNotHead) {
			t.Errorf("%.40q: n %d, %v", p, n, err)
		}
	}
}

func TestHeadOfMaximalSize(t *testing.T) {
	const start, end = "GET / HTTP/1.1\r\nA: ", "\r\n\r\n"
	p := start + strings.Repeat("b", MaxHead-len(start+end)) + end
	if _, n, err := ParseRequest([]byte(p)); n != MaxHead || err != nil {
		t.Errorf("n %d, %v", n, err)
	}
	if _, _, err := ParseRequest([]byte(p[:MaxHead-1])); !errors.Is(err, ErrNeedMore) {
		t.Error(err)
	}
}

func TestParseResponse(t *testing.T) {
	for _, c := range []struct {
		line, proto string
		status      int
		reason      string
	}{
		{"HTTP/1.1 101 Switching Protocols", "HTTP/1.1", 101, "Switching Protocols"},
		{"HTTP/1.1 101", "HTTP/1.1", 101, ""},
		{"HTTP/1.1 101 ", "HTTP/1.1", 101, ""},
		{"HTTP/1.0  404  Not Found", "HTTP/1.0", 404, " Not Found"},
		{"http/1.1 999 \xe9", "http/1.1", 999, "\xe9"},
	} {
		p := c.line + "\r\nUpgrade: websocket\r\n\r\n"
		for i := range len(p) {
			if _, n, err := ParseResponse([]byte(p[:i])); n != 0 || !errors.Is(err, ErrNeedMore) {
				t.Fatalf("%q: n %d, %v", p[:i], n, err)
			}
		}
		r, n, err := ParseResponse([]byte(p))
		if err != nil || n != len(p) {
			t.Fatalf("%q: n %d, %v", c.line, n, err)
		}
		if r.Proto != c.proto || r.Status != c.status || r.Reason != c.reason || r.Get("upgrade") != "websocket" {
			t.Errorf("%q: %+v", c.line, r)
		}
	}
	for _, p := range []string{
		"\x81", "HTPP", "HTT\r\n", "GET / HTTP/1.1\r\n\r\n", "HTTP/1.1\r\n", "HTTP/1.1 1O1\r\n", "HTTP/1.1 99\r\n",
		"HTTP/1.1 099 x\r\n", "HTTP/1.1 1000\r\n", "HTTP/1.1 +10\r\n", "HTTP/1.1 101 \x00", "\n",
	} {
		if _, n, err := ParseResponse([]byte(p)); n != 0 || !errors.Is(err, ErrNotHead) {
			t.Errorf("%q: n %d, %v", p, n, err)
		}
	}
}

func TestLenientFields(t *testing.T) {
	const head = "GET / HTTP/1.1\n" +
		" first: folded into nothing\r\n" +
		"A :  b \t\r\n" +
		"Long: one\r\n  two\t\r\n \r\n\tthree\r\n" +
		"no colon here\r\n" +
		"nor here\r\n but: there\r\n" +
		"Empty:\r\n: nameless\r\n" +
		"\r\n"
	r, n, err := ParseRequest([]byte(head))
	if err != nil || n != len(head) || !r.BareLF {
		t.Fatalf("n %d, %v, %+v", n, err, r)
	}
	want := []Field{
		{"first", "folded into nothing", []byte(" first: folded into nothing\r\n")},
		{"A", "b", []byte("A :  b \t\r\n")},
		{"Long", "one two three", []byte("Long: one\r\n  two\t\r\n \r\n\tthree\r\n")},
		{"", "no colon here", []byte("no colon here\r\n")},
		{"", "nor here but: there", []byte("nor here\r\n but: there\r\n")},
		{"Empty", "", []byte("Empty:\r\n")},
		{"", "nameless", []byte(": nameless\r\n")},
	}
	if !reflect.DeepEqual(r.Fields, want) {
		t.Errorf("%q\nwant %q", r.Fields, want)
	}
}

func TestHeadKeepsNothingOfItsInput(t *testing.T) {
	p := []byte(chatRequest)
	r, _, _ := ParseRequest(p)
	clear(p)
	if string(r.Raw) != chatRequest || string(r.Fields[0].Raw) != "Host: server.example.com\r\n" {
		t.Error("the head changed with the bytes it was read from")
	}
	r.Fields[0].Raw = append(r.Fields[0].Raw, 'x')
	if string(r.Raw) != chatRequest {
		t.Error("appending to one field changed the head")
	}
}

func TestFieldLiteral(t *testing.T) {
	for _, c := range []struct {
		f    Field
		want string
	}{
		{Field{Raw: []byte("Sec-WebSocket-Key1:  1 2 \r\n")}, " 1 2 "},
		{Field{Raw: []byte("Sec-WebSocket-Key1:12\n")}, "12"},
		{Field{Raw: []byte("Sec-WebSocket-Key1: 1:2\r\n")}, "1:2"},
		{Field{Name: "Sec-WebSocket-Key1", Value: "1 2"}, "1 2"},
	} {
		if got := c.f.Literal(); got != c.want {
			t.Errorf("%q: %q, want %q", c.f.Raw, got, c.want)
		}
	}
}

func TestHeadLists(t *testing.T) {
	h := &Head{Fields: []Field{
		{Name: "Connection", Value: "keep-alive, , UPGRADE"},
		{Name: "X", Value: "x"},
		{Name: "connection", Value: `a="1,\",2", b,`},
		{Name: "CONNECTION", Value: `open " quote, to the end`},
	}}
	want := []string{"keep-alive", "UPGRADE", `a="1,\",2"`, "b", `open " quote, to the end`}
	if got := h.List("Connection"); !reflect.DeepEqual(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	if len(h.Values("Connection")) != 3 || h.Get("Connection") != "keep-alive, , UPGRADE" {
		t.Errorf("%q", h.Values("Connection"))
	}
	if !h.HasToken("Connection", "Upgrade") || h.HasToken("Connection", "grade") || h.HasToken("Y", "") {
		t.Error("HasToken")
	}
	if !h.Has("x") || h.Has("y") || h.Get("y") != "" || h.Find("y") != nil {
		t.Error("Has, Get, Find")
	}
}

func TestAppendHead(t *testing.T) {
	fields := []Field{{Name: "A", Value: "b"}, {Name: "C", Value: "d", Raw: []byte("c:D\n")}}
	if got, want := string(AppendHead(nil, "HTTP/1.1 101", fields)), "HTTP/1.1 101\r\nA: b\r\nc:D\n\r\n"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

// checkHead makes sure that all bytes of a head are in one of its lines.
func checkHead(t *testing.T, h *Head, p []byte, n int) {
	if !bytes.Equal(h.Raw, p[:n]) {
		t.Fatalf("%q comes back as %q", p[:n], h.Raw)
	}
	first, rest, _ := bytes.Cut(h.Raw, []byte{'\n'})
	if trimLine(string(first)) != h.Line {
		t.Fatalf("%q has the start line %q", h.Raw, h.Line)
	}
	for _, f := range h.Fields {
		if !bytes.HasPrefix(rest, f.Raw) {
			t.Fatalf("%q has the field %q before %q", h.Raw, f.Raw, rest)
		}
		rest = rest[len(f.Raw):]
	}
	if trimLine(string(rest)) != "" {
		t.Fatalf("%q ends with %q after its fields", h.Raw, rest)
	}
}

func FuzzParseHead(f *testing.F) {
	f.Add([]byte(chatRequest))
	f.Add([]byte("GET / HTTP/1.1\nA :\r\n\tb\n\n"))
	f.Add([]byte("HTTP/1.1 101\r\n: x\r\n\r\n"))
	f.Add([]byte("HTTP/1.1 101 Switching\r\nfoo\r\n bar\r\n\r\n\r\n"))
	f.Fuzz(func(t *testing.T, p []byte) {
		r, n, err := ParseRequest(p)
		switch {
		case err == nil:
			checkHead(t, &r.Head, p, n)
			if _, m, err := ParseRequest(p[:n]); m != n || err != nil {
				t.Fatalf("%q alone: n %d, %v", p[:n], m, err)
			}
			DialectOf(r)
		case n != 0 || !errors.Is(err, ErrNeedMore) && !errors.Is(err, ErrNotHead):
			t.Fatalf("n %d, %v", n, err)
		}
		a, n, err := ParseResponse(p)
		if err == nil {
			checkHead(t, &a.Head, p, n)
		}
	})
}
