package main

import (
	"container/list"
	"context"
	"net"
	"sync"
)

// maxFront is how many clients may be on their way to a server: they have not yet
// said which, or it has not yet accepted them. One more, and the first of them is
// given up: a client that is in earnest is through in no time.
const maxFront = 4096

// front bounds what clients cost that are on their way to a server. The zero
// front is ready.
type front struct {
	mu      sync.Mutex
	waiting list.List // of func(), which give one up; the longest waiting first
}

// enter counts a client in until leave is called. The context ends where it is
// given up.
func (f *front) enter(ctx context.Context, client net.Conn) (_ context.Context, leave func()) {
	ctx, cancel := context.WithCancel(ctx)
	stop := context.AfterFunc(ctx, func() { client.Close() })
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.waiting.Len() >= maxFront {
		f.waiting.Remove(f.waiting.Front()).(func())()
	}
	place := f.waiting.PushBack(func() { cancel() })
	return ctx, func() {
		stop()
		cancel()
		f.mu.Lock()
		defer f.mu.Unlock()
		f.waiting.Remove(place)
	}
}
