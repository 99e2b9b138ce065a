package chatserver

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net"
	"reflect"
	"strings"
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
	_, p, err := c.Read(context.Background())
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

// TestChatAcrossDialects lets every kind of client talk to every other.
func TestChatAcrossDialects(t *testing.T) {
	addr := start(t, Config{})
	var everyone []*person
	for _, name := range []string{"gorilla", "coder", "gobwas", "hixie-76", "hixie-75"} {
		everyone = append(everyone, enter(t, addr, name))
	}
	gather("lobby", everyone...)
	for i, speaker := range everyone {
		text := fmt.Sprintf("<b>κόσμε</b> & 😀 from %s", speaker.name)
		speaker.says(`{"type":"say","text":"` + text + `"}`)
		for _, p := range everyone {
			p.hears(fmt.Sprintf(`{"type":"said","room":"lobby","nick":%q,"text":%q,"id":%d}`, speaker.name, text, i+1))
		}
	}
	for i, gone := range everyone[:4] {
		gone.hangUp()
		for _, p := range everyone[i+1:] {
			p.hears(fmt.Sprintf(`{"type":"left","room":"lobby","nick":%q}`, gone.name))
		}
	}
}

func TestConversation(t *testing.T) {
	addr := start(t, Config{TextLimit: 5, RoomLimit: 2})
	alice, bob, carol := enter(t, addr, "gorilla"), enter(t, addr, "gobwas"), enter(t, addr, "coder")
	alice.name, bob.name, carol.name = "alice", "bob", "carol"

	alice.says(`{"type":"say","text":"x","ref":"1"}`)
	alice.hears(`{"type":"error","code":"not-joined","ref":"1"}`)
	alice.says(`{"type":"join","room":"tea","nick":"alice","ref":"2","more":{"ignored":[1]}}`)
	alice.hears(`{"type":"joined","room":"tea","nick":"alice","ref":"2"}`)
	bob.says(`{"type":"join","room":"tea","nick":"ALICE"}`)
	bob.hears(`{"type":"error","code":"nick-taken"}`)
	bob.says(`{"type":"join","room":"tea","nick":"bob","ref":"3"}`)
	bob.hears(`{"type":"joined","nick":"bob","ref":"3"}`)
	if got := alice.hears(`{"type":"joined","nick":"bob"}`); got["ref"] != nil {
		t.Errorf("alice was sent bob's ref: %v", got)
	}
	carol.says(`{"type":"join","room":"tea","nick":"carol"}`)
	carol.hears(`{"type":"error","code":"room-full"}`)
	carol.says(`{"type":"join","room":"Tea","nick":"alice"}`) // rooms do mind case
	carol.hears(`{"type":"joined","room":"Tea","nick":"alice"}`)

	bob.says(`{"type":"who","ref":"4"}`)
	bob.hears(`{"type":"people","room":"tea","nicks":["alice","bob"],"ref":"4"}`)
	bob.says(`{"type":"join","room":"other","nick":"bob"}`)
	bob.hears(`{"type":"error","code":"already-joined"}`)
	bob.says(`{"type":"say","text":"123456"}`)
	bob.hears(`{"type":"error","code":"too-long"}`)
	bob.says(`{"type":"say","text":"κόσμε"}`)
	bob.hears(`{"type":"said","nick":"bob","text":"κόσμε","id":1}`)
	alice.hears(`{"type":"said","nick":"bob","text":"κόσμε","id":1}`)
	alice.says(`{"type":"leave","ref":"5"}`)
	alice.hears(`{"type":"left","room":"tea","nick":"alice","ref":"5"}`)
	bob.hears(`{"type":"left","room":"tea","nick":"alice"}`)
	alice.says(`{"type":"who"}`)
	alice.hears(`{"type":"error","code":"not-joined"}`)
	alice.says(`{"type":"join","room":"tea","nick":"Bob"}`)
	alice.hears(`{"type":"error","code":"nick-taken"}`)
	bob.says(`{"type":"leave"}`)
	bob.hears(`{"type":"left","nick":"bob"}`)
	alice.says(`{"type":"join","room":"tea","nick":"Bob"}`)
	alice.hears(`{"type":"joined","nick":"Bob"}`)
	alice.says(`{"type":"say","text":"new"}`)
	alice.hears(`{"type":"said","id":1}`) // the room ceased in between
}

