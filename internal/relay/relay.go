package relay

import (
	"net"
	"time"

	"wsprobe/internal/lint"
)

// Options sets up a relay.
type Options struct {
	// Pause is called when there is nothing to pass for the moment, by each of the
	// goroutines that pass; nil: nobody wants to know. It must be quick.
	Pause func()
	// Latency, when set, is told how long bytes are on their way through us.
	Latency *Latency
}

// Relay passes the bytes of links until it is closed.
type Relay struct {
	o      Options
	began  time.Time
	engine engine // for plain TCP; nil where there is none
	pairs  pairs
}

// engine passes the bytes of plain TCP connections.
type engine interface {
	// link takes over both connections, and reports whether it could.
	link(client, server *net.TCPConn, tap Tap) bool
	close()
}

// New makes a relay.
func New(o Options) *Relay {
	if o.Pause == nil {
		o.Pause = func() {}
	}
	r := &Relay{o: o, began: time.Now()}
	r.pairs.relay = r
	r.engine = newEngine(r)
	return r
}

// Now returns the time as taps are told it.
func (r *Relay) Now() time.Duration { return time.Since(r.began) }

// Link passes what comes on each connection to the other, as it comes, and what
// ends one stream ends the other in the same way. It takes both over and returns
// once the server has been sent first, which is what the client sent before.
func (r *Relay) Link(client, server net.Conn, tap Tap, first []byte) {
	if len(first) > 0 {
		// What cannot be written is found out again, by whoever writes next.
		server.Write(first)
		tap.Data(lint.Client, r.Now(), first)
	}
	c, plain := client.(*net.TCPConn)
	s, both := server.(*net.TCPConn)
	if plain && both && r.engine != nil && r.engine.link(c, s, tap) {
		return
	}
	r.pairs.link(client, server, tap)
}

// Close ends every link with a reset, and returns when all taps have been told.
func (r *Relay) Close() {
	if r.engine != nil {
		r.engine.close()
	}
	r.pairs.close()
}
