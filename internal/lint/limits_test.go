package lint

import (
	"runtime"
	"strings"
	"testing"

	"wsprobe/internal/wire"
)

// maxHeap is what a session may come to hold of what the tests below send: its
// own limits, doubled by the growth of buffers.
const maxHeap = 8 << 20

// TestMemory sends without end, and looks at what is held.
func TestMemory(t *testing.T) {
	const much = 16 << 20
	block := []byte(strings.Repeat("x", 64<<10))
	zeros := make([]byte, 64<<10)
	tests := []struct {
		name  string
		open  []turn
		first []byte
		block []byte
	}{
		{"a frame of 2^62 bytes", opened(), sent(text, "", claim(1<<62)), block},
		{"a ping of 2^62 bytes", opened(), sent(wire.OpPing, "", claim(1<<62)), block},
		{"tiny fragments", opened(), sent(text, "", notFin), []byte(strings.Repeat(string(sent(more, "abcdefghijkl", notFin)), 1000))},
		{"compressed fragments", deflated(""), sent(text, "", notFin, rsv(4)), sent(more, string(block), notFin)},
		{"a text of hixie-76", []turn{client(ask76, key76), server(accept76, answer76)}, []byte{0}, block},
		{"a length of hixie-76", []turn{client(ask76, key76), server(accept76, answer76)}, []byte{0x80}, []byte(strings.Repeat("\x80", 64<<10))},
		{"a body", []turn{client(ask())}, []byte("HTTP/1.1 400 Bad Request\r\n\r\n"), block},
		{"a head", []turn{client(ask())}, []byte("HTTP/1.1 200 OK\r\nX: "), block},
		{"garbage", nil, nil, zeros},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			for _, joined := range []bool{false, true} {
				s := New(Options{Keep: 1 << 10, Inflate: 1 << 20, Joined: joined})
				for _, turn := range tt.open {
					s.Feed(turn.side, 0, turn.bytes)
				}
				before := heap()
				s.Feed(Server, 0, tt.first)
				for n := 0; n < much; n += len(tt.block) {
					s.Feed(Server, 0, tt.block)
				}
				if grown := int64(heap()) - int64(before); grown > maxHeap {
					t.Errorf("%d bytes are held", grown)
				}
				s.End(Server, 0, EndFIN)
			}
		})
	}
}

// TestClientWaits sends without end in front of the answer.
func TestClientWaits(t *testing.T) {
	s := New(Options{})
	s.Feed(Client, 0, []byte(ask()))
	block := make([]byte, 64<<10)
	var held uint64
	for range 100 {
		for _, e := range s.Feed(Client, 0, block) {
			held += e.Size
		}
	}
	if held != 100*64<<10 {
		t.Errorf("%d bytes were given", held)
	}
	events := s.Feed(Server, 0, []byte(accept()))
	if got := rulesIn(events); len(events) != 1 || got != nil {
		t.Errorf("got:\n%s", tell(events))
	}
}

// heap returns how many bytes are in use.
func heap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// TestAllocations counts what a frame costs where nothing is kept.
func TestAllocations(t *testing.T) {
	for _, tt := range []struct {
		name  string
		side  Side
		frame []byte
		most  float64
	}{
		{"server", Server, sent(bin, strings.Repeat("x", 100)), 3}, // the list, the frame, the message
		{"client", Client, own(text, strings.Repeat("x", 100)), 3},
	} {
		s := New(Options{})
		for _, turn := range opened() {
			s.Feed(turn.side, 0, turn.bytes)
		}
		s.sides[Client].mask = [4]byte{}
		got := testing.AllocsPerRun(100, func() {
			s.Feed(tt.side, 0, tt.frame)
			s.sides[Client].masked = false // the same key again
		})
		if got > tt.most {
			t.Errorf("%s: %v allocations", tt.name, got)
		}
	}
}

// BenchmarkFrames measures small messages of a client.
func BenchmarkFrames(b *testing.B) {
	for _, keep := range []int{0, 1 << 10} {
		name := "keep nothing"
		if keep > 0 {
			name = "keep all"
		}
		b.Run(name, func(b *testing.B) {
			s := New(Options{Keep: keep})
			for _, turn := range opened() {
				s.Feed(turn.side, 0, turn.bytes)
			}
			var p []byte
			for i := range 100 {
				p = append(p, own(text, strings.Repeat("x", 64), key(byte(i)))...)
			}
			b.SetBytes(int64(len(p)))
			b.ReportAllocs()
			for b.Loop() {
				s.Feed(Client, 0, p)
			}
		})
	}
}
