package record

import (
	"net/url"
	"testing"

	"wsprobe/internal/lint"
	"wsprobe/internal/wire"
)

// TestHARURL has each kind of target become a URL that can be read: whoever imports a
// HAR with another refuses all of it.
func TestHARURL(t *testing.T) {
	for head, want := range map[string]string{
		"GET /a?b HTTP/1.1\r\nHost: x:81\r\n\r\n":                  "ws://x:81/a?b",
		"GET http://y/a HTTP/1.1\r\nHost: x\r\n\r\n":               "http://y/a",
		"CONNECT y:80 HTTP/1.1\r\nHost: y:80\r\n\r\n":              "ws://y:80/",
		"OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n":                    "ws://x/",
		"CONNECT /a HTTP/2\r\n:authority: x\r\n:scheme: s\r\n\r\n": "ws://x/a",
	} {
		r, _, err := wire.ParseRequest([]byte(head))
		if err != nil {
			t.Fatal(err)
		}
		e := harEntry{c: &Conn{}, asked: lint.Event{Request: r}}
		got := e.url("ws")
		if _, err := url.Parse(got); err != nil || got != want {
			t.Errorf("%q: %s, %v, not %s", r.Line, got, err, want)
		}
	}
}
