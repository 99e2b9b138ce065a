package recordtest

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/gorilla/websocket"
)

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
	return Serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c, err := upgrader.Upgrade(w, r, nil)
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
	}))
}

// As makes a message what it is.
func As(s string) string { return s }
