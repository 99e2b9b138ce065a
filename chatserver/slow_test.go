package chatserver

import (
	"fmt"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"wsprobe/internal/wire"
)

// longTexts lets people say so much at once that the buffers of TCP are soon full.
func longTexts(c Config) Config {
	c.TextLimit, c.ChatLimit = 1<<17, 1<<20
	return c
}

var longText = strings.Repeat("x", 1<<17)

// sleepyJoin joins a room and reads nothing from then on.
func sleepyJoin(t *testing.T, addr string) *rawConn {
	t.Helper()
	c := openRaw(t, addr, "/chat", "")
	c.Conn.(*net.TCPConn).SetReadBuffer(64 << 10)
	c.send(frame(0x81, `{"type":"join","room":"lobby","nick":"sleepy"}`)...)
	return c
}

// talkUntilLeft lets alice say and hear until the room is told that sleepy left.
// Should the slow reader hold her up, this would hang.
func talkUntilLeft(t *testing.T, alice *person) {
	t.Helper()
	for {
		alice.says(fmt.Sprintf(`{"type":"say","text":%q}`, longText))
		for {
			heard := alice.hears(`{}`)
			if heard["type"] == "left" {
				return
			}
			if heard["type"] == "said" {
				break
			}
		}
	}
}

func TestSlowReader(t *testing.T) {
	addr := start(t, longTexts(Config{}))
	alice := enter(t, addr, "gorilla")
	alice.name = "alice"
	gather("lobby", alice)
	sleepy := sleepyJoin(t, addr)
	alice.hears(`{"type":"joined","nick":"sleepy"}`)
	talkUntilLeft(t, alice)

	// Now that it reads, it finds what was under way, and the reason.
	sleepy.Conn.(*net.TCPConn).SetReadBuffer(4 << 20)
	sleepy.SetDeadline(time.Now().Add(patience))
	for {
		h, payload := sleepy.frame()
		if h.Opcode != wire.OpClose {
			continue
		}
		if code := int(payload[0])<<8 | int(payload[1]); code != codePolicy {
			t.Errorf("the slow reader was closed with %d, want %d", code, codePolicy)
		}
		break
	}
	alice.says(`{"type":"who"}`)
	for alice.hears(`{}`)["type"] != "people" {
	}
}

// TestReaderThatNeverWakes is cut off, and its place is free again.
func TestReaderThatNeverWakes(t *testing.T) {
	addr := start(t, longTexts(Config{MaxConnections: 2, WriteTimeout: 50 * time.Millisecond, CloseTimeout: 50 * time.Millisecond}))
	alice := enter(t, addr, "gobwas")
	alice.name = "alice"
	gather("lobby", alice)
	sleepyJoin(t, addr)
	alice.hears(`{"type":"joined","nick":"sleepy"}`)
	talkUntilLeft(t, alice)
	for {
		if r := ask(t, addr, edit("", "")); r.Status == 101 {
			return
		}
	}
}

// TestSpeakerThatDoesNotRead holds up nobody but itself.
func TestSpeakerThatDoesNotRead(t *testing.T) {
	addr := start(t, longTexts(Config{WriteTimeout: 50 * time.Millisecond, CloseTimeout: 50 * time.Millisecond}))
	deaf := sleepyJoin(t, addr)
	say := frame(0x81, fmt.Sprintf(`{"type":"say","text":%q}`, longText))
	for {
		if _, err := deaf.Write(say); err != nil {
			break
		}
	}
	alice := enter(t, addr, "coder")
	alice.name = "alice"
	gather("other", alice)
}

// TestEchoOfSlowReader ends by the write timeout.
func TestEchoOfSlowReader(t *testing.T) {
	addr := start(t, Config{WriteTimeout: 50 * time.Millisecond, CloseTimeout: 50 * time.Millisecond})
	c := openRaw(t, addr, "/echo", "")
	big := frame(0x82, strings.Repeat("x", 1<<20))
	for {
		if _, err := c.Write(big); err != nil {
			break
		}
	}
	io.Copy(io.Discard, c.r)
}
