package tlsread

import (
	"fmt"
	"slices"

	"wsprobe/internal/hello"
)

// Client and Server are the sides of a connection.
const (
	Client = iota
	Server
)

// Output is told what a connection carried, in its order. What Data is given is valid
// until it returns.
type Output struct {
	Data func(side int, at int64, p []byte)
	// Gap tells of bytes that are missing; they are as many where exact is true.
	Gap func(side int, at int64, n uint64, exact bool)
	End func(side int, at int64, how int)
	// Agreed tells which protocol was agreed on (ALPN, RFC 7301); it is not called for none.
	Agreed func(at int64, protocol string)
	// Closed says why no more comes, after the last of it. It is not called for a
	// connection that is read to its end.
	Closed func(at int64, why string)
}

// Conn reads one connection, from its beginning.
type Conn struct {
	keys   *Keys
	out    Output
	half   [2]half
	client *hello.Client
	server *hello.Server
	suite  *suite
	ready  [2]*opener // of TLS 1.2, for when the sides change to them
	early  early
	tries  int // bytes that may be tried at places that may be none of a record

	waiting []item // for keys
	held    int    // bytes of them
	blocked int    // the side whose record has no key yet; -1: none
	closed  bool
}

// item is what waits for keys.
type item struct {
	kind itemKind
	side int
	at   int64
	p    []byte
	n    int
}

type itemKind uint8

const (
	itemData itemKind = iota
	itemGap
	itemEnd
)

// itemCost is what an item counts for beside its bytes.
const itemCost = 64

// New makes a Conn that has seen nothing yet.
func New(keys *Keys, out Output) *Conn {
	return &Conn{keys: keys, out: out, blocked: -1, tries: maxTried}
}

// Feed takes bytes of a side. p may be reused.
func (c *Conn) Feed(side int, at int64, p []byte) { c.take(item{itemData, side, at, p, 0}) }

// Gap takes note of n bytes of a side that were not seen.
func (c *Conn) Gap(side int, at int64, n uint64) { c.take(item{itemGap, side, at, nil, int(n)}) }

// End takes the end of a side; how is for Output.
func (c *Conn) End(side int, at int64, how int) { c.take(item{itemEnd, side, at, nil, how}) }

// Waits reports whether a record waits for a key.
func (c *Conn) Waits() bool { return c.blocked >= 0 }

// Close ends the reading: no more of the connection comes.
func (c *Conn) Close(at int64) {
	if c.Retry(); c.Waits() {
		c.close(at, "%s", c.whyWaiting())
	}
	for side := range c.half {
		if !c.closed {
			c.flush(side, at)
		}
	}
	c.Drop()
}

// Drop ends the reading where nobody wants what is read.
func (c *Conn) Drop() {
	c.closed = true
	c.release()
}

// whyWaiting says what the keys lack.
func (c *Conn) whyWaiting() string {
	if c.keys.known[c.client.Random] == nil {
		return "TLS, not looked into: the key log has nothing of this connection"
	}
	return "TLS, not looked into any more: the key log lacks secrets of this connection"
}

// take has what comes next wait, or passes it.
func (c *Conn) take(i item) {
	if c.closed {
		return
	}
	if c.Waits() {
		c.hold(i)
		c.Retry()
		return
	}
	c.pass(&i)
}

// hold keeps what comes until there are keys.
func (c *Conn) hold(i item) {
	i.p = slices.Clone(i.p)
	c.waiting = append(c.waiting, i)
	c.count(len(i.p) + itemCost)
	if c.held > maxWaiting || c.keys.held > maxHeldAll {
		c.close(i.at, "%s", c.whyWaiting())
	}
}

// count counts bytes that are held.
func (c *Conn) count(n int) {
	c.held += n
	c.keys.held += n
}

// release lets go of what waits.
func (c *Conn) release() {
	c.count(-c.held)
	c.waiting, c.blocked = nil, -1
	c.half[Client].buf, c.half[Server].buf = nil, nil
}

// Retry looks whether the keys are there by now.
func (c *Conn) Retry() {
	if c.closed || !c.Waits() || !c.derive(c.blocked) {
		return
	}
	side := c.blocked
	c.blocked = -1
	c.records(side, nil)
	for len(c.waiting) > 0 && !c.closed && !c.Waits() {
		i := c.waiting[0]
		c.waiting = c.waiting[1:]
		c.count(-len(i.p) - itemCost)
		c.pass(&i)
	}
}

// pass does what comes next.
func (c *Conn) pass(i *item) {
	h := &c.half[i.side]
	switch i.kind {
	case itemData:
		h.at = i.at
		c.records(i.side, i.p)
	case itemGap:
		h.at = i.at
		c.gap(i.side, uint64(i.n))
	case itemEnd:
		c.flush(i.side, i.at)
		if !c.closed {
			c.out.End(i.side, i.at, i.n)
		}
	}
}

// close gives up.
func (c *Conn) close(at int64, format string, args ...any) {
	if c.closed {
		return
	}
	c.closed = true
	c.release()
	c.out.Closed(at, fmt.Sprintf(format, args...))
}
