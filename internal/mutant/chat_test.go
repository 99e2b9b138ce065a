package mutant

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	gorilla "github.com/gorilla/websocket"
)

// person is someone in the chat, on a client that was not written here.
type person struct {
	*gorilla.Conn
	t *testing.T
}

func newPerson(t *testing.T, addr string) person {
	t.Helper()
	c, _, err := gorilla.DefaultDialer.DialContext(t.Context(), "ws://"+addr+"/chat", nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return person{c, t}
}

// says sends a message.
func (p person) says(message string) {
	p.t.Helper()
	if err := p.WriteMessage(gorilla.TextMessage, []byte(message)); err != nil {
		p.t.Fatal(err)
	}
}

// hears wants a message whose members, without texts for people and times, are
// those given, sorted: "nick=a room=r type=joined".
func (p person) hears(want string) {
	p.t.Helper()
	_, m, err := p.ReadMessage()
	if err != nil {
		p.t.Fatalf("%s wanted: %v", want, err)
	}
	var o map[string]any
	if err := json.Unmarshal(m, &o); err != nil {
		p.t.Fatal(err)
	}
	if delete(o, "time"); o["type"] == "error" {
		delete(o, "text")
	}
	got := strings.NewReplacer("map[", "", ":", "=").Replace(fmt.Sprint(o))
	if got = strings.TrimSuffix(got, "]"); got != want {
		p.t.Errorf("heard %s, not %s", got, want)
	}
}

func TestChat(t *testing.T) {
	addr := start(t, nil)
	alice, bob := newPerson(t, addr), newPerson(t, addr)

	alice.says(`{"type":"join","room":"r","nick":"alice","ref":"1","later":true}`)
	alice.hears("nick=alice ref=1 room=r type=joined")
	bob.says(`{"type":"join","room":"r","nick":"ALICE"}`)
	bob.hears("code=nick-taken type=error")
	bob.says(`{"type":"join","room":"r","nick":"bob","ref":"2"}`)
	bob.hears("nick=bob ref=2 room=r type=joined")
	alice.hears("nick=bob room=r type=joined")

	alice.says(`{"type":"say","text":"<one> \ud83d\ude00 \ud800"}`)
	alice.says(`{"type":"say","text":"two"}`)
	for _, p := range []person{alice, bob} {
		p.hears("id=1 nick=alice room=r text=<one> 😀 \uFFFD type=said")
		p.hears("id=2 nick=alice room=r text=two type=said")
	}
	alice.says(`{"type":"who","ref":"3"}`)
	alice.hears("nicks=[alice bob] ref=3 room=r type=people")

	bob.says(`{"type":"leave"}`)
	bob.hears("nick=bob room=r type=left")
	alice.hears("nick=bob room=r type=left")
	bob.says(`{"type":"join","room":"r","nick":"bob"}`)
	bob.hears("nick=bob room=r type=joined")
	alice.hears("nick=bob room=r type=joined")
	bob.NetConn().Close()
	alice.hears("nick=bob room=r type=left")

	alice.says(`{"type":"leave"}`)
	alice.hears("nick=alice room=r type=left")
	alice.says(`{"type":"join","room":"r","nick":"alice"}`)
	alice.hears("nick=alice room=r type=joined")
	alice.says(`{"type":"say","text":"a new room"}`)
	alice.hears("id=1 nick=alice room=r text=a new room type=said")
}

func TestChatErrors(t *testing.T) {
	p := newPerson(t, start(t, nil))
	for message, code := range map[string]string{
		"[]": "bad-json", "null": "bad-json", "{": "bad-json", `{} {}`: "bad-json",
		"{}":                                   "bad-message",
		`{"type":1}`:                           "bad-message",
		`{"type":"join","room":"r"}`:           "bad-message",
		`{"type":"join","room":null,"nick":1}`: "bad-message",
		`{"type":"leave","ref":"` + strings.Repeat("x", 65) + `"}`:            "bad-message",
		`{"Type":"leave","type":"dance"}`:                                     "unknown-type",
		`{"type":"leave"}`:                                                    "not-joined",
		`{"type":"who"}`:                                                      "not-joined",
		`{"type":"say","text":"x"}`:                                           "not-joined",
		`{"type":"join","room":"r","nick":""}`:                                "bad-nick",
		`{"type":"join","room":"r","nick":" a"}`:                              "bad-nick",
		`{"type":"join","room":"r","nick":"a  b"}`:                            "bad-nick",
		`{"type":"join","room":"a\nb","nick":"a"}`:                            "bad-room",
		`{"type":"join","room":"` + strings.Repeat("x", 65) + `","nick":"a"}`: "bad-room",
	} {
		p.says(message)
		p.hears("code=" + code + " type=error")
	}
	p.says(`{"type":"join","room":"r","nick":"a"}`)
	p.hears("nick=a room=r type=joined")
	for message, code := range map[string]string{
		`{"type":"join","room":"q","nick":"b"}`:                     "already-joined",
		`{"type":"say","text":""}`:                                  "bad-text",
		`{"type":"say","text":"` + strings.Repeat("é", 2001) + `"}`: "too-long",
	} {
		p.says(message)
		p.hears("code=" + code + " type=error")
	}
}

func TestChatCloses(t *testing.T) {
	addr := start(t, nil)
	for code, m := range map[int]struct {
		kind int
		data string
	}{
		1003: {gorilla.BinaryMessage, "{}"},
		1009: {gorilla.TextMessage, strings.Repeat(" ", maxChat+1)},
	} {
		p := newPerson(t, addr)
		if err := p.WriteMessage(m.kind, []byte(m.data)); err != nil {
			t.Fatal(err)
		}
		if _, _, err := p.ReadMessage(); !gorilla.IsCloseError(err, code) {
			t.Errorf("%d wanted, %v came", code, err)
		}
	}
}

// A reader that does not read is sent away, and nobody waits for it.
func TestChatSlowReader(t *testing.T) {
	addr := start(t, nil)
	slow, quick := newPerson(t, addr), newPerson(t, addr)
	slow.says(`{"type":"join","room":"r","nick":"slow"}`)
	slow.hears("nick=slow room=r type=joined")
	quick.says(`{"type":"join","room":"r","nick":"quick"}`)
	quick.hears("nick=quick room=r type=joined")
	gone := make(chan bool)
	go func() {
		defer close(gone)
		for {
			if _, m, err := quick.ReadMessage(); err != nil || strings.Contains(string(m), `"left"`) {
				return
			}
		}
	}()
	message := []byte(`{"type":"say","text":"` + strings.Repeat("x", 2000) + `"}`)
	for {
		select {
		case <-gone:
			return
		default:
			if err := quick.WriteMessage(gorilla.TextMessage, message); err != nil {
				t.Fatal(err)
			}
		}
	}
}
