// Package lint watches one WebSocket connection, as bytes of both sides, and
// says what happened and which rules that broke. It never acts: the prober and
// the proxy feed it what they send, receive and forward.
package lint

import (
	"time"

	"wsprobe/internal/wire"
)

// Options bounds and sets up a session.
type Options struct {
	// Keep is how many bytes of a frame's and of a message's payload are kept.
	Keep int
	// Inflate is how many bytes a compressed message may take, both as sent and
	// inflated; a larger one is left as it is. 0 stands for 16 MiB.
	Inflate int
	// Budget bounds what sessions hold together of what is not whole yet; nil: nothing
	// does but the limits of each. Release is to be called then.
	Budget *Budget
	// Blind passes over the client's data frames: they give no events, and nothing
	// of their payload is kept, inflated or judged. The prober knows what it sends.
	Blind bool
	// Joined says that the stream may begin in the middle of a connection.
	Joined bool
	// HTTP2 says that the connection is a stream of HTTP/2, of which the heads are given
	// as text (wire.HTTP2).
	HTTP2 bool
	// Unannounced says that the server of HTTP/2 had not said, when this was opened, that it
	// takes WebSockets (RFC 8441 §3).
	Unannounced bool
	// Secure says that the connection came in over TLS: what a hixie server
	// must answer as its location depends on it.
	Secure bool
	// Watcher, when set, is told everything, and what Feed and End return is nil.
	Watcher Watcher
	// Scratch is MaxPlain bytes of room to unmask in, which sessions that are
	// never fed at the same time can share; nil: the session makes its own.
	Scratch []byte
}

// defaultInflate is what a compressed message may take where Options do not say.
const defaultInflate = 16 << 20

// For how many events room is made once there is one: a frame and its message, or
// what there was before.
const (
	leastExpect = 2
	maxExpect   = 256
)

// maxTold is how many events wait until a watcher is told of them: what is fed at once
// may complete a hundred times as many.
const maxTold = 512

// Session watches one connection. It is not safe for concurrent use.
type Session struct {
	o      Options
	sides  [2]stream
	at     time.Duration // of the bytes that are being taken
	events []Event       // what these bytes completed
	expect int           // how many events the bytes before completed, where they did any

	dialect  wire.Dialect
	asked    *Event // the request that waits for its answer
	answered bool   // some request was
	upgraded bool   // a 101 was answered
	open     bool
	deflate  *wire.DeflateParams
	foreign  bool // an extension that is not known here was agreed
	lossy    bool // bytes were missing
	holds    int  // bytes that the budget knows of
}

// New makes a session that has seen nothing yet.
func New(o Options) *Session {
	if o.Inflate == 0 {
		o.Inflate = defaultInflate
	}
	s := &Session{o: o}
	s.sides[Server].side = Server
	return s
}

// Feed takes bytes that side sent and returns the events that they completed.
// The events stay valid; p may be reused. Nothing that a peer sends makes Feed
// panic or grow without bound.
func (s *Session) Feed(side Side, at time.Duration, p []byte) []Event {
	s.at, s.events = at, nil
	s.feed(&s.sides[side], p)
	if n := len(s.events); n > 0 {
		s.expect = min(n, maxExpect)
	}
	return s.done()
}

// done returns the events of the current call and lets go of them.
func (s *Session) done() []Event {
	s.settle()
	events := s.events
	s.events = nil
	if w := s.o.Watcher; w != nil {
		if len(events) > 0 {
			w.Events(events)
		}
		return nil
	}
	return events
}

// feed takes p piece by piece, each as what the stream is at by then.
func (s *Session) feed(st *stream, p []byte) {
	for len(p) > 0 {
		p = p[s.take(st, p):]
		if len(s.events) >= maxTold && s.o.Watcher != nil {
			s.before()
		}
	}
}

// End takes the end of a side's stream.
func (s *Session) End(side Side, at time.Duration, how End) []Event {
	st := &s.sides[side]
	s.at, s.events = at, nil
	if st.phase == phaseEnded {
		return nil
	}
	s.flush(st)
	st.phase = phaseEnded
	s.emit(st, Event{Kind: KindEnd, End: how, Findings: s.checkEnd(side)})
	if side == Server {
		s.abandon()
	}
	return s.done()
}

// Skippable returns how many of the bytes that side sends next need not be fed:
// payload that is neither kept nor judged.
func (s *Session) Skippable(side Side) uint64 {
	st := &s.sides[side]
	if st.phase != phaseFrames || st.frame == nil || s.wanted(st) {
		return 0
	}
	return st.decoder.Remaining()
}

// Skip takes the place of Feed for n bytes, of which Skippable said that they
// need not be fed.
func (s *Session) Skip(side Side, at time.Duration, n uint64) []Event {
	s.at, s.events = at, nil
	if st := &s.sides[side]; st.decoder.Skip(n) {
		s.endFrame(st)
	}
	return s.done()
}

// Dialect returns the dialect of the connection, as far as it is known.
func (s *Session) Dialect() wire.Dialect { return s.dialect }

// Open reports whether a valid opening handshake was seen (or, joined
// mid-stream, is taken for granted).
func (s *Session) Open() bool { return s.open }

// Between reports whether a side's stream stands between two frames.
func (s *Session) Between(side Side) bool {
	switch st := &s.sides[side]; st.phase {
	case phaseFrames:
		return st.frame == nil && len(st.decoder.Partial()) == 0
	case phaseHixie:
		return st.frame == nil && st.hixie.Partial() == 0
	}
	return false
}

// Unfinished reports whether a side is in the middle of a data message, or of a
// frame.
func (s *Session) Unfinished(side Side) bool {
	switch st := &s.sides[side]; st.phase {
	case phaseFrames:
		return st.message.begun || !s.Between(side)
	case phaseHixie:
		return !s.Between(side)
	}
	return false
}

// Deflate returns what was agreed about permessage-deflate; nil is nothing.
func (s *Session) Deflate() *wire.DeflateParams { return s.deflate }

// emit adds an event that covers the next Size bytes of its stream.
func (s *Session) emit(st *stream, e Event) {
	e.Side, e.At, e.Offset = st.side, s.at, st.start
	st.start += e.Size
	s.add(e)
}

// add adds an event, with room for as many as the latest pieces had.
func (s *Session) add(e Event) {
	if s.events == nil {
		s.events = make([]Event, 0, max(leastExpect, s.expect))
	}
	s.events = append(s.events, e)
}

// emitBytes adds bytes that are no part of the protocol; those that follow each
// other within one Feed are one event.
func (s *Session) emitBytes(st *stream, p []byte, findings ...Finding) {
	if len(p) == 0 {
		return
	}
	kept := p[:min(len(p), maxRun-st.run)]
	st.run += len(kept)
	if last := s.last(); findings == nil && last != nil && last.Side == st.side && last.takes(kept) {
		last.Body = append(last.Body, kept...)
		last.Size += uint64(len(p))
		st.start += uint64(len(p))
		return
	}
	body := append([]byte(nil), kept...)
	s.emit(st, Event{Kind: KindBytes, Size: uint64(len(p)), Body: body, Findings: findings})
}

// last returns the latest event of the current Feed.
func (s *Session) last() *Event {
	if len(s.events) == 0 {
		return nil
	}
	return &s.events[len(s.events)-1]
}
