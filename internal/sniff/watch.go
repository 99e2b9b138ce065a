package sniff

import (
	"fmt"
	"runtime/debug"
	"time"

	"wsprobe/internal/hello"
	"wsprobe/internal/http2read"
	"wsprobe/internal/lint"
	"wsprobe/internal/record"
	"wsprobe/internal/tlsread"
	"wsprobe/internal/wire"
)

// What a connection may cost before it is known what it is.
const (
	maxPending = 1024      // events
	maxUnread  = 256 << 10 // bytes in which no frame begins
	sureFrames = 3         // frames in a row, begun without a handshake, that are no chance
)

// look is what is known of what a connection carries.
type look uint8

const (
	looking  look = iota
	greeting      // TLS, of which the hellos are of interest
	shown
	ignored
)

// watched is a connection that is looked into.
type watched struct {
	record.Conn
	t           *Sniffer
	session     *lint.Session
	joined      bool
	unannounced bool // as lint.Options say
	look        look
	hello       *hello.Seen
	begun       []byte // by the client, too little to tell whether it is TLS
	begunAt     int64
	secure      *tlsread.Conn     // between the packets and what is looked into
	opening     http2read.Opening // what it carries, as far as that is known
	streams     *http2read.Conn   // what it carries is HTTP/2, and no session's
	pending     []lint.Event
	unread      uint64
	frames      int
	lossy       bool // bytes were missing
	open        bool // it was counted as WebSocket
}

// watch begins to look into a connection.
func (t *Sniffer) watch(c *conn, joined bool) *watched {
	return &watched{t: t, joined: joined, Conn: record.Conn{
		Client: c.key.end(c.client), Server: c.key.end(1 - c.client),
		Start: time.Unix(0, c.start), Offset: t.since(c.start),
	}}
}

// since returns a time as events count it.
func (t *Sniffer) since(at int64) time.Duration { return time.Duration(max(0, at-t.zero)) }

// dropped reports whether nobody wants what the connection carries.
func (w *watched) dropped() bool { return w != nil && w.look == ignored }

// data takes bytes of a side, in their order.
func (w *watched) data(side lint.Side, at int64, p []byte) {
	if w.look == looking && w.session == nil && w.secure == nil {
		if p = w.greets(side, at, p); p == nil {
			return
		}
	}
	if w.secure != nil {
		w.unlock(side, at, p)
		return
	}
	switch w.look {
	case ignored:
		return
	case greeting:
		w.greet(side, at, p)
		return
	}
	w.carry(side, at, p)
}

// carry looks at what is carried, with TLS taken off where it was.
func (w *watched) carry(side lint.Side, at int64, p []byte) {
	if !w.opening.Decided() && w.opens(side, at, p) {
		return
	}
	if w.streams != nil {
		w.demultiplex(side, at, p)
		return
	}
	w.do(at, func(s *lint.Session, at time.Duration) { s.Feed(side, at, p) })
}

// gap takes note of bytes that are missing.
func (w *watched) gap(side lint.Side, at int64, n uint64) {
	if w.secure != nil {
		w.guard(at, func() { w.secure.Gap(int(side), at, n) })
		return
	}
	if w.look == greeting {
		w.forget()
	}
	w.hole(side, at, n, true)
}

// hole takes note of bytes that are missing in what is looked into.
func (w *watched) hole(side lint.Side, at int64, n uint64, exact bool) {
	w.release()
	w.lossy = true // before the session gives what was begun, which is no sign of another protocol then
	switch {
	case w.look == ignored:
		return
	case w.streams != nil:
		w.guard(at, func() { w.streams.Gap(side, w.t.since(at)) })
		w.forget()
		return
	case w.look == shown:
		w.t.totals.Missing += n
	}
	w.do(at, func(s *lint.Session, at time.Duration) {
		if exact {
			s.Gap(side, at, n)
		} else {
			s.GapAbout(side, at, n)
		}
	})
}

// end takes the end of a side.
func (w *watched) end(side lint.Side, at int64, how lint.End) {
	if w.secure != nil {
		w.guard(at, func() { w.secure.End(int(side), at, int(how)) })
		return
	}
	w.ended(side, at, how)
}

// ended takes the end of a side of what is looked into.
func (w *watched) ended(side lint.Side, at int64, how lint.End) {
	w.release()
	if w.streams != nil {
		w.guard(at, func() { w.streams.End(side, w.t.since(at), how) })
		return
	}
	if w.look == looking && w.session == nil {
		return // a connection that carried nothing
	}
	if w.look != ignored && w.look != greeting {
		w.do(at, func(s *lint.Session, at time.Duration) { s.End(side, at, how) })
	}
}

// leave ends a connection that goes on unseen.
func (w *watched) leave(at int64) {
	w.lock(at)
	w.release()
	w.closeStreams(at)
	if w.session != nil {
		w.do(at, func(s *lint.Session, at time.Duration) { s.Leave(at) })
	}
	if w.ID != 0 {
		w.note(at, "not seen to end")
	}
	w.close(at)
}

// close ends a connection.
func (w *watched) close(at int64) {
	w.lock(at)
	w.release()
	w.closeStreams(at)
	if w.look == looking && w.frames > 0 && w.unread == 0 { // too short to be sure before
		w.show()
		w.opened()
	}
	if w.ID != 0 {
		for _, s := range w.t.o.Sinks {
			s.Close(&w.Conn, w.t.since(at))
		}
	}
	if w.look == shown && !w.open && w.Stream == 0 {
		w.t.totals.HTTP++
	}
	w.forget()
}

