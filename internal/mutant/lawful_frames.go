package mutant

import (
	"time"

	"wsprobe/internal/wire"
)

// How a lawful mutant cuts its messages, and what it sends between the pieces
// (RFC 6455 §5.4).
var _ = lawful(
	Mutant{Name: "fragments-to-bytes", About: "sends each message in fragments of one byte",
		frame: onData(inFragments(func(int) int { return 1 }))},
	Mutant{Name: "fragments-oddly", About: "sends each message in fragments of odd sizes, the first and the last of them empty",
		frame: onData(inFragments(func(i int) int { return []int{0, 3, 1, 4, 0, 125, 126, 127}[i%8] }))},
	Mutant{Name: "fragments-at-its-buffer", About: "sends long messages in fragments of 4096 bytes",
		frame: onData(inFragments(func(int) int { return 4096 }))},
	Mutant{Name: "ends-with-empty-fragment", About: "sends each message in one fragment with FIN clear and an empty one behind it",
		frame: onData(func(f frame) []frame {
			last := newFrame(wire.OpContinuation, nil)
			f.Fin = false
			return []frame{f, last}
		})},
	Mutant{Name: "pings-between-fragments", About: "sends messages in fragments with pings and pongs between them",
		frame: onData(func(f frame) []frame {
			var out []frame
			for _, piece := range inFragments(func(i int) int { return 2 + 50*i })(f) {
				out = append(out, piece, newFrame(wire.OpPing, []byte("between")), newFrame(wire.OpPong, nil))
			}
			return out
		})},
	Mutant{Name: "pings-before-messages", About: "sends two pings before each message",
		frame: onData(func(f frame) []frame {
			return []frame{newFrame(wire.OpPing, nil), newFrame(wire.OpPing, make([]byte, 125)), f}
		})},
	Mutant{Name: "pings-after-messages", About: "sends a ping after each message", frame: onData(behind(newFrame(wire.OpPing, []byte("after"))))},
	Mutant{Name: "pongs-unasked", About: "sends a pong that nobody asked for before each frame, its pongs too",
		frame: func(_ *session, f frame) []frame { return []frame{newFrame(wire.OpPong, []byte("unasked")), f} }},
	Mutant{Name: "pings-at-its-close", About: "sends a ping before its Close",
		frame: on(wire.OpClose, func(f frame) []frame { return []frame{newFrame(wire.OpPing, []byte("bye")), f} })},
	Mutant{Name: "all-at-once", About: "sends messages in odd fragments with pings between them, in odd pieces",
		frame: onData(func(f frame) []frame {
			var out []frame
			for _, piece := range inFragments(func(i int) int { return oddSizes[i%len(oddSizes)] })(f) {
				out = append(out, piece, newFrame(wire.OpPing, []byte("between")))
			}
			return out
		}),
		write: inPieces(func(i int) int { return oddSizes[i%len(oddSizes)] })},
)

// What a lawful mutant sends when nothing is asked of it.
var _ = lawful(
	Mutant{Name: "heartbeat-of-pings", About: "sends a ping each 100 ms", opened: each(100*time.Millisecond, wire.OpPing, "alive?")},
	Mutant{Name: "heartbeat-of-pongs", About: "sends a pong each 100 ms", opened: each(100*time.Millisecond, wire.OpPong, "")},
	Mutant{Name: "pings-at-once", About: "sends a ping right behind its 101", write: together(5 * time.Millisecond),
		opened: func(s *session) { s.send(wire.OpPing, []byte("first of all")) }},
	Mutant{Name: "chatters", About: "sends a text of its own each 70 ms", opened: each(70*time.Millisecond, wire.OpText, "news")},
	Mutant{Name: "chatters-in-binary", About: "sends binary messages of its own each 150 ms",
		opened: each(150*time.Millisecond, wire.OpBinary, "\x00\xff")},
	Mutant{Name: "speaks-now-and-then", About: "sends a text of its own each two seconds, to all at once",
		opened: func(s *session) {
			const often = 2 * time.Second
			s.meanwhile(func() {
				next := func() { s.wait(time.Until(time.Now().Truncate(often).Add(often))) }
				for next(); !s.isDone(); next() {
					s.send(wire.OpText, []byte("the time"))
				}
			})
		}},
	Mutant{Name: "greets", About: "sends a text as soon as a connection is open",
		opened: func(s *session) { s.send(wire.OpText, []byte("welcome")) }},
	Mutant{Name: "greets-behind-its-answer", About: "sends a text in the segment of its 101", write: together(5 * time.Millisecond),
		opened: func(s *session) { s.send(wire.OpText, []byte("welcome")) }},
	Mutant{Name: "greets-late", About: "sends a text half a second after a connection has opened",
		opened: func(s *session) {
			s.meanwhile(func() {
				if s.wait(500 * time.Millisecond); !s.isDone() {
					s.send(wire.OpText, []byte("welcome"))
				}
			})
		}},
)

// maxFragments is how many fragments a message is cut into at the most.
const maxFragments = 300

// inFragments cuts a data frame into fragments of those sizes. The end of a long
// one goes out in one piece.
func inFragments(size func(i int) int) func(frame) []frame {
	return func(f frame) (out []frame) {
		rest, empty := f.payload, 0
		for i := 0; i == 0 || len(rest) > 0; i++ {
			n := min(len(rest), size(i))
			if len(out) >= maxFragments || empty > 8 {
				n = len(rest)
			}
			piece := f.resized(rest[:n])
			if rest = rest[n:]; i > 0 {
				piece.Opcode, piece.Rsv = wire.OpContinuation, 0
			}
			piece.Fin = len(rest) == 0
			out = append(out, piece)
		}
		return out
	}
}

// each sends that again and again while the connection lasts.
func each(d time.Duration, op wire.Opcode, payload string) func(*session) {
	return func(s *session) {
		s.meanwhile(func() {
			for s.wait(d); !s.isDone(); s.wait(d) {
				s.send(op, []byte(payload))
			}
		})
	}
}

// meanwhile runs f beside the reading of the connection.
func (s *session) meanwhile(f func()) { s.running.Go(f) }

// isDone reports whether the connection is over, or the server.
func (s *session) isDone() bool {
	select {
	case <-s.done:
		return true
	default:
		return s.stopped()
	}
}

var echoesEachFragment = odd("echoes-each-fragment", "echoes a fragment as soon as it has come, and not the message as a whole")

// echoFragment sends a fragment back on its own, unless it is compressed or of
// another service than the echo.
func (s *session) echoFragment(h wire.Header) bool {
	_, echoes := s.app.(echo)
	if !echoes || s.message.compressed {
		return false
	}
	s.writing.Lock()
	defer s.writing.Unlock()
	if s.closeSent {
		return true
	}
	f := newFrame(h.Opcode, s.message.data)
	f.Fin = h.Fin
	s.message.data = s.message.data[:0]
	if s.write(wire.AppendFrame(nil, f.Header, f.payload)) != nil {
		s.Close()
	}
	return true
}
