// Package relay passes bytes between two connections untouched, and shows
// them to a tap once they have gone. What the tap does never changes, holds up or
// ends what is passed.
//
//	accepted connection ─┐                    ┌─ dialed connection
//	                     └─ loop (epoll) ─────┘   plain TCP on Linux
//	                     └─ pair (goroutines) ┘   TLS, Unix sockets, and other systems
//	                           │ after the write
//	                          Tap
package relay

import (
	"time"

	"wsprobe/internal/lint"
)

// Tap is shown what passes on one link. It is never called by two goroutines at
// a time, and what it is given is only valid during the call. Times count from
// the Relay's start.
type Tap interface {
	// Data takes bytes that side sent; they have been passed on, or are being: where that
	// lasts, what the other side sends meanwhile comes behind them.
	Data(side lint.Side, at time.Duration, p []byte)
	// End takes the end of side's stream. It is called once a side at most.
	End(side lint.Side, at time.Duration, how lint.End)
	// Closed says that the link is gone. Nothing follows.
	Closed(at time.Duration)
}

// Noter is a Tap that is also told what is no traffic. It may be told by any
// goroutine, and during other calls.
type Noter interface {
	Tap
	Note(at time.Duration, text string)
}

// Skipper is a Tap that need not be shown everything. What it skips can be passed
// on without being copied.
type Skipper interface {
	Tap
	// Skippable returns how many of the bytes that side sends next need not be shown.
	Skippable(side lint.Side) uint64
	// Skipped takes the place of Data for n of them.
	Skipped(side lint.Side, at time.Duration, n uint64)
}

// ender passes on each side's end once.
type ender struct {
	tap   Tap
	ended [2]bool
}

func (e *ender) end(side lint.Side, at time.Duration, how lint.End) {
	if !e.ended[side] {
		e.ended[side] = true
		e.tap.End(side, at, how)
	}
}
