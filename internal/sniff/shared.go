package sniff

import (
	"io"
	"sync/atomic"
)

// shared has the chunks of a file read by two goroutines: the one that reads ahead, and
// the one that looks into chunks, which where the next one is not there yet reads one
// behind it. So nobody sleeps while there is something to read, and a large file is
// copied out of the system's cache by two cores at once.
type shared struct {
	r       io.ReaderAt
	claimed atomic.Int64 // how many chunks somebody has begun to read
	over    atomic.Bool  // one of them was the last
	full    chan placed
	want    int64    // the one that is looked into next
	early   []placed // those behind it that are there
}

// placed is a chunk with its place in the file, which is that of all chunks before it.
type placed struct {
	chunk
	place int64
}

// readShared begins to read r from its beginning.
func readShared(r io.ReaderAt) *ahead {
	a := newAhead()
	a.shared = &shared{r: r, full: make(chan placed, maxChunks)}
	go a.readPlaced()
	return a
}

// readPlaced reads chunks until one is the last, or nobody wants them.
func (a *ahead) readPlaced() {
	for s := a.shared; !s.over.Load(); {
		select {
		case b := <-a.empty:
			s.full <- s.read(b)
		case <-a.left:
			return
		}
	}
}

// read reads a chunk that nobody has read.
func (s *shared) read(b []byte) placed {
	p := placed{chunk{b: roomy(b)}, s.claimed.Add(1) - 1}
	p.n, p.err = s.r.ReadAt(p.b[chunkFront:], p.place*chunkSize)
	if p.err != nil {
		s.over.Store(true)
	}
	return p
}

// nextPlaced returns the next chunk.
func (a *ahead) nextPlaced() chunk {
	s := a.shared
	for {
		for i, p := range s.early {
			if p.place == s.want {
				s.early = append(s.early[:i], s.early[i+1:]...)
				s.want++
				return p.chunk
			}
		}
		s.early = append(s.early, a.oneMore())
	}
}

// oneMore returns a chunk that was read meanwhile, or else reads one where there is room.
func (a *ahead) oneMore() placed {
	s := a.shared
	select {
	case p := <-s.full:
		return p
	default:
	}
	if !s.over.Load() {
		select {
		case b := <-a.empty:
			return s.read(b)
		default:
		}
	}
	return <-s.full
}
