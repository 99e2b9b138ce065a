package probe

import (
	"sync"

	"wsprobe/internal/casefile"
)

// budget lets large cases wait for each other, so that memory is bounded
// however many are played at a time.
type budget struct {
	mu   *sync.Mutex
	room *sync.Cond
	left int
	all  int
}

func newBudget(n int) budget {
	mu := &sync.Mutex{}
	return budget{mu: mu, room: sync.NewCond(mu), left: n, all: n}
}

// take waits until there is room for n; what is more than all takes all.
func (b *budget) take(n int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for n = min(n, b.all); n > b.left; {
		b.room.Wait()
	}
	b.left -= n
}

func (b *budget) give(n int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.left += min(n, b.all)
	b.room.Broadcast()
}

// payloadOf returns how many bytes the largest step of a case sends.
func payloadOf(c *casefile.Case) int {
	largest := 0
	for _, s := range c.Steps {
		n := s.Bytes.Size()
		for i := range s.Frames {
			n += s.Frames[i].Payload.Size() * max(1, s.Frames[i].Times)
		}
		if s.Echo != nil {
			n += s.Echo.Payload.Size()
		}
		largest = max(largest, n)
	}
	return largest
}
