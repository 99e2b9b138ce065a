package probe

import (
	"context"
	"errors"
	"io"
	"net"
	"strconv"
	"sync"
	"time"

	"wsprobe/internal/lint"
	"wsprobe/internal/record"
	"wsprobe/internal/wire"
	"wsprobe/report"
)

// conn is one connection of a case. A goroutine reads and lets lint judge what
// comes; everything else, every write included, is done by the player alone.
type conn struct {
	p    *player
	name string
	tcp  net.Conn

	mu       sync.Mutex // guards what the reader shares
	session  *lint.Session
	queue    []lint.Event // the target's events that no step has consumed
	pings    [][]byte     // payloads of its pings that are not answered yet
	gotClose *lint.Event
	ended    *lint.Event
	received int64
	talked   bool                 // we sent what may be answered with data
	recorded *record.Conversation // nil where nobody asks for the bytes
	arrived  chan struct{}        // has a token when something was added
	done     chan struct{}        // closed when the reader has ended

	sentClose bool
	badClose  bool          // ours may be taken for a protocol error
	closedAt  time.Duration // when our Close was sent
	finished  bool          // we can send no more: FIN, reset or a failed write
	endTaken  bool          // a step expected the end of the stream, and it came
	controls  [][]byte      // payloads of the pings and pongs that the case sent
	questions int           // how many pings asked whether the connection works
	deflater  *wire.Deflater
}

// newConn starts reading from tcp.
func newConn(p *player, name string, tcp net.Conn) *conn {
	c := &conn{
		p: p, name: name, tcp: tcp,
		session: lint.New(lint.Options{Keep: keepPayload, Inflate: keepPayload, Blind: true, Secure: p.target.secure}),
		arrived: make(chan struct{}, 1), done: make(chan struct{}),
		recorded: p.recorded(name, tcp),
	}
	go c.read()
	return c
}

// read feeds lint until the stream ends or we close it.
func (c *conn) read() {
	defer close(c.done)
	buf := make([]byte, 64<<10)
	for {
		n, err := c.tcp.Read(buf)
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err == nil && c.tooMuch(n) {
			err = errTooMuch
		}
		c.feed(buf[:n], err)
		if err != nil {
			return
		}
	}
}

var errTooMuch = errors.New("sent more than the limit of " + strconv.Itoa(maxReceived>>20) + " MiB")

// tooMuch counts n bytes and reports whether the target has sent more than a
// connection may cost.
func (c *conn) tooMuch(n int) bool {
	c.received += int64(n)
	return c.received > maxReceived
}

// feed gives bytes, or the end of the stream, to lint.
func (c *conn) feed(p []byte, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := c.p.log.now()
	c.recorded.Data(lint.Server, now, p)
	if len(p) > 0 {
		c.take(c.session.Feed(lint.Server, now, p))
	}
	if err != nil {
		c.take(c.session.End(lint.Server, now, howEnded(err)))
		if errors.Is(err, errTooMuch) {
			c.p.log.add(report.Line{At: now, Client: c.name, Kind: "note", Note: "the target " + err.Error()})
		} else {
			c.recorded.End(lint.Server, now, howEnded(err))
		}
	}
	select {
	case c.arrived <- struct{}{}:
	default:
	}
}

// howEnded tells a FIN from a reset.
func howEnded(err error) lint.End {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return lint.EndFIN
	}
	return lint.EndReset
}

// take queues the target's events, writes them down and reports their
// findings. Our own, which may be known only now, were written down when sent.
func (c *conn) take(events []lint.Event) {
	for i := range events {
		e := &events[i]
		if e.Side != lint.Server {
			continue
		}
		if e.Kind != lint.KindMessage { // its frames have been written down
			line := e.Line()
			line.Client = c.name
			c.p.log.add(line)
		}
		for _, f := range e.Findings {
			c.p.lintFinding(c, f, e.At)
		}
		switch {
		case e.Kind == lint.KindEnd:
			c.ended = e
		case isData(e) && !c.talked && !c.p.c.Dialect.Traits().Hixie:
			c.p.target.pushes.Store(true)
		case e.Kind == lint.KindMessage && e.Message.Opcode == wire.OpPing:
			c.pings = append(c.pings, e.Message.Payload)
		case e.Kind == lint.KindMessage && e.Message.Opcode == wire.OpClose && c.gotClose == nil:
			c.gotClose = e
		}
		c.queue = append(c.queue, *e)
	}
}

// await waits for the first event that sees lets through, and returns it
// without consuming it; nil when none came in time. Meanwhile pings and a Close
// are answered.
func (c *conn) await(ctx context.Context, until time.Time, sees func(*lint.Event) bool) (int, *lint.Event) {
	timer := time.NewTimer(time.Until(until))
	defer timer.Stop()
	for {
		c.answer()
		over := c.over() // looked at first: nothing comes after the end
		if i, e := c.first(sees); e != nil || over {
			return i, e
		}
		select {
		case <-c.arrived:
		case <-timer.C:
			return c.first(sees)
		case <-ctx.Done():
			return 0, nil
		}
	}
}

func (c *conn) first(sees func(*lint.Event) bool) (int, *lint.Event) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for i := range c.queue {
		if sees(&c.queue[i]) {
			e := c.queue[i]
			return i, &e
		}
	}
	return 0, nil
}

// consume drops the queue's events up to the i-th, and the message that the
// i-th, a frame, has ended.
func (c *conn) consume(i int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case c.queue[i].Kind == lint.KindEnd:
		c.endTaken = true
	case c.queue[i].Kind == lint.KindFrame && i+1 < len(c.queue) && c.queue[i+1].Kind == lint.KindMessage:
		i++
	}
	c.queue = c.queue[i+1:]
}

// answer sends what the protocol owes the target: pongs, and a Close for a
// Close (RFC 6455 §5.5.1, §5.5.2).
func (c *conn) answer() {
	c.mu.Lock()
	pings, closing := c.pings, c.gotClose
	c.pings = nil
	c.mu.Unlock()
	if c.sentClose || c.finished || !c.between() {
		return
	}
	for _, payload := range pings {
		c.sendControl(wire.OpPong, payload)
	}
	if closing == nil {
		return
	}
	var body []byte
	if m := closing.Message; m.Code != 0 {
		body = []byte{byte(m.Code >> 8), byte(m.Code)}
	}
	c.sendControl(wire.OpClose, body)
}

// state returns what the reader has learned.
func (c *conn) state() (open bool, gotClose, ended *lint.Event) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.session.Open(), c.gotClose, c.ended
}

// over reports whether the target's stream has ended.
func (c *conn) over() bool {
	_, _, ended := c.state()
	return ended != nil
}

// talks is told before we send what may be answered with data.
func (c *conn) talks() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.talked = true
}

// between reports whether what we sent ends with a whole frame, so that another
// would be read as one. A length that lied, or raw bytes, may have cut one off.
func (c *conn) between() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.session.Between(lint.Client)
}

// agreed returns what the opening handshake agreed about permessage-deflate.
func (c *conn) agreed() *wire.DeflateParams {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.session.Deflate()
}

// drop closes the connection and waits for its reader.
func (c *conn) drop() {
	c.closes()
	c.tcp.Close()
	<-c.done
}
