package relay

import (
	"fmt"
	"math"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"wsprobe/internal/lint"
	"wsprobe/internal/record"
	"wsprobe/internal/rules"
	"wsprobe/internal/wire"
)

// Watch sets up how links are watched.
type Watch struct {
	Log *Log
	// Keep is how many bytes of a payload are recorded.
	Keep int
	// Inflate is how large a compressed message may be, sent and inflated, to be
	// looked into.
	Inflate int
	Totals  *Totals
}

// Totals counts over all connections. Its fields may be read at any time.
type Totals struct {
	Opened, Closed atomic.Uint64                   // connections
	WebSockets     atomic.Uint64                   // of them, those with an opening handshake that was accepted
	Dialects       [wire.RFC6455 + 1]atomic.Uint64 // the same, by dialect
	Detached       atomic.Uint64                   // of them, those no longer looked into after a failure of ours
	Bytes          [2]atomic.Uint64
	Frames         [2][16]atomic.Uint64 // by side and opcode

	mu       sync.Mutex
	findings map[rules.ID]uint64
}

// Findings returns how often each rule was broken.
func (t *Totals) Findings() map[rules.ID]uint64 {
	t.mu.Lock()
	defer t.mu.Unlock()
	out := make(map[rules.ID]uint64, len(t.findings))
	for id, n := range t.findings {
		out[id] = n
	}
	return out
}

func (t *Totals) found(findings []lint.Finding) {
	if len(findings) == 0 {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.findings == nil {
		t.findings = map[rules.ID]uint64{}
	}
	for _, f := range findings {
		t.findings[f.Rule]++
	}
}

// watched is a link that is looked at: a Tap that gives its bytes to lint, counts,
// and writes down what it sees.
type watched struct {
	record.Conn
	w        *Watch
	session  *lint.Session
	detached bool
	muted    bool // the log has no room for the connection: what it brings is lost

	// Of the call that is going on:
	room   *room // with entries for the log
	frames int   // how many these are
	counts [16]uint32
}

// room is what a call needs for itself: idle links have none.
type room struct {
	entries []byte
	scratch [lint.MaxPlain]byte
}

var rooms = sync.Pool{New: func() any { return &room{entries: make([]byte, 0, 64<<10)} }}

// Tap begins to watch a link.
func (w *Watch) Tap(c record.Conn) Tap {
	if c.Opaque != "" {
		return w.opaque(c)
	}
	k := &watched{Conn: c, w: w}
	keep := w.Keep
	if !w.Log.wants() {
		keep = 0
	}
	k.session = lint.New(lint.Options{Keep: keep, Inflate: w.Inflate, Secure: c.Secure, Watcher: k})
	w.Totals.Opened.Add(1)
	k.muted = !w.Log.put(value{conn: k, open: true})
	return k
}

// Data implements Tap.
func (k *watched) Data(side lint.Side, at time.Duration, p []byte) {
	k.w.Totals.Bytes[side].Add(uint64(len(p)))
	if k.detached {
		return
	}
	defer k.recover(at)
	k.begin()
	k.session.Feed(side, at, p)
	k.done(side)
}

// Skippable implements Skipper.
func (k *watched) Skippable(side lint.Side) uint64 {
	if k.detached {
		return math.MaxInt64
	}
	defer k.recover(k.Offset)
	return k.session.Skippable(side)
}

// Skipped implements Skipper.
func (k *watched) Skipped(side lint.Side, at time.Duration, n uint64) {
	k.w.Totals.Bytes[side].Add(n)
	if k.detached {
		return
	}
	defer k.recover(at)
	k.begin()
	k.session.Skip(side, at, n)
	k.done(side)
}

// begin begins a call.
func (k *watched) begin() {
	k.room = rooms.Get().(*room)
	k.session.Borrow(k.room.scratch[:])
}

// done ends a call.
func (k *watched) done(side lint.Side) {
	k.hand()
	k.session.Borrow(nil)
	rooms.Put(k.room)
	k.room = nil
	for op, n := range k.counts {
		if n > 0 {
			k.w.Totals.Frames[side][op].Add(uint64(n))
			k.counts[op] = 0
		}
	}
}

// hand gives the log what was written down.
func (k *watched) hand() {
	if r := k.room; len(r.entries) > 0 {
		if k.muted {
			k.w.Log.miss(k.frames)
		} else {
			k.w.Log.add(r.entries, k.frames)
		}
		r.entries, k.frames = r.entries[:0], 0
	}
}

// Plain implements lint.Watcher.
func (k *watched) Plain(side lint.Side, at time.Duration, offset uint64, h wire.Header, payload []byte) {
	k.counts[h.Opcode&15]++
	if k.w.Log.wants() {
		k.room.entries = appendPlain(k.room.entries, k.ID, side, at, offset, h, payload[:min(len(payload), k.w.Keep)])
		k.frames++
	}
}

// Events implements lint.Watcher.
func (k *watched) Events(events []lint.Event) {
	for i := range events {
		e := &events[i]
		k.w.Totals.found(e.Findings)
		switch {
		case e.Kind == lint.KindFrame:
			k.counts[e.Frame.Opcode&15]++
		case e.Kind == lint.KindResponse && k.session.Open():
			k.w.Totals.WebSockets.Add(1)
			k.w.Totals.Dialects[k.session.Dialect()].Add(1)
		}
	}
	if !k.w.Log.wants() {
		return
	}
	k.hand() // what came before
	k.put(value{conn: k, events: events})
}

// End implements Tap.
func (k *watched) End(side lint.Side, at time.Duration, how lint.End) {
	if k.detached {
		return
	}
	defer k.recover(at)
	k.begin()
	k.session.End(side, at, how)
	k.done(side)
}

// Note implements Noter.
func (k *watched) Note(at time.Duration, text string) {
	k.put(value{conn: k, at: at, note: text})
}

// Closed implements Tap.
func (k *watched) Closed(at time.Duration) {
	k.w.Totals.Closed.Add(1)
	k.session = nil // it may take a while until the log lets go of the rest
	k.put(value{conn: k, at: at, closed: true})
}

// recover gives up looking into a link where that has failed. Its bytes flow on.
func (k *watched) recover(at time.Duration) {
	fault := recover()
	if fault == nil {
		return
	}
	k.detached = true
	k.session = nil
	if k.room != nil { // what was seen before
		k.hand()
		k.room = nil
	}
	k.w.Totals.Detached.Add(1)
	k.put(value{conn: k, at: at, note: fmt.Sprintf("no longer looked into: %v\n%s", fault, debug.Stack())})
}

// put gives the log a value, if it knows of the connection.
func (k *watched) put(v value) {
	if !k.muted {
		k.w.Log.put(v)
	} else if !v.closed {
		k.w.Log.miss(max(1, len(v.events)))
	}
}
