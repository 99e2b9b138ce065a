// Package replay plays the client's side of a recorded conversation again, and
// compares what comes back with what came then.
package replay

import (
	"bytes"
	"time"

	"wsprobe/internal/lint"
	"wsprobe/internal/record"
	"wsprobe/internal/wire"
)

// step is what the client did at one time.
type step struct {
	at     time.Duration
	heard  tally         // what had come from the server by then
	since  time.Duration // when the latest of that, or of what the client did, was
	events []*event
}

// event is something that the client sent.
type event struct {
	*lint.Event
	message *message // that a data frame is part of, where the whole of it is known
}

// message is a compressed message, with the frames that it came in.
type message struct {
	*lint.Message
	frames []*event
	pieces [][]byte // what they carry now; nil: what they did
	plain  bool     // and it is not compressed any more
}

// tally counts what came from a server. Its pings are not in it: they are a matter
// of time, and each is answered when it comes.
type tally struct {
	heads, data, pongs, closes, ends int
	bytes                            uint64 // of bodies, and of what is no WebSocket
}

// add counts an event.
func (t *tally) add(e *lint.Event) {
	switch {
	case e.Kind == lint.KindResponse:
		t.heads++
	case e.Kind == lint.KindEnd:
		t.ends++
	case e.Kind == lint.KindBytes:
		t.bytes += e.Size
	case e.Kind != lint.KindMessage:
	case e.Message.Opcode == wire.OpPong:
		t.pongs++
	case e.Message.Opcode == wire.OpClose:
		t.closes++
	case e.Message.Opcode != wire.OpPing:
		t.data++
	}
}

// reached reports whether there is as much of everything.
func (t tally) reached(want tally) bool {
	return t.heads >= want.heads && t.data >= want.data && t.pongs >= want.pongs && t.closes >= want.closes && t.ends >= want.ends &&
		t.bytes >= want.bytes
}

// script is what a client did, and what it had heard before each step.
type script struct {
	steps   []step
	all     tally // what came in all
	answers bool  // the client answered pings
}

// newScript reads the client's side out of a conversation. What was sent at one
// time is one step, since it was one write. With exact, pongs are sent as they
// were; otherwise those that answer a ping are left to the pings that come.
func newScript(t *record.Talk, exact bool) *script {
	s := &script{answers: true}
	var pings [][]byte
	var open *message
	since := t.Offset
	for i := range t.Events {
		e := &t.Events[i]
		switch {
		case e.Side == lint.Server:
			s.all.add(e)
			since = e.At
			if isControl(e, wire.OpPing) {
				pings = append(pings, e.Message.Payload)
				s.answers = false // until one is answered
			}
		case e.Kind == lint.KindMessage:
			open = s.finish(open, e)
		case isPong(e) && answer(e, &pings):
			s.answers = true
			if exact {
				since = s.add(e, since)
			}
		default:
			since = s.add(e, since)
			open = s.join(open, e)
		}
	}
	return s
}

func isControl(e *lint.Event, op wire.Opcode) bool {
	return e.Kind == lint.KindMessage && e.Message.Opcode == op
}

func isPong(e *lint.Event) bool { return e.Kind == lint.KindFrame && e.Frame.Opcode == wire.OpPong }

// answer reports whether a pong answers one of the pings, which is then answered
// with all before it (RFC 6455 §5.5.3).
func answer(e *lint.Event, pings *[][]byte) bool {
	for i, p := range *pings {
		if bytes.Equal(p, e.Frame.Payload) {
			*pings = (*pings)[i+1:]
			return true
		}
	}
	return false
}

// add puts an event into the step of its time.
func (s *script) add(e *lint.Event, since time.Duration) time.Duration {
	last := len(s.steps) - 1
	if last < 0 || s.steps[last].at != e.At || s.steps[last].heard != s.all || e.Kind == lint.KindEnd {
		s.steps = append(s.steps, step{at: e.At, heard: s.all, since: since})
		last++
	}
	s.steps[last].events = append(s.steps[last].events, &event{Event: e})
	return e.At
}

// join notes a data frame that may be part of a compressed message.
func (s *script) join(open *message, e *lint.Event) *message {
	if e.Kind != lint.KindFrame || e.Frame.Hixie != nil || e.Frame.Opcode.Control() {
		return open
	}
	if open == nil {
		open = &message{}
	}
	steps := s.steps[len(s.steps)-1].events
	open.frames = append(open.frames, steps[len(steps)-1])
	return open
}

// finish ties the frames of a message to it, where it was compressed and can be
// compressed anew.
func (s *script) finish(open *message, e *lint.Event) *message {
	m := e.Message
	if open == nil || m.Opcode.Control() {
		return open
	}
	if m.Compressed && !m.Raw && !m.Cut {
		open.Message = m
		for _, f := range open.frames {
			f.message = open
		}
	}
	return nil
}
