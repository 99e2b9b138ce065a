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

// rate lets a flow run and returns bytes a second.
func (f *flow) rate() (float64, error) {
	time.Sleep(warmTime)
	before, began := f.bytes.Load(), time.Now()
	time.Sleep(rateTime)
	rate := float64(f.bytes.Load()-before) / time.Since(began).Seconds()
	closeAll(f.conns)
	f.done.Wait()
	if f.wrong.Load() {
		return 0, errors.New("something else came back")
	}
	return rate, nil
}

// messages has many connections send batches of small messages, each when the
// one before has come back, and returns messages a second.
func messages(addr string) (float64, error) {
	conns, err := dialAll(addr, smallConns)
	if err != nil {
		return 0, err
	}
	f := &flow{conns: conns}
	sent, back := frames(pipelined, smallSize, wire.OpText)
	for _, c := range conns {
		f.done.Go(func() {
			for f.batch(c, sent, back, make([]byte, len(back))) {
			}
		})
	}
	rate, err := f.rate()
	return rate / float64(len(back)/pipelined), err
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
	return f.rate()
}

// truncate empties a recording, so that the disk does not fill.
func truncate(name string) {
	if name != "" {
		os.Truncate(name, 0)
	}
}
