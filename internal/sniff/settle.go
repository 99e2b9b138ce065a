package sniff

import "wsprobe/internal/lint"

// How long is waited to see who is who in a connection without a SYN.
const (
	settlePackets = 16
	settleTime    = 200e6 // nanoseconds
	settleLong    = 4     // times as long where it is not clear who is the client
	settleBytes   = 32 << 10
	settleLook    = 4 << 10 // bytes of each end that are looked at
)

// settled reports whether enough of a connection that began without a SYN was seen.
func (c *conn) settled(now int64) bool {
	passed := now - c.start
	switch {
	case c.size == 0:
		return false
	case c.size > settleBytes, c.packets >= settlePackets*settleLong, passed >= settleTime*settleLong:
		return true
	case c.packets != settlePackets && passed < settleTime: // to look once is enough
		return false
	}
	_, sure := c.guess()
	return sure
}

// settle takes the earliest bytes of each end for where it begins, or what the other
// end says to have by then: a response that was lost before them would else leave its
// request to the next one.
func (c *conn) settle() {
	for i := range c.half {
		h, other := &c.half[i], &c.half[1-i]
		switch {
		case len(h.waiting) > 0:
			h.next, h.known = h.waiting[0].seq, true
			if len(other.waiting) > 0 && h.behind(&other.waiting[0]) {
				h.next = other.waiting[0].ack
			}
		case len(other.waiting) > 0 && other.waiting[0].hasAck:
			h.next, h.known = other.waiting[0].ack, true
		}
	}
	c.client, _ = c.guess()
	c.run(true)
}

// behind reports whether the first bytes of h that were captured are not those that
// follow what the other end had when it sent p, which came before them.
func (h *half) behind(p *held) bool {
	mine := &h.waiting[0]
	return p.hasAck && p.count < mine.count && before(p.ack, mine.seq) && int32(mine.seq-p.ack) <= maxAhead
}

// guess tells which end is the client: by what they send, or by their ports.
func (c *conn) guess() (client int, sure bool) {
	for i := range c.half {
		switch side, ok := lint.SideOf(c.half[i].front(settleLook)); {
		case ok && side == lint.Client:
			return i, true
		case ok:
			return 1 - i, true
		}
	}
	if c.key.port[0] < c.key.port[1] { // servers have the low ones
		return 1, false
	}
	return 0, false
}
