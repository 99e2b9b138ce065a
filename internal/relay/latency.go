package relay

import (
	"io"
	"sync/atomic"
	"time"
)

// latencyEvery is of how many reads one is timed: looking at the clock costs more
// than looking at a small frame.
const latencyEvery = 64

// LatencyBounds are the upper bounds of the classes that a Latency counts in; what
// took longer is in one more.
var LatencyBounds = [...]time.Duration{
	2 * time.Microsecond, 5 * time.Microsecond, 10 * time.Microsecond, 20 * time.Microsecond, 50 * time.Microsecond,
	100 * time.Microsecond, 200 * time.Microsecond, 500 * time.Microsecond, time.Millisecond, 5 * time.Millisecond, 20 * time.Millisecond,
}

// Latency counts how long bytes took from being read to being written, of one read
// in 64. The time that the other end had no room for them is not in it, where they
// pass without TLS.
type Latency struct {
	counts [len(LatencyBounds) + 1]atomic.Uint64
	sum    atomic.Int64
}

// Read returns how many took at most as long as each of LatencyBounds, how many
// there were in all, and how long these took together.
func (l *Latency) Read() (upTo [len(LatencyBounds)]uint64, all uint64, sum time.Duration) {
	sum = time.Duration(l.sum.Load())
	for i := range l.counts {
		all += l.counts[i].Load()
		if i < len(upTo) {
			upTo[i] = all
		}
	}
	return upTo, all, sum
}

func (l *Latency) add(took time.Duration) {
	i := 0
	for i < len(LatencyBounds) && took > LatencyBounds[i] {
		i++
	}
	l.counts[i].Add(1)
	l.sum.Add(int64(took))
}

// sampler times some of the reads of one goroutine.
type sampler struct {
	to    *Latency // nil: none
	reads uint
}

// due reports whether this read is one to time. The first is.
func (s *sampler) due() bool {
	s.reads++
	return s.reads%latencyEvery == 1 && s.to != nil
}

// write writes what was just read.
func (s *sampler) write(to io.Writer, p []byte) error {
	if !s.due() {
		_, err := to.Write(p)
		return err
	}
	read := time.Now()
	_, err := to.Write(p)
	s.to.add(time.Since(read))
	return err
}
