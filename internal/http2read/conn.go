// Package http2read reads HTTP/2 (RFC 9113) as it passes, as bytes of both sides, and
// finds the WebSockets in it (RFC 8441): of each stream that one was asked for on, it
// gives what a connection of HTTP/1.1 would have carried, the two heads as text
// (wire.HTTP2) and then the bytes of the tunnel. Everything else it passes over.
//
// golang.org/x/net/http2 reads frames from a stream that waits for more, which what
// passes does not. Its decoder of header fields is used here.
package http2read

import (
	"fmt"
	"time"

	"wsprobe/internal/lint"
)

// Preface is what a client of HTTP/2 begins with (RFC 9113 §3.4).
const Preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"

// What a peer may have us hold.
const (
	maxBlock   = 256 << 10 // bytes of a header block, and of its fields when unpacked
	maxTable   = 1 << 20   // bytes of the table of fields of a side
	maxStreams = 1024      // WebSockets of a connection at a time
)

// Stream is told what the stream of a WebSocket carries.
type Stream interface {
	// Data takes bytes of a side, which are valid during the call.
	Data(side lint.Side, at time.Duration, p []byte)
	// Note says something that is no byte of either side.
	Note(at time.Duration, text string)
	// End takes the end of a side: END_STREAM, or RST_STREAM.
	End(side lint.Side, at time.Duration, how lint.End)
	// Closed says that nothing follows. seen tells that the stream ended, and not what
	// was looked at.
	Closed(at time.Duration, seen bool)
}

// Options say who is told.
type Options struct {
	// Open is told of a stream that a WebSocket was asked for on, and whether the server
	// had said before that it takes them (RFC 8441 §3).
	Open func(id uint32, at time.Duration, enabled bool) Stream
	// Note is told what is wrong with what a side says of the whole connection, and why
	// no more of it is looked into.
	Note func(at time.Duration, text string)
}

// Conn is a connection that is looked into. It is not safe for concurrent use.
type Conn struct {
	o       Options
	half    [2]half
	streams map[uint32]*stream
	enabled bool // the server takes WebSockets
	noted   bool // what is wrong with a setting was said
	over    bool
}

// stream is one that a WebSocket was asked for on.
type stream struct {
	Stream
	ended    [2]bool
	answered bool // the last of the server's heads was seen: more are trailers
}

// New begins with a connection of which nothing was seen yet.
func New(o Options) *Conn {
	c := &Conn{o: o, streams: map[uint32]*stream{}}
	for side := range c.half {
		c.half[side].init(lint.Side(side))
	}
	return c
}

// Feed takes bytes that side sent. Nothing that a peer sends makes it panic or hold
// more than is stated.
func (c *Conn) Feed(side lint.Side, at time.Duration, p []byte) {
	for len(p) > 0 && !c.over {
		p = p[c.take(&c.half[side], at, p):]
	}
}

// End takes the end of side's bytes, which is that of its streams.
func (c *Conn) End(side lint.Side, at time.Duration, how lint.End) {
	for _, id := range c.ids() {
		c.end(id, side, at, how)
	}
}

// Close says that nothing more comes.
func (c *Conn) Close(at time.Duration) {
	for _, id := range c.ids() {
		c.drop(id, at, false)
	}
	c.over = true
	c.half = [2]half{} // with its tables, which may be large
}

// Over reports whether nothing of what comes is looked at any more.
func (c *Conn) Over() bool { return c.over }

// lose gives the connection up.
func (c *Conn) lose(at time.Duration, format string, args ...any) {
	if c.over {
		return
	}
	why := fmt.Sprintf(format, args...)
	for _, id := range c.ids() {
		c.streams[id].Note(at, why)
	}
	c.Close(at)
	c.o.Note(at, why)
}

// Gap says that bytes of side are missing. Where the next frame begins nobody knows
// then, nor what its header fields refer to.
func (c *Conn) Gap(side lint.Side, at time.Duration) {
	c.lose(at, "not looked into any further: bytes of the %s are missing, and what follows in HTTP/2 refers to them", side)
}

// end ends a side of a stream, and the stream once both have.
func (c *Conn) end(id uint32, side lint.Side, at time.Duration, how lint.End) {
	s := c.streams[id]
	if s == nil || s.ended[side] {
		return
	}
	s.ended[side] = true
	s.End(side, at, how)
	if s.ended[1-side] || how == lint.EndReset {
		c.drop(id, at, true)
	}
}

// drop forgets a stream.
func (c *Conn) drop(id uint32, at time.Duration, seen bool) {
	if s := c.streams[id]; s != nil {
		delete(c.streams, id)
		s.Closed(at, seen)
	}
}
