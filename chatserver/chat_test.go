package chatserver

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"
)

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