// forget lets go of all that is kept.
func (w *watched) forget() {
	if w.secure != nil {
		w.secure.Drop()
	}
	if w.session != nil {
		w.session.Release()
	}
	w.look, w.session, w.pending, w.hello, w.secure, w.streams = ignored, nil, nil, nil, nil, nil
	w.opening.Decide()
}

// do has the session look at something.
func (w *watched) do(at int64, f func(*lint.Session, time.Duration)) {
	if w.session == nil {
		w.session = lint.New(lint.Options{Keep: w.t.o.Keep, Inflate: w.t.o.Inflate, Joined: w.joined, HTTP2: w.Stream != 0, Unannounced: w.unannounced, Secure: w.Secure, Budget: w.t.budget, Watcher: w, Scratch: w.t.scratch})
	}
	w.guard(at, func() { f(w.session, w.t.since(at)) })
	if w.look == ignored {
		w.forget()
	}
	w.opened()
}

// guard looks at something. Where that fails, the connection is no longer looked into.
func (w *watched) guard(at int64, look func()) {
	defer func() {
		if fault := recover(); fault != nil {
			w.t.totals.Detached++
			w.note(at, fmt.Sprintf("no longer looked into: %v\n%s", fault, debug.Stack()))
			w.forget()
		}
	}()
	look()
}

// opened counts the connection, once it is seen to be WebSocket.
func (w *watched) opened() {
	if !w.open && w.look == shown && w.session.Open() {
		if w.open = true; w.Stream == 0 {
			w.t.totals.WebSockets++
		}
	}
}

// note says something of the connection.
func (w *watched) note(at int64, text string) {
	w.begin()
	for _, s := range w.t.o.Sinks {
		s.Note(&w.Conn, w.t.since(at), text)
	}
}

// begin tells the sinks of the connection.
func (w *watched) begin() {
	if w.ID != 0 {
		return
	}
	w.ID = w.t.o.Numbers.Next()
	for _, s := range w.t.o.Sinks {
		s.Open(&w.Conn)
	}
}

// Plain implements lint.Watcher.
func (w *watched) Plain(side lint.Side, at time.Duration, offset uint64, h wire.Header, payload []byte) {
	if w.look != shown {
		w.show()
	}
	w.t.totals.Frames[side]++
	if len(w.t.o.Sinks) == 0 {
		return
	}
	p := record.Plain{Side: side, At: at, Offset: offset, Header: h, Payload: payload[:min(len(payload), w.t.o.Keep)]}
	var pair [2]lint.Event
	for i, s := range w.t.o.Sinks {
		if short := w.t.plain[i]; short != nil {
			short.Plain(&w.Conn, &p)
			continue
		}
		if pair[0].Frame == nil {
			pair = p.Events()
		}
		s.Event(&w.Conn, &pair[0])
		s.Event(&w.Conn, &pair[1])
	}
}

// Events implements lint.Watcher.
func (w *watched) Events(events []lint.Event) {
	switch w.look {
	case shown:
		w.pass(events)
	case looking:
		for i := range events {
			w.decide(&events[i])
		}
	}
}

// pass counts events and tells the sinks.
func (w *watched) pass(events []lint.Event) {
	for i := range events {
		e := &events[i]
		w.t.found(e.Findings)
		if e.Kind == lint.KindFrame {
			w.t.totals.Frames[e.Side]++
		}
	}
	w.tell(events)
}

func (w *watched) tell(events []lint.Event) {
	for i := range events {
		for _, s := range w.t.o.Sinks {
			s.Event(&w.Conn, &events[i])
		}
	}
}

// decide finds out by an event whether the connection is of interest.
func (w *watched) decide(e *lint.Event) {
	if w.look != looking {
		w.Events([]lint.Event{*e})
		return
	}
	w.pending = append(w.pending, *e)
	mere := e.Kind == lint.KindBytes && e.Response == nil
	switch {
	case e.Kind == lint.KindRequest, e.Kind == lint.KindResponse:
		w.show()
		return
	case e.Kind == lint.KindFrame:
		if w.frames++; w.frames == sureFrames {
			w.show()
			return
		}
	case mere && e.Note == "" && e.Frame == nil:
		w.unread += e.Size
		w.frames = 0
		if isTLS(e.Body) || !w.joined && !w.lossy {
			w.ignore(e)
			return
		}
	}
	if len(w.pending) > maxPending || w.unread > maxUnread {
		w.look = ignored
	}
}

// ignore gives up on a connection that is neither HTTP nor WebSocket.
func (w *watched) ignore(e *lint.Event) {
	if isTLS(e.Body) {
		w.greet(e.Side, w.t.zero+int64(e.At), e.Body)
	}
	w.look = ignored
}

// show tells the sinks of a connection, and of what it carried so far.
func (w *watched) show() {
	w.look = shown
	w.begin()
	if w.joined {
		w.note(w.t.zero+int64(w.Offset), "the capture begins in the middle of the connection")
	}
	events := w.pending
	w.pending = nil
	w.pass(events)
	for i := range events {
		w.t.totals.Missing += missing(&events[i])
	}
}

// missing returns how many bytes an event says to be missing.
func missing(e *lint.Event) uint64 {
	if e.Kind == lint.KindBytes && e.Note != "" && len(e.Body) == 0 {
		return e.Size
	}
	return 0
}
