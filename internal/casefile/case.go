// Package casefile reads case files: YAML in, cases out as plain data, every
// problem at once as file:line:col. The grammar is on one page, cases/README.md.
package casefile

import (
	"regexp"
	"time"

	"wsprobe/internal/rules"
	"wsprobe/internal/wire"
)

// Pos is a place in a case file.
type Pos struct {
	File      string
	Line, Col int
}

// Case is one story: a matrix has been spread out and every $name that the file
// itself defines has been filled in.
type Case struct {
	Pos     Pos
	ID      string // "deflate/round-trip[plain,126]"
	Suite   string
	About   string
	Rule    rules.ID
	Rules   []rules.Rule // of its suite's own, those that it is about
	Aliases []string     // "autobahn 5.6"
	Tags    []string
	Needs   []string // "echo", "permessage-deflate", "hixie-76"; the suite's and the case's
	Dialect wire.Dialect
	Clients []Client // in the order of the file; one nameless client where none are named
	Timeout time.Duration
	Steps   []Step
}

// Client is a named connection.
type Client struct {
	Name    string
	Request Request // how it opens, where no step says otherwise
}

// Verb is what a step does.
type Verb string

// The verbs. The list is closed.
const (
	VerbOpen        Verb = "open"
	VerbRequest     Verb = "request"
	VerbResponse    Verb = "response"
	VerbSend        Verb = "send"
	VerbEcho        Verb = "echo"
	VerbWrite       Verb = "write"
	VerbExpect      Verb = "expect"
	VerbExpectAny   Verb = "expect-any"
	VerbExpectAll   Verb = "expect-all"
	VerbExpectFrame Verb = "expect-frame"
	VerbQuiet       Verb = "quiet"
	VerbPause       Verb = "pause"
	VerbClose       Verb = "close"
	VerbTCP         Verb = "tcp"
)

// Step is one thing done or expected.
type Step struct {
	Pos    Pos
	Client string // "" is the only one
	Verb   Verb
	Rule   rules.ID // the step's own, or else the case's

	Request  *Request      // open, request
	Response *Response     // response
	Frames   []Frame       // send: one TCP write
	Echo     *Echo         // echo
	Bytes    Payload       // write
	Events   []Event       // expect, expect-any, expect-all, expect-frame
	For      time.Duration // quiet, pause
	Close    *CloseMatch   // close: what we send
	Answer   *CloseMatch   // close: the codes that may come back; nil: any valid answer
	TCP      TCP           // tcp: TCPFin or TCPReset

	Within time.Duration // 0: the default
	Chop   int           // bytes a TCP write; 0: all at once
	Every  time.Duration // between the writes of a chop
}

// Request is an opening handshake, as a difference from the right one.
type Request struct {
	Path      Text     // "" is the target's own
	Target    Text     // the request target of the first line as it stands; "" is Path
	Method    Text     // "" is GET
	HTTP      Text     // "" is "HTTP/1.1"
	Origin    Text     // "" is none
	Set       []Header // in place of the field of that name, or at the end
	Add       []Header // at the end, a second field of that name if there is one
	Drop      []string
	Offer     []Text // Sec-WebSocket-Extensions, one field each
	Protocols []Text
	Body      Payload  // after the blank line; hixie-76: replaces key3; no Parts: not given
	Raw       *Payload // replaces every byte
}

// Header is a field of a request.
type Header struct {
	Name  string
	Value Text
}

// Text is a string with the captures that are only known while the case runs.
// "$$" and the file's own names are already resolved.
type Text struct {
	Parts []TextPart
}

// TextPart is a literal, or the name of a capture.
type TextPart struct {
	Literal string
	Capture string
}

// Response is what the answer must be. What is left out is not looked at; a
// valid 101 is judged by lint in any case.
type Response struct {
	Status     *StatusMatch
	Headers    []HeaderMatch
	Accept     string       // "", "valid", or the very value
	Challenge  *Payload     // the sixteen bytes
	Extensions *OptionMatch // Sec-WebSocket-Extensions
	Protocol   *OptionMatch // Sec-WebSocket-Protocol
}

