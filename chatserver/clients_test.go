package chatserver

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net"
	"reflect"
	"testing"
	"time"

	coder "github.com/coder/websocket"
	"github.com/gobwas/ws"
	"github.com/gobwas/ws/wsutil"
	"github.com/gorilla/websocket"

	"wsprobe/internal/wire"
)

// talker is a client of the chat: one of those that others wrote, or raw bytes.
type talker interface {
	say(json string) error
	hear() ([]byte, error)
	hangUp()
}

type gorillaClient struct{ *websocket.Conn }

func (c gorillaClient) say(s string) error { return c.WriteMessage(websocket.TextMessage, []byte(s)) }
func (c gorillaClient) hear() ([]byte, error) {
	_, p, err := c.ReadMessage()
	return p, err
}
func (c gorillaClient) hangUp() { c.Close() }

type coderClient struct{ *coder.Conn }

func (c coderClient) say(s string) error {
	return c.Write(context.Background(), coder.MessageText, []byte(s))
}
func (c coderClient) hear() ([]byte, error) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	_, p, err := c.Read(ctx)
	return p, err
}
func (c coderClient) hangUp() { c.CloseNow() }

type gobwasClient struct{ net.Conn }

func (c gobwasClient) say(s string) error    { return wsutil.WriteClientText(c, []byte(s)) }
func (c gobwasClient) hear() ([]byte, error) { return wsutil.ReadServerText(c) }
func (c gobwasClient) hangUp()               { c.Close() }

type hixieClient struct{ *rawConn }

func (c hixieClient) say(s string) error {
	_, err := c.Write(wire.AppendHixieText(nil, []byte(s)))
	return err
}
func (c hixieClient) hear() ([]byte, error) {
	p, err := c.r.ReadBytes(0xff)
	return bytes.Trim(p, "\x00\xff"), err
}
func (c hixieClient) hangUp() { c.Close() }

// clients are the kinds of talker, by name.
var clients = map[string]func(t *testing.T, addr string) talker{
	"gorilla": func(t *testing.T, addr string) talker {
		d := websocket.Dialer{EnableCompression: true, Subprotocols: []string{"chat"}}
		c, _, err := d.Dial("ws://"+addr+"/chat", nil)
		must(t, err)
		c.SetReadDeadline(time.Now().Add(patience))
		return gorillaClient{c}
	},
	"coder": func(t *testing.T, addr string) talker {
		o := &coder.DialOptions{CompressionMode: coder.CompressionContextTakeover, CompressionThreshold: 1}
		c, _, err := coder.Dial(context.Background(), "ws://"+addr+"/chat", o)
		must(t, err)
		return coderClient{c}
	},
	"gobwas": func(t *testing.T, addr string) talker {
		c, early, _, err := ws.Dial(context.Background(), "ws://"+addr+"/chat")
		must(t, err)
		if early != nil {
			t.Fatal("the server spoke first")
		}
		c.SetDeadline(time.Now().Add(patience))
		return gobwasClient{c}
	},
	"hixie-76": func(t *testing.T, addr string) talker { return hixieClient{openHixie(t, addr, "/chat", wire.Hixie76)} },
	"hixie-75": func(t *testing.T, addr string) talker { return hixieClient{openHixie(t, addr, "/chat", wire.Hixie75)} },
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// person is a talker with a test.
type person struct {
	t    *testing.T
	name string
	talker
}

func enter(t *testing.T, addr, client string) *person {
	t.Helper()
	c := clients[client](t, addr)
	t.Cleanup(c.hangUp)
	return &person{t, client, c}
}

func (p *person) says(json string) {
	p.t.Helper()
	if err := p.say(json); err != nil {
		p.t.Fatalf("%s: sending: %v", p.name, err)
	}
}

// hears reads the next message, which must have all members of want.
func (p *person) hears(want string) map[string]any {
	p.t.Helper()
	raw, err := p.hear()
	if err != nil {
		p.t.Fatalf("%s: waiting for %s: %v", p.name, want, err)
	}
	var got, wanted map[string]any
	must(p.t, json.Unmarshal(raw, &got))
	must(p.t, json.Unmarshal([]byte(want), &wanted))
	for member, value := range wanted {
		if !reflect.DeepEqual(got[member], value) {
			p.t.Fatalf("%s: got %s, want %s", p.name, raw, want)
		}
	}
	return got
}

// gather lets people into a room, each hearing of those who come after.
func gather(room string, people ...*person) {
	for i, p := range people {
		p.t.Helper()
		p.says(fmt.Sprintf(`{"type":"join","room":%q,"nick":%q}`, room, p.name))
		for _, q := range people[:i+1] {
			q.hears(fmt.Sprintf(`{"type":"joined","room":%q,"nick":%q}`, room, p.name))
		}
	}
}
