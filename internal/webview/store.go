package webview

import (
	"encoding/json"
	"sort"
	"sync"
	"time"

	"wsprobe/internal/lint"
	"wsprobe/internal/record"
)

// What is kept: some 150 MiB of rows and 256 MiB of their bytes. Older payloads
// go before older rows do.
const (
	maxRows  = 2 << 20
	maxBytes = 256 << 20
	maxConns = 10_000 // whose summary is kept; the oldest closed ones go first
	chunk    = 1 << 14
)

// store keeps what was seen, for pages to look at. One goroutine writes, any may
// read while they hold mu.
type store struct {
	mu        sync.RWMutex
	chunks    [][]row
	base      uint64 // sequence number of the oldest row that is kept
	next      uint64
	maxRows   int
	spill     spill
	conns     map[uint64]*conn
	order     []*conn // by when they began
	version   uint64  // grows with every change
	lost      record.Loss
	headBytes int           // of the opening handshakes that are kept
	zero      time.Duration // the time of the first row
}

func newStore() *store {
	return &store{maxRows: maxRows, spill: spill{limit: maxBytes}, conns: map[uint64]*conn{}}
}

// add keeps a row with its bytes.
func (s *store) add(r row, x extra, parts ...[]byte) {
	var head []byte
	if x.Findings != nil || x.Note != "" || x.Name != "" || x.Hixie != nil || x.Head > 0 || x.Body > 0 {
		head, _ = json.Marshal(x)
	}
	n := len(head)
	for _, p := range parts {
		n += len(p)
	}
	r.bytes, r.extra = uint32(n), uint32(len(head))
	if n > 0 {
		r.place = s.spill.add(append([][]byte{head}, parts...)...)
	}
	s.push(r)
}

// push keeps a row, and lets go of the oldest where there are too many.
func (s *store) push(r row) {
	if s.next == 0 {
		s.zero = r.at
	}
	if last := len(s.chunks) - 1; last < 0 || len(s.chunks[last]) == chunk {
		s.chunks = append(s.chunks, make([]row, 0, chunk))
		if len(s.chunks)*chunk > s.maxRows {
			s.forget()
		}
	}
	last := len(s.chunks) - 1
	s.chunks[last] = append(s.chunks[last], r)
	if c := s.conns[r.conn]; c != nil {
		c.list.seqs = append(c.list.seqs, s.next)
	}
	s.next++
	s.version++
}

// forget drops the oldest rows.
func (s *store) forget() {
	s.chunks = append([][]row(nil), s.chunks[1:]...)
	s.base += chunk
	for _, c := range s.order {
		c.list.trim(s.base)
	}
}

// list is sequence numbers in their order. The oldest may be gone from it; those
// that are left keep their index.
type list struct {
	first uint64 // index of seqs[0]
	seqs  []uint64
}

func (l *list) trim(base uint64) {
	n := l.find(base)
	l.first += uint64(n)
	l.seqs = l.seqs[n:]
}

func (l *list) bounds() (first, end uint64) { return l.first, l.first + uint64(len(l.seqs)) }

// find returns where in seqs a number is, or would be.
func (l *list) find(seq uint64) int {
	return sort.Search(len(l.seqs), func(i int) bool { return l.seqs[i] >= seq })
}

func (l *list) at(i uint64) uint64 { return l.seqs[i-l.first] }

// bounds and at make a list of all rows out of the store.
func (s *store) bounds() (first, end uint64) { return s.base, s.next }
func (s *store) at(i uint64) uint64          { return i }

// row returns a row by its sequence number, unless it is gone.
func (s *store) row(seq uint64) *row {
	if seq < s.base || seq >= s.next {
		return nil
	}
	i := seq - s.base
	return &s.chunks[i/chunk][i%chunk]
}

// entry returns a row with its bytes.
func (s *store) entry(seq uint64) (e entry, ok bool) {
	r := s.row(seq)
	if r == nil {
		return e, false
	}
	p, ok := s.spill.get(r.place, int(r.bytes))
	return unpack(seq, *r, p, ok), true
}

