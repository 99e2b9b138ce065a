package lint

import (
	"math/rand/v2"
	"strings"
	"testing"

	"wsprobe/internal/wire"
)

// Sessions that hold too much together inflate no more, which each says of itself; and
// what ends gives its part back, however it ends.
func TestBudget(t *testing.T) {
	const size = 10_000
	const agreed = "Sec-WebSocket-Extensions: permessage-deflate"
	noise := make([]byte, 2*size)
	for r, i := rand.New(rand.NewPCG(1, 2)), 0; i < len(noise); i++ {
		noise[i] = byte(r.Uint32())
	}
	packed := squeeze(15, true, string(noise))[0]
	budget := NewBudget(3 * size)
	holds := func(want int64, when string) {
		t.Helper()
		if got := budget.Held(); got != want {
			t.Errorf("%s: %d bytes held, not %d", when, got, want)
		}
	}
	begun := func() *Session {
		s := New(Options{Keep: 100, Budget: budget})
		s.Feed(Client, 0, []byte(ask(agreed)))
		s.Feed(Server, 0, []byte(accept(agreed)))
		s.Feed(Client, 0, own(wire.OpBinary, packed[:size], rsv(4), notFin))
		return s
	}
	var sessions []*Session
	for range 4 {
		sessions = append(sessions, begun())
	}
	holds(3*size, "one too many")
	for _, i := range []int{3, 1, 2} { // the fourth had no room, the second has none for the rest
		note := "none"
		for _, e := range sessions[i].Feed(Client, 0, own(wire.OpContinuation, packed[size:])) {
			if e.Kind == KindMessage {
				note = e.Note
			}
		}
		if full := strings.Contains(note, "too much waits"); full != (i != 2) {
			t.Errorf("%d: %q", i, note)
		}
	}
	holds(size, "one goes on")
	sessions[0].End(Client, 0, EndReset)
	for _, s := range sessions {
		s.Release()
	}
	holds(0, "all have ended")

	early := New(Options{Keep: 100, Budget: budget})
	early.Feed(Client, 0, []byte(ask()+strings.Repeat("x", size)))
	holds(size, "before the answer")
	early.Feed(Server, 0, []byte(accept()))
	holds(0, "after it")
	lost := begun()
	holds(size, "begun again")
	lost.Gap(Client, 0, 1<<30)
	holds(0, "lost")
}
