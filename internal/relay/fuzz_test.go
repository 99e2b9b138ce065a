package relay

import (
	"bytes"
	"errors"
	"io"
	mrand "math/rand/v2"
	"net"
	"sync"
	"syscall"
	"testing"
	"time"

	"wsprobe/internal/lint"
	"wsprobe/internal/record"
	"wsprobe/internal/wire"
)

// How a link ends that is fuzzed.
const (
	bothEnd = iota
	clientResets
	serverResets
	ways
)

// closer is a watched link that says when it is over.
type closer struct {
	*watched
	closed chan struct{}
}

func (c *closer) Closed(at time.Duration) {
	c.watched.Closed(at)
	close(c.closed)
}

// Whatever is sent comes out at the other end, in whatever pieces it is sent, and
// what is counted is what came: with frames in it, and without.
func FuzzForward(f *testing.F) {
	large := wire.Header{Fin: true, Opcode: wire.OpBinary, Length: 1 << 20}
	masked := large
	masked.Masked, masked.Mask = true, [4]byte{1, 2, 3, 4}
	f.Add([]byte(ask), []byte(accept), uint64(1), byte(bothEnd), uint16(1))
	f.Add(append([]byte(ask), masked.Append(nil)...), append([]byte(accept), large.Append(nil)...), uint64(2), byte(clientResets), uint16(300))
	f.Add([]byte(ask), append([]byte(accept), text("hello")...), uint64(3), byte(serverResets), uint16(1000))
	f.Add([]byte("\x00\xff"), []byte{}, uint64(4), byte(bothEnd), uint16(40000))
	relays := map[string]*Relay{"loops": New(Options{}), "pairs": New(Options{})}
	if r := relays["pairs"]; r.engine != nil {
		r.engine.close()
		r.engine = nil
	}
	f.Cleanup(func() {
		for _, r := range relays {
			r.Close()
		}
	})
	f.Fuzz(func(t *testing.T, there, back []byte, seed uint64, how byte, times uint16) {
		for name, r := range relays {
			sent := [2][]byte{filled(there, times), filled(back, times)}
			fuzzLink(t, name, r, sent, seed, int(how)%ways)
		}
	})
}

// filled returns p and more that follows from it: the payload that its last header
// announces, say.
func filled(p []byte, times uint16) []byte {
	if len(p) == 0 {
		return nil
	}
	return append(bytes.Clone(p), bytes.Repeat(p[len(p)/2:], min(int(times), 2<<20/len(p)))...)
}

func fuzzLink(t *testing.T, name string, r *Relay, sent [2][]byte, seed uint64, how int) {
	w := &Watch{Log: NewLog(false), Keep: 1 << 10, Inflate: 1 << 16, Totals: &Totals{}}
	defer w.Log.Close()
	tap := &closer{w.Tap(record.Conn{ID: 1}).(*watched), make(chan struct{})}
	var ends [2]*net.TCPConn
	ends[lint.Client], ends[lint.Server] = linked(t, r, tap)
	var came [2][]byte
	var all sync.WaitGroup
	for side := range sent {
		all.Go(func() { sendPieces(ends[side], sent[side], seed+uint64(side)) })
		all.Go(func() {
			came[side] = make([]byte, len(sent[side]))
			n, _ := io.ReadFull(ends[1-side], came[side])
			came[side] = came[side][:n]
		})
	}
	all.Wait()
	for side := range sent {
		if !bytes.Equal(came[side], sent[side]) {
			t.Errorf("%s: the %v sent %d bytes, %d came", name, lint.Side(side), len(sent[side]), len(came[side]))
		}
	}
	endLink(t, name, ends, how)
	<-tap.closed
	for side := range sent {
		if n := w.Totals.Bytes[side].Load(); n != uint64(len(sent[side])) {
			t.Errorf("%s: the %v sent %d bytes, %d were counted", name, lint.Side(side), len(sent[side]), n)
		}
	}
	if w.Totals.Detached.Load() > 0 {
		t.Errorf("%s: inspection failed", name)
	}
}

// sendPieces writes p in random pieces.
func sendPieces(c *net.TCPConn, p []byte, seed uint64) {
	random := mrand.New(mrand.NewPCG(seed, 1))
	for len(p) > 0 {
		n := min(len(p), 1+random.IntN(1<<(1+random.IntN(20))))
		c.Write(p[:n])
		p = p[n:]
	}
}

// endLink ends a link by one side, and demands that the other sees that.
func endLink(t *testing.T, name string, ends [2]*net.TCPConn, how int) {
	if how == bothEnd {
		for side := range ends { // the second is still open by then, the other way
			ends[side].CloseWrite()
			if n, err := ends[1-side].Read(make([]byte, 1)); err != io.EOF {
				t.Errorf("%s: the %v ended its stream, and the other saw %d bytes, %v", name, lint.Side(side), n, err)
			}
		}
		return
	}
	side := how - clientResets
	ends[side].SetLinger(0)
	ends[side].Close()
	if n, err := ends[1-side].Read(make([]byte, 1)); !errors.Is(err, syscall.ECONNRESET) {
		t.Errorf("%s: the %v reset, and the other saw %d bytes, %v", name, lint.Side(side), n, err)
	}
}

// A failure of ours while bytes pass: they flow on, and it is told.
func TestForwardAfterPanic(t *testing.T) {
	engines(t, func(t *testing.T, r *Relay) {
		s := &story{}
		w := &Watch{Log: NewLog(false, s), Keep: 16, Inflate: 1 << 16, Totals: &Totals{}}
		tap := &closer{w.Tap(record.Conn{ID: 7}).(*watched), make(chan struct{})}
		tap.session = nil // the next call panics
		client, server := linked(t, r, tap)
		p := bytes.Repeat([]byte("any"), 1<<20)
		go send(server, p, 1)
		if got, err := io.ReadAll(client); err != nil || !bytes.Equal(got, p) {
			t.Errorf("%d bytes of %d came: %v", len(got), len(p), err)
		}
		client.Close()
		<-tap.closed
		w.Log.Close()
		if n := w.Totals.Detached.Load(); n != 1 || len(s.lines) != 3 {
			t.Errorf("detached %d times, told: %q", n, s.lines)
		}
	})
}