// Open implements record.Sink.
func (s *store) Open(c *record.Conn) {
	s.mu.Lock()
	defer s.mu.Unlock()
	k := &conn{Conn: *c}
	s.conns[c.ID] = k
	s.order = append(s.order, k)
	if len(s.order) > maxConns {
		s.forgetConn()
	}
	s.add(row{conn: c.ID, at: c.Offset, kind: kindOpen}, extra{})
	k.version = s.version
}

// forgetConn forgets the oldest connection that is closed, or the oldest of all.
func (s *store) forgetConn() {
	i := 0
	for i < len(s.order) && !s.order[i].closed {
		i++
	}
	i %= len(s.order)
	s.dropHeads(s.order[i])
	delete(s.conns, s.order[i].ID)
	s.order = append(s.order[:i], s.order[i+1:]...)
}

// Event implements record.Sink. A message that is one frame, and not compressed,
// says nothing that its frame has not said.
func (s *store) Event(c *record.Conn, e *lint.Event) {
	k := s.conns[c.ID] // which nobody else changes
	name := e.Name
	if k != nil {
		name = k.names.See(e).Name // before others have to wait
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if k != nil {
		k.see(e)
		s.seeHead(k, e)
	}
	if e.Kind == lint.KindMessage && e.Message.Frames == 1 && !e.Message.Compressed && len(e.Findings) == 0 && e.Note == "" {
		return
	}
	r, x, bytes := rowOf(c.ID, e)
	x.Name = name
	s.add(r, x, bytes...)
	if k != nil {
		k.version = s.version
	}
}

// Plain implements record.PlainSink.
func (s *store) Plain(c *record.Conn, p *record.Plain) {
	size := uint64(p.Header.Size()) + p.Header.Length
	k, x := s.conns[c.ID], extra{}
	if k != nil && !k.names.Silent(p.Side, p.Header.Opcode, p.Payload) {
		x.Name = k.names.Message(p.Side, p.Offset+size, p.Header.Opcode, p.Payload, uint64(len(p.Payload)) < p.Header.Length).Name
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if k != nil {
		k.plain(p, size)
		k.version = s.version + 1
	}
	r := row{conn: c.ID, at: p.At, offset: p.Offset, size: size, kind: kind(lint.KindFrame), side: p.Side}
	r.ofFrame(&lint.Frame{Header: p.Header, Cut: uint64(len(p.Payload)) < p.Header.Length})
	s.add(r, x, p.Payload)
}

// Lost implements record.Sink. The place is one in every connection's list.
func (s *store) Lost(n record.Loss) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lost.Payloads += n.Payloads
	s.lost.Events += n.Events
	s.lost.Packets += n.Packets
	if last := s.row(s.next - 1); last != nil && last.kind == kindLost {
		last.length += n.Payloads
		last.size += n.Events
		last.offset += n.Packets
		s.version++
		return
	}
	s.push(row{kind: kindLost, length: n.Payloads, size: n.Events, offset: n.Packets})
	for _, c := range s.order {
		if !c.closed {
			c.list.seqs = append(c.list.seqs, s.next-1)
			c.version = s.version
		}
	}
}

// Note implements record.Sink.
func (s *store) Note(c *record.Conn, at time.Duration, text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.add(row{conn: c.ID, at: at, kind: kindNote}, extra{}, []byte(text))
	if k := s.conns[c.ID]; k != nil {
		k.version = s.version
	}
}

// Close implements record.Sink.
func (s *store) Close(c *record.Conn, at time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.add(row{conn: c.ID, at: at, kind: kindClose}, extra{})
	if k := s.conns[c.ID]; k != nil {
		k.closed, k.last, k.version = true, at, s.version
	}
}

// Flush implements record.Sink.
func (s *store) Flush() error { return nil }

// End implements record.Sink.
func (s *store) End() error { return nil }
