package recordtest

import (
	"crypto/tls"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/gorilla/websocket"
)

// Accept hands each connection to handle until the test ends, and closes it after
// that. With a config it is one of TLS.
func Accept(t testing.TB, config *tls.Config, handle func(net.Conn)) (addr string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	addr = l.Addr().String()
	if config != nil {
		l = tls.NewListener(l, config)
	}
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer c.Close()
				handle(c)
			}()
		}
	}()
	return addr
}

// Serve serves a handler until the test ends.
func Serve(t *testing.T, h http.Handler) (addr string) {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return s.Listener.Addr().String()
}

// Echo serves an echo on gorilla that makes something of each message.
func Echo(t *testing.T, upgrader websocket.Upgrader, make func(string) string) (addr string) {
	t.Helper()
	return Serve(t, Echoing(upgrader, make))
}

// Echoing returns the handler that Echo serves. It answers with the fields that the
// response has when it is called.
func Echoing(upgrader websocket.Upgrader, make func(string) string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		c, err := upgrader.Upgrade(w, r, w.Header())
		if err != nil {
			return
		}
		defer c.Close()
		for {
			kind, p, err := c.ReadMessage()
			if err != nil || c.WriteMessage(kind, []byte(make(string(p)))) != nil {
				return
			}
		}
	}
}

// As makes a message what it is.
func As(s string) string { return s }
