// Package lint watches one WebSocket connection, as bytes of both sides, and
// says what happened and which rules that broke. It never acts: the prober and
// the proxy feed it what they send, receive and forward.
package lint

import (
	"time"

	"wsprobe/internal/rules"
	"wsprobe/internal/wire"
	"wsprobe/report"
)

// Side is an end of the connection.
type Side uint8

// The two sides.
const (
	Client Side = iota
	Server
)

// Kind is what an event is.
type Kind uint8

// The kinds of events.
const (
	KindRequest  Kind = iota // a request head (and hixie-76's eight bytes)
	KindResponse             // a response head (and hixie-76's sixteen bytes)
	KindFrame                // one frame, whole
	KindMessage              // a whole data message or control frame; follows the frame that ended it
	KindBytes                // bytes that are no part of the protocol: a body, plain HTTP, garbage
	KindEnd                  // the end of that side's TCP stream
)

// End is how a TCP stream ended.
type End uint8

// The ends.
const (
	EndFIN End = iota
	EndReset
)

// Event is one thing seen.
type Event struct {
	Kind     Kind
	Side     Side
	At       time.Duration // when its last byte came
	Offset   uint64        // of its first byte in the side's stream
	Size     uint64        // bytes on the wire
	Request  *wire.Request
	Response *wire.Response
	Body     []byte   // KindRequest, KindResponse: the challenge bytes; KindBytes: the bytes
	Frame    *Frame   // KindFrame
	Message  *Message // KindMessage
	End      End      // KindEnd
	Findings []Finding
}

// Frame is one frame of any dialect.
type Frame struct {
	wire.Header                   // for a hixie frame: Fin, and the opcode nearest to its type
	Hixie       *wire.HixieHeader // set for a hixie frame
	Payload     []byte            // unmasked, still compressed; at most Options.Keep bytes
	Cut         bool              // Payload is not all of it
}

// Message is a data message, its fragments joined and inflated, or a control frame.
type Message struct {
	Opcode     wire.Opcode // OpText, OpBinary, OpClose, OpPing, OpPong, or a reserved one
	Payload    []byte      // at most Options.Keep bytes
	Size       uint64      // bytes of the payload before any cut
	Cut        bool
	Frames     int
	Compressed bool
	Code       uint16 // of a Close; 0 where its body is empty or one byte
	Reason     []byte // of a Close
}

// Finding is a rule that an event broke.
type Finding struct {
	Rule   rules.ID
	Detail string // what was seen, in a few words with its numbers
}

// Options bounds and sets up a session.
type Options struct {
	// Keep is how many bytes of a frame's and of a message's payload are kept.
	Keep int
	// Joined says that the stream may begin in the middle of a connection.
	Joined bool
	// Secure says that the connection came in over TLS: what a hixie server
	// must answer as its location depends on it.
	Secure bool
}

// Session watches one connection. It is not safe for concurrent use.
type Session struct{}

// New makes a session that has seen nothing yet.
func New(o Options) *Session { panic("unwritten") }

// Feed takes bytes that side sent and returns the events that they completed.
// The events stay valid; p may be reused. Nothing that a peer sends makes Feed
// panic or grow without bound.
func (s *Session) Feed(side Side, at time.Duration, p []byte) []Event { panic("unwritten") }

// End takes the end of a side's stream.
func (s *Session) End(side Side, at time.Duration, how End) []Event { panic("unwritten") }

// Dialect returns the dialect of the connection, as far as it is known.
func (s *Session) Dialect() wire.Dialect { panic("unwritten") }

// Open reports whether a valid opening handshake was seen (or, joined
// mid-stream, is taken for granted).
func (s *Session) Open() bool { panic("unwritten") }

// Deflate returns what was agreed about permessage-deflate; nil is nothing.
func (s *Session) Deflate() *wire.DeflateParams { panic("unwritten") }

// Line returns the event as a line of a transcript.
func (e *Event) Line() report.Line { panic("unwritten") }

// Report returns the finding with a copy of its rule, as of an event at that time.
func (f Finding) Report(at time.Duration) report.Finding { panic("unwritten") }
