package relay

import (
	"sync"
	"sync/atomic"
	"time"

	"wsprobe/internal/lint"
	"wsprobe/internal/record"
)

// How much may be on its way to the sinks.
const (
	batchSize  = 256 << 10 // bytes in a batch before it is handed on
	maxBatches = 32        // batches that wait for the sinks
	leanSize   = 4 << 20   // bytes that a batch which cannot be handed on may have, without payloads
	valueSize  = 512       // bytes that a value counts for, beside its payloads
)

// maxRest is how long entries rest until they are handed on, in the hope of more:
// what many batches cost is more than what is in them.
const maxRest = 5 * time.Millisecond

// Log takes what the taps see to the sinks, in a goroutine of its own and through
// a bounded queue. When that is full the traffic goes on: payloads are left out
// first, then events, and the loss is counted.
type Log struct {
	sinks    []record.Sink
	lossless bool
	queue    chan *batch
	done     chan struct{}
	free     sync.Pool

	mu      sync.Mutex
	current *batch
	size    int // of current, what its values hold counted in
	ended   bool
	rest    *time.Timer // hands on what rests
	resting bool

	// The consumer's:
	conns  map[uint64]*watched
	latest *watched           // the connection of the frame before
	short  []record.PlainSink // of each sink that is one; nil of the others

	payloads, events atomic.Uint64 // lost in all
	failed           atomic.Pointer[error]
}

// NewLog starts the goroutine that serves the sinks. Lossless holds up the
// traffic instead of losing anything.
func NewLog(lossless bool, sinks ...record.Sink) *Log {
	l := &Log{
		sinks: sinks, lossless: lossless,
		queue: make(chan *batch, maxBatches), done: make(chan struct{}),
		conns: map[uint64]*watched{},
	}
	for _, s := range sinks {
		short, _ := s.(record.PlainSink)
		l.short = append(l.short, short)
	}
	l.current = l.fresh()
	l.rest = time.AfterFunc(maxRest, l.rested)
	go l.consume()
	return l
}

// Lost returns what was lost so far.
func (l *Log) Lost() record.Loss {
	return record.Loss{Payloads: l.payloads.Load(), Events: l.events.Load()}
}

// Err returns the first error of a sink.
func (l *Log) Err() error {
	if err := l.failed.Load(); err != nil {
		return *err
	}
	return nil
}

func (l *Log) fresh() *batch {
	if b, ok := l.free.Get().(*batch); ok {
		return b
	}
	return &batch{bytes: make([]byte, 0, batchSize+batchSize/4)}
}

// wants reports whether anyone wants frames.
func (l *Log) wants() bool { return len(l.sinks) > 0 }

// add takes entries that a tap wrote down: frames in bytes, and lean, the same
// without payloads.
func (l *Log) add(b []byte, frames int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.room(len(b))
	if l.size > batchSize { // the queue is full
		l.lean(b, frames)
		return
	}
	l.current.bytes = append(l.current.bytes, b...)
	l.size += len(b)
}

// lean adds frames without their payloads, while there is room even for that.
func (l *Log) lean(b []byte, frames int) {
	if l.size+frames*plainSize > leanSize {
		l.current.loss.Events += uint64(frames)
		l.events.Add(uint64(frames))
		return
	}
	var f record.Plain
	for len(b) > 0 {
		conn, rest := readPlain(b, &f)
		l.current.bytes = appendPlain(l.current.bytes, conn, f.Side, f.At, f.Offset, f.Header, nil)
		if len(f.Payload) > 0 {
			l.current.loss.Payloads++
			l.payloads.Add(1)
		}
		l.size += plainSize
		b = rest
	}
}

// put adds a value. Those that begin and end a connection are never left out.
func (l *Log) put(v value) {
	l.mu.Lock()
	defer l.mu.Unlock()
	weight := valueSize
	for i := range v.events {
		weight += weightOf(&v.events[i])
	}
	l.room(weight)
	if !v.open && !v.closed && l.size+weight > leanSize {
		lost := uint64(max(1, len(v.events))) // a note is one
		l.current.loss.Events += lost
		l.events.Add(lost)
		return
	}
	l.current.bytes = append(l.current.bytes, entryValue)
	l.current.values = append(l.current.values, v)
	l.size += weight
}

