package mutant

import (
	"crypto/rand"
	"io"
	"net"
	"runtime"
	"strings"
	"testing"
	"time"

	"wsprobe/internal/wire"
)

// start serves as m, or as the right server, until the test ends.
func start(t testing.TB, m *Mutant) (addr string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(Serve(l, m))
	return l.Addr().String()
}

// dial connects, for as long as a test may take.
func dial(t testing.TB, addr string) *client {
	t.Helper()
	c, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	c.SetDeadline(time.Now().Add(30 * time.Second))
	return &client{Conn: c, t: t}
}

// client is a connection to the server that a test reads from piece by piece.
type client struct {
	net.Conn
	t  testing.TB
	in []byte
}

func (c *client) say(p ...byte) {
	c.t.Helper()
	if _, err := c.Write(p); err != nil {
		c.t.Fatal(err)
	}
}

// response reads a response head.
func (c *client) response() *wire.Response {
	c.t.Helper()
	for {
		r, n, err := wire.ParseResponse(c.in)
		if err == nil {
			c.in = c.in[n:]
			return r
		}
		if err != wire.ErrNeedMore || !c.more() {
			c.t.Fatalf("no response head: %v; %q came", err, c.in)
		}
	}
}

// more reads on, and reports whether anything came.
func (c *client) more() bool {
	p := make([]byte, 64<<10)
	n, _ := c.Read(p)
	c.in = append(c.in, p[:n]...)
	return n > 0
}

// bytes reads the next n bytes.
func (c *client) bytes(n int) string {
	c.t.Helper()
	for len(c.in) < n {
		if !c.more() {
			c.t.Fatalf("%d bytes wanted, %q came", n, c.in)
		}
	}
	p := c.in[:n]
	c.in = c.in[n:]
	return string(p)
}

// rest reads to the end of the stream, which has to be a FIN.
func (c *client) rest() string {
	c.t.Helper()
	p, err := io.ReadAll(c)
	if err != nil {
		c.t.Errorf("the stream did not end with FIN: %v", err)
	}
	return string(append(c.in, p...))
}

// frame reads the next frame.
func (c *client) frame() (wire.Header, string) {
	c.t.Helper()
	for {
		if h, n := wire.ParseHeader(c.in); n > 0 {
			c.bytes(n)
			return h, c.bytes(int(h.Length))
		}
		if !c.more() {
			c.t.Fatalf("a frame wanted, %q came", c.in)
		}
	}
}

// sendFrame sends a frame as a client does.
func (c *client) sendFrame(h wire.Header, payload string) {
	c.t.Helper()
	h.Masked, h.Mask, h.Length = true, [4]byte{1, 2, 3, 4}, uint64(len(payload))
	c.say(wire.AppendFrame(nil, h, []byte(payload))...)
}

// open opens a connection of that dialect to that path.
func open(t testing.TB, addr string, h wire.Handshake) (*client, *wire.Response) {
	t.Helper()
	c := dial(t, addr)
	h.Host = addr
	h.Fill(rand.Reader)
	c.say(h.Append(nil)...)
	r := c.response()
	if r.Status == 101 && h.Dialect == wire.Hixie76 {
		want, _ := wire.Challenge76(h.Key1, h.Key2, h.Key3)
		if got := c.bytes(16); got != string(want[:]) {
			t.Errorf("the challenge was answered with %x, not %x", got, want)
		}
	}
	return c, r
}

// openEcho opens a connection to the echo, which has to succeed.
func openEcho(t testing.TB, addr string, d wire.Dialect) *client {
	t.Helper()
	c, r := open(t, addr, wire.Handshake{Dialect: d, Target: "/echo"})
	if r.Status != 101 {
		t.Fatalf("%v: answered %d", d, r.Status)
	}
	return c
}

func TestStopEndsEverything(t *testing.T) {
	before := runtime.NumGoroutine()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	stop := Serve(l, nil)
	half := dial(t, l.Addr().String())
	half.say([]byte("GET /echo HTTP/1.1\r\n")...)
	echo := openEcho(t, l.Addr().String(), wire.RFC6455)
	echo.sendFrame(wire.Header{Opcode: wire.OpText}, "half a message")
	chat, _ := open(t, l.Addr().String(), wire.Handshake{Dialect: wire.RFC6455, Target: "/chat"})
	chat.sendFrame(wire.Header{Fin: true, Opcode: wire.OpText}, `{"type":"join","room":"r","nick":"n"}`)
	chat.frame()
	openEcho(t, l.Addr().String(), wire.Hixie76)

	stop()
	stop()
	if _, err := net.Dial("tcp", l.Addr().String()); err == nil {
		t.Error("it still listens")
	}
	for _, c := range []*client{half, echo, chat} {
		if io.Copy(io.Discard, c); c.more() {
			t.Error("a connection still stands")
		}
	}
	waitForGoroutines(t, before)
}

// waitForGoroutines waits until no more run than did before. It has all the time
// of the test.
func waitForGoroutines(t *testing.T, before int) {
	t.Helper()
	for runtime.NumGoroutine() > before {
		if t.Context().Err() != nil {
			return
		}
		time.Sleep(time.Millisecond)
		if deadline, ok := t.Deadline(); ok && time.Until(deadline) < 10*time.Second {
			p := make([]byte, 1<<20)
			t.Fatalf("goroutines are left:\n%s", p[:runtime.Stack(p, true)])
		}
	}
}

// Each mutant takes a handshake and a message of each dialect: it may answer
// what it likes, but it neither hangs nor leaves anything behind when stopped.
func TestEveryMutantServes(t *testing.T) {
	for _, m := range append(All(), Mutant{Name: "right"}) {
		t.Run(m.Name, func(t *testing.T) {
			t.Parallel()
			addr := start(t, &m)
			for _, d := range wire.Dialects() {
				c := dial(t, addr)
				h := wire.Handshake{Dialect: d, Target: "/echo", Host: addr, Origin: m.Origin}
				h.Fill(rand.Reader)
				c.say(h.Append(nil)...)
				if !c.more() && !strings.HasPrefix(string(m.Rule), "hixie") {
					t.Errorf("%v: no answer", d)
				}
				if d.Traits().Hixie {
					c.say(wire.AppendHixieText(nil, []byte("hello"))...)
					c.say(wire.HixieClosing...)
				} else {
					c.sendFrame(wire.Header{Fin: true, Opcode: wire.OpText}, "hello")
					c.sendFrame(wire.Header{Fin: true, Opcode: wire.OpClose}, "")
				}
			}
		})
	}
}
