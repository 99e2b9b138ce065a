package relay

import (
	"bytes"
	"crypto/rand"
	"errors"
	"io"
	mrand "math/rand/v2"
	"net"
	"runtime"
	"sync"
	"syscall"
	"testing"
	"time"

	"wsprobe/internal/lint"
)

// notes is a tap that remembers.
type notes struct {
	mu     sync.Mutex
	bytes  [2][]byte
	ends   [2]string
	closed chan struct{}
	gone   time.Duration
}

func newNotes() *notes { return &notes{closed: make(chan struct{})} }

func (n *notes) Data(side lint.Side, _ time.Duration, p []byte) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.bytes[side] = append(n.bytes[side], p...)
}

func (n *notes) End(side lint.Side, _ time.Duration, how lint.End) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.ends[side] += how.String()
}

func (n *notes) Closed(at time.Duration) {
	n.gone = at
	close(n.closed)
}

// engines runs a test with each of the two engines.
func engines(t *testing.T, test func(t *testing.T, r *Relay)) {
	for _, name := range []string{"loops", "pairs"} {
		t.Run(name, func(t *testing.T) {
			r := New(Options{})
			if name == "pairs" && r.engine != nil {
				r.engine.close()
				r.engine = nil
			}
			t.Cleanup(r.Close)
			test(t, r)
		})
	}
}

// tcp returns the two ends of a TCP connection.
func tcp(t testing.TB) (a, b *net.TCPConn) {
	t.Helper()
	return tcpAt(t, "127.0.0.1:0", nil, nil)
}

// control prepares a socket, as in net.ListenConfig and net.Dialer.
type control func(network, address string, c syscall.RawConn) error

// tcpAt is tcp at an address, with sockets that are prepared.
func tcpAt(t testing.TB, address string, listens, dials control) (a, b *net.TCPConn) {
	t.Helper()
	l, err := (&net.ListenConfig{Control: listens}).Listen(t.Context(), "tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	dialed, err := (&net.Dialer{Control: dials}).DialContext(t.Context(), "tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	accepted, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { dialed.Close(); accepted.Close() })
	return dialed.(*net.TCPConn), accepted.(*net.TCPConn)
}

// linked returns a client and a server with the relay between them.
func linked(t testing.TB, r *Relay, tap Tap) (client, server *net.TCPConn) {
	client, near := tcp(t)
	far, server := tcp(t)
	r.Link(near, far, tap, nil)
	return client, server
}

// send writes p in random pieces, and ends the stream.
func send(c *net.TCPConn, p []byte, seed uint64) {
	random := mrand.New(mrand.NewPCG(seed, 0))
	for len(p) > 0 {
		n := min(len(p), 1+random.IntN(1<<random.IntN(18)))
		if _, err := c.Write(p[:n]); err != nil {
			return
		}
		p = p[n:]
		if random.IntN(8) == 0 {
			runtime.Gosched()
		}
	}
	c.CloseWrite()
}

func TestEveryByteBothWays(t *testing.T) {
	engines(t, func(t *testing.T, r *Relay) {
		var all sync.WaitGroup
		for i := range uint64(20) {
			all.Go(func() { bothWays(t, r, i) })
		}
		all.Wait()
	})
}

func bothWays(t *testing.T, r *Relay, seed uint64) {
	there, back := make([]byte, 1+seed*seed*7919), make([]byte, 1+(20-seed)*(20-seed)*7919)
	rand.Read(there)
	rand.Read(back)
	tap := newNotes()
	client, server := linked(t, r, tap)
	var came [2][]byte
	var all sync.WaitGroup
	all.Go(func() { send(client, there, seed) })
	all.Go(func() { send(server, back, seed+100) })
	all.Go(func() { came[lint.Client], _ = io.ReadAll(server) })
	all.Go(func() { came[lint.Server], _ = io.ReadAll(client) })
	all.Wait()
	<-tap.closed
	for side, want := range [2][]byte{there, back} {
		if !bytes.Equal(came[side], want) || !bytes.Equal(tap.bytes[side], want) {
			t.Errorf("%v: sent %d bytes, came %d, seen %d", lint.Side(side), len(want), len(came[side]), len(tap.bytes[side]))
		}
		if tap.ends[side] != lint.EndFIN.String() {
			t.Errorf("%v ended: %q", lint.Side(side), tap.ends[side])
		}
	}
}

