package chatserver

import (
	"strings"
	"testing"
)

func TestQueue(t *testing.T) {
	q := newQueue(3 * (slot + 10))
	ten := []byte(strings.Repeat("x", 10))
	for i, want := range []bool{true, true, true, false} {
		if got := q.push(ten); got != want {
			t.Errorf("push %d: %v, want %v", i, got, want)
		}
	}
	waited := make(chan struct{})
	go func() { q.waitForSpace(); close(waited) }()
	for range 2 {
		if out, ok := q.pop(); !ok || string(out) != string(ten) {
			t.Errorf("pop: %q, %v", out, ok)
		}
	}
	<-waited
	q.seal()
	if !q.push(ten) {
		t.Error("a sealed queue complained")
	}
	if _, ok := q.pop(); !ok {
		t.Error("what was in before the seal is gone")
	}
	if out, ok := q.pop(); ok {
		t.Errorf("%q came in after the seal", out)
	}
}

func TestQueueDiscard(t *testing.T) {
	q := newQueue(1000)
	q.push([]byte("x"))
	q.discard()
	if _, ok := q.pop(); ok {
		t.Error("something is left")
	}
	q = newQueue(1000)
	popped := make(chan bool)
	go func() { _, ok := q.pop(); popped <- ok }()
	q.discard()
	if <-popped {
		t.Error("something came of nothing")
	}
}
