package sniff

import (
	"math"

	"wsprobe/internal/lint"
)

// How long is waited for packets that came out of order, until they are taken for
// lost: so many packets of the connection, or nanoseconds.
const (
	gracePackets = 64
	graceTime    = 1e9
	// Where one end was not seen at all, its packets take another way, or will
	// come soon.
	unseenPackets = 16
	unseenTime    = 200e6
	// Where nobody says that bytes were received, they may be sent again.
	unsurePackets = 1024
	unsureTime    = 10e9
)

// phase is how far a connection is known.
type phase uint8

const (
	phaseSettling phase = iota // begun without a SYN: waiting to see who and where it is
	phaseRunning
	phaseEnded
)

// conn is one TCP connection.
type conn struct {
	t       *Sniffer
	key     key
	phase   phase
	client  int  // which end
	mutual  bool // both ends began, and who is the client is seen by what they send
	half    [2]half
	start   int64
	at      int64 // of the latest bytes that were given
	packets uint64
	size    int // of what is held
	watched *watched

	older, newer *conn // in the order in which they had packets
}

// side says which side an end is.
func (c *conn) side(end int) lint.Side {
	if end == c.client {
		return lint.Client
	}
	return lint.Server
}

// segment takes a segment.
func (c *conn) segment(s *segment) {
	c.packets++
	if c.phase == phaseRunning && c.watched.dropped() {
		c.skim(s)
		return
	}
	h, other := &c.half[s.from], &c.half[1-s.from]
	h.seen = true
	if s.has(flagSYN) {
		c.synchronize(s)
	}
	if s.has(flagACK) {
		other.takeAck(s.ack)
		if c.phase == phaseRunning && !other.known && !s.has(flagRST) && h.first(s.seq) {
			other.next, other.known = s.ack, true
		}
	}
	if p := pieceOf(s, c.packets); p.size() > 0 || p.fin || p.rst {
		c.take(s.from, &p)
	}
	if c.phase == phaseSettling && c.settled(s.at) {
		c.settle()
	}
	c.unblock(s.at, false)
}

// skim takes a segment that nobody wants, to see where the connection ends.
func (c *conn) skim(s *segment) {
	c.drop()
	h := &c.half[s.from]
	h.next, h.known = s.seq+uint32(len(s.data)+s.lost), true
	h.ended = h.ended || s.has(flagFIN)
	c.at = max(c.at, s.at)
	if s.has(flagRST) || h.ended && c.half[1-s.from].ended {
		c.close()
	}
}

// pieceOf returns what a segment adds to its stream.
func pieceOf(s *segment, count uint64) held {
	p := held{
		seq: s.seq, ack: s.ack, hasAck: s.has(flagACK), at: s.at, count: count,
		data: s.data, lost: s.lost, fin: s.has(flagFIN), rst: s.has(flagRST),
	}
	if s.has(flagSYN) { // takes a number itself
		p.seq++
	}
	if p.rst { // what it carries says why, if anything (RFC 9293 §3.5.3)
		p.data, p.lost = nil, 0
	}
	return p
}

// synchronize takes a SYN, which says where a stream begins and who the client is.
func (c *conn) synchronize(s *segment) {
	h, other := &c.half[s.from], &c.half[1-s.from]
	if h.syn || c.phase == phaseRunning && h.known && h.next != s.seq+1 {
		return // once more, or late
	}
	h.syn, h.isn, h.next, h.known = true, s.seq, s.seq+1, true
	c.client, c.mutual = s.from, other.syn && !s.has(flagACK)
	if s.has(flagACK) {
		c.client = 1 - s.from
		if !other.known {
			other.next, other.known = s.ack, true
		}
	}
	c.run(false)
}

// run begins to give what comes.
func (c *conn) run(joined bool) {
	if c.phase == phaseSettling {
		c.phase = phaseRunning
		c.watched = c.t.watch(c, joined)
	}
}

// take gives a segment at once, or holds it.
func (c *conn) take(end int, p *held) {
	h := &c.half[end]
	switch {
	case c.phase == phaseEnded || h.ended:
		return
	case h.known && int32(p.seq-h.next) > maxAhead && !p.rst:
		return
	case c.phase == phaseRunning && c.size == 0 && c.ready(end, p):
		c.give(end, p)
		return
	case h.known && p.size() > 0 && !p.fin && !before(h.next, p.seq+uint32(p.size())): // had it
		return
	}
	h.hold(*p)
	c.held(len(p.data) + segmentCost)
}

// held counts what is held.
func (c *conn) held(n int) {
	c.size += n
	c.t.held += n
}

// ready reports whether a segment may be given: no byte of its stream is missing
// before it, and the other end has sent all that it says to have received.
func (c *conn) ready(end int, p *held) bool {
	h := &c.half[end]
	far := p.rst && (int32(p.seq-h.next) > 1<<24 || int32(h.next-p.seq) > 1<<24)
	return h.known && (far || !before(h.next, p.seq)) && !c.waits(end, p)
}

// waits reports whether a segment is later than bytes of the other end that were
// not given yet.
func (c *conn) waits(end int, p *held) bool {
	other := &c.half[1-end]
	ahead := int32(p.ack - other.next)
	return p.hasAck && other.known && !other.ended && ahead > 0 && ahead <= maxAhead
}

