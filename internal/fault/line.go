package fault

import (
	"net"
	"sync"
	"time"
)

// How much is on its way through a line. Whoever sends more is held up.
const (
	maxQueued    = 768 << 10 // bytes, segments among them
	segmentCost  = 256       // bytes that a segment counts for beside its own
	readSize     = 32 << 10
	sliceOfRate  = 50 // writes a second with a bandwidth
	mergeUnder   = readSize
	shortestWait = 50 * time.Microsecond
)

// segment is what passes at one time, in one way.
type segment struct {
	data  []byte
	due   time.Time
	notes []string // what is said of it, before it passes
	err   error    // instead of data: the end of the stream
	pace
}

// line takes segments at one end and gives them out at the other, each in its
// turn when it is due.
type line struct {
	mu     sync.Mutex
	queue  []segment
	queued int
	last   time.Time     // when the latest segment is due
	more   chan struct{} // something was queued
	room   chan struct{} // something was taken
	done   chan struct{}
	over   sync.Once

	free time.Time // the reader's: before it, nothing more may pass
}

func newLine() *line {
	return &line{more: make(chan struct{}, 1), room: make(chan struct{}, 1), done: make(chan struct{})}
}

func (l *line) close() { l.over.Do(func() { close(l.done) }) }

func signal(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// push queues a segment, behind all others whatever its delay. It keeps s.data
// only as a copy.
func (l *line) push(s segment, delay time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	s.due = time.Now().Add(delay)
	if s.due.Before(l.last) {
		s.due = l.last
	}
	l.last = s.due
	l.queued += len(s.data)
	if n := len(l.queue); n > 0 && s.joins(&l.queue[n-1]) {
		l.queue[n-1].data = append(l.queue[n-1].data, s.data...)
	} else {
		s.data = append([]byte(nil), s.data...)
		l.queue = append(l.queue, s)
		l.queued += segmentCost
	}
	signal(l.more)
}

// joins reports whether s may pass together with what is before it.
func (s *segment) joins(before *segment) bool {
	return s.pace == before.pace && s.latency == 0 && s.jitter == 0 && s.notes == nil && s.err == nil &&
		before.err == nil && len(before.data)+len(s.data) <= mergeUnder
}

// hold waits until there is room for more, and reports whether there is any use.
func (l *line) hold() bool {
	for {
		l.mu.Lock()
		full := l.queued > maxQueued
		l.mu.Unlock()
		if !full {
			return true
		}
		select {
		case <-l.room:
		case <-l.done:
			return false
		}
	}
}

// read gives out what is due. note is told what is said of it first.
func (l *line) read(p []byte, note func(string)) (int, error) {
	for {
		due, ok := l.first()
		if !ok || !l.until(due) || !l.until(l.free) {
			return 0, net.ErrClosed
		}
		n, notes, err := l.take(p)
		for _, text := range notes {
			note(text)
		}
		if n > 0 || err != nil {
			return n, err
		}
	}
}

// first waits for a segment.
func (l *line) first() (due time.Time, ok bool) {
	for {
		l.mu.Lock()
		if len(l.queue) > 0 {
			due = l.queue[0].due
			l.mu.Unlock()
			return due, true
		}
		l.mu.Unlock()
		select {
		case <-l.more:
		case <-l.done:
			return due, false
		}
	}
}

func (l *line) until(t time.Time) bool {
	d := time.Until(t)
	if d < shortestWait {
		return true
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-l.done:
		return false
	}
}

// take takes some of the first segment, as much as its pace lets pass at once.
func (l *line) take(p []byte) (n int, notes []string, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	s := &l.queue[0]
	if s.err != nil { // stays
		notes, s.notes = s.notes, nil
		return 0, notes, s.err
	}
	n = s.once(len(p))
	notes, s.notes = s.notes, nil
	copy(p, s.data[:n])
	s.data = s.data[n:]
	l.free = time.Now().Add(s.wait(n))
	l.queued -= n
	if len(s.data) == 0 {
		l.queue[0] = segment{}
		l.queue = l.queue[1:]
		l.queued -= segmentCost
	}
	signal(l.room)
	return n, notes, nil
}

// once is how many bytes pass in one write.
func (s *segment) once(room int) int {
	n := min(room, len(s.data))
	if s.chop > 0 {
		n = min(n, s.chop)
	}
	if s.rate > 0 {
		n = min(n, int(max(1, s.rate/sliceOfRate)))
	}
	return n
}

// wait is how long nothing passes after so many bytes.
func (s *segment) wait(n int) time.Duration {
	d := s.every
	if s.rate > 0 {
		d = max(d, time.Duration(float64(n)/float64(s.rate)*float64(time.Second)))
	}
	return d
}
