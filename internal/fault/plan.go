package fault

import (
	"math/rand/v2"
	"net"
	"sync"
	"time"

	"wsprobe/internal/http2read"
	"wsprobe/internal/lint"
	"wsprobe/internal/record"
)

// Plan is all that is to go wrong.
type Plan struct {
	Faults []*Fault
	Seed   uint64
}

// Random reports whether chance has a part in it, so that the seed matters.
func (p *Plan) Random() bool {
	for _, f := range p.Faults {
		if f.random() {
			return true
		}
	}
	return false
}

// Wrap puts faults between the two ends of a connection and who reads from them.
// first is what the client has sent already. note is told what goes wrong, before
// it passes, and perhaps from two goroutines at a time. A connection that no fault
// is for is returned as it was, and first is still to be sent.
func (p *Plan) Wrap(c *record.Conn, client, server net.Conn, first []byte, note func(string)) (net.Conn, net.Conn, []byte) {
	pr := &pair{conn: c, began: time.Now(), session: lint.New(lint.Options{Keep: maxHeld, Inflate: maxHeld, Secure: c.Secure})}
	for _, side := range []lint.Side{lint.Client, lint.Server} {
		pr.stages[side] = p.stage(pr, side)
	}
	if len(pr.stages[lint.Client].faults)+len(pr.stages[lint.Server].faults) == 0 {
		return client, server, first
	}
	a := &conn{Conn: client, pair: pr, side: lint.Client, note: note}
	b := &conn{Conn: server, pair: pr, side: lint.Server, note: note}
	go a.run(first)
	go b.run(nil)
	return a, b, nil
}

// stage makes the stage of a side, with the faults that are for it. Each has its
// own chances, so that the same traffic meets the same faults.
func (p *Plan) stage(pr *pair, side lint.Side) *stage {
	s := &stage{pair: pr, side: side, line: newLine()}
	s.chance = rand.New(rand.NewPCG(p.Seed, pr.conn.ID<<1|uint64(side)))
	for i, f := range p.Faults {
		if f.side[side] && (f.conn == 0 || f.conn == pr.conn.ID) {
			st := &state{Fault: f, chance: rand.New(rand.NewPCG(p.Seed+uint64(i)+1, pr.conn.ID<<1|uint64(side)))}
			st.next = st.skip()
			s.faults = append(s.faults, st)
			s.whole = s.whole || f.when != nil
		}
	}
	return s
}

// pair is what the two directions of a connection share.
type pair struct {
	conn    *record.Conn
	began   time.Time
	mu      sync.Mutex // guards what follows, and the stages
	session *lint.Session
	stages  [2]*stage
	starts  [2]uint64 // where the frames of a side begin, as far as is known
	open    bool
	preface int // how many bytes the client began with as in HTTP/2; -1: it did not
	timers  []*time.Timer
	over    bool
}

// watch feeds the session, and finds out whether and where frames begin.
func (p *pair) watch(side lint.Side, b []byte) []lint.Event {
	events := p.session.Feed(side, time.Since(p.began), b)
	for i := range events {
		e := &events[i]
		if p.open || e.Kind != lint.KindRequest && e.Kind != lint.KindResponse {
			continue
		}
		p.starts[side] = e.Offset + e.Size
		st := p.stages[side]
		st.cut, st.frame, st.behind, st.frames = cutter{}, current{}, 0, 0
	}
	return events
}

// prefaced takes what a client begins with, and reports whether the preface of HTTP/2
// (RFC 9113 §3.4) is complete with it.
func (p *pair) prefaced(b []byte) bool {
	if p.preface < 0 || p.preface == len(http2read.Preface) {
		return false
	}
	rest := http2read.Preface[p.preface:]
	if n := min(len(b), len(rest)); string(b[:n]) == rest[:n] {
		p.preface += n
		return n == len(rest)
	}
	p.preface = -1
	return false
}

// opened begins what begins behind the opening handshake.
func (p *pair) opened() {
	p.open = true
	for _, s := range p.stages {
		s.cut.hixie = p.session.Dialect().Traits().Hixie
		for _, f := range s.faults {
			if d := f.after.time; d > 0 && f.action.ends() && !f.framed() {
				p.timers = append(p.timers, time.AfterFunc(d-time.Since(p.began), func() { p.tick(s) }))
			}
		}
	}
}

// tick looks for what is due by now.
func (p *pair) tick(s *stage) {
	p.mu.Lock()
	defer p.mu.Unlock()
	s.ends(nil)
}

// ended takes the end of what side sends: with err, or since what it sends can no
// longer be written.
func (p *pair) ended(side lint.Side, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	s, other := p.stages[side], p.stages[1-side]
	if s.err == nil {
		s.err = err
		s.finish()
	}
	if other.hole && other.err != nil { // held back until now
		other.line.push(segment{err: other.err}, 0)
	}
}

// conn is one end of a connection: what is read from it went through a stage.
type conn struct {
	net.Conn
	pair *pair
	side lint.Side
	note func(string)
}

// NetConn returns the connection itself.
func (c *conn) NetConn() net.Conn { return c.Conn }

// run reads what comes, until it ends.
func (c *conn) run(first []byte) {
	s := c.pair.stages[c.side]
	s.feed(first)
	buf := make([]byte, readSize)
	for {
		n, err := c.Conn.Read(buf)
		s.feed(buf[:n])
		if err != nil {
			c.pair.ended(c.side, err)
			return
		}
		if !s.line.hold() {
			return
		}
	}
}

// Read gives out what passes, when it does.
func (c *conn) Read(p []byte) (int, error) {
	return c.pair.stages[c.side].line.read(p, c.note)
}

// Write writes what the other side sent.
func (c *conn) Write(p []byte) (int, error) {
	n, err := c.Conn.Write(p)
	if err != nil {
		c.pair.ended(1-c.side, err)
	}
	return n, err
}

// Close closes the connection, and with it what is on its way.
func (c *conn) Close() error {
	c.pair.stages[c.side].line.close()
	err := c.Conn.Close()
	c.pair.mu.Lock()
	defer c.pair.mu.Unlock()
	c.pair.over = true
	for _, t := range c.pair.timers {
		t.Stop()
	}
	return err
}
