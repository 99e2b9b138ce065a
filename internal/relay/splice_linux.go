package relay

import "golang.org/x/sys/unix"

// How payload is passed that nobody wants to see: in the kernel, from socket to
// pipe to socket, without being copied.
const (
	pipeSize  = 1 << 20
	spliceMin = 64 << 10 // with less to come, a copy costs no more
	peekSize  = 4 << 10  // read where a header is expected and payload behind it
	maxPipes  = 16       // kept, of those that are not in use
)

// pipe holds bytes on their way.
type pipe struct {
	r, w int
	held int
}

func (p *pipe) close() {
	unix.Close(p.r)
	unix.Close(p.w)
}

// pipes are those of one loop. Only bytes that wait to be written keep one.
type pipes struct {
	free []*pipe
	none bool // the system gives none, or cannot splice
}

func (ps *pipes) take() *pipe {
	if n := len(ps.free); n > 0 {
		p := ps.free[n-1]
		ps.free = ps.free[:n-1]
		return p
	}
	var fds [2]int
	if unix.Pipe2(fds[:], unix.O_CLOEXEC|unix.O_NONBLOCK) != nil {
		return nil
	}
	// Less is as right, and slower.
	unix.FcntlInt(uintptr(fds[1]), unix.F_SETPIPE_SZ, pipeSize)
	return &pipe{r: fds[0], w: fds[1]}
}

// give takes back a pipe that is empty.
func (ps *pipes) give(p *pipe) {
	if len(ps.free) == maxPipes {
		p.close()
		return
	}
	ps.free = append(ps.free, p)
}

func (ps *pipes) close() {
	for _, p := range ps.free {
		p.close()
	}
	ps.free = nil
}

// skippable returns how many of the next bytes are to be passed by splice.
func (e *end) skippable(l *loop) uint64 {
	if e.link.skipper == nil || l.pipes.none {
		return 0
	}
	n := e.link.skipper.Skippable(e.side)
	if n < spliceMin && !e.large {
		return 0
	}
	return n
}

// splice passes on up to n bytes that have come, and reports whether there may be more.
func (e *end) splice(l *loop, o *end, n uint64) bool {
	p := l.pipes.take()
	if p == nil { // out of files, say
		l.pipes.none = true
		return true
	}
	got, err := unix.Splice(e.fd, nil, p.w, nil, int(min(n, pipeSize)), unix.SPLICE_F_NONBLOCK|unix.SPLICE_F_MOVE)
	if got <= 0 {
		l.pipes.give(p)
		if err == unix.EINVAL {
			l.pipes.none = true
			return true
		}
		e.nothing(l, err)
		return false
	}
	e.large = true
	p.held = int(got)
	o.pipe = p
	o.drain(l)
	e.link.skipper.Skipped(e.side, l.now(), uint64(got))
	return true
}

// drain writes what is held in a pipe.
func (e *end) drain(l *loop) {
	p := e.pipe
	for p.held > 0 && !e.failed && !e.shut {
		n, err := unix.Splice(p.r, nil, e.fd, nil, p.held, unix.SPLICE_F_NONBLOCK|unix.SPLICE_F_MOVE)
		switch {
		case err == unix.EINTR:
		case err == unix.EAGAIN:
			return
		case err != nil:
			e.failed = true
		default:
			p.held -= int(n)
			e.corked = false // what waited went with it
		}
	}
	e.pipe = nil
	if p.held > 0 {
		p.close()
		return
	}
	l.pipes.give(p)
}
