package forward

import (
	"bytes"
	"errors"
	"io"
	"net"
	"net/netip"
	"os"
	"strings"
	"syscall"
	"testing"
	"testing/iotest"
)

// client is one that says what in holds and keeps what it is told.
type client struct {
	io.Reader
	told bytes.Buffer
}

func (c *client) Write(p []byte) (int, error) { return c.told.Write(p) }

const (
	connect = "CONNECT example.com:8080 HTTP/1.1\r\nHost: other:1\r\n\r\n"
	get     = "GET http://example.com/a?b HTTP/1.1\r\nHost: example.com\r\n\r\n"
	hello   = "\x05\x01\x00"
)

// asks are requests, the servers that they are for, and what is told before.
var asks = []struct{ sent, addr, told string }{
	{connect, "example.com:8080", ""},
	{"CONNECT [::1]:80 HTTP/1.0\n\n", "[::1]:80", ""},
	{get, "example.com:80", ""},
	{"OPTIONS ws://10.0.0.1:81 HTTP/1.1\r\n\r\n", "10.0.0.1:81", ""},
	{"GET HTTP://[::1]/ HTTP/1.1\r\n\r\n", "[::1]:80", ""},
	{hello + "\x05\x01\x00\x01\x7f\x00\x00\x01\x00\x50", "127.0.0.1:80", "\x05\x00"},
	{"\x05\x02\x02\x00" + "\x05\x01\x00\x03\x0bexample.com\x1f\x90", "example.com:8080", "\x05\x00"},
	{hello + "\x05\x01\x00\x04" + strings.Repeat("\x00", 15) + "\x01\x00\x50", "[::1]:80", "\x05\x00"},
	{"\x04\x01\x00\x50\x7f\x00\x00\x01me\x00", "127.0.0.1:80", ""},
	{"\x04\x01\x00\x50\x00\x00\x00\x01\x00example.com\x00", "example.com:80", ""},
}

// However the bytes come, what is asked for is the same, and nothing behind it is
// lost.
func TestAsks(t *testing.T) {
	const behind = "behind\x00it"
	for _, a := range asks {
		for cut := 0; cut <= len(a.sent); cut++ {
			c := &client{Reader: iotest.OneByteReader(strings.NewReader(a.sent[cut:] + behind))}
			ask, err := Read(c, []byte(a.sent[:cut]))
			if err != nil || ask.Addr() != a.addr || c.told.String() != a.told {
				t.Fatalf("%q: %+v, %v, told %q", a.sent, ask, err, c.told.String())
			}
			rest, _ := io.ReadAll(c.Reader)
			want := behind
			if ask.Origin {
				want = a.sent + behind
			}
			if got := string(ask.Rest) + string(rest); got != want {
				t.Fatalf("%q: %q is left", a.sent, got)
			}
		}
	}
}

func TestNonsense(t *testing.T) {
	for sent, want := range map[string]string{
		"GET / HTTP/1.1\r\nHost: x\r\n\r\n":                                 "HTTP/1.1 400 ",
		"GET https://x/ HTTP/1.1\r\n\r\n":                                   "CONNECT is asked",
		"CONNECT example.com HTTP/1.1\r\n\r\n":                              "HTTP/1.1 400 ",
		"CONNECT example.com:0 HTTP/1.1\r\n\r\n":                            "HTTP/1.1 400 ",
		"CONNECT example.com:65536 HTTP/1.1\r\n\r\n":                        "HTTP/1.1 400 ",
		"CONNECT a/b:80 HTTP/1.1\r\n\r\n":                                   "HTTP/1.1 400 ",
		"CONNECT u@a:80 HTTP/1.1\r\n\r\n":                                   "HTTP/1.1 400 ",
		"GET http:// HTTP/1.1\r\n\r\n":                                      "HTTP/1.1 400 ",
		"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n":                                  "HTTP/1.1 505 ",
		"\x16\x03\x01\x02":                                                  "HTTP/1.1 400 ",
		"GET http://x/ HTTP/1.1\r\nA: " + strings.Repeat("b", maxHead):      "HTTP/1.1 431 ",
		"\x05\x01\x02":                                                      "\x05\xff",
		hello + "\x05\x02\x00\x01abcd\x00\x50":                              "\x05\x00\x05\x07",
		hello + "\x05\x03\x00\x01abcd\x00\x50":                              "\x05\x00\x05\x07",
		hello + "\x05\x01\x00\x02":                                          "\x05\x00\x05\x08",
		hello + "\x04\x01\x00\x02":                                          "\x05\x00\x05\x01",
		hello + "\x05\x01\x00\x03\x00\x00\x50":                              "\x05\x00\x05\x01",
		hello + "\x05\x01\x00\x03\x03a/b\x00\x50":                           "\x05\x00\x05\x01",
		"\x04\x02\x00\x50\x7f\x00\x00\x01\x00":                              "\x00\x5b",
		"\x04\x01\x00\x50\x7f\x00\x00\x01" + strings.Repeat("u", maxUser+1): "\x00\x5b",
	} {
		c := &client{Reader: strings.NewReader(sent)}
		if ask, err := Read(c, nil); err == nil || !strings.Contains(c.told.String(), want) {
			t.Errorf("%.60q: %+v, %v, told %q", sent, ask, err, c.told.String())
		}
	}
}

