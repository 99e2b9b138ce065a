package lint

import (
	"fmt"
	"time"

	"wsprobe/internal/rules"
	"wsprobe/internal/wire"
)

// Side is an end of the connection.
type Side uint8

// The two sides.
const (
	Client Side = iota
	Server
)

// String returns "client" or "server".
func (s Side) String() string {
	if s == Server {
		return "server"
	}
	return "client"
}

// Kind is what an event is.
type Kind uint8

// The kinds of events.
const (
	KindRequest  Kind = iota // a request head (and hixie-76's eight bytes)
	KindResponse             // a response head (and hixie-76's sixteen bytes)
	KindFrame                // one frame, whole; one that can have no end, its header
	KindMessage              // a whole data message or control frame; follows the frame that ended it
	KindBytes                // bytes that are no part of the protocol: a body, plain HTTP, garbage
	KindEnd                  // the end of that side's TCP stream
)

// String returns the kind in one word: "frame".
func (k Kind) String() string {
	return [...]string{"request", "response", "frame", "message", "bytes", "end"}[k]
}

// End is how a TCP stream ended.
type End uint8

// The ends.
const (
	EndFIN End = iota
	EndReset
)

// String says how a stream ended.
func (e End) String() string {
	if e == EndReset {
		return "reset"
	}
	return "closed with FIN"
}

// Event is one thing seen. The requests, responses, frames and bytes of a side
// follow each other without a gap; a message covers bytes that its frames
// covered before it.
type Event struct {
	Kind    Kind
	Side    Side
	At      time.Duration // when its last byte came
	Offset  uint64        // of its first byte in the side's stream
	Size    uint64        // bytes on the wire
	Request *wire.Request
	// Response is set for a KindResponse, and for the KindBytes that an interim
	// response is, such as 103.
	Response *wire.Response
	// Body is the challenge bytes of a KindRequest or KindResponse, and the
	// bytes of a KindBytes, where a long run is not kept to its end.
	Body []byte
	// Frame is set for a KindFrame, and for the KindBytes that an unfinished
	// frame is when its stream ends; the header alone is the Body of that one.
	Frame    *Frame
	Message  *Message // KindMessage
	End      End      // KindEnd
	Findings []Finding
	Note     string // what could not be looked at, and why
	// Name is what a message was called to the protocol that is spoken in it by who
	// saw it first; empty but of what was kept.
	Name string
}

// takes reports whether e is mere bytes, and more of them may be added to it:
// none to those whose end was not kept.
func (e *Event) takes(more []byte) bool {
	mere := e.Kind == KindBytes && e.Response == nil && e.Frame == nil && e.Findings == nil
	return mere && (len(more) == 0 || uint64(len(e.Body)) == e.Size)
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
	// Raw is set for a compressed message that was not inflated: Payload and
	// Size are as on the wire, and the event's Note says why.
	Raw    bool
	Code   uint16 // of a Close; 0 where its body is empty or one byte
	Reason []byte // of a Close
}

// Finding is a rule that an event broke.
type Finding struct {
	Rule   rules.ID
	Detail string // what was seen, in a few words with its numbers
}

// found makes a finding.
func found(rule rules.ID, format string, args ...any) Finding {
	return Finding{Rule: rule, Detail: fmt.Sprintf(format, args...)}
}
