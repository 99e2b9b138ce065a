package lint

import (
	"bytes"
	"reflect"
	"strings"
	"testing"
	"time"

	"wsprobe/internal/wire"
)

// collector is a watcher that puts all it is told into events.
type collector struct {
	keep   int
	plain  int
	events []Event
}

func (c *collector) Plain(side Side, at time.Duration, offset uint64, h wire.Header, payload []byte) {
	c.plain++
	pair := PlainEvents(side, at, offset, h, bytes.Clone(payload), c.keep)
	c.events = append(c.events, pair[:]...)
}

func (c *collector) Events(events []Event) { c.events = append(c.events, events...) }

// checkWatched demands that a watcher is told what there is without one.
func checkWatched(t *testing.T, o Options, turns []turn, want []Event) {
	t.Helper()
	for _, piece := range []int{0, 5, 64} {
		c := &collector{keep: o.Keep}
		o.Watcher = c
		if returned := play(o, turns, piece); len(returned) > 0 {
			t.Fatalf("with a watcher, %d events were returned", len(returned))
		}
		if got := settled(c.events); !reflect.DeepEqual(got, settled(want)) {
			t.Fatalf("watched, in pieces of %d:\n%sunwatched:\n%s", piece, tell(got), tell(want))
		}
	}
}

// settled is plain, with no difference between no payload and an empty one.
func settled(events []Event) []Event {
	out := plain(events)
	for i := range out {
		if f := out[i].Frame; f != nil && len(f.Payload) == 0 {
			g := *f
			g.Payload, out[i].Frame = nil, &g
		}
		if m := out[i].Message; m != nil && len(m.Payload) == 0 {
			n := *m
			n.Payload, out[i].Message = nil, &n
		}
	}
	return out
}

func TestPlainFramesAreCheap(t *testing.T) {
	c := &collector{}
	s := New(Options{Watcher: &counter{}})
	for _, turn := range opened() {
		s.Feed(turn.side, 0, turn.bytes)
	}
	chunk := bytes.Repeat(sent(text, "Hello, plain frame"), 100)
	if allocs := testing.AllocsPerRun(100, func() { s.Feed(Server, 0, chunk) }); allocs > 0 {
		t.Errorf("%v allocations for plain frames", allocs)
	}
	s = New(Options{Watcher: c, Keep: 100})
	for _, turn := range opened() {
		s.Feed(turn.side, 0, turn.bytes)
	}
	s.Feed(Server, 0, chunk)
	if c.plain != 100 {
		t.Errorf("%d plain frames of 100", c.plain)
	}
}

// TestPlainLengths has frames be told alike, whichever way they go: up to MaxPlain
// the short one, above it the other, and where the end of one is no UTF-8.
func TestPlainLengths(t *testing.T) {
	for _, n := range []int{0, 125, 126, 2<<10 + 1, MaxPlain - 1, MaxPlain, MaxPlain + 1} {
		payload := strings.Repeat("x", n)
		turns := opened(
			client(own(text, payload), own(wire.OpBinary, payload)), server(sent(text, payload), sent(wire.OpBinary, payload)),
			client(own(text, payload+"\xff")), server(sent(text, payload+"\xff")))
		for _, keep := range []int{0, 100, MaxPlain} {
			o := Options{Keep: keep}
			checkWatched(t, o, turns, play(o, turns, 0))
		}
		c := &collector{}
		play(Options{Watcher: c}, turns[:4], 0)
		if short := c.plain == 4; short != (n <= MaxPlain) || c.plain%4 != 0 {
			t.Errorf("of four frames of %d bytes, %d go the short way", n, c.plain)
		}
	}
}

// counter is a watcher that only counts.
type counter struct{ plain, events int }

func (c *counter) Plain(Side, time.Duration, uint64, wire.Header, []byte) { c.plain++ }
func (c *counter) Events(events []Event)                                  { c.events += len(events) }

func BenchmarkPlain(b *testing.B) {
	c := &counter{}
	s := New(Options{Watcher: c})
	for _, turn := range opened() {
		s.Feed(turn.side, 0, turn.bytes)
	}
	chunk := make([]byte, 0, 1<<16)
	var key [4]byte
	for n := byte(0); len(chunk)+70 < cap(chunk); n++ {
		key[0] = n
		h := wire.Header{Fin: true, Opcode: wire.OpText, Masked: true, Mask: key, Length: 64}
		chunk = wire.AppendFrame(chunk, h, bytes.Repeat([]byte("x"), 64))
	}
	b.SetBytes(int64(len(chunk)))
	for b.Loop() {
		s.Feed(Client, 0, chunk)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(c.plain), "ns/frame")
}
