package sniff

import (
	"io"
	"sync"
)

// How a file is read ahead. A chunk is small enough to stay in the cache of a core
// until it is looked into, and all are so few that a short run needs no collection of
// garbage, and so many that neither of two that read one (shared) waits for room.
const (
	chunkSize  = 256 << 10
	chunkFront = 64 << 10 // room before a chunk for what is left of the one before
	maxChunks  = 5        // at a time
)

// ahead reads while what it read before is looked into: the system's copy, and the
// unpacking of gzip, take as long as the looking. What Peek returns is valid until
// the next call. Only Close may be called from elsewhere.
type ahead struct {
	full  chan chunk
	empty chan []byte
	left  chan struct{} // closed once nobody reads any more
	leave sync.Once

	asked  io.Reader // is read when more is needed, and not ahead
	shared *shared   // has it where it is read by two; both nil: full has it

	chunk []byte // where buf is from; nil: it has room of its own
	buf   []byte // what was read and not taken
	err   error  // what comes after buf
}

// chunk is a piece of a file, behind room for more, and what came with it.
type chunk struct {
	b   []byte
	n   int
	err error
}

// readAhead begins to read r.
func readAhead(r io.Reader) *ahead {
	a := newAhead()
	go a.read(r)
	return a
}

// readAsked reads r when more is needed, in the goroutine that needs it.
func readAsked(r io.Reader) *ahead {
	a := newAhead()
	a.asked = r
	return a
}

func newAhead() *ahead {
	a := &ahead{full: make(chan chunk, maxChunks), empty: make(chan []byte, maxChunks), left: make(chan struct{})}
	for range maxChunks {
		a.empty <- nil // made when it is needed: most files are small
	}
	return a
}

// read fills chunks until the end, or until nobody wants them.
func (a *ahead) read(r io.Reader) {
	for {
		var c chunk
		select {
		case c.b = <-a.empty:
		case <-a.left:
			return
		}
		c.fill(r)
		select {
		case a.full <- c:
		case <-a.left:
			return
		}
		if c.err != nil {
			return
		}
	}
}

// fill reads what fits, or what comes at once.
func (c *chunk) fill(r io.Reader) {
	c.b = roomy(c.b)
	for tries := 0; c.n == 0 && c.err == nil; tries++ {
		if tries == 100 {
			c.err = io.ErrNoProgress
			break
		}
		c.n, c.err = r.Read(c.b[chunkFront:])
	}
}

// roomy returns b, or if there is none yet, what takes its place.
func roomy(b []byte) []byte {
	if b == nil {
		return make([]byte, chunkFront+chunkSize)
	}
	return b
}

// next returns the next chunk.
func (a *ahead) next() (c chunk) {
	switch {
	case a.shared != nil:
		return a.nextPlaced()
	case a.asked != nil:
		c.b = <-a.empty
		c.fill(a.asked)
		return c
	}
	return <-a.full
}

// Close ends the reading, after the Read that is going on, if any.
func (a *ahead) Close() { a.leave.Do(func() { close(a.left) }) }

// Peek returns the next n bytes without taking them; with an error, those that there
// are.
func (a *ahead) Peek(n int) ([]byte, error) {
	for len(a.buf) < n {
		if a.err != nil {
			return a.buf, a.err
		}
		a.more()
	}
	return a.buf[:n], nil
}

// Discard takes n bytes, or as many as there are.
func (a *ahead) Discard(n int) (taken int, err error) {
	for {
		k := min(n-taken, len(a.buf))
		a.buf = a.buf[k:]
		if taken += k; taken == n {
			return n, nil
		}
		if a.err != nil {
			return taken, a.err
		}
		a.more()
	}
}

// more puts the next chunk behind what there is: before it in its own room, or where
// that is too small, in one that is made for it.
func (a *ahead) more() {
	c := a.next()
	a.err = c.err
	end := chunkFront + c.n
	if rest := len(a.buf); rest <= chunkFront {
		copy(c.b[chunkFront-rest:], a.buf)
		a.recycle()
		a.chunk, a.buf = c.b, c.b[chunkFront-rest:end]
		return
	}
	if a.chunk != nil {
		a.buf = append(make([]byte, 0, 2*len(a.buf)+c.n), a.buf...)
	}
	a.recycle()
	a.buf = append(a.buf, c.b[chunkFront:end]...)
	a.empty <- c.b
}

// recycle gives the chunk back of which nothing is needed any more.
func (a *ahead) recycle() {
	if a.chunk != nil {
		a.empty <- a.chunk
		a.chunk = nil
	}
}
