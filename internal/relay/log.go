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
	openSize   = 8 << 20   // the same, for connections that begin
	valueSize  = 512       // bytes that a value counts for, beside its payloads
)

// maxRest is how long entries rest until they are handed on, in the hope of more:
// what many batches cost is more than what is in them.
const maxRest = 5 * time.Millisecond

// flushEvery is how long what the sinks hold may be on its way to a file while
// more keeps coming.
const flushEvery = time.Second

// lastFlushes is how often sinks are flushed once nothing more comes: two ticks may be
// close to each other where the machine was late with one.
const lastFlushes = 4

// Log takes what the taps see to the sinks, in a goroutine of its own and through
// a bounded queue. When that is full the traffic goes on: payloads are left out
// first, then events, and the loss is counted.
type Log struct {
	lossless bool
	queue    chan *batch
	done     chan struct{}
	free     sync.Pool
	quit     chan struct{} // closed when the sinks are not waited for any more
	hurry    sync.Once

	mu      sync.Mutex
	current *batch
	size    int // of current, what its values hold counted in
	ended   bool
	rest    *time.Timer // hands on what rests
	resting bool

	// The consumer's:
	outlets []outlet
	conns   map[uint64]*watched
	latest  *watched // the connection of the entry before
	bytes   []byte   // what is left of the batch that is served
	values  []value

	alive            atomic.Int64                // sinks that have not failed
	served           atomic.Uint64               // entries and batches, roughly: it moves while the sinks do
	payloads, events atomic.Uint64               // lost in all
	failed           atomic.Pointer[error]       // the first
	report           atomic.Pointer[func(error)] // who wants to know
}

// NewLog starts the goroutine that serves the sinks. Lossless holds up the
// traffic instead of losing anything.
func NewLog(lossless bool, sinks ...record.Sink) *Log {
	l := &Log{
		lossless: lossless,
		queue:    make(chan *batch, maxBatches), done: make(chan struct{}), quit: make(chan struct{}),
		outlets: outlets(sinks), conns: map[uint64]*watched{},
	}
	l.alive.Store(int64(len(sinks)))
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
func (l *Log) wants() bool { return l.alive.Load() > 0 }

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
		l.lose(uint64(frames))
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

// put adds a value and reports whether there was room. There always is for the end
// of a connection, so that there are no more of these than of those that began. Events
// that are more than a batch has room for are added in pieces: what comes in one read
// may lead to more of them than may ever wait.
func (l *Log) put(v value) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	events, all := v.events, true
	for {
		n, weight := fitting(events)
		v.events, events = events[:n:n], events[n:]
		all = l.putPiece(v, weight) && all
		if len(events) == 0 {
			return all
		}
	}
}

// fitting returns how many events fit into a batch, one at least if there is any, and
// what a value with these counts for.
func fitting(events []lint.Event) (n, weight int) {
	weight = valueSize
	for i := range events {
		more := weightOf(&events[i])
		if i > 0 && weight+more > batchSize {
			return i, weight
		}
		weight += more
	}
	return len(events), weight
}

// putPiece adds a value that fits into a batch, or is alone in it.
func (l *Log) putPiece(v value, weight int) bool {
	l.room(weight)
	limit := leanSize
	if v.open {
		limit = openSize
	}
	if !v.closed && l.size > 0 && l.size+weight > limit {
		l.lose(uint64(max(1, len(v.events)))) // a beginning or a note is one
		return false
	}
	l.current.bytes = append(l.current.bytes, entryValue)
	l.current.values = append(l.current.values, v)
	l.size += weight
	return true
}

// miss counts frames of a connection of which the beginning was lost.
func (l *Log) miss(n int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.lose(uint64(n))
}

func (l *Log) lose(events uint64) {
	l.current.loss.Events += events
	l.events.Add(events)
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
	select {
	case l.queue <- l.current:
		l.current, l.size = l.fresh(), 0
		return
	default:
	}
	if !wait {
		return
	}
	select {
	case l.queue <- l.current:
		l.current, l.size = l.fresh(), 0
	case <-l.quit:
	}
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
	l.Hurry()
	l.mu.Lock()
	if !l.ended {
		l.ended = true
		l.rest.Stop()
		l.handOn(true)
		close(l.queue)
	}
	l.mu.Unlock()
	select {
	case <-l.done:
		return l.Err()
	case <-l.quit:
		return errStalled
	}
}

// consume serves the sinks until the queue is closed.
func (l *Log) consume() {
	defer close(l.done)
	tick := time.NewTicker(flushEvery)
	defer tick.Stop()
	for quiet := 0; ; {
		select {
		case b, ok := <-l.queue:
			if !ok {
				l.each(record.Sink.End)
				return
			}
			quiet = 0
			l.take(b)
			if len(l.queue) == 0 {
				l.each(record.Sink.Flush)
			}
		case <-tick.C: // under load, or for a sink that does not write at each flush
			if quiet++; quiet <= lastFlushes {
				l.each(record.Sink.Flush)
			}
		}
	}
}

// take serves a batch, and keeps it for further use.
func (l *Log) take(b *batch) {
	l.serve(b)
	l.served.Add(1)
	*b = batch{bytes: b.bytes[:0], values: b.values[:0]}
	if cap(b.bytes) <= 2*batchSize {
		clear(b.values[:cap(b.values)])
		l.free.Put(b)
	}
}

// servePlain tells each sink of a plain frame in the way that it likes best.
func (l *Log) servePlain(c *record.Conn, f *record.Plain) {
	for i := range l.outlets {
		o := &l.outlets[i]
		switch {
		case o.failed:
		case o.short != nil:
			o.short.Plain(c, f)
		default:
			for _, e := range f.Events() {
				o.Event(c, &e)
			}
		}
	}
}

func (l *Log) serveValue(v *value) {
	c := v.conn
	if v.open {
		l.conns[c.ID] = c
		l.each(func(s record.Sink) error { s.Open(&c.Conn); return nil })
	}
	if l.conns[c.ID] == nil {
		return
	}
	if v.note != "" {
		l.each(func(s record.Sink) error { s.Note(&c.Conn, v.at, v.note); return nil })
	}
	for i := range v.events {
		l.each(func(s record.Sink) error { s.Event(&c.Conn, &v.events[i]); return nil })
	}
	if v.closed {
		delete(l.conns, c.ID)
		l.each(func(s record.Sink) error { s.Close(&c.Conn, v.at); return nil })
	}
}