// A side that has ended its stream still gets what the other sends.
func TestHalfClose(t *testing.T) {
	engines(t, func(t *testing.T, r *Relay) {
		tap := newNotes()
		client, server := linked(t, r, tap)
		send(client, []byte("question"), 0)
		if got, err := io.ReadAll(server); string(got) != "question" || err != nil {
			t.Fatalf("%q %v", got, err)
		}
		send(server, []byte("answer"), 0)
		if got, err := io.ReadAll(client); string(got) != "answer" || err != nil {
			t.Fatalf("%q %v", got, err)
		}
		<-tap.closed
	})
}

func TestReset(t *testing.T) {
	engines(t, func(t *testing.T, r *Relay) {
		for _, side := range []lint.Side{lint.Client, lint.Server} {
			tap := newNotes()
			ends := [2]*net.TCPConn{}
			ends[0], ends[1] = linked(t, r, tap)
			ends[side].Write([]byte("x"))
			io.ReadFull(ends[1-side], make([]byte, 1))
			ends[side].SetLinger(0)
			ends[side].Close()
			if _, err := ends[1-side].Read(make([]byte, 1)); !errors.Is(err, syscall.ECONNRESET) {
				t.Errorf("%v was reset, and the other saw %v", side, err)
			}
			<-tap.closed
			if tap.ends[side] != lint.EndReset.String() {
				t.Errorf("%v ended: %q", side, tap.ends[side])
			}
		}
	})
}

// A server that answers and closes without reading all: its answer arrives.
func TestAnswerBeforeReset(t *testing.T) {
	engines(t, func(t *testing.T, r *Relay) {
		tap := newNotes()
		client, server := linked(t, r, tap)
		go io.Copy(client, zeros{})
		io.ReadFull(server, make([]byte, 1000))
		server.Write([]byte("413"))
		server.CloseWrite()
		got := make([]byte, 3)
		if _, err := io.ReadFull(client, got); string(got) != "413" {
			t.Errorf("%q %v", got, err)
		}
		server.Close()
		<-tap.closed
	})
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { return len(p), nil }

// Where a receiver does not read, the sender is held up, and nothing is lost.
func TestBackpressure(t *testing.T) {
	engines(t, func(t *testing.T, r *Relay) {
		tap := newNotes()
		client, server := linked(t, r, tap)
		sent := 0
		for {
			client.SetWriteDeadline(time.Now().Add(300 * time.Millisecond))
			n, err := client.Write(make([]byte, 64<<10))
			sent += n
			if err != nil {
				break
			}
			if sent > 64<<20 {
				t.Fatal("64 MiB were taken with nobody reading")
			}
		}
		client.CloseWrite()
		n, err := io.Copy(io.Discard, server)
		if int(n) != sent || err != nil {
			t.Errorf("sent %d bytes, came %d: %v", sent, n, err)
		}
		server.Close()
		<-tap.closed
	})
}

func TestCloseEndsAll(t *testing.T) {
	engines(t, func(t *testing.T, r *Relay) {
		taps := []*notes{newNotes(), newNotes()}
		var clients []*net.TCPConn
		for _, tap := range taps {
			client, _ := linked(t, r, tap)
			client.Write([]byte("x"))
			clients = append(clients, client)
		}
		r.Close()
		for i, tap := range taps {
			<-tap.closed
			if tap.gone <= 0 {
				t.Error("a link ended before it began, at", tap.gone)
			}
			if _, err := clients[i].Read(make([]byte, 1)); err == nil {
				t.Error("a link outlived the relay")
			}
		}
	})
}