func TestUnfinished(t *testing.T) {
	for _, a := range asks {
		for cut := range len(a.sent) {
			c := &client{Reader: strings.NewReader(a.sent[:cut])}
			if _, err := Read(c, nil); !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
				t.Fatalf("%q: %v", a.sent[:cut], err)
			}
		}
	}
	c := &client{Reader: io.MultiReader(strings.NewReader("GET http"), iotest.ErrReader(os.ErrDeadlineExceeded))}
	if _, err := Read(c, nil); err == nil || !strings.HasPrefix(c.told.String(), "HTTP/1.1 408 ") {
		t.Errorf("%v, told %q", err, c.told.String())
	}
}

func TestAnswers(t *testing.T) {
	from := netip.MustParseAddrPort("10.1.2.3:4660")
	noHost := &net.DNSError{IsNotFound: true}
	for _, c := range []struct {
		sent string
		why  error
		want string
	}{
		{connect, nil, "HTTP/1.1 200 Connection established\r\n\r\n"},
		{connect, syscall.ECONNREFUSED, "HTTP/1.1 502 Bad Gateway\r\n"},
		{connect, noHost, "HTTP/1.1 502 "},
		{connect, os.ErrDeadlineExceeded, "HTTP/1.1 504 "},
		{connect, ErrLoop, "HTTP/1.1 508 "},
		{get, nil, ""},
		{get, syscall.ETIMEDOUT, "HTTP/1.1 504 "},
		{asks[5].sent, nil, "\x05\x00\x05\x00\x00\x01\x0a\x01\x02\x03\x12\x34"},
		{asks[5].sent, syscall.ECONNREFUSED, "\x05\x00\x05\x05\x00\x01\x00\x00\x00\x00\x00\x00"},
		{asks[5].sent, syscall.ENETUNREACH, "\x05\x00\x05\x03"},
		{asks[5].sent, syscall.EHOSTUNREACH, "\x05\x00\x05\x04"},
		{asks[5].sent, noHost, "\x05\x00\x05\x04"},
		{asks[5].sent, os.ErrDeadlineExceeded, "\x05\x00\x05\x04"},
		{asks[5].sent, ErrLoop, "\x05\x00\x05\x02"},
		{asks[5].sent, io.ErrClosedPipe, "\x05\x00\x05\x01"},
		{asks[8].sent, nil, "\x00\x5a\x00\x00\x00\x00\x00\x00"},
		{asks[8].sent, noHost, "\x00\x5b\x00\x00\x00\x00\x00\x00"},
	} {
		on := &client{Reader: strings.NewReader(c.sent)}
		ask, err := Read(on, nil)
		if err != nil {
			t.Fatal(err)
		}
		if c.why == nil {
			ask.Accept(on, from)
		} else {
			ask.Refuse(on, c.why)
		}
		if got := on.told.String(); !strings.HasPrefix(got, c.want) || c.want == "" && got != "" {
			t.Errorf("%.20q, %v: %q", c.sent, c.why, got)
		}
	}
}

func TestAuthority(t *testing.T) {
	for _, c := range []struct {
		ask  Ask
		want string
	}{
		{Ask{Host: "a", Port: 80}, "ws://a/"}, {Ask{Host: "a", Port: 81}, "ws://a:81/"},
		{Ask{Host: "::1", Port: 80}, "ws://[::1]/"}, {Ask{Host: "::1", Port: 81}, "ws://[::1]:81/"},
	} {
		if got := c.ask.URL(); got != c.want {
			t.Errorf("%s, want %s", got, c.want)
		}
	}
}

func FuzzRead(f *testing.F) {
	for _, a := range asks {
		f.Add([]byte(a.sent+"rest"), 3)
	}
	f.Fuzz(func(t *testing.T, sent []byte, cut int) {
		at := max(0, min(cut, len(sent)))
		whole, err := Read(&client{Reader: bytes.NewReader(sent)}, nil)
		c := &client{Reader: iotest.HalfReader(bytes.NewReader(sent[at:]))}
		parts, again := Read(c, bytes.Clone(sent[:at]))
		if (err == nil) != (again == nil) {
			t.Fatalf("%v, and in parts %v", err, again)
		}
		if err != nil {
			return
		}
		if whole.Addr() != parts.Addr() || whole.Port == 0 || !hostname(whole.Host) {
			t.Fatalf("%+v, and in parts %+v", whole, parts)
		}
		rest, _ := io.ReadAll(c.Reader)
		if got := append(parts.Rest, rest...); !bytes.HasSuffix(sent, got) {
			t.Fatalf("%q is left of %q", got, sent)
		}
	})
}
