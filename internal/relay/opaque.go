package relay

import (
	"fmt"
	"math"
	"time"

	"wsprobe/internal/hello"
	"wsprobe/internal/lint"
	"wsprobe/internal/record"
)

// opaque is a link whose bytes are counted and not looked into, but for what TLS
// shows at its beginning.
type opaque struct {
	*watched
	hellos bool // TLS begins on it
	seen   hello.Seen
	passed [2]uint64
}

func (w *Watch) opaque(c record.Conn) Tap {
	k := &opaque{watched: &watched{Conn: c, w: w}, hellos: c.Opaque == record.OpaqueTLS}
	w.Totals.Opened.Add(1)
	w.Log.put(value{conn: k.watched, open: true})
	return k
}

// Data implements Tap.
func (k *opaque) Data(side lint.Side, at time.Duration, p []byte) {
	k.Skipped(side, at, uint64(len(p)))
	if !k.hellos {
		return
	}
	if text := k.seen.Feed(int(side), p); text != "" {
		k.Note(at, text)
	}
}

// Skippable implements Skipper.
func (k *opaque) Skippable(side lint.Side) uint64 {
	if k.hellos && !k.seen.Over(int(side)) {
		return 0
	}
	return math.MaxInt64
}

// Skipped implements Skipper.
func (k *opaque) Skipped(side lint.Side, _ time.Duration, n uint64) {
	k.w.Totals.Bytes[side].Add(n)
	k.passed[side] += n
}

// End implements Tap.
func (k *opaque) End(side lint.Side, at time.Duration, how lint.End) {
	k.w.Log.put(value{conn: k.watched, events: []lint.Event{{Kind: lint.KindEnd, Side: side, At: at, Offset: k.passed[side], End: how}}})
}

// Closed implements Tap.
func (k *opaque) Closed(at time.Duration) {
	k.Note(at, fmt.Sprintf("%s: %d bytes of the client, %d of the server", k.Opaque, k.passed[lint.Client], k.passed[lint.Server]))
	k.watched.Closed(at)
}
