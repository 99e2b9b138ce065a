package sniff

import "slices"

// What one connection, and all of them, may have us hold of segments that wait
// for others.
const (
	maxHeld     = 4 << 20   // bytes of a connection
	maxSegments = 4096      // of a connection
	maxHeldAll  = 64 << 20  // bytes of all
	maxPartial  = 128 << 20 // bytes of messages that are not whole yet, of all
	segmentCost = 128       // bytes that a held segment counts for, beside its data
)

// maxAhead is how far a segment may be ahead: as far as a window can reach
// (RFC 7323 §2.3). What is farther is of no connection that we know.
const maxAhead = 1 << 30

// held is a segment that waits, or is about to be given.
type held struct {
	seq, ack uint32
	hasAck   bool
	at       int64
	count    uint64 // packets of the connection by then
	data     []byte
	lost     int // bytes behind data that were not captured
	fin, rst bool
}

// size is how many sequence numbers of bytes it covers.
func (p *held) size() int { return len(p.data) + p.lost }

// half is what one end of a connection sends.
type half struct {
	next  uint32 // sequence number of the next byte
	known bool   // next is
	isn   uint32 // sequence number of its SYN
	syn   bool   // which was seen

	acked    uint32 // what the other end says that it has
	hasAcked bool
	seen     bool // any packet of it was captured
	ended    bool
	doubted  int64  // when a reset came that is not where its stream is; 0: none did
	waiting  []held // by sequence number
}

// before reports whether a comes before b, where numbers wrap (RFC 9293 §3.4).
func before(a, b uint32) bool { return int32(a-b) < 0 }

// first reports whether no segment of h is earlier than one at seq, as far as is
// known: what it says to have is where the other end begins. A later one that comes
// early may have more.
func (h *half) first(seq uint32) bool { return !h.syn || seq == h.isn+1 }

// hold puts a segment where it belongs. p keeps its data.
func (h *half) hold(p held) {
	i := len(h.waiting)
	for i > 0 && before(p.seq, h.waiting[i-1].seq) {
		i--
	}
	p.data = slices.Clone(p.data)
	h.waiting = slices.Insert(h.waiting, i, p)
}

// pop takes the first segment that waits.
func (h *half) pop() held {
	p := h.waiting[0]
	h.waiting[0] = held{}
	if h.waiting = h.waiting[1:]; len(h.waiting) == 0 {
		h.waiting = nil
	}
	return p
}

// takeAck notes what the other end has.
func (h *half) takeAck(ack uint32) {
	if h.known && int32(ack-h.next) > maxAhead {
		return
	}
	if !h.hasAcked || before(h.acked, ack) {
		h.acked, h.hasAcked = ack, true
	}
}

// misses reports whether the other end has bytes that were not seen here.
func (h *half) misses() bool { return h.known && h.hasAcked && before(h.next, h.acked) }

// front returns the first bytes that wait, without a gap; limit bounds it.
func (h *half) front(limit int) []byte {
	if len(h.waiting) == 0 {
		return nil
	}
	out, next := []byte(nil), h.waiting[0].seq
	for i := range h.waiting {
		p := &h.waiting[i]
		skip := int(int32(next - p.seq))
		if skip < 0 || len(out) > limit {
			break
		}
		if skip < len(p.data) {
			out = append(out, p.data[skip:]...)
			next = p.seq + uint32(len(p.data))
		}
		if p.lost > 0 {
			break
		}
	}
	return out[:min(len(out), limit)]
}
