package relay

import (
	"fmt"
	"math"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"wsprobe/internal/http2read"
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
	// Budget bounds what all links hold of messages that are not whole yet; nil: nothing does.
	Budget *lint.Budget
	Totals *Totals
	// Number gives each WebSocket in HTTP/2 a number among the connections; nil: they are
	// not looked for.
	Number func() uint64
}

// Totals counts over all connections. Its fields may be read at any time.
type Totals struct {
	Opened, Closed atomic.Uint64                   // connections
	WebSockets     atomic.Uint64                   // those with an opening handshake that was accepted, streams of HTTP/2 among them
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
	opening  http2read.Opening // what it carries, as far as that is known
	streams  *multiplexed      // what it carries is HTTP/2, and no session's
	detached bool
	muted    bool // the log has no room for the connection: what it brings is lost

	room *room // of the call that is going on
}

// room is what a call needs for itself: idle links have none.
type room struct {
	entries []byte     // for the log
	frames  int        // how many these are
	counts  [16]uint32 // of frames, by opcode
	scratch [lint.MaxPlain]byte
}

var rooms = sync.Pool{New: func() any { return &room{entries: make([]byte, 0, 64<<10)} }}

// Tap begins to watch a link.
func (w *Watch) Tap(c record.Conn) Tap {
	if c.Opaque != "" {
		return w.opaque(c)
	}
	w.Totals.Opened.Add(1)
	return w.watch(c, false)
}

// watch begins to watch what is looked into; unannounced is of a stream of HTTP/2.
func (w *Watch) watch(c record.Conn, unannounced bool) *watched {
	k := &watched{Conn: c, w: w}
	keep := w.Keep
	if !w.Log.wants() {
		keep = 0
	}
	k.session = lint.New(lint.Options{Keep: keep, Inflate: w.Inflate, HTTP2: c.Stream != 0, Unannounced: unannounced, Secure: c.Secure, Budget: w.Budget, Watcher: k})
	k.muted = !w.Log.put(value{conn: k, open: true})
	return k
}

// Data implements Tap.
func (k *watched) Data(side lint.Side, at time.Duration, p []byte) {
	k.count(side, uint64(len(p)))
	if k.opening.Decided() || !k.meet(side, at, p) {
		k.look(side, at, p)
	}
}

// look looks at bytes.
func (k *watched) look(side lint.Side, at time.Duration, p []byte) {
	if k.blind() {
		k.demultiplex(side, at, p)
		return
	}
	defer k.recover(at)
	k.begin()
	k.session.Feed(side, at, p)
	k.done(side)
}

// Skippable implements Skipper.
func (k *watched) Skippable(side lint.Side) uint64 {
	switch {
	case k.detached, k.streams != nil && k.streams.Over():
		return math.MaxInt64
	case k.streams != nil:
		return 0
	}
	defer k.recover(k.Offset)
	return k.session.Skippable(side)
}

// Skipped implements Skipper.
func (k *watched) Skipped(side lint.Side, at time.Duration, n uint64) {
	k.count(side, n)
	if k.streams != nil {
		k.streams.passed[side] += n
	}
	if k.blind() {
		return
	}
	defer k.recover(at)
	k.begin()
	k.session.Skip(side, at, n)
	k.done(side)
}

// blind reports whether nothing is looked at here.
func (k *watched) blind() bool { return k.detached || k.streams != nil }

// count counts bytes that were passed on: once, where they are those of a stream, too.
func (k *watched) count(side lint.Side, n uint64) {
	if k.Stream == 0 {
		k.w.Totals.Bytes[side].Add(n)
	}
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
	r := k.room
	k.room = nil
	for op, n := range r.counts {
		if n > 0 {
			k.w.Totals.Frames[side][op].Add(uint64(n))
			r.counts[op] = 0
		}
	}
	rooms.Put(r)
}

// hand gives the log what was written down.
func (k *watched) hand() {
	if r := k.room; len(r.entries) > 0 {
		if k.muted {
			k.w.Log.miss(r.frames)
		} else {
			k.w.Log.add(r.entries, r.frames)
		}
		r.entries, r.frames = r.entries[:0], 0
	}
}

// Plain implements lint.Watcher.
func (k *watched) Plain(side lint.Side, at time.Duration, offset uint64, h wire.Header, payload []byte) {
	r := k.room
	r.counts[h.Opcode&15]++
	if k.w.Log.wants() {
		r.entries = appendPlain(r.entries, k.ID, side, at, offset, h, payload[:min(len(payload), k.w.Keep)])
		r.frames++
	}
}

// Events implements lint.Watcher.
func (k *watched) Events(events []lint.Event) {
	for i := range events {
		e := &events[i]
		k.w.Totals.found(e.Findings)
		switch {
		case e.Kind == lint.KindFrame:
			k.room.counts[e.Frame.Opcode&15]++
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
	k.release()
	if k.streams != nil {
		k.endStreams(side, at, how)
		k.putEnd(side, at, how, k.streams.passed[side])
	}
	if k.blind() {
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
	k.release()
	if k.streams != nil && k.Opaque == "" {
		k.closeStreams(at)
		k.notePassed(at, record.OpaqueHTTP2, k.streams.passed)
	}
	if k.Stream == 0 {
		k.w.Totals.Closed.Add(1)
	}
	k.drop() // it may take a while until the log lets go of the rest
	k.put(value{conn: k, at: at, closed: true})
}

// recover gives up looking into a link where that has failed. Its bytes flow on.
func (k *watched) recover(at time.Duration) {
	fault := recover()
	if fault == nil {
		return
	}
	k.detached = true
	k.drop()
	if k.room != nil { // what was seen before
		k.hand()
		k.room = nil
	}
	k.w.Totals.Detached.Add(1)
	k.put(value{conn: k, at: at, note: fmt.Sprintf("no longer looked into: %v\n%s", fault, debug.Stack())})
}

// drop lets go of the session.
func (k *watched) drop() {
	if k.session != nil {
		k.session.Release()
		k.session = nil
	}
}

// put gives the log a value, if it knows of the connection.
func (k *watched) put(v value) {
	if !k.muted {
		k.w.Log.put(v)
	} else if !v.closed {
		k.w.Log.miss(max(1, len(v.events)))
	}
}
