package chatserver

import "time"

// member is a connection of the chat, in a room or not. Its queue lets the hub
// send without waiting.
type member struct {
	link  link
	queue chan []byte
	wrote chan struct{} // something left the queue; closed when nothing will any more

	// The hub's lock guards what follows.
	room    *room
	nick    string
	sealed  bool // nothing more goes into queue
	evicted bool // too slow; read once queue is closed
}

func newMember(l link, queue int) *member {
	return &member{link: l, queue: make(chan []byte, queue), wrote: make(chan struct{}, 1)}
}

// push queues a message. It reports false when the queue is full.
func (m *member) push(out []byte) bool {
	if m.sealed {
		return true
	}
	select {
	case m.queue <- out:
		return true
	default:
		return false
	}
}

// seal lets nothing more into the queue. What is in it goes out still.
func (m *member) seal() {
	if !m.sealed {
		m.sealed = true
		close(m.queue)
	}
}

// evict throws away what waits, so that writing ends with the message that is
// under way, and then the connection.
func (m *member) evict() {
	m.evicted = true
	for len(m.queue) > 0 {
		select {
		case <-m.queue:
		default:
		}
	}
	m.seal()
}

// write sends what is queued, until the queue is sealed and empty.
func (m *member) write() {
	defer close(m.wrote)
	broken := false
	for out := range m.queue {
		if !broken && m.link.Write(message{payload: out}) != nil {
			broken = true
			m.tooSlow()
		}
		select {
		case m.wrote <- struct{}{}:
		default:
		}
	}
	if m.evicted {
		m.tooSlow()
	}
}

func (m *member) tooSlow() { m.link.Close(codePolicy, "you read too slowly") }

// waitForSpace waits until half of the queue is free: who speaks faster than he
// reads what comes of it is listened to no faster than he reads.
func (m *member) waitForSpace() {
	for len(m.queue) > cap(m.queue)/2 {
		<-m.wrote
	}
}

// drain waits until what is queued went out, so long at most.
func (m *member) drain(timeout time.Duration) {
	late := time.AfterFunc(timeout, m.link.Abort)
	defer late.Stop()
	for range m.wrote {
	}
}
