package tlsread

import "crypto/tls"

// How hard the next record is looked for behind a gap.
const (
	maxSkipped = 256      // records that may be lost in one gap
	maxTried   = 64 << 20 // bytes that are tried without success
	stagesOn   = 2        // changes of keys that may be lost in one gap
)

// gap takes note of bytes of a side that were not seen.
func (c *Conn) gap(side int, n uint64) {
	h := &c.half[side]
	if c.server == nil {
		c.close(h.at, "TLS, not looked into: what it begins with was not captured whole")
		return
	}
	size, ok := recordSize(h.buf)
	rest := h.skip
	if ok && size > 0 {
		rest = uint64(size - len(h.buf))
	}
	h.lost += uint64(len(h.buf)) + n
	h.buf, h.skip = nil, 0
	if rest > n {
		h.skip = rest - n
	}
	if h.stage == stageClear {
		h.stage = stageData // of TLS 1.2: its first record there is what opens
	}
	h.lose()
}

// lose has the next record of a side looked for.
func (h *half) lose() { h.wary, h.seeking, h.msgs = true, true, messages{} }

// seek passes over what cannot begin a record that has a key.
func (h *half) seek(b []byte) []byte {
	for len(b) > 0 {
		n := min(len(b), headSize)
		modern := h.cur == nil || h.cur.modern
		likely := typeCCS <= b[0] && b[0] <= typeData && (b[0] == typeData || !modern || h.cur == nil)
		for i := 1; i < min(n, 3); i++ {
			likely = likely && b[i] == 3
		}
		if likely && n == headSize {
			size, ok := recordSize(b)
			likely = ok && size > leastAdded
		}
		if likely {
			return b
		}
		b = b[1:]
		h.lost++
	}
	return b
}

// open opens a record and does what is in it. Where the keys may have changed unseen,
// and where records may be missing, more than the next ones are tried.
func (c *Conn) open(side int, b []byte) bool {
	h := &c.half[side]
	kind, plain, padded, ok := h.cur.open(&c.keys.room, b, h.cur.seq)
	if ok {
		h.cur.seq++
		c.found(side, 0, h.cur)
		c.opened(side, kind, plain, padded)
		return true
	}
	if !h.wary && h.stage != stageEarly {
		return false
	}
	return c.search(side, b)
}

// search tries the records and the keys that may come behind a gap.
func (c *Conn) search(side int, b []byte) bool {
	h := &c.half[side]
	next := *h
	for i := 0; i <= stagesOn; i++ {
		if i > 0 && !c.advance(side, &next) {
			return false
		}
		from := next.cur.seq
		for seq := from; seq <= from+min(h.lost/leastAdded, maxSkipped); seq++ {
			if c.tries -= len(b); c.tries < 0 {
				c.close(h.at, "TLS, not looked into any more: its keys open nothing of what the %s sends", nameOf(side))
				return false
			}
			kind, plain, padded, ok := next.cur.open(&c.keys.room, b, seq)
			if !ok {
				continue
			}
			before := h.cur
			h.stage, h.cur, h.secret = next.stage, next.cur, next.secret
			h.cur.seq = seq + 1
			c.found(side, seq-from, before)
			c.opened(side, kind, plain, padded)
			return true
		}
	}
	return false
}

// advance goes on to the next keys of a side, where there may be some.
func (c *Conn) advance(side int, next *half) bool {
	switch {
	case !c.modern():
		return false
	case next.stage == stageData:
		next.change(c.suite)
	default:
		next.stage++
		next.cur, next.secret = c.opener(side, next.stage)
	}
	return next.cur != nil
}

// found tells of what was lost before a record that was opened, n records behind the
// one that was due; before is what opened the one before the gap.
func (c *Conn) found(side int, n uint64, before *opener) {
	h := &c.half[side]
	lost := h.lost
	h.lost, h.seeking, c.tries = 0, false, maxTried
	same := before == h.cur
	if lost == 0 || n == 0 && (same || h.stage != stageData || !h.talked) {
		if !same {
			h.talked = false
		}
		return
	}
	cost := n * uint64(h.cur.cost())
	exact := same && h.talked && !h.padded && lost >= cost && lost-cost <= n<<14
	if exact {
		lost -= cost
	}
	h.talked = h.talked && same
	if h.stage == stageData && lost > 0 {
		c.out.Gap(side, h.at, lost, exact)
	}
}

// flush tells of what was lost at the end of a side.
func (c *Conn) flush(side int, at int64) {
	h := &c.half[side]
	h.lost += uint64(len(h.buf))
	h.buf = nil
	if h.lost > 0 && h.stage == stageData {
		c.out.Gap(side, at, h.lost, false)
	}
	h.lost = 0
}

// opened does what a record says.
func (c *Conn) opened(side int, kind byte, p []byte, padded bool) {
	h := &c.half[side]
	h.padded = h.padded || padded
	switch {
	case kind == typeHandshake:
		c.handshake(side, p)
	case kind == typeAlert && len(p) == 2 && p[1] != 0 && h.stage != stageData:
		c.close(h.at, "TLS, the %s refused: %v", nameOf(side), tls.AlertError(p[1]))
	case kind != typeData || len(p) == 0:
	case h.stage == stageEarly:
		c.early.add(c, p, 0)
	case h.stage == stageData:
		h.talked = true
		c.out.Data(side, h.at, p)
	}
}
