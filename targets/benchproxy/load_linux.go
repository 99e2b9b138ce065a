package main

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sys/unix"

	"wsprobe/internal/wire"
)

// What is measured, and for how long.
const (
	pingSize   = 32
	pingTime   = 400 * time.Millisecond
	smallSize  = 64
	smallConns = 64
	pipelined  = 64 // messages that are under way on each
	largeSize  = 1 << 20
	manyConns  = 8
	warmTime   = 200 * time.Millisecond
	rateTime   = 800 * time.Millisecond
)

// With whom is slow, fewer messages are under way and it takes longer: else not
// one might come back in time.
const (
	slowPipelined = 4
	slowRateTime  = 4 * time.Second
)

// chatter is what messages say: 64 bytes, as they often look.
const chatter = `{"type":"say","room":"lobby","text":"Hello, how are you today?"}`

// frames returns n masked frames of that size as a client sends them, each with a
// key of its own, and as a server sends them back.
func frames(n, size int, opcode wire.Opcode) (sent, back []byte) {
	payload := bytes.Repeat([]byte(chatter), size/len(chatter)+1)[:size]
	h := wire.Header{Fin: true, Opcode: opcode, Length: uint64(size)}
	for i := range n {
		back = wire.AppendFrame(back, h, payload)
		masked := h
		masked.Masked = true
		binary.BigEndian.PutUint32(masked.Mask[:], 0x9E3779B9*uint32(i+1))
		sent = wire.AppendFrame(sent, masked, payload)
	}
	return sent, back
}

// dial opens a WebSocket.
func dial(addr string) (*net.TCPConn, error) {
	c, err := net.Dial("tcp", addr)
	if err != nil {
		return nil, err
	}
	fmt.Fprintf(c, "GET / HTTP/1.1\r\nHost: %s\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"+
		"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n", addr)
	// The server sends nothing behind its answer, so nothing is left in the reader.
	answer, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err == nil && answer.StatusCode != http.StatusSwitchingProtocols {
		err = errors.New(answer.Status)
	}
	if err != nil {
		c.Close()
		return nil, err
	}
	return c.(*net.TCPConn), nil
}

// dialAll opens n WebSockets.
func dialAll(addr string, n int) (conns []*net.TCPConn, err error) {
	for range n {
		c, err := dial(addr)
		if err != nil {
			closeAll(conns)
			return nil, fmt.Errorf("connection %d: %w", len(conns)+1, err)
		}
		conns = append(conns, c)
	}
	return conns, nil
}

func closeAll(conns []*net.TCPConn) {
	for _, c := range conns {
		c.Close()
	}
}

// pings sends one message at a time and returns how long the answers took, sorted.
// It does so past the runtime's poller, whose share would be larger than that of a proxy.
func pings(addr string) ([]time.Duration, error) {
	c, err := dial(addr)
	if err != nil {
		return nil, err
	}
	defer c.Close()
	f, err := c.File()
	if err != nil {
		return nil, err
	}
	defer f.Close()
	fd := int(f.Fd()) // blocking from here on
	sent, back := frames(256, pingSize, wire.OpText)
	one, got := len(sent)/256, make([]byte, len(back)/256)
	var took []time.Duration
	for i, began := 0, time.Now(); time.Since(began) < pingTime; i = (i + 1) % 256 {
		start := time.Now()
		if _, err := unix.Write(fd, sent[i*one:(i+1)*one]); err != nil {
			return nil, err
		}
		for n := 0; n < len(got); {
			m, err := unix.Read(fd, got[n:])
			if err != nil || m == 0 {
				return nil, errors.Join(err, io.ErrUnexpectedEOF)
			}
			n += m
		}
		took = append(took, time.Since(start))
		if !bytes.Equal(got, back[:len(got)]) {
			return nil, errors.New("something else came back")
		}
	}
	slices.Sort(took)
	return took, nil
}

// flow counts the bytes that come back on many connections.
type flow struct {
	conns []*net.TCPConn
	done  sync.WaitGroup
	bytes atomic.Int64
	wrong atomic.Bool
}

// measured is what was seen of a flow.
type measured struct {
	bytes   float64
	seconds float64
	cpu     time.Duration
}

// measure lets a flow run for a while. Processor time, as used tells it, is that
// of the same while, in which those who serve the connections are all there.
func (f *flow) measure(long time.Duration, used func() time.Duration) (m measured, err error) {
	time.Sleep(warmTime)
	before, cpu, began := f.bytes.Load(), used(), time.Now()
	time.Sleep(long)
	m.bytes, m.seconds = float64(f.bytes.Load()-before), time.Since(began).Seconds()
	m.cpu = used() - cpu
	closeAll(f.conns)
	f.done.Wait()
	if f.wrong.Load() {
		err = errors.New("something else came back")
	}
	return m, err
}

// messages has many connections send batches of small messages, each when the
// one before has come back, and returns messages a second, and processor time a message.
func messages(c *contender, used func() time.Duration) (rate float64, each time.Duration, err error) {
	batch, long := pipelined, rateTime
	if c.slow {
		batch, long = slowPipelined, slowRateTime
	}
	conns, err := dialAll(c.addr, smallConns)
	if err != nil {
		return 0, 0, err
	}
	f := &flow{conns: conns}
	sent, back := frames(batch, smallSize, wire.OpText)
	for _, conn := range conns {
		f.done.Go(func() {
			for f.batch(conn, sent, back, make([]byte, len(back))) {
			}
		})
	}
	m, err := f.measure(long, used)
	n := m.bytes / float64(len(back)/batch)
	return n / m.seconds, time.Duration(float64(m.cpu) / max(n, 1)), err
}

// batch sends one batch and reads it back.
func (f *flow) batch(c *net.TCPConn, sent, back, buf []byte) bool {
	if _, err := c.Write(sent); err != nil {
		return false
	}
	for got := 0; got < len(back); {
		n, err := c.Read(buf[got:])
		if err != nil {
			return false
		}
		f.bytes.Add(int64(n))
		got += n
	}
	if !bytes.Equal(buf, back) {
		f.wrong.Store(true)
		return false
	}
	return true
}

// bulk has connections send large messages without a pause and returns bytes a second.
func bulk(addr string, n int) (float64, error) {
	conns, err := dialAll(addr, n)
	if err != nil {
		return 0, err
	}
	f := &flow{conns: conns}
	sent, _ := frames(2, largeSize, wire.OpBinary)
	for _, c := range conns {
		f.done.Go(func() {
			for {
				if _, err := c.Write(sent); err != nil {
					return
				}
			}
		})
		f.done.Go(func() {
			for buf := make([]byte, 256<<10); ; {
				n, err := c.Read(buf)
				if f.bytes.Add(int64(n)); err != nil {
					return
				}
			}
		})
	}
	m, err := f.measure(rateTime, func() time.Duration { return 0 })
	return m.bytes / m.seconds, err
}

// truncate empties a recording, so that the disk does not fill.
func truncate(name string) {
	if name != "" {
		os.Truncate(name, 0)
	}
}
