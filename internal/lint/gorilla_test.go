package lint

import (
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"wsprobe/internal/wire"
)

// tap is a client's connection whose bytes also go to a session.
type tap struct {
	net.Conn
	s      *Session
	events *[]Event
}

func (c tap) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	c.see(Server, p[:n])
	return n, err
}

func (c tap) Write(p []byte) (int, error) {
	c.see(Client, p)
	return c.Conn.Write(p)
}

func (c tap) see(side Side, p []byte) {
	*c.events = append(*c.events, c.s.Feed(side, 0, p)...)
}

// echo answers each message with itself, in fragments of the upgrader's buffer.
func echo(u websocket.Upgrader) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		c, err := u.Upgrade(w, r, nil)
		if err != nil {
			return
		}
		defer c.Close()
		for {
			kind, p, err := c.ReadMessage()
			if err != nil {
				return
			}
			out, err := c.NextWriter(kind)
			if err != nil {
				return
			}
			out.Write(p)
			out.Close()
		}
	}
}

// TestGorilla watches gorilla/websocket talk to itself, with and without
// compression and fragments: nothing is found, and every message is read as it
// was sent.
func TestGorilla(t *testing.T) {
	for _, compress := range []bool{false, true} {
		for _, fragment := range []int{128, 4096} {
			t.Run(fmt.Sprintf("compress=%v,fragment=%d", compress, fragment), func(t *testing.T) {
				target := httptest.NewServer(echo(websocket.Upgrader{
					EnableCompression: compress, Subprotocols: []string{"chat"}, WriteBufferSize: fragment,
				}))
				defer target.Close()
				var events []Event
				s := New(Options{Keep: 1 << 20})
				messages := talk(t, "ws"+strings.TrimPrefix(target.URL, "http"), &websocket.Dialer{
					EnableCompression: compress, Subprotocols: []string{"other", "chat"}, WriteBufferSize: fragment,
					NetDial: func(network, address string) (net.Conn, error) {
						c, err := net.Dial(network, address)
						return tap{c, s, &events}, err
					},
				})
				sameRules(t, events, nil)
				checkTiling(t, events)
				if (s.Deflate() != nil) != compress || !s.Open() {
					t.Errorf("deflate %+v, open %v", s.Deflate(), s.Open())
				}
				for _, side := range []Side{Client, Server} {
					if got := data(events, side); !slices.Equal(got, messages) {
						t.Errorf("%d messages of the %v are not as sent", len(got), side)
					}
				}
			})
		}
	}
}

// talk sends messages of many sizes and pings, waits for each echo, and closes.
func talk(t *testing.T, url string, d *websocket.Dialer) (messages []string) {
	t.Helper()
	c, _, err := d.Dial(url, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	soon := time.Now().Add(time.Minute)
	for i, n := range []int{0, 1, 20, 21, 1000, 8000, 40_000} {
		kind, text := websocket.TextMessage, strings.Repeat("Grüße!", n)
		if i%2 == 1 {
			kind, text = websocket.BinaryMessage, strings.Repeat("\x00\xff", n)
		}
		messages = append(messages, text)
		c.WriteControl(websocket.PingMessage, []byte("there?"), soon)
		if err := c.WriteMessage(kind, []byte(text)); err != nil {
			t.Fatal(err)
		}
		if _, _, err := c.ReadMessage(); err != nil {
			t.Fatal(err)
		}
	}
	c.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(1000, "bye"), soon)
	c.ReadMessage()
	return messages
}

// data lists the payloads of one side's data messages.
func data(events []Event, side Side) (list []string) {
	for _, e := range events {
		if e.Kind == KindMessage && e.Side == side && (e.Message.Opcode == wire.OpText || e.Message.Opcode == wire.OpBinary) {
			list = append(list, string(e.Message.Payload))
		}
	}
	return list
}
