// Package fault does to the traffic of a connection what networks and broken peers
// do: it delays, chops, drops, duplicates, corrupts and ends it, where it is told to.
//
// It stands between a connection and whoever reads from it, so that the rest of the
// proxy sees, shows and records what was passed on:
//
//	connection → stage (frames are found, faults decided) → line (delays) → Read
//
// What no fault touches passes with every bit that it had.
package fault

import (
	"time"

	"wsprobe/internal/lint"
	"wsprobe/internal/record"
)

// Fault is one thing that is to go wrong: a pace, or an action at certain frames.
type Fault struct {
	Text string // as it was written
	pace
	action action
	nth    int     // of the frames that fit; 0: each
	at     int64   // the byte to corrupt; -1: any, each with chance
	chance float64 // of a byte to be corrupted
	code   uint16  // of a Close; 0: it says none
	reason string

	side        [2]bool // whose bytes are meant
	after       extent
	when        Match
	probability float64 // of a frame that fits to be affected; 1: each
	conn        uint64  // 0: every connection
}

// Match reports whether a frame is meant by a fault.
type Match func(c *record.Conn, e *lint.Event) bool

// action is what happens to a frame, or behind it.
type action uint8

const (
	actionNone action = iota // a pace alone
	actionDrop
	actionDuplicate
	actionCorrupt
	actionClose
	actionReset
	actionBlackhole
)

// ends reports whether the action is one after which nothing passes.
func (a action) ends() bool { return a >= actionClose }

// pace is how bytes are held up.
type pace struct {
	latency, jitter time.Duration
	rate            int64 // bytes a second; 0: any
	chop            int   // bytes of a write; 0: any
	every           time.Duration
}

// extent is how much of a side's stream behind its handshake passes first.
type extent struct {
	frames int
	bytes  int64
	time   time.Duration
}

// random reports whether chance has a part in it.
func (f *Fault) random() bool {
	return f.probability < 1 || f.chance > 0 || f.jitter > 0 || f.action == actionClose && f.side[lint.Client]
}

// framed reports whether it depends on what the frames are.
func (f *Fault) framed() bool { return f.when != nil || f.probability < 1 }
