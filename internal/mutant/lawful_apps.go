package mutant

import (
	"bytes"
	"sync"

	"wsprobe/internal/wire"
)

// What a lawful mutant serves instead of an echo. RFC 6455 leaves to the
// application what it says to a message.
var _ = lawful(
	Mutant{Name: "never-answers", About: "takes messages and says nothing", serves: replying(func(peer, wire.Opcode, []byte) *violation { return nil })},
	Mutant{Name: "answers-in-capitals", About: "sends texts back in capitals", serves: replying(func(p peer, op wire.Opcode, data []byte) *violation {
		p.send(op, bytes.ToUpper(data))
		return nil
	})},
	Mutant{Name: "answers-twice", About: "echoes each message twice", serves: replying(func(p peer, op wire.Opcode, data []byte) *violation {
		p.send(op, data)
		p.send(op, data)
		return nil
	})},
	Mutant{Name: "acknowledges", About: "says ok before each echo", serves: replying(func(p peer, op wire.Opcode, data []byte) *violation {
		p.send(wire.OpText, []byte("ok"))
		p.send(op, data)
		return nil
	})},
	Mutant{Name: "answers-errors", About: "says that each message is an error", serves: replying(func(p peer, _ wire.Opcode, _ []byte) *violation {
		p.send(wire.OpText, []byte(`{"error":"not a request"}`))
		return nil
	})},
	Mutant{Name: "closes-on-errors", About: "closes with 4400 on a message that is none of its protocol",
		serves: replying(func(peer, wire.Opcode, []byte) *violation { return &violation{4400, "not a request"} })},
	Mutant{Name: "closes-after-each-reply", About: "echoes one message and closes with 1000",
		serves: replying(func(p peer, op wire.Opcode, data []byte) *violation {
			p.send(op, data)
			return &violation{closeNormal, "that was all"}
		})},
	Mutant{Name: "takes-texts-only", About: "refuses binary messages with 1003, and echoes texts", serves: replying(refusing(wire.OpBinary))},
	Mutant{Name: "takes-binary-only", About: "refuses texts with 1003, and echoes binary messages", serves: replying(refusing(wire.OpText))},
	Mutant{Name: "broadcasts", About: "sends each message to everyone", serves: newBroadcast},
)

// app is a service that does the same with each message.
type app struct {
	peer
	answer func(peer, wire.Opcode, []byte) *violation
}

func (a app) message(op wire.Opcode, payload []byte) *violation { return a.answer(a.peer, op, payload) }

func (a app) gone() {}

// replying makes a service of what is done with one message.
func replying(answer func(peer, wire.Opcode, []byte) *violation) func() func(peer) application {
	return func() func(peer) application {
		return func(p peer) application { return app{p, answer} }
	}
}

// refusing echoes all messages but those of one type.
func refusing(not wire.Opcode) func(peer, wire.Opcode, []byte) *violation {
	return func(p peer, op wire.Opcode, data []byte) *violation {
		if op == not {
			return &violation{closeType, "not that type"}
		}
		p.send(op, data)
		return nil
	}
}

// broadcast is a connection of a service that sends everything to everyone.
type broadcast struct {
	peer
	everyone *audience
}

type audience struct {
	mu    sync.Mutex
	peers map[peer]bool
}

func newBroadcast() func(peer) application {
	a := &audience{peers: map[peer]bool{}}
	return func(p peer) application {
		a.mu.Lock()
		defer a.mu.Unlock()
		a.peers[p] = true
		return broadcast{p, a}
	}
}

func (b broadcast) message(op wire.Opcode, payload []byte) *violation {
	b.everyone.mu.Lock()
	defer b.everyone.mu.Unlock()
	for p := range b.everyone.peers {
		p.send(op, payload)
	}
	return nil
}

func (b broadcast) gone() {
	b.everyone.mu.Lock()
	defer b.everyone.mu.Unlock()
	delete(b.everyone.peers, b.peer)
}
