package relay

import (
	"math"
	"time"

	"wsprobe/internal/hello"
	"wsprobe/internal/lint"
	"wsprobe/internal/record"
)

// opaque is a link whose bytes are counted and not looked into, but for what TLS
// shows at its beginning, and for the WebSockets in HTTP/2.
type opaque struct {
	*watched
	hellos bool // TLS begins on it
	seen   hello.Seen
	passed [2]uint64
}

func (w *Watch) opaque(c record.Conn) Tap {
	k := &opaque{watched: &watched{Conn: c, w: w}, hellos: c.Opaque == record.OpaqueTLS}
	if c.Opaque == record.OpaqueHTTP2 && w.Number != nil {
		k.multiplex()
	}
	w.Totals.Opened.Add(1)
	w.Log.put(value{conn: k.watched, open: true})
	return k
}

// Data implements Tap.
func (k *opaque) Data(side lint.Side, at time.Duration, p []byte) {
	k.Skipped(side, at, uint64(len(p)))
	k.demultiplex(side, at, p)
	if !k.hellos {
		return
	}
	if text := k.seen.Feed(int(side), p); text != "" {
		k.Note(at, text)
	}
}

// Skippable implements Skipper.
func (k *opaque) Skippable(side lint.Side) uint64 {
	if k.hellos && !k.seen.Over(int(side)) || k.streams != nil && !k.streams.Over() && !k.detached {
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
	k.endStreams(side, at, how)
	k.putEnd(side, at, how, k.passed[side])
}

// Closed implements Tap.
func (k *opaque) Closed(at time.Duration) {
	if k.streams != nil {
		k.closeStreams(at)
	}
	k.notePassed(at, k.Opaque, k.passed)
	k.watched.Closed(at)
}
