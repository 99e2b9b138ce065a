package chatserver

import "sync"

// queue holds what is to be sent to one connection. It is bounded in bytes: how
// many messages come while a thread waits for its turn says nothing about a reader.
type queue struct {
	limit int

	mu      sync.Mutex
	changed sync.Cond
	list    [][]byte
	size    int
	sealed  bool // nothing more comes in
}

// slot is what a message takes beside its bytes, or about that.
const slot = 64

func newQueue(limit int) *queue {
	q := &queue{limit: limit}
	q.changed.L = &q.mu
	return q
}

// push puts a message at the end. It reports false where there is no space for
// it; into a sealed queue it puts nothing, and all is well.
func (q *queue) push(out []byte) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.sealed {
		return true
	}
	if q.size+len(out)+slot > q.limit {
		return false
	}
	q.list = append(q.list, out)
	q.size += len(out) + slot
	q.changed.Broadcast()
	return true
}

// pop takes the first message, once there is one. It reports false when the
// queue is sealed and empty.
func (q *queue) pop() ([]byte, bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for len(q.list) == 0 {
		if q.sealed {
			return nil, false
		}
		q.changed.Wait()
	}
	out := q.list[0]
	q.list = q.list[1:]
	q.size -= len(out) + slot
	q.changed.Broadcast()
	return out, true
}

// seal lets nothing more in. What is in goes out still.
func (q *queue) seal() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.sealed = true
	q.changed.Broadcast()
}

// discard seals the queue and throws away what is in.
func (q *queue) discard() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.sealed, q.list, q.size = true, nil, 0
	q.changed.Broadcast()
}

// waitForSpace waits until half of the queue is free.
func (q *queue) waitForSpace() {
	q.mu.Lock()
	defer q.mu.Unlock()
	for q.size > q.limit/2 {
		q.changed.Wait()
	}
}
