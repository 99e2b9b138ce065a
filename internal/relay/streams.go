package relay

import (
	"fmt"
	"time"

	"wsprobe/internal/http2read"
	"wsprobe/internal/lint"
	"wsprobe/internal/record"
)

// multiplexed is what is known of a link that carries HTTP/2.
type multiplexed struct {
	*http2read.Conn
	passed [2]uint64
}

// meet looks at what a link begins with: HTTP/2 is known by it where TLS has not said
// so. It reports whether that has to wait for more.
func (k *watched) meet(side lint.Side, at time.Duration, p []byte) (waits bool) {
	if k.Stream == 0 && !k.blind() && k.w.Number != nil {
		if k.opening.Hold(side, int64(at), p) {
			return true
		}
		if k.opening.HTTP2() {
			k.drop()
			k.multiplex()
			k.Note(at, record.NoteHTTP2)
		}
	}
	k.release()
	return false
}

// release looks at what was held until it was known what the link carries.
func (k *watched) release() {
	for _, p := range k.opening.Decide() {
		k.look(p.Side, time.Duration(p.At), p.Bytes)
	}
}

// streamTap is a stream that is watched as a link.
type streamTap struct{ *watched }

// Closed implements http2read.Stream.
func (s streamTap) Closed(at time.Duration, _ bool) { s.watched.Closed(at) }

// multiplex begins to look for WebSockets in HTTP/2. Each is watched as a connection.
func (k *watched) multiplex() {
	k.streams = &multiplexed{Conn: http2read.New(http2read.Options{
		Open: func(id uint32, at time.Duration, enabled bool) http2read.Stream {
			c := k.Conn
			c.ID, c.Stream, c.Within, c.Opaque, c.Start, c.Offset = k.w.Number(), id, k.ID, "", k.When(at), at
			return streamTap{k.w.watch(c, !enabled)}
		},
		Note: k.Note,
	})}
}

// demultiplex looks for WebSockets in bytes of HTTP/2, if these are.
func (k *watched) demultiplex(side lint.Side, at time.Duration, p []byte) {
	if k.streams == nil {
		return
	}
	k.streams.passed[side] += uint64(len(p))
	if !k.detached {
		defer k.recover(at)
		k.streams.Feed(side, at, p)
	}
}

// endStreams ends a side of all streams.
func (k *watched) endStreams(side lint.Side, at time.Duration, how lint.End) {
	if k.streams == nil || k.detached {
		return
	}
	defer k.recover(at)
	k.streams.End(side, at, how)
}

// closeStreams says that nothing follows on any stream.
func (k *watched) closeStreams(at time.Duration) {
	defer k.recover(at)
	k.streams.Close(at)
}

// notePassed says how much passed of what is not shown.
func (k *watched) notePassed(at time.Duration, what string, passed [2]uint64) {
	k.Note(at, fmt.Sprintf("%s: %d bytes of the client, %d of the server", what, passed[lint.Client], passed[lint.Server]))
}

// putEnd tells the log of the end of a side of what is not shown.
func (k *watched) putEnd(side lint.Side, at time.Duration, how lint.End, passed uint64) {
	k.put(value{conn: k, events: []lint.Event{{Kind: lint.KindEnd, Side: side, At: at, Offset: passed, End: how}}})
}
