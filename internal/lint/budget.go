package lint

import (
	"sync"
	"sync/atomic"
)

// Budget is how many bytes many sessions may hold together of what is not whole yet: the
// data of compressed messages, and what clients send before they are answered. It is
// checked before a piece is taken, and may be exceeded by those that are taken at the
// same time. It is safe for concurrent use; nil is without bound.
type Budget struct {
	most int64
	held atomic.Int64
}

// NewBudget makes a budget of that many bytes.
func NewBudget(most int64) *Budget { return &Budget{most: most} }

// Held returns how many bytes are held now.
func (b *Budget) Held() int64 { return b.held.Load() }

func (b *Budget) spent() bool { return b != nil && b.held.Load() >= b.most }

// settle tells the budget what the session holds by now.
func (s *Session) settle() {
	if s.o.Budget == nil {
		return
	}
	holds := 0
	for i := range s.sides {
		st := &s.sides[i]
		holds += len(st.message.packed)
		if st.lone != nil {
			holds += len(st.lone.packed)
		}
		if st.phase == phaseWait {
			holds += len(st.held)
		}
	}
	if holds != s.holds {
		s.o.Budget.held.Add(int64(holds - s.holds))
		s.holds = holds
	}
}

// Release gives back to Options.Budget what the session holds. It is not to be fed again.
func (s *Session) Release() {
	if s.o.Budget != nil {
		s.o.Budget.held.Add(-int64(s.holds))
		s.holds, s.o.Budget = 0, nil
	}
}

// Buffers for messages. Between two messages a session has none of more than leastIdle
// bytes, and the pool none of more than maxIdle.
const (
	leastIdle = 512
	maxIdle   = 256 << 10
)

var buffers = sync.Pool{New: func() any { return new([]byte) }}

func borrow() []byte { return (*buffers.Get().(*[]byte))[:0] }

func giveBack(b []byte) {
	if cap(b) <= maxIdle {
		buffers.Put(&b)
	}
}

// copied returns a copy of what is in a buffer: nil of nothing, whatever buffer that was in.
func copied(p []byte) []byte { return append([]byte(nil), p...) }
