package tlsread

import "encoding/binary"

// stage is which keys a side writes with.
type stage uint8

const (
	stageClear stage = iota
	stageEarly
	stageHandshake // of TLS 1.3
	stageData      // of TLS 1.2, the end of the handshake counted in
)

// half is what one side sends.
type half struct {
	buf    []byte // of a record that has not come whole
	at     int64  // when the latest of it came
	stage  stage
	cur    *opener // nil: in clear, or not made yet
	secret []byte  // of TLS 1.3, that cur was made of
	msgs   messages

	// wary says that the side may have changed its keys unseen: from then on it is
	// tried, and not read, when it does.
	wary    bool
	seeking bool   // where the next record begins is not known
	lost    uint64 // bytes since the last record that was opened
	skip    uint64 // of a record with a hole in it
	talked  bool   // plain text came with cur
	padded  bool   // some records are
}

// records takes what comes of a side, record for record.
func (c *Conn) records(side int, p []byte) {
	h := &c.half[side]
	if n := min(h.skip, uint64(len(p))); n > 0 {
		h.skip -= n
		h.lost += n
		p = p[n:]
	}
	b := p
	if len(h.buf) > 0 {
		h.buf = append(h.buf, p...)
		b = h.buf
	}
	for !c.closed && !c.Waits() {
		if h.seeking {
			b = h.seek(b)
		}
		n, ok := recordSize(b)
		if !ok && !c.stray(side) {
			return
		}
		if !ok {
			b = b[1:]
			continue
		}
		if n == 0 || len(b) < n {
			break
		}
		used, wait := c.record(side, b[:n])
		if wait {
			c.blocked = side
			break
		}
		b = b[used:]
	}
	if !c.closed {
		h.keep(b)
	}
}

// smallBuf is how much room a side keeps while nothing is in it.
const smallBuf = 4 << 10

// keep holds on to what is left.
func (h *half) keep(b []byte) {
	if len(b) == 0 && cap(h.buf) > smallBuf {
		h.buf = nil
		return
	}
	h.buf = append(h.buf[:0], b...)
}

// recordSize returns how long the record is that b begins with, 0 where that is not
// known yet; ok is false where none begins so.
func recordSize(b []byte) (n int, ok bool) {
	if len(b) < headSize {
		return 0, len(b) == 0 || typeCCS <= b[0] && b[0] <= typeHeartbeat
	}
	n = int(binary.BigEndian.Uint16(b[3:]))
	if b[0] < typeCCS || b[0] > typeHeartbeat || b[1] != 3 || b[2] > 4 || n > maxRecord {
		return 0, false
	}
	return headSize + n, true
}

// stray takes a byte that begins no record.
func (c *Conn) stray(side int) (goOn bool) {
	h := &c.half[side]
	if h.cur == nil {
		c.close(h.at, "TLS, not looked into any more: what the %s sent is no record", nameOf(side))
		return false
	}
	h.lose()
	h.lost++
	return true
}

// record does a record, and says how much of it is done with. wait: it has no key yet.
func (c *Conn) record(side int, b []byte) (used int, wait bool) {
	h := &c.half[side]
	if c.inClear(side, b) {
		c.clear(side, b[0], b[headSize:])
		return len(b), false
	}
	if h.cur == nil && h.stage != stageClear && !c.derive(side) {
		return 0, !c.closed
	}
	if h.stage == stageClear {
		c.earlyRecord(side, b)
		return len(b), false
	}
	if c.open(side, b) || c.closed {
		return len(b), false
	}
	if c.earlySkip(side, b) {
		return len(b), false
	}
	h.lose()
	h.lost++
	return 1, false
}

// inClear reports whether a record needs no key.
func (c *Conn) inClear(side int, b []byte) bool {
	h := &c.half[side]
	if h.stage == stageClear {
		return b[0] != typeData
	}
	if c.modern() && !h.seeking { // RFC 8446 §5.1, §D.4; a hello after a HelloRetryRequest
		return b[0] != typeData
	}
	return false
}

// modern reports whether it is TLS 1.3.
func (c *Conn) modern() bool { return c.server != nil && c.server.Version >= 0x0304 }

func nameOf(side int) string { return [...]string{"client", "server"}[side] }