// weightOf is what an event keeps in memory.
func weightOf(e *lint.Event) int {
	n := valueSize + len(e.Body)
	if e.Frame != nil {
		n += len(e.Frame.Payload)
	}
	if e.Message != nil && e.Message.Compressed {
		n += len(e.Message.Payload)
	}
	return n
}

// room hands the current batch on where so much more would make it too large.
func (l *Log) room(n int) {
	if l.size > 0 && l.size+n > batchSize {
		l.handOn(l.lossless)
	}
}

// handOn gives the current batch to the sinks, if they take it.
func (l *Log) handOn(wait bool) {
	if wait {
		l.queue <- l.current
	} else {
		select {
		case l.queue <- l.current:
		default:
			return
		}
	}
	l.current, l.size = l.fresh(), 0
}

// Flush has what there is handed on soon. It is what a Relay's Pause calls.
func (l *Log) Flush() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.size > 0 && !l.resting && !l.ended {
		l.resting = true
		l.rest.Reset(maxRest)
	}
}

// rested hands on what there is now.
func (l *Log) rested() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.resting = false; l.size > 0 && !l.ended {
		l.handOn(false)
	}
}

// Close hands on what is left, waits for the sinks and returns their first error.
// No tap may be told anything after it.
func (l *Log) Close() error {
	l.mu.Lock()
	if !l.ended {
		l.ended = true
		l.rest.Stop()
		l.queue <- l.current
		close(l.queue)
	}
	l.mu.Unlock()
	<-l.done
	return l.Err()
}

// consume serves the sinks until the queue is closed.
func (l *Log) consume() {
	defer close(l.done)
	for b := range l.queue {
		l.serve(b)
		*b = batch{bytes: b.bytes[:0], values: b.values[:0]}
		if cap(b.bytes) <= 2*batchSize {
			clear(b.values[:cap(b.values)])
			l.free.Put(b)
		}
		if len(l.queue) == 0 {
			for _, s := range l.sinks {
				l.note(s.Flush())
			}
		}
	}
	for _, s := range l.sinks {
		l.note(s.End())
	}
}

func (l *Log) note(err error) {
	if err != nil {
		l.failed.CompareAndSwap(nil, &err)
	}
}

// serve tells the sinks what is in a batch.
func (l *Log) serve(b *batch) {
	values := b.values
	var f record.Plain
	for p := b.bytes; len(p) > 0; {
		if p[0] == entryValue {
			l.serveValue(&values[0])
			values, p = values[1:], p[1:]
			continue
		}
		var id uint64
		if id, p = readPlain(p, &f); l.latest == nil || l.latest.ID != id {
			l.latest = l.conns[id]
		}
		if l.latest != nil {
			l.servePlain(&l.latest.Conn, &f)
		}
	}
	if b.loss != (record.Loss{}) {
		for _, s := range l.sinks {
			s.Lost(b.loss)
		}
	}
}

// servePlain tells each sink of a plain frame in the way that it likes best.
func (l *Log) servePlain(c *record.Conn, f *record.Plain) {
	for i, s := range l.sinks {
		if short := l.short[i]; short != nil {
			short.Plain(c, f)
			continue
		}
		for _, e := range f.Events() {
			s.Event(c, &e)
		}
	}
}

func (l *Log) serveValue(v *value) {
	c := v.conn
	switch {
	case v.open:
		l.conns[c.ID] = c
		for _, s := range l.sinks {
			s.Open(&c.Conn)
		}
	case v.note != "":
		for _, s := range l.sinks {
			s.Note(&c.Conn, v.at, v.note)
		}
	}
	l.tell(c, v.events)
	if v.closed {
		delete(l.conns, c.ID)
		l.latest = nil
		for _, s := range l.sinks {
			s.Close(&c.Conn, v.at)
		}
	}
}

func (l *Log) tell(c *watched, events []lint.Event) {
	for i := range events {
		for _, s := range l.sinks {
			s.Event(&c.Conn, &events[i])
		}
	}
}
