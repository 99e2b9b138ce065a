package main

import (
	"net"
	"runtime"

	"golang.org/x/sys/unix"

	"wsprobe/internal/wire"
)

// How much the echo server reads at once, and the longest header.
const (
	echoBuffer = 256 << 10
	maxHeader  = 14
)

// echo is a WebSocket server that does as little as it can: it sends each frame
// back without its mask, by epoll, from the buffer that it came in.
func echo(listen string) error {
	l, err := net.Listen("tcp", listen)
	if err != nil {
		return err
	}
	var loops []*echoLoop
	for range runtime.GOMAXPROCS(0) {
		loop := &echoLoop{}
		if loop.epoll, err = unix.EpollCreate1(unix.EPOLL_CLOEXEC); err != nil {
			return err
		}
		loops = append(loops, loop)
		go loop.run()
	}
	for i := 0; ; i++ {
		c, err := l.Accept()
		if err != nil {
			return err
		}
		if err := loops[i%len(loops)].take(c.(*net.TCPConn)); err != nil {
			return err
		}
	}
}

// echoLoop serves many connections with one buffer.
type echoLoop struct {
	epoll int
	conns [1 << 16]*echoConn // by file descriptor
}

// echoConn is a connection of the echo server.
type echoConn struct {
	fd      int
	open    bool   // the handshake is done
	rest    []byte // of a request, or of a header, that has not come whole
	header  wire.Header
	left    uint64 // bytes of the frame's payload that have not come
	pending []byte // bytes that could not be sent yet
}

// take has the loop serve a connection.
func (l *echoLoop) take(c *net.TCPConn) error {
	raw, err := c.SyscallConn()
	if err != nil {
		return err
	}
	fd := -1
	raw.Control(func(of uintptr) { fd, err = unix.FcntlInt(of, unix.F_DUPFD_CLOEXEC, 0) })
	c.Close()
	if err != nil {
		return err
	}
	l.conns[fd] = &echoConn{fd: fd}
	return unix.EpollCtl(l.epoll, unix.EPOLL_CTL_ADD, fd, &unix.EpollEvent{Events: unix.EPOLLIN, Fd: int32(fd)})
}

func (l *echoLoop) run() {
	buf := make([]byte, maxHeader+echoBuffer)
	events := make([]unix.EpollEvent, 256)
	for {
		n, _ := unix.EpollWait(l.epoll, events, -1)
		for _, e := range events[:max(n, 0)] {
			if c := l.conns[e.Fd]; !c.ready(l, e.Events, buf) {
				unix.Close(c.fd)
			}
		}
	}
}

// ready does what can be done, and reports whether the connection goes on.
func (c *echoConn) ready(l *echoLoop, events uint32, buf []byte) bool {
	if len(c.pending) > 0 {
		p := c.pending
		c.pending = nil
		if !c.send(p) {
			return false
		}
		if len(c.pending) > 0 {
			return true
		}
		c.watch(l, unix.EPOLLIN)
	}
	if events&^unix.EPOLLOUT == 0 {
		return true
	}
	kept := copy(buf, c.rest)
	n, err := unix.Read(c.fd, buf[kept:])
	if err == unix.EAGAIN {
		return true
	}
	if n <= 0 {
		return false
	}
	p := buf[:kept+n]
	if c.rest = c.rest[:0]; !c.open {
		return c.accept(p)
	}
	if !c.send(c.turn(p)) {
		return false
	}
	if len(c.pending) > 0 {
		c.watch(l, unix.EPOLLOUT)
	}
	return true
}

func (c *echoConn) watch(l *echoLoop, events uint32) {
	unix.EpollCtl(l.epoll, unix.EPOLL_CTL_MOD, c.fd, &unix.EpollEvent{Events: events, Fd: int32(c.fd)})
}

// accept answers the handshake; a client of ours sends nothing behind it.
func (c *echoConn) accept(p []byte) bool {
	r, _, err := wire.ParseRequest(p)
	if err == wire.ErrNeedMore {
		c.rest = append(c.rest, p...)
		return len(p) < echoBuffer
	}
	if err != nil {
		return false
	}
	c.open = true
	return c.send([]byte("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: " +
		wire.Accept(r.Get("Sec-WebSocket-Key")) + "\r\n\r\n"))
}

// turn makes the client's frames in p the server's, in place: what has no mask is shorter.
func (c *echoConn) turn(p []byte) []byte {
	out := p[:0]
	for len(p) > 0 {
		if c.left == 0 {
			h, n := wire.ParseHeader(p)
			if n == 0 {
				c.rest = append(c.rest, p...)
				break
			}
			p = p[n:]
			c.header, c.left = h, h.Length
			h.Masked = false
			out = h.Append(out)
			continue
		}
		n := min(c.left, uint64(len(p)))
		from := len(out)
		out = append(out, p[:n]...)
		wire.Mask(out[from:], c.header.Mask, c.header.Length-c.left)
		p, c.left = p[n:], c.left-n
	}
	return out
}

// send sends p, and keeps what does not fit.
func (c *echoConn) send(p []byte) bool {
	for len(p) > 0 {
		n, err := unix.Write(c.fd, p)
		if err == unix.EAGAIN {
			c.pending = append([]byte(nil), p...)
			return true
		}
		if err != nil {
			return false
		}
		p = p[n:]
	}
	return true
}
