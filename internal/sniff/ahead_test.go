package sniff

import (
	"bytes"
	"errors"
	"io"
	"math/rand/v2"
	"runtime"
	"testing"
	"testing/iotest"
	"time"
)

// TestAhead reads random bytes in pieces of random sizes, among them such as are
// larger than chunks.
func TestAhead(t *testing.T) {
	all := make([]byte, 3<<20)
	r := rand.New(rand.NewPCG(1, 2))
	for i := range all {
		all[i] = byte(r.Uint32())
	}
	for how, read := range map[string]func(io.Reader) *ahead{"ahead": readAhead, "as asked": readAsked} {
		for name, in := range map[string]io.Reader{
			"whole":           bytes.NewReader(all),
			"half":            iotest.HalfReader(bytes.NewReader(all)),
			"end with data":   iotest.DataErrReader(bytes.NewReader(all)),
			"and then broken": io.MultiReader(bytes.NewReader(all), iotest.ErrReader(errors.New("broken"))),
		} {
			t.Run(how+" "+name, func(t *testing.T) { readsAll(t, read(in), all, r) })
		}
	}
	for name, in := range map[string]io.ReaderAt{"whole": bytes.NewReader(all), "broken": &brokenAt{*bytes.NewReader(all), 1 << 20}} {
		t.Run("by two "+name, func(t *testing.T) {
			want := all
			if b, ok := in.(*brokenAt); ok {
				want = all[:b.from]
			}
			for range 20 {
				readsAll(t, readShared(in), want, r)
			}
		})
	}
}

// brokenAt is a file that cannot be read from some byte on.
type brokenAt struct {
	bytes.Reader
	from int64
}

// ReadAt implements io.ReaderAt.
func (b *brokenAt) ReadAt(p []byte, off int64) (int, error) {
	left := max(0, b.from-off)
	if int64(len(p)) <= left {
		return b.Reader.ReadAt(p, off)
	}
	n, _ := b.Reader.ReadAt(p[:left], off)
	return n, errors.New("broken")
}

// readsAll fails the test unless all is read, whatever is asked for.
func readsAll(t *testing.T, a *ahead, all []byte, r *rand.Rand) {
	t.Helper()
	defer a.Close()
	at := 0
	for {
		n := 1 << r.IntN(22)
		b, err := a.Peek(n)
		if !bytes.Equal(b, all[at:at+len(b)]) || err == nil && len(b) != n || err != nil && at+len(b) != len(all) {
			t.Fatalf("%d bytes of %d at %d: %v", len(b), n, at, err)
		}
		if err != nil {
			if k, again := a.Discard(n); again != err || k != len(b) {
				t.Fatalf("%d bytes of %d taken: %v, after %v", k, len(b), again, err)
			}
			return
		}
		n = 1 << r.IntN(19)
		k, err := a.Discard(n)
		if at += k; err == nil && k != n || err != nil && at != len(all) {
			t.Fatalf("%d bytes of %d taken, up to %d: %v", k, n, at, err)
		}
	}
}

// TestAheadEnds closes what is not at its end, and looks for what goes on.
func TestAheadEnds(t *testing.T) {
	before := runtime.NumGoroutine()
	for n := range 20 {
		var a *ahead
		if n%2 == 0 {
			a = readAhead(endless{})
		} else {
			a = readShared(endless{})
		}
		if _, err := a.Peek(10); err != nil {
			t.Fatal(err)
		}
		a.Close()
		a.Close()
	}
	for deadline := time.Now().Add(10 * time.Second); runtime.NumGoroutine() > before; {
		if time.Now().After(deadline) {
			t.Fatalf("%d goroutines more", runtime.NumGoroutine()-before)
		}
		runtime.Gosched()
	}
}

// endless is a file without an end.
type endless struct{}

// Read implements io.Reader.
func (endless) Read(p []byte) (int, error) { return len(p), nil }

// ReadAt implements io.ReaderAt.
func (endless) ReadAt(p []byte, _ int64) (int, error) { return len(p), nil }