// StatusMatch is a set of status codes.
type StatusMatch struct {
	Pos    Pos
	Codes  []int
	Class  int  // 4 is 4xx
	Error  bool // "error": 4xx or 5xx
	Except bool // "not 101": everything but Codes
}

// HeaderMatch is what the fields of that name must be.
type HeaderMatch struct {
	Name   string
	Absent bool
	Match  Match
}

// OptionMatch is "none", or a text that must be there.
type OptionMatch struct {
	None  bool
	Match Match
}

// Frame is a frame to send, every bit of it free.
type Frame struct {
	Pos      Pos
	Opcode   wire.Opcode
	Type     *byte // a hixie frame's type byte, where it is given
	Payload  Payload
	Fin      bool
	Rsv      byte
	Mask     MaskMode
	Key      [4]byte
	Bits     uint8   // 0: the shortest form
	Groups   int     // hixie: bytes of a length prefix; 0: as few as needed
	Claim    *uint64 // the length that the header claims
	Compress bool
	Times    int // 1 or more
}

// Echo is a message that is sent and expected back, so many times, one after
// the other.
type Echo struct {
	Opcode   wire.Opcode
	Payload  Payload
	Window   int  // bytes of the payload that each message has, the next ones each time; 0: all of it
	Compress bool // as permessage-deflate was agreed
	Fragment int  // bytes a frame; 0: one frame
	Times    int  // 1 or more; a run may cut it short
}

// MaskMode is how a frame is masked.
type MaskMode uint8

// The modes.
const (
	MaskRandom MaskMode = iota
	MaskNone
	MaskKey
)

// Payload is bytes, built when they are needed: a case of 16 MiB costs nothing
// before it is played.
type Payload struct {
	Parts []PayloadPart
}

// PayloadPart is one run of a payload. Exactly one of its sources is set.
type PayloadPart struct {
	Text   *Text
	Bytes  []byte
	Repeat []byte // repeated and cut to Size bytes
	Size   int
	Random bool // Size bytes from Seed
	Seed   int64
	Sample string // Size bytes of a kind of data
	JSON   any    // text of this value, captures inside strings filled in
}

// EventKind is what an expectation looks for.
type EventKind uint8

// The kinds of expectations.
const (
	EventMessage EventKind = iota // a data message or control frame with this opcode
	EventJSON                     // a text message whose JSON has these members
	EventFail                     // the connection failed (RFC 6455 §7.1.7)
	EventTCP                      // the end of the TCP stream
	EventStatus                   // an HTTP answer with this status
)

// Event is one expectation.
type Event struct {
	Pos     Pos
	Kind    EventKind
	Opcode  wire.Opcode
	Payload Match
	Close   *CloseMatch // of an OpClose
	JSON    any         // map, slice, string, json.Number, bool, nil, or Capture
	Codes   []uint16    // EventFail: the codes that the Close may have; empty is any
	TCP     TCP
	Status  *StatusMatch
	Frame   *FrameMatch // expect-frame only
}

// Capture stands in a JSON pattern for a value to keep under a name, or, once
// kept, to compare with.
type Capture string

// FrameMatch is what the bits of a frame must be; nil is not looked at.
type FrameMatch struct {
	Fin    *bool
	Rsv    *byte
	Masked *bool
	Bits   *uint8
	Type   *byte
}

// CloseMatch is a Close: what is sent, or what is expected. Expecting no Codes,
// it accepts any body, or, where Empty is set, the empty body only.
type CloseMatch struct {
	Codes  []uint16 // the first is sent; each is accepted; empty: an empty body sent, any accepted
	Empty  bool     // an empty body is accepted too
	Reason Match    // the zero Match is not looked at; Exact is sent
}

// TCP is an end of the TCP stream, ours or theirs.
type TCP string

// The ends.
const (
	TCPClosed TCP = "closed" // FIN or RST, expected only
	TCPFin    TCP = "fin"
	TCPReset  TCP = "reset"
)

// Match is what a payload or a field must be.
type Match struct {
	Any    bool
	Exact  *Payload
	Regexp *regexp.Regexp
}

// Problem is something wrong in a case file.
type Problem struct {
	Pos  Pos
	Text string
}