// give passes on what is new in a segment.
func (c *conn) give(end int, p *held) {
	h := &c.half[end]
	c.at = max(c.at, p.at)
	data, lost := p.data, p.lost
	if old := int(int32(h.next - p.seq)); old > 0 {
		cut := min(old, len(data))
		data, lost = data[cut:], max(0, lost-(old-cut))
	}
	if len(data) > 0 {
		c.asks(end)
		h.next += uint32(len(data))
		h.doubted = 0
		c.watched.data(c.side(end), c.at, data)
	}
	if lost > 0 {
		c.gap(end, uint32(lost))
	}
	switch {
	case p.rst && p.seq != h.next:
		h.doubted = max(c.at, 1)
	case p.rst:
		c.reset(end)
	case p.fin && h.next == p.seq+uint32(p.size()):
		h.next++
		h.ended, h.doubted = true, 0
		c.watched.end(c.side(end), c.at, lint.EndFIN)
		if c.half[1-end].ended {
			c.close()
		}
	}
}

// reset ends a connection that an end has reset.
func (c *conn) reset(end int) {
	c.half[end].ended = true
	c.watched.end(c.side(end), c.at, lint.EndReset)
	c.close()
}

// believe takes a reset that is not where its stream is for what it says, where its end
// has sent nothing since: who gets one passes over it (RFC 9293 §3.10.7.4), but of what
// was sent before it, some may not have been captured. since is when it may have come.
func (c *conn) believe(since int64) {
	for end := range c.half {
		if h := &c.half[end]; c.phase == phaseRunning && h.doubted != 0 && h.doubted <= since && !h.ended {
			c.reset(end)
		}
	}
}

// asks takes the end that sends first for the client where both began (RFC 9293 §3.5):
// in HTTP and TLS it is.
func (c *conn) asks(end int) {
	if c.mutual {
		c.mutual, c.client = false, end
		c.watched.Client, c.watched.Server = c.key.end(end), c.key.end(1-end)
	}
}

// gap passes over bytes that were not captured.
func (c *conn) gap(end int, n uint32) {
	c.half[end].next += n
	c.watched.gap(c.side(end), c.at, uint64(n))
}

// unblock gives all that may be given, and gives up waiting where that was long
// enough, or takes too much; all is for what will get no more packets.
func (c *conn) unblock(now int64, all bool) {
	for c.phase == phaseRunning && c.size > 0 {
		if i := c.first(c.ready); i >= 0 {
			p := c.half[i].pop()
			c.held(-len(p.data) - segmentCost)
			c.give(i, &p)
			continue
		}
		all := all || c.full()
		i := c.first(func(end int, _ *held) bool { return all || c.overdue(end, now) })
		if i < 0 {
			return
		}
		c.release(i)
	}
}

// first returns the end whose first segment it holds for; where for both, that
// whose segment came earlier; -1: neither.
func (c *conn) first(holds func(end int, p *held) bool) int {
	var is [2]bool
	for end := range c.half {
		waiting := c.half[end].waiting
		is[end] = len(waiting) > 0 && holds(end, &waiting[0])
	}
	switch zero, one := is[0], is[1]; {
	case zero && one && c.half[1].waiting[0].count < c.half[0].waiting[0].count, one && !zero:
		return 1
	case zero:
		return 0
	}
	return -1
}

// full reports whether more is held than may be.
func (c *conn) full() bool {
	return c.size > maxHeld || len(c.half[0].waiting)+len(c.half[1].waiting) > maxSegments || c.t.held > maxHeldAll
}

// overdue reports whether what the first segment of an end waits for is lost.
func (c *conn) overdue(end int, now int64) bool {
	h, other, p := &c.half[end], &c.half[1-end], &c.half[end].waiting[0]
	packets, time := c.packets-p.count, now-p.at
	switch waits := c.waits(end, p); {
	case waits && !other.seen:
		return c.packets > gracePackets || packets >= unseenPackets || time >= unseenTime
	case waits, !h.known, h.misses():
		return packets >= gracePackets || time >= graceTime
	case !other.seen:
		return packets >= unsurePackets || time >= unsureTime
	}
	return false
}

// release does away with what the first segment of an end waits for.
func (c *conn) release(end int) {
	h, other, p := &c.half[end], &c.half[1-end], &c.half[end].waiting[0]
	c.at = max(c.at, p.at)
	if !h.known {
		h.next, h.known = p.seq, true
		return
	}
	if !c.waits(end, p) {
		c.gap(end, p.seq-h.next)
		return
	}
	to := p.ack
	if len(other.waiting) > 0 && before(other.waiting[0].seq, to) {
		to = other.waiting[0].seq
	}
	if before(other.next, to) {
		c.gap(1-end, to-other.next)
	} else { // each waits for the other
		p.hasAck = false
	}
}

// close ends a connection, of which no more is expected.
func (c *conn) close() {
	c.drop()
	c.watched.close(c.at)
	c.phase = phaseEnded
}

// drop lets go of what is held.
func (c *conn) drop() {
	c.held(-c.size)
	c.half[0].waiting, c.half[1].waiting = nil, nil
}

// leave ends a connection that goes on unseen.
func (c *conn) leave() {
	if c.phase == phaseSettling && c.size > 0 {
		c.settle()
	}
	c.unblock(c.at, true)
	if c.believe(math.MaxInt64); c.phase != phaseRunning {
		return
	}
	for end := range c.half {
		// A single byte may be a FIN.
		if h := &c.half[end]; h.misses() && h.acked-h.next > 1 && !h.ended {
			c.gap(end, h.acked-h.next)
		}
	}
	c.watched.leave(c.at)
	c.phase = phaseEnded
}