func TestComplaints(t *testing.T) {
	p := enter(t, start(t, Config{}), "gorilla")
	long := strings.Repeat("é", 65)
	for message, want := range map[string]string{
		``:                                       `{"code":"bad-json"}`,
		`null`:                                   `{"code":"bad-json"}`,
		`[]`:                                     `{"code":"bad-json"}`,
		`"join"`:                                 `{"code":"bad-json"}`,
		`{"type":"who"} {}`:                      `{"code":"bad-json"}`,
		`{"type":"who"`:                          `{"code":"bad-json"}`,
		strings.Repeat("[", 20000):               `{"code":"bad-json"}`,
		`{}`:                                     `{"code":"bad-message"}`,
		`{"type":5,"ref":"r"}`:                   `{"code":"bad-message","ref":"r"}`,
		`{"TYPE":"who"}`:                         `{"code":"bad-message"}`,
		`{"type":"who","ref":1}`:                 `{"code":"bad-message"}`,
		`{"type":"who","ref":"` + long + `"}`:    `{"code":"bad-message"}`,
		`{"type":"` + long + `","ref":"r"}`:      `{"code":"unknown-type","ref":"r"}`,
		`{"type":"join","room":"a"}`:             `{"code":"bad-message"}`,
		`{"type":"join","room":"a","nick":null}`: `{"code":"bad-message"}`,
		`{"type":"join","room":"","nick":"a"}`:   `{"code":"bad-room"}`,
		`{"type":"join","room":"` + long + `","nick":"a"}`:        `{"code":"bad-room"}`,
		`{"type":"join","room":"a","nick":""}`:                    `{"code":"bad-nick"}`,
		`{"type":"join","room":"a","nick":" a"}`:                  `{"code":"bad-nick"}`,
		`{"type":"join","room":"a","nick":"a  b"}`:                `{"code":"bad-nick"}`,
		`{"type":"join","room":"a","nick":"a\nb"}`:                `{"code":"bad-nick"}`,
		`{"type":"join","room":"a","nick":"a\u202eb"}`:            `{"code":"bad-nick"}`,
		`{"type":"join","room":"a","nick":"\ud800"}`:              `{"code":"bad-nick"}`,
		`{"type":"join","room":"a","nick":"` + long[:2*33] + `"}`: `{"code":"bad-nick"}`,
		`{"type":"say"}`:   `{"code":"bad-message"}`,
		`{"type":"leave"}`: `{"code":"not-joined"}`,
	} {
		p.says(message)
		got := p.hears(want)
		if got["type"] != "error" || got["text"] == "" {
			t.Errorf("%.80s was answered with %v", message, got)
		}
	}
	p.says(`{"type":"join","room":"a b","nick":"` + long[:2*32] + `"}`)
	p.hears(`{"type":"joined"}`)
	p.says(`{"type":"say","text":""}`)
	p.hears(`{"code":"bad-text"}`)
	p.says(`{"type":"say","text":"\ud800"}`)
	p.hears(`{"type":"said","text":"\ufffd"}`)
}

func TestChatCloses(t *testing.T) {
	addr := start(t, Config{ChatLimit: 1000, CloseTimeout: 100 * time.Millisecond})
	c := openRaw(t, addr, "/chat", "")
	c.send(frame(0x82, "{}")...)
	c.send(frame(0x81, `{"type":"who"}`)...) // no longer answered
	c.wantClose(1003)
	c = openRaw(t, addr, "/chat", "")
	c.send(frame(0x81, strings.Repeat(" ", 1001))...)
	c.wantClose(1009)
	c = openRaw(t, addr, "/chat", "")
	c.send(frame(0x81, "\xff")...)
	c.wantClose(1007)
}

// TestOneOrder lets three people talk at once: all hear all of it, in one order.
func TestOneOrder(t *testing.T) {
	const each = 500
	addr := start(t, Config{})
	people := []*person{enter(t, addr, "gorilla"), enter(t, addr, "gobwas"), enter(t, addr, "hixie-76")}
	gather("lobby", people...)
	heard := make([]chan []string, len(people))
	for i, p := range people {
		heard[i] = make(chan []string, 1)
		go func() {
			for n := range each {
				p.say(fmt.Sprintf(`{"type":"say","text":"%d"}`, n))
			}
		}()
		go func() {
			var list []string
			for range each * len(people) {
				out, err := p.hear()
				if err != nil {
					break
				}
				list = append(list, string(out))
			}
			heard[i] <- list
		}()
	}
	first := <-heard[0]
	if len(first) != each*len(people) {
		t.Fatalf("%s heard %d messages, want %d", people[0].name, len(first), each*len(people))
	}
	for i, p := range people[1:] {
		if list := <-heard[i+1]; !reflect.DeepEqual(list, first) {
			t.Errorf("%s heard something else than %s", p.name, people[0].name)
		}
	}
}
