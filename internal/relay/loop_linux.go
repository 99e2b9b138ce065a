package relay

import (
	"sync"
	"time"

	"golang.org/x/sys/unix"

	"wsprobe/internal/lint"
)

// What a loop reads at once, and how often from one link before the others have
// their turn.
const (
	readSize  = 256 << 10
	readTurns = 8
	maxReady  = 256
)

// loop passes the bytes of many links in one goroutine, as epoll says that they
// can be read and written. Its one buffer serves all of them, so that an idle link
// has none.
type loop struct {
	relay *Relay
	epoll int
	wake  int // an eventfd
	buf   []byte
	links map[int32]*end // by file descriptor
	pipes pipes
	sampler

	mu     sync.Mutex
	added  []*link
	closed bool
}

// newLoop makes a loop; run runs it.
func newLoop(r *Relay) (*loop, error) {
	l := &loop{relay: r, sampler: sampler{to: r.o.Latency}, buf: make([]byte, readSize), links: map[int32]*end{}}
	var err error
	if l.epoll, err = unix.EpollCreate1(unix.EPOLL_CLOEXEC); err != nil {
		return nil, err
	}
	if l.wake, err = unix.Eventfd(0, unix.EFD_CLOEXEC|unix.EFD_NONBLOCK); err != nil {
		unix.Close(l.epoll)
		return nil, err
	}
	return l, unix.EpollCtl(l.epoll, unix.EPOLL_CTL_ADD, l.wake, &unix.EpollEvent{Events: unix.EPOLLIN, Fd: int32(l.wake)})
}

// add hands a link to the loop.
func (l *loop) add(k *link) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		k.abort(l.now())
		return
	}
	l.added = append(l.added, k)
	l.rouse()
}

// stop ends the loop and its links.
func (l *loop) stop() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.closed = true
	l.rouse()
}

func (l *loop) rouse() { unix.Write(l.wake, []byte{1, 0, 0, 0, 0, 0, 0, 0}) }

// run passes bytes until stop.
func (l *loop) run() {
	events := make([]unix.EpollEvent, maxReady)
	for {
		n := l.wait(events)
		for i := range events[:n] {
			if e := l.links[events[i].Fd]; e != nil {
				e.ready(l, events[i].Events)
			}
		}
		if !l.takeAdded() {
			l.end()
			return
		}
	}
}

// wait returns how many events there are. Before it sleeps, whoever looks at the
// traffic is told that there is a pause.
func (l *loop) wait(events []unix.EpollEvent) int {
	if n, err := unix.EpollWait(l.epoll, events, 0); n > 0 && err == nil {
		return n
	}
	l.relay.o.Pause()
	n, err := unix.EpollWait(l.epoll, events, -1)
	if err != nil { // EINTR
		return 0
	}
	return n
}

// takeAdded starts what was added, and reports whether the loop goes on.
func (l *loop) takeAdded() bool {
	l.mu.Lock()
	added, closed := l.added, l.closed
	l.added = nil
	l.mu.Unlock()
	if len(added) > 0 || closed {
		var count [8]byte
		unix.Read(l.wake, count[:])
	}
	for _, k := range added {
		k.start(l)
	}
	return !closed
}

// end gives up what is still there.
func (l *loop) end() {
	for _, e := range l.links {
		e.link.abort(l.now())
	}
	l.pipes.close()
	unix.Close(l.wake)
	unix.Close(l.epoll)
}

// now is the time that taps are told.
func (l *loop) now() time.Duration { return time.Since(l.relay.began) }

// link is two connections whose bytes are passed to each other.
type link struct {
	ends [2]end
	ender
	skipper Skipper // the tap, where it is one
	gone    bool
}

// end is one of the two connections.
type end struct {
	link    *link
	side    lint.Side
	fd      int
	events  uint32 // that epoll was asked for; 0: not registered
	pending []byte // read from the other end and not yet written here
	pipe    *pipe  // the same, in the kernel; never both
	ended   bool   // its stream has ended: nothing more comes
	shut    bool   // ours has: nothing more is written
	reset   bool   // with a reset
	failed  bool   // a write has failed: the connection is dead that way
	large   bool   // a large frame has just been passed: another may follow
	corked  bool   // what was written here may wait for what follows (MSG_MORE)
}

func (e *end) other() *end { return &e.link.ends[1-e.side] }

// waits reports whether there are bytes that could not be written here yet.
func (e *end) waits() bool { return len(e.pending) > 0 || e.pipe != nil }

// newLink makes a link of two non-blocking sockets, which it closes in the end.
func newLink(client, server int, tap Tap) *link {
	k := &link{ender: ender{tap: tap}}
	k.skipper, _ = tap.(Skipper)
	k.ends[lint.Client] = end{link: k, side: lint.Client, fd: client}
	k.ends[lint.Server] = end{link: k, side: lint.Server, fd: server}
	return k
}

func (k *link) start(l *loop) {
	for i := range k.ends {
		e := &k.ends[i]
		l.links[int32(e.fd)] = e
		e.watch(l)
	}
}

