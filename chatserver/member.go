package chatserver

import (
	"sync/atomic"
	"time"
)

// member is a connection of the chat, in a room or not. Its queue lets the hub
// send without waiting.
type member struct {
	link    link
	queue   *queue
	evicted atomic.Bool   // too slow
	written chan struct{} // closed when write has ended

	// The hub's lock guards what follows.
	room *room
	nick string
}

func newMember(l link, limit int) *member {
	return &member{link: l, queue: newQueue(limit), written: make(chan struct{})}
}

// send queues what is for m alone. The hub's lock is held.
func (m *member) send(a answer) {
	if m.queue.push(a.encode()) {
		return
	}
	m.evict()
	if m.room != nil {
		m.room.remove(m, "")
	}
}

// evict throws away what waits, so that writing ends with the message that is
// under way, and then the connection.
func (m *member) evict() {
	m.evicted.Store(true)
	m.queue.discard()
}

// write sends what is queued, until the queue is sealed and empty.
func (m *member) write() {
	defer close(m.written)
	for {
		out, ok := m.queue.pop()
		if !ok {
			break
		}
		if m.link.Write(message{payload: out}) != nil {
			m.evict()
		}
	}
	if m.evicted.Load() {
		m.link.Close(codePolicy, "you read too slowly")
	}
}

// drain waits until what is queued went out, so long at most.
func (m *member) drain(timeout time.Duration) {
	late := time.AfterFunc(timeout, m.link.Abort)
	defer late.Stop()
	<-m.written
}
