package relay

import (
	"errors"
	"io"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"wsprobe/internal/lint"
)

// What a direction reads at once: little while it is idle, which is what it then
// costs, and more while there is much.
const (
	idleSize = 1 << 10
	busySize = 64 << 10
)

var busy = sync.Pool{New: func() any { return new([busySize]byte) }}

// pairs passes the bytes of links with two goroutines each: where there is TLS or a
// Unix socket, or no epoll.
type pairs struct {
	relay *Relay
	mu    sync.Mutex
	open  map[*pair]struct{}
	done  sync.WaitGroup
	over  bool
}

// pair is one link.
type pair struct {
	of    *pairs
	conns [2]net.Conn
	// passing is what each side has sent that the tap was not shown yet.
	passing [2]atomic.Pointer[chunk]

	mu sync.Mutex // guards the tap and what follows
	ender
	broken bool // what a side sent could not be passed on
}

func (ps *pairs) link(client, server net.Conn, tap Tap) {
	p := &pair{of: ps, conns: [2]net.Conn{client, server}, ender: ender{tap: tap}}
	ps.mu.Lock()
	defer ps.mu.Unlock()
	if ps.over {
		p.resetBoth()
		tap.Closed(ps.relay.Now())
		return
	}
	if ps.open == nil {
		ps.open = map[*pair]struct{}{}
	}
	ps.open[p] = struct{}{}
	ps.done.Go(p.run)
}

func (ps *pairs) close() {
	ps.mu.Lock()
	ps.over = true
	for p := range ps.open {
		p.resetBoth()
	}
	ps.mu.Unlock()
	ps.done.Wait()
}

// run passes both directions until both have ended.
func (p *pair) run() {
	var back sync.WaitGroup
	back.Go(func() { p.pump(lint.Server) })
	p.pump(lint.Client)
	back.Wait()
	if p.broken {
		p.resetBoth()
	}
	for _, c := range p.conns {
		c.Close()
	}
	p.tap.Closed(p.of.relay.Now())
	p.of.mu.Lock()
	defer p.of.mu.Unlock()
	delete(p.of.open, p)
}

// pump passes on what side sends. Where that cannot be written any more, the
// other direction has its say before both end.
func (p *pair) pump(side lint.Side) {
	from, to := p.conns[side], p.conns[1-side]
	b := buffer{small: make([]byte, idleSize)}
	defer b.shrink()
	sampler := sampler{to: p.of.relay.o.Latency}
	var c chunk
	for {
		buf := b.bytes()
		n, err := from.Read(buf)
		if n > 0 {
			c = chunk{p.of.relay.Now(), buf[:n]} // the time is as in a loop
			p.passing[side].Store(&c)
			failed := sampler.write(to, c.b)
			p.passed(side, c.at, failed != nil)
			if failed != nil {
				return
			}
		}
		if err != nil {
			p.finish(side, err)
			return
		}
		if b.fit(n) {
			p.of.relay.o.Pause()
		}
	}
}

// buffer is small while little comes.
type buffer struct {
	small []byte
	large *[busySize]byte
}

func (b *buffer) bytes() []byte {
	if b.large != nil {
		return b.large[:]
	}
	return b.small
}

// fit makes the buffer fit for what comes after n bytes came, and reports whether
// that looks like a pause.
func (b *buffer) fit(n int) bool {
	switch {
	case n < len(b.small):
		b.shrink()
	case b.large == nil:
		b.large = busy.Get().(*[busySize]byte)
		return false
	}
	return n < len(b.bytes())
}

func (b *buffer) shrink() {
	if b.large != nil {
		busy.Put(b.large)
		b.large = nil
	}
}

// chunk is what was read and is being passed on.
type chunk struct {
	at time.Duration
	b  []byte
}

// passed shows the tap what side sent, once it was passed on. What the other side has
// sent before, this may be the answer to: it comes first, though its goroutine may
// not have got to it yet.
func (p *pair) passed(side lint.Side, at time.Duration, broken bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.broken = p.broken || broken
	p.show(1-side, at)
	p.show(side, at)
}

// show shows the tap what side has sent up to then, unless it was shown.
func (p *pair) show(side lint.Side, until time.Duration) {
	if c := p.passing[side].Load(); c != nil && c.at <= until {
		p.passing[side].Store(nil)
		p.tap.Data(side, c.at, c.b)
	}
}

// finish passes on how side's stream ended.
func (p *pair) finish(side lint.Side, err error) {
	how := lint.EndReset
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		how = lint.EndFIN
	}
	p.mu.Lock()
	at := p.of.relay.Now()
	p.show(1-side, at)
	p.end(side, at, how)
	p.mu.Unlock()
	if how == lint.EndReset {
		p.resetBoth()
		return
	}
	closeWrite(p.conns[1-side])
	p.of.relay.o.Pause()
}

// inner returns the connection that c is a layer on, if it is one: of TLS, say.
func inner(c net.Conn) (net.Conn, bool) {
	if layer, ok := c.(interface{ NetConn() net.Conn }); ok {
		return layer.NetConn(), true
	}
	return nil, false
}

// closeWrite ends our stream: with TLS both its own and that of TCP.
func closeWrite(c net.Conn) {
	for ok := true; ok; c, ok = inner(c) {
		if w, can := c.(interface{ CloseWrite() error }); can {
			w.CloseWrite()
		}
	}
}

// resetBoth closes both connections with a reset, which Unix sockets have none of.
func (p *pair) resetBoth() {
	for _, c := range p.conns {
		for layer, ok := c, true; ok; layer, ok = inner(layer) {
			if t, tcp := layer.(*net.TCPConn); tcp {
				t.SetLinger(0)
				t.Close()
			}
		}
		c.Close()
	}
}
