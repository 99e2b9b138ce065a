// Package chatserver is a WebSocket server that is right, and small enough to
// read: a chat with rooms at /chat, an echo at /echo and a page for the chat at
// /, all on one port.
//
// It speaks RFC 6455 with permessage-deflate, its drafts hybi-08 and hybi-07,
// and the older hixie-76 and hixie-75. A link hides the difference: gorilla/websocket
// behind a guard is one (rfc6455.go, guard.go), package wire's hixie frames are
// the other (hixie.go). The hub knows links only. What people say to each other
// is in PROTOCOL.md.
package chatserver

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"sync"
)

// Server serves the chat, the echo and the page. It is an http.Handler.
type Server struct {
	conf      Config
	hub       *hub
	endpoints map[string]*endpoint
	page      http.Handler

	mu      sync.Mutex
	closing bool
	taken   int                 // connections, accepted or about to be
	links   map[*transport]link // those taken over; nil during the handshake
	serving sync.WaitGroup      // counts what taken counts
}

// endpoint is a path that WebSockets connect to.
type endpoint struct {
	protocol string // its subprotocol
	anyHixie bool   // takes any subprotocol in the hixie dialects
	limit    int64  // of a message, in bytes
	serve    func(link) error
}

// New makes a server.
func New(config Config) *Server {
	s := &Server{conf: config.withDefaults(), page: newPage(), links: map[*transport]link{}}
	s.hub = newHub(&s.conf)
	s.endpoints = map[string]*endpoint{
		"/chat": {protocol: "chat", limit: s.conf.ChatLimit, serve: s.hub.serve},
		"/echo": {protocol: "echo", anyHixie: true, limit: s.conf.EchoLimit, serve: echo},
	}
	return s
}

// echo sends back what comes, until the connection ends.
func echo(l link) error {
	for {
		m, err := l.Read()
		if err != nil {
			return err
		}
		if err := l.Write(m); err != nil {
			return err
		}
	}
}

// ServeHTTP answers a request: with the page, or with a WebSocket that it
// serves until that ends.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	e, ok := s.endpoints[r.URL.Path]
	if !ok {
		s.page.ServeHTTP(w, r)
		return
	}
	o, refused := s.examine(r, e)
	if refused == nil {
		refused = s.enter()
	}
	if refused != nil {
		s.conf.Log.Info("handshake refused", "from", r.RemoteAddr, "path", r.URL.Path, "why", refused.reason)
		refused.write(w)
		return
	}
	defer s.exit()
	s.connect(w, r, e, o)
}

// connect opens a WebSocket and serves it.
func (s *Server) connect(w http.ResponseWriter, r *http.Request, e *endpoint, o *offer) {
	log := s.conf.Log.With("from", r.RemoteAddr, "path", r.URL.Path, "dialect", o.dialect)
	t, err := takeOver(w, &s.conf)
	if err != nil {
		log.Error("handshake failed", "why", err)
		(&refusal{http.StatusInternalServerError, "the connection cannot be taken over"}).write(w)
		return
	}
	s.add(t, nil)
	defer s.remove(t)
	open := newSocket
	if o.dialect.Traits().Hixie {
		open = newHixieLink
	}
	l, err := open(t, r, o, e.limit)
	if err != nil {
		t.Conn.Close()
		log.Info("handshake failed", "why", err)
		return
	}
	log.Debug("connected")
	s.add(t, l)
	err = e.serve(l)
	l.Finish(err)
	log.Log(r.Context(), severity(err), "connection ended", "why", err)
}

// severity makes failures stand out: RFC 6455 §7.1.7 wants them logged.
func severity(err error) slog.Level {
	var f *failure
	if errors.As(err, &f) {
		return slog.LevelInfo
	}
	return slog.LevelDebug
}

// enter takes one of the places for connections.
func (s *Server) enter() *refusal {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.closing:
		return &refusal{http.StatusServiceUnavailable, "the server is shutting down"}
	case s.taken >= s.conf.MaxConnections:
		return &refusal{http.StatusServiceUnavailable, "the server has as many connections as it takes"}
	}
	s.taken++
	s.serving.Add(1)
	return nil
}

func (s *Server) exit() {
	s.mu.Lock()
	s.taken--
	s.mu.Unlock()
	s.serving.Done()
}

// add makes a connection known to Shutdown. If that was called during the
// handshake, the connection is closed like the others.
func (s *Server) add(t *transport, l link) {
	s.mu.Lock()
	s.links[t] = l
	late := s.closing
	s.mu.Unlock()
	if late && l != nil {
		goAway(l)
	}
}

func (s *Server) remove(t *transport) {
	s.mu.Lock()
	delete(s.links, t)
	s.mu.Unlock()
}

// goAway closes l since the server shuts down.
func goAway(l link) { l.Close(codeGoingAway, "the server is shutting down") }

// Shutdown refuses new connections, closes all others with 1001 and waits until
// they have ended, or until ctx has. Then it cuts off those that are left, waits
// for their goroutines and returns ctx's error. The http.Server, which knows
// nothing of these connections, is to be shut down beside it.
func (s *Server) Shutdown(ctx context.Context) error {
	s.mu.Lock()
	s.closing = true
	for _, l := range s.links {
		if l != nil {
			s.serving.Go(func() { goAway(l) }) // a slow reader may hold this up
		}
	}
	s.mu.Unlock()

	ended := make(chan struct{})
	go func() {
		s.serving.Wait()
		close(ended)
	}()
	select {
	case <-ended:
		return nil
	case <-ctx.Done():
	}
	s.cutOff()
	<-ended
	return ctx.Err()
}

// cutOff closes the TCP connections that are left.
func (s *Server) cutOff() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for t := range s.links {
		t.Conn.Close()
	}
}
