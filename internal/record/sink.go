package record

import (
	"fmt"
	"net/netip"
	"time"

	"wsprobe/internal/lint"
	"wsprobe/internal/wire"
)

// Conn is a connection that was forwarded, or seen, or read from a file.
type Conn struct {
	ID             uint64 // from 1, in the order in which they began
	Client, Server netip.AddrPort
	// ClientSocket and ServerSocket are the Unix socket that an end is at, by its path:
	// it has no address then.
	ClientSocket, ServerSocket string

	URL    string // of the server, where it is known
	Secure bool   // what is recorded is the plain text of TLS
	// ClientTLS and ServerTLS are what was agreed with each, where TLS was taken off.
	ClientTLS, ServerTLS *TLS
	// Stream is that of HTTP/2 which the connection is, a WebSocket (RFC 8441), and Within
	// the connection that it is a stream of; 0: it is a connection of TCP. What it carries
	// is as of one: two heads, as text, and frames.
	Stream uint32
	Within uint64
	// Opaque says why bytes are counted and not looked into; empty: they are.
	Opaque string
	Start  time.Time
	Offset time.Duration // when it started, as the times of events count
	// Continues says that an earlier file has its beginning, and Repeated how many of
	// its first events here are in that one, too.
	Continues bool
	Repeated  int
	again     [2]uint64 // bytes of these, by side
}

// Numbers gives connections numbers that differ. The zero value has given none.
type Numbers struct{ last uint64 }

// Next returns the next number.
func (n *Numbers) Next() uint64 {
	n.last++
	return n.last
}

// What connections are opaque for.
const (
	OpaqueTLS   = "TLS passed through"
	OpaqueHTTP2 = "HTTP/2"
)

// NoteHTTP2 says what is shown of HTTP/2.
const NoteHTTP2 = "HTTP/2: of what it carries, WebSockets (RFC 8441) are shown, each as a connection"

// When returns the wall time of an event.
func (c *Conn) When(at time.Duration) time.Time { return c.Start.Add(at - c.Offset) }

// Sink takes what connections carry, from one goroutine. Events and what they
// point to may be kept only where the call says so.
type Sink interface {
	// Open begins a connection, which may be kept.
	Open(c *Conn)
	// Event takes one event of a connection. It is valid during the call.
	Event(c *Conn, e *lint.Event)
	// Lost says that so much, of any connections, is not recorded at this place.
	Lost(n Loss)
	// Note says something of a connection that is no event.
	Note(c *Conn, at time.Duration, text string)
	// Close ends a connection.
	Close(c *Conn, at time.Duration)
	// Flush is called when nothing more comes for the moment.
	Flush() error
	// End writes what is left.
	End() error
}

// Plain is a frame of which there is nothing to say but itself, and which is a
// whole message (lint.Watcher).
type Plain struct {
	Side    lint.Side
	At      time.Duration
	Offset  uint64
	Header  wire.Header
	Payload []byte // unmasked, and at most as much as is recorded
}

// Events returns the two events that it stands for.
func (p *Plain) Events() [2]lint.Event {
	return lint.PlainEvents(p.Side, p.At, p.Offset, p.Header, p.Payload, len(p.Payload))
}

// PlainSink is a Sink that has a shorter way for plain frames, which are most.
type PlainSink interface {
	Sink
	// Plain takes the place of Event for the two events of a plain frame, which is
	// valid during the call.
	Plain(c *Conn, p *Plain)
}

// Loss is what was passed on and not recorded.
type Loss struct {
	Payloads uint64 // frames whose payload was left out; their headers are there
	Events   uint64 // frames and other events that were left out
	Packets  uint64 // of an interface that were not seen at all
}

// String says it in a sentence.
func (n Loss) String() string {
	return fmt.Sprintf("Before this, %d payloads and %d frames passed that are not recorded.", n.Payloads, n.Events)
}
