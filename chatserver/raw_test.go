package chatserver

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"net"
	"net/http"
	"syscall"
	"testing"
	"time"

	"wsprobe/internal/wire"
)

// rawConn is a client that speaks in bytes.
type rawConn struct {
	t *testing.T
	net.Conn
	r *bufio.Reader
}

func dialRaw(t *testing.T, addr string) *rawConn {
	t.Helper()
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	conn.SetDeadline(time.Now().Add(patience))
	return &rawConn{t, conn, bufio.NewReader(conn)}
}

func (c *rawConn) send(p ...byte) {
	c.t.Helper()
	if _, err := c.Write(p); err != nil {
		c.t.Fatalf("sending %x: %v", p, err)
	}
}

// dribble sends p in single bytes, each in its own TCP segment as far as
// TCP_NODELAY, which Go sets, goes.
func (c *rawConn) dribble(p []byte) {
	c.t.Helper()
	for _, b := range p {
		c.send(b)
	}
}

// want reads exactly these bytes.
func (c *rawConn) want(p []byte) {
	c.t.Helper()
	got := make([]byte, len(p))
	n, err := io.ReadFull(c.r, got)
	if !bytes.Equal(got[:n], p) || err != nil {
		c.t.Fatalf("got %q (%v), want %q", got[:n], err, p)
	}
}

// wantEnd reads the end of the stream, which must be a FIN and no reset.
func (c *rawConn) wantEnd() {
	c.t.Helper()
	rest, err := io.ReadAll(c.r)
	if len(rest) > 0 || err != nil {
		c.t.Fatalf("got %q and then %v, want a clean end of TCP", rest, err)
	}
}

// wantGone reads the end of the stream, come it as it may.
func (c *rawConn) wantGone() {
	c.t.Helper()
	_, err := io.Copy(io.Discard, c.r)
	if err != nil && !errors.Is(err, syscall.ECONNRESET) && !errors.Is(err, syscall.EPIPE) {
		c.t.Fatalf("TCP was not closed: %v", err)
	}
}

// head reads the head of an HTTP response, byte for byte.
func (c *rawConn) head() *wire.Response {
	c.t.Helper()
	var raw []byte
	for {
		b, err := c.r.ReadByte()
		if err != nil {
			c.t.Fatalf("reading response head after %q: %v", raw, err)
		}
		raw = append(raw, b)
		r, n, err := wire.ParseResponse(raw)
		if err == nil && n == len(raw) {
			return r
		}
		if !errors.Is(err, wire.ErrNeedMore) {
			c.t.Fatalf("response head %q: %v", raw, err)
		}
	}
}

// open sends a handshake and reads the answer, which must accept it.
func (c *rawConn) open(h wire.Handshake) *wire.Response {
	c.t.Helper()
	if h.Host == "" {
		h.Host = c.RemoteAddr().String()
	}
	h.Fill(zeros{})
	c.send(h.Append(nil)...)
	r := c.head()
	if r.Status != http.StatusSwitchingProtocols {
		c.t.Fatalf("the handshake was answered with %q", r.Line)
	}
	return r
}

// zeros is a source of zeros.
type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

// openRaw opens a WebSocket of RFC 6455.
func openRaw(t *testing.T, addr, path, extensions string) *rawConn {
	t.Helper()
	c := dialRaw(t, addr)
	c.open(wire.Handshake{Dialect: wire.RFC6455, Target: path, Extensions: extensions})
	return c
}

// frame makes a masked frame. first is its first byte: FIN, RSV and opcode.
func frame(first byte, payload string) []byte {
	h := wire.Header{
		Fin: first&0x80 != 0, Rsv: first >> 4 & 7, Opcode: wire.Opcode(first & 15),
		Masked: true, Mask: [4]byte{0x37, 0xfa, 0x21, 0x3d}, Length: uint64(len(payload)),
	}
	return wire.AppendFrame(nil, h, []byte(payload))
}

// answered makes a frame as the server sends it.
func answered(first byte, payload string) []byte {
	h := wire.Header{Fin: true, Rsv: first >> 4 & 7, Opcode: wire.Opcode(first & 15), Length: uint64(len(payload))}
	return wire.AppendFrame(nil, h, []byte(payload))
}

// wantClose reads a Close with that code and the end of TCP.
func (c *rawConn) wantClose(code int) {
	c.t.Helper()
	var head [2]byte
	if _, err := io.ReadFull(c.r, head[:]); err != nil {
		c.t.Fatalf("reading Close %d: %v", code, err)
	}
	body := make([]byte, head[1]&0x7f)
	io.ReadFull(c.r, body)
	if head[0] != 0x88 || len(body) < 2 || int(body[0])<<8+int(body[1]) != code {
		c.t.Fatalf("got %x %q, want Close %d", head, body, code)
	}
	c.wantEnd()
}

// wantFrames reads frames like want. A compressed message, which may come in
// fragments, is compared as if it were one frame that holds what it inflates to.
func (c *rawConn) wantFrames(want []byte) {
	c.t.Helper()
	var got []byte
	for len(got) < len(want) {
		h, payload := c.frame()
		first, squeezed := h, h.Rsv&wire.RSV1 != 0
		for squeezed && !h.Fin {
			var more []byte
			h, more = c.frame()
			payload = append(payload, more...)
		}
		if squeezed {
			plain, fault := wire.NewInflater(15, false).Message(nil, payload, 1<<20)
			if fault != wire.InflateOK {
				c.t.Fatalf("%x does not inflate", payload)
			}
			first.Fin, first.Bits, first.Length, payload = true, 0, uint64(len(plain)), plain
		}
		got = wire.AppendFrame(got, first, payload)
	}
	if !bytes.Equal(got, want) {
		c.t.Fatalf("got %.100q, want %.100q", got, want)
	}
}

// frame reads one frame.
func (c *rawConn) frame() (wire.Header, []byte) {
	c.t.Helper()
	for n := 2; ; n++ {
		p, err := c.r.Peek(n)
		if err != nil {
			c.t.Fatalf("reading frame after %x: %v", p, err)
		}
		if h, size := wire.ParseHeader(p); size > 0 {
			c.r.Discard(size)
			payload := make([]byte, h.Length)
			if _, err := io.ReadFull(c.r, payload); err != nil {
				c.t.Fatalf("reading payload: %v", err)
			}
			return h, payload
		}
	}
}
