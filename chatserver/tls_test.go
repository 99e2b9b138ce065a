package chatserver

import (
	"bufio"
	"crypto/tls"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"wsprobe/internal/wire"
)

// TestTLS opens both kinds of link over TLS. A hixie answer must name a wss URL,
// and TLS must end with its own farewell.
func TestTLS(t *testing.T) {
	h := httptest.NewTLSServer(New(Config{}))
	t.Cleanup(h.Close)
	addr := strings.TrimPrefix(h.URL, "https://")
	dial := func() *rawConn {
		conn, err := tls.Dial("tcp", addr, h.Client().Transport.(*http.Transport).TLSClientConfig)
		must(t, err)
		t.Cleanup(func() { conn.Close() })
		conn.SetDeadline(time.Now().Add(patience))
		return &rawConn{t, conn, bufio.NewReader(conn)}
	}
	c := dial()
	c.open(wire.Handshake{Dialect: wire.RFC6455, Target: "/echo"})
	c.send(join(frame(0x81, "Hello"), frame(0x88, "\x03\xe8"))...)
	c.want(answered(0x81, "Hello"))
	c.wantClose(1000)

	c = dial()
	r := c.open(wire.Handshake{Dialect: wire.Hixie75, Target: "/echo", Secure: true})
	wantFields(t, r, "WebSocket-Location: wss://"+addr+"/echo")
	c.send([]byte("\x00Hello\xff\xff\x00")...)
	c.want([]byte("\x00Hello\xff"))
	c.wantEnd()
}
