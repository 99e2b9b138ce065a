package transcribe

import (
	"slices"

	"wsprobe/internal/lint"
	"wsprobe/internal/wire"
)

// longFrame is more than one write has, so that a server may have answered such a
// frame before its end was sent.
const longFrame = 16 << 10

// begunFirst returns the events with each frame of the client that was still being
// sent, or never ended, in front of the Close or the end with which the server
// answered it: an event has the time of its last byte, but a server that finds a
// frame too long, or its opcode reserved, says so as soon as it has the header.
func begunFirst(events []lint.Event) []lint.Event {
	events = slices.Clone(events)
	for i := range events {
		if !longUnderWay(&events[i]) {
			continue
		}
		from := i
		for from > 0 && events[from-1].Side == lint.Server {
			from--
		}
		answer := slices.IndexFunc(events[from:i], givesUp)
		if answer < 0 {
			continue
		}
		e := events[i]
		e.At = events[from+answer].At
		copy(events[from+answer+1:i+1], events[from+answer:i])
		events[from+answer] = e
	}
	return events
}

// longUnderWay reports whether an event is a frame of the client that may have begun
// well before it ended.
func longUnderWay(e *lint.Event) bool {
	switch {
	case e.Side != lint.Client || e.Frame == nil || e.Frame.Hixie != nil:
		return false
	case e.Kind == lint.KindBytes:
		return true
	}
	return e.Kind == lint.KindFrame && e.Size > longFrame
}

// givesUp reports whether the server ends the connection.
func givesUp(e lint.Event) bool {
	return e.Kind == lint.KindEnd || e.Kind == lint.KindFrame && e.Frame.Opcode == wire.OpClose && e.Frame.Hixie == nil
}
