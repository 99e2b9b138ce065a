package sniff

import (
	"net/netip"

	"wsprobe/internal/lint"
	"wsprobe/internal/record"
	"wsprobe/internal/rules"
	"wsprobe/internal/tlsread"
)

// maxConns is how many connections are known at a time. With more, the one that
// was silent longest is left.
const maxConns = 64 << 10

// Options sets up a Sniffer.
type Options struct {
	Keep    int // bytes of a payload that are kept
	Inflate int // how large a compressed message may be, sent and inflated, to be looked into
	Sinks   []record.Sink
	Numbers *record.Numbers // of connections; nil: its own
	// Wants tells which connections are looked at, by their two ends; nil: all.
	Wants func(a, b netip.AddrPort) bool
	// Keys open TLS; nil, or while there are none: it is not looked into.
	Keys *tlsread.Keys
}

// Totals is what came of all packets.
type Totals struct {
	Packets, Segments uint64
	Skipped           Skipped
	Conns             uint64 // TCP connections
	WebSockets        uint64 // of them, those that are WebSocket
	HTTP              uint64 // of them, those that are HTTP and nothing more
	TLS               uint64 // of them, those that are TLS, of which nothing was opened
	Frames            [2]uint64
	Missing           uint64 // bytes of WebSocket and HTTP connections
	Findings          map[rules.ID]uint64
	Detached          uint64 // connections that looking into failed at
}

// Sniffer makes events of packets. It is not safe for concurrent use.
type Sniffer struct {
	o       Options
	decoder decoder
	conns   map[key]*conn
	recent  *conn // the latest, and the one before it in older
	oldest  *conn
	held    int
	zero    int64 // time of the first packet
	totals  Totals
	segment segment
	scratch []byte
	budget  *lint.Budget
	plain   []record.PlainSink // beside the sinks; nil where one is none
}

// New makes a Sniffer that has seen nothing yet.
func New(o Options) *Sniffer {
	t := &Sniffer{o: o, conns: map[key]*conn{}, totals: Totals{Findings: map[rules.ID]uint64{}}, scratch: make([]byte, lint.MaxPlain), budget: lint.NewBudget(maxPartial)}
	if len(o.Sinks) == 0 { // nobody wants to see payloads, which are judged all the same
		t.o.Keep = 0
	}
	if o.Numbers == nil {
		t.o.Numbers = &record.Numbers{}
	}
	for _, s := range o.Sinks {
		short, _ := s.(record.PlainSink)
		t.plain = append(t.plain, short)
	}
	return t
}

// Totals returns what came of the packets so far.
func (t *Sniffer) Totals() Totals {
	out := t.totals
	out.Skipped = t.decoder.skipped
	out.Skipped.Fragments += t.decoder.fragments.lost
	return out
}

// Packet takes a packet.
func (t *Sniffer) Packet(p *Packet) {
	if t.totals.Packets == 0 {
		t.zero = p.At
	}
	t.totals.Packets++
	s := &t.segment
	if !t.decoder.decode(p, s) {
		return
	}
	t.totals.Segments++
	if t.o.Wants != nil && !t.o.Wants(s.key.end(0), s.key.end(1)) {
		return
	}
	if c := t.find(s); c != nil {
		c.segment(s)
	}
}

// Tick gives what has waited long enough, where no packets come.
func (t *Sniffer) Tick(now int64) {
	for c := t.recent; c != nil; c = c.older {
		if w := c.watched; w != nil && w.secure != nil {
			w.guard(now, w.secure.Retry)
		}
		c.believe(now - graceTime)
		if c.size == 0 {
			continue
		}
		if c.phase == phaseSettling && c.settled(now) {
			c.settle()
		}
		c.unblock(now, false)
	}
}

// Leave ends all connections that were not seen to end.
func (t *Sniffer) Leave() {
	for c := t.oldest; c != nil; c = c.newer {
		c.leave()
	}
	t.conns, t.oldest, t.recent = map[key]*conn{}, nil, nil
}

// find returns the connection that a segment is of; nil: it is of none.
func (t *Sniffer) find(s *segment) *conn {
	c := t.conns[s.key]
	if c != nil && !c.another(s) {
		t.touch(c)
		return c
	}
	if c != nil {
		c.leave()
		t.remove(c)
	}
	if s.has(flagRST) || len(s.data)+s.lost == 0 && !s.has(flagSYN) {
		return nil // nothing to begin with
	}
	for len(t.conns) >= maxConns {
		t.oldest.leave()
		t.remove(t.oldest)
	}
	c = &conn{t: t, key: s.key, start: s.at, at: s.at, client: s.from}
	t.conns[s.key] = c
	t.totals.Conns++
	t.link(c)
	return c
}

// another reports whether a segment begins another connection between the same ends.
func (c *conn) another(s *segment) bool {
	h := &c.half[s.from]
	away := int32(s.seq - h.next)
	if s.has(flagSYN) {
		switch {
		case h.syn:
			return s.seq != h.isn && !c.goesOn(h, s)
		case c.phase == phaseSettling:
			return false
		}
		return c.phase == phaseEnded || h.known && (away > 1<<16 || away < -1<<24)
	}
	return c.phase == phaseEnded && h.known && len(s.data) > 0 && (away > 1<<24 || away < -1<<24)
}

// maxAgain is how much another file may have again of what a connection began with.
const maxAgain = 64 << 10

// goesOn reports whether a SYN is that of a connection which a recording of ours goes on
// with in another file: its numbers lead to where the stream is, or ended, as it may have
// just before. Who begins a connection anew takes numbers that nobody can guess, or later
// ones (RFC 9293 §3.4.1).
func (c *conn) goesOn(h *half, s *segment) bool {
	return c.phase != phaseSettling && h.known && h.next-(s.seq+1) <= maxAgain
}

// touch makes c the latest.
func (t *Sniffer) touch(c *conn) {
	if c != t.recent {
		t.unlink(c)
		t.link(c)
	}
}

func (t *Sniffer) link(c *conn) {
	c.older, c.newer = t.recent, nil
	if t.recent != nil {
		t.recent.newer = c
	} else {
		t.oldest = c
	}
	t.recent = c
}

func (t *Sniffer) unlink(c *conn) {
	if c.older != nil {
		c.older.newer = c.newer
	} else {
		t.oldest = c.newer
	}
	if c.newer != nil {
		c.newer.older = c.older
	} else {
		t.recent = c.older
	}
}

func (t *Sniffer) remove(c *conn) {
	c.drop()
	t.unlink(c)
	delete(t.conns, c.key)
}

func (t *Sniffer) found(findings []lint.Finding) {
	for _, f := range findings {
		t.totals.Findings[f.Rule]++
	}
}
