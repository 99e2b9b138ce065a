package mutant

import (
	"errors"
	"net"
	"sync"
	"time"
)

// The limits of the server.
const (
	maxConnections  = 10000
	maxHead         = 64 << 10 // bytes of a request head
	maxEcho         = 64 << 20 // bytes of a message to /echo, inflated
	maxChat         = 32 << 10 // bytes of a message to /chat, inflated
	maxQueue        = 1024     // messages that wait for a slow reader
	handshakeTime   = 60 * time.Second
	writeTime       = 10 * time.Second
	pingAfter       = 30 * time.Second // of silence; as long again ends the connection
	lingerTime      = time.Second      // how long a closed connection is still read from
	lingerBytes     = 64 << 20
	maxHixieSkipped = maxEcho // bytes of a frame that a hixie server reads past
	maxHixieHeader  = 16      // bytes of a hixie length
)

// server is one listener and what is connected to it.
type server struct {
	mutant   *Mutant
	listener net.Listener
	services map[string]service

	mu       sync.Mutex
	conns    map[net.Conn]bool
	running  sync.WaitGroup
	stopping chan struct{} // closed once the server stops
	turn     sync.Mutex    // held by a mutant that does one thing at a time
}

// Serve answers on l in the background as the mutant m, or as the right server
// where m is nil. stop closes l and every connection, and returns when all that
// Serve started has ended.
func Serve(l net.Listener, m *Mutant) (stop func()) {
	s := newServer(l, m)
	s.running.Go(s.accept)
	return func() {
		s.stop()
		s.running.Wait()
	}
}

// chats reports whether the mutant serves the chat, whose own protocol leaves less
// room than RFC 6455: it names close codes, and who is let in.
func (m *Mutant) chats() bool {
	return m.Rule != "" || m.write != nil || m.frame != nil || m.pack != nil || m.agree != nil || m.answer != nil
}

func newServer(l net.Listener, m *Mutant) *server {
	s := &server{mutant: m, listener: l, conns: map[net.Conn]bool{}, stopping: make(chan struct{})}
	s.services = map[string]service{
		"/echo": {protocol: "echo", limit: maxEcho, open: newEcho},
		"/chat": {protocol: "chat", limit: maxChat, open: newHub(m).open},
	}
	if m.is(chatHasNoLimit) {
		s.services["/chat"] = service{protocol: "chat", limit: maxEcho, open: newHub(m).open}
	}
	if m != nil {
		s.services["/echo"] = m.echo(s.services["/echo"])
	}
	if m != nil && !m.chats() {
		delete(s.services, "/chat")
	}
	return s
}

// echo returns the service that a lawful mutant makes of /echo.
func (m *Mutant) echo(s service) service {
	if m.limits.message > 0 {
		s.limit = m.limits.message
	}
	if m.serves != nil {
		s.open = m.serves()
	}
	return s
}

func (s *server) accept() {
	for {
		c, err := s.listener.Accept()
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err != nil { // too many open files, as a rule
			s.wait(lingerTime / 10)
			continue
		}
		if s.mutant.is(readsOneHeadAtATime) {
			s.turn.Lock()
		}
		if n, ok := s.add(c); ok {
			s.running.Go(func() {
				defer s.remove(c)
				if s.mutant.is(servesOneAtATime) {
					s.turn.Lock()
					defer s.turn.Unlock()
				}
				newConn(c, s).serve(n > maxConnections)
			})
		}
	}
}

// add takes c in, unless the server has stopped, and says how many there are.
func (s *server) add(c net.Conn) (n int, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.stopped() {
		c.Close()
		return 0, false
	}
	s.conns[c] = true
	return len(s.conns), true
}

func (s *server) remove(c net.Conn) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.conns, c)
	c.Close()
}

// stop closes the listener and every connection. It is also how a mutant dies.
func (s *server) stop() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.stopped() {
		return
	}
	close(s.stopping)
	s.listener.Close()
	for c := range s.conns {
		c.Close()
	}
}

func (s *server) stopped() bool {
	select {
	case <-s.stopping:
		return true
	default:
		return false
	}
}

// wait pauses for d, or until the server stops.
func (s *server) wait(d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-s.stopping:
	}
}