// watch asks epoll for what the end can do now.
func (e *end) watch(l *loop) {
	var events uint32
	if o := e.other(); !e.ended && !o.waits() && !o.shut {
		events |= unix.EPOLLIN
	}
	if e.waits() {
		events |= unix.EPOLLOUT
	}
	if events == e.events {
		return
	}
	op := unix.EPOLL_CTL_MOD
	switch {
	case e.events == 0:
		op = unix.EPOLL_CTL_ADD
	case events == 0: // else epoll would go on to tell of its end
		op = unix.EPOLL_CTL_DEL
	}
	e.events = events
	unix.EpollCtl(l.epoll, op, e.fd, &unix.EpollEvent{Events: events, Fd: int32(e.fd)})
}

// ready does what epoll says can be done.
func (e *end) ready(l *loop, events uint32) {
	k := e.link
	if events&(unix.EPOLLOUT|unix.EPOLLERR|unix.EPOLLHUP) != 0 && e.waits() {
		e.flush(l)
	}
	if !k.gone && events&(unix.EPOLLIN|unix.EPOLLERR|unix.EPOLLHUP) != 0 {
		e.read(l)
	}
	if k.gone || k.dead(l) {
		return
	}
	for i := range k.ends {
		k.ends[i].watch(l)
	}
}

// dead ends a link of which one connection can neither be read nor written.
func (k *link) dead(l *loop) bool {
	for i := range k.ends {
		if e := &k.ends[i]; e.ended && (e.failed || e.reset && !e.other().waits()) {
			linger(e.other().fd)
			k.close(l)
			return true
		}
	}
	return false
}

// linger has a socket closed with a reset.
func linger(fd int) {
	unix.SetsockoptLinger(fd, unix.SOL_SOCKET, unix.SO_LINGER, &unix.Linger{Onoff: 1})
}

// read passes on what has come, for a few turns.
func (e *end) read(l *loop) {
	o := e.other()
	for range readTurns {
		if e.ended || o.waits() || !e.pass(l, o) {
			break
		}
	}
	if o.corked && !e.link.gone {
		o.uncork()
	}
}

// pass passes on what has come, once, and reports whether there may be more.
func (e *end) pass(l *loop, o *end) bool {
	if n := e.skippable(l); n > 0 {
		return e.splice(l, o, n)
	}
	buf, large := l.buf, e.large
	if large { // what comes is a header; its payload may then be passed without us
		buf, e.large = buf[:peekSize], false
	}
	n, err := unix.Read(e.fd, buf)
	if n <= 0 {
		e.nothing(l, err)
		return false
	}
	at := l.now() // what this leads to on other links has a later time
	o.corked = large && n == len(buf)
	o.write(buf[:n])
	if l.due() && !o.waits() {
		l.to.add(l.now() - at)
	}
	e.link.tap.Data(e.side, at, buf[:n])
	return n == len(buf)
}

// nothing takes what a read gave that gave no bytes.
func (e *end) nothing(l *loop, err error) {
	switch {
	case err == unix.EAGAIN || err == unix.EINTR:
	case err != nil:
		e.ended, e.reset = true, true
		e.link.end(e.side, l.now(), lint.EndReset)
	default:
		e.finish(l)
	}
}

// write writes p, and keeps what does not fit.
func (e *end) write(p []byte) {
	for len(p) > 0 && !e.failed && !e.shut {
		n, err := e.put(p)
		switch {
		case err == unix.EINTR:
		case err == unix.EAGAIN:
			e.pending = append(e.pending[:0], p...)
			return
		case err != nil:
			e.failed = true
		default:
			p = p[n:]
		}
	}
}

// put writes p once.
func (e *end) put(p []byte) (int, error) {
	if e.corked {
		return unix.SendmsgN(e.fd, p, nil, nil, unix.MSG_MORE)
	}
	return unix.Write(e.fd, p)
}

// uncork has what waits sent: by saying once more what the runtime says of each socket.
func (e *end) uncork() {
	e.corked = false
	unix.SetsockoptInt(e.fd, unix.IPPROTO_TCP, unix.TCP_NODELAY, 1)
}

// flush writes what did not fit before.
func (e *end) flush(l *loop) {
	if e.pipe != nil {
		e.drain(l)
	} else {
		p := e.pending
		e.pending = nil
		e.write(p)
	}
	if o := e.other(); !e.waits() && o.ended && !o.reset {
		e.shutdown(l)
	}
}

// finish passes on the end of a stream: half of the link may go on.
func (e *end) finish(l *loop) {
	e.ended = true
	e.link.end(e.side, l.now(), lint.EndFIN)
	if o := e.other(); !o.waits() {
		o.shutdown(l)
	}
}

// shutdown ends our stream to this end, and the link where both have ended.
func (e *end) shutdown(l *loop) {
	if e.shut {
		return
	}
	e.shut = true
	unix.Shutdown(e.fd, unix.SHUT_WR)
	if o := e.other(); e.ended && o.ended && (o.shut || o.failed) {
		e.link.close(l)
	}
}

// close ends the link.
func (k *link) close(l *loop) {
	k.gone = true
	for i := range k.ends {
		delete(l.links, int32(k.ends[i].fd))
		k.ends[i].release()
	}
	k.tap.Closed(l.now())
}

// abort ends a link that no loop runs any more, both ways with a reset.
func (k *link) abort(at time.Duration) {
	if k.gone {
		return
	}
	k.gone = true
	for i := range k.ends {
		linger(k.ends[i].fd)
		k.ends[i].release()
	}
	k.tap.Closed(at)
}

// release closes an end.
func (e *end) release() {
	unix.Close(e.fd)
	if e.pipe != nil {
		e.pipe.close()
		e.pipe = nil
	}
}
