package chatserver

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"wsprobe/internal/wire"
)

// run starts a server without Serve, so that a test can shut it down.
func run(t *testing.T, config Config) (*Server, string) {
	t.Helper()
	s := New(config)
	h := httptest.NewServer(s)
	t.Cleanup(h.Close)
	return s, strings.TrimPrefix(h.URL, "http://")
}

func TestShutdown(t *testing.T) {
	s, addr := run(t, Config{CloseTimeout: time.Second})
	polite := openRaw(t, addr, "/echo", "")
	silent := openRaw(t, addr, "/chat", "")
	hixie76 := openHixie(t, addr, "/chat", wire.Hixie76)
	hixie75 := openHixie(t, addr, "/echo", wire.Hixie75)

	ended := make(chan error, 1)
	go func() { ended <- s.Shutdown(context.Background()) }()
	const reason = "\x03\xe9the server is shutting down"
	polite.want(answered(0x88, reason))
	silent.want(answered(0x88, reason))
	hixie76.want(wire.HixieClosing)
	hixie75.wantEnd()

	if r := ask(t, addr, edit("", "")); r.Status != http.StatusServiceUnavailable {
		t.Errorf("during the shutdown: got %q, want 503", r.Line)
	}
	// What comes before the answer to the Close is not echoed any more.
	polite.send(append(frame(0x81, "late"), frame(0x88, "\x03\xe9")...)...)
	polite.wantEnd()
	hixie76.send(wire.HixieClosing...)
	hixie76.wantEnd()
	silent.wantEnd()
	if err := <-ended; err != nil {
		t.Errorf("Shutdown: %v", err)
	}
}

// TestShutdownCutsOff does so when its context has ended.
func TestShutdownCutsOff(t *testing.T) {
	s, addr := run(t, Config{CloseTimeout: -1, HandshakeTimeout: -1})
	silent := openRaw(t, addr, "/chat", "")
	half := dialRaw(t, addr) // its eight bytes never come
	half.send([]byte(request76("/echo", vectors76[0].key1, vectors76[0].key2))...)
	for s.connections() < 2 {
		time.Sleep(time.Millisecond)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := s.Shutdown(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("Shutdown: %v, want the context's error", err)
	}
	silent.wantGone()
	half.wantGone()
}

// connections counts those that were taken over.
func (s *Server) connections() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.links)
}

func TestServeFails(t *testing.T) {
	h := httptest.NewServer(http.NotFoundHandler())
	h.Close()
	if err := Serve(t.Context(), h.Listener, Config{}); err == nil {
		t.Error("Serve served on a closed listener")
	}
}
