package sniff

import (
	"time"

	"wsprobe/internal/http2read"
	"wsprobe/internal/lint"
	"wsprobe/internal/record"
)

// multiplex begins to look for WebSockets in HTTP/2. Each is looked into as a connection.
func (w *watched) multiplex() {
	if w.streams != nil {
		return
	}
	w.streams = http2read.New(http2read.Options{
		Open: func(id uint32, at time.Duration, enabled bool) http2read.Stream { return w.stream(id, at, enabled) },
		Note: func(at time.Duration, text string) { w.note(w.t.zero+int64(at), text) },
	})
}

// opens looks at what a connection begins with: HTTP/2 is known by it where TLS has not
// said so. It reports whether that has to wait for more.
func (w *watched) opens(side lint.Side, at int64, p []byte) (waits bool) {
	if w.Stream == 0 && !w.joined && w.session == nil && w.streams == nil {
		if w.opening.Hold(side, at, p) {
			return true
		}
		if w.opening.HTTP2() {
			w.multiplex()
		}
	}
	w.release()
	return false
}

// release looks at what was held until it was known what the connection carries.
func (w *watched) release() {
	if p := w.begun; p != nil {
		w.begun = nil
		w.carry(lint.Client, w.begunAt, p)
	}
	for _, p := range w.opening.Decide() {
		w.carry(p.Side, p.At, p.Bytes)
	}
}

// demultiplex looks for WebSockets in bytes of HTTP/2.
func (w *watched) demultiplex(side lint.Side, at int64, p []byte) {
	w.guard(at, func() { w.streams.Feed(side, w.t.since(at), p) })
	if w.streams != nil && w.streams.Over() {
		w.forget()
	}
}

// closeStreams says that nothing follows on any stream.
func (w *watched) closeStreams(at int64) {
	if w.streams == nil {
		return
	}
	w.guard(at, func() { w.streams.Close(w.t.since(at)) })
	if w.streams = nil; !w.open {
		w.t.totals.HTTP++
	}
}

// stream is the stream of a WebSocket, which is looked into as a connection.
type stream struct {
	w, within *watched
}

func (w *watched) stream(id uint32, at time.Duration, enabled bool) *stream {
	if w.ID == 0 {
		w.note(w.t.zero+int64(at), record.NoteHTTP2)
	}
	c := &watched{t: w.t, Conn: w.Conn, unannounced: !enabled}
	c.ID, c.Stream, c.Within, c.Start, c.Offset = 0, id, w.ID, w.When(at), at
	c.show()
	return &stream{w: c, within: w}
}

// Data implements http2read.Stream.
func (s *stream) Data(side lint.Side, at time.Duration, p []byte) {
	s.w.carry(side, s.w.t.zero+int64(at), p)
	if s.w.open && !s.within.open { // however many it has
		s.within.open = true
		s.w.t.totals.WebSockets++
	}
}

// Note implements http2read.Stream.
func (s *stream) Note(at time.Duration, text string) { s.w.note(s.w.t.zero+int64(at), text) }

// End implements http2read.Stream.
func (s *stream) End(side lint.Side, at time.Duration, how lint.End) {
	s.w.ended(side, s.w.t.zero+int64(at), how)
}

// Closed implements http2read.Stream.
func (s *stream) Closed(at time.Duration, seen bool) {
	if !seen {
		s.w.leave(s.w.t.zero + int64(at))
		return
	}
	s.w.close(s.w.t.zero + int64(at))
}
