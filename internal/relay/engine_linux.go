package relay

import (
	"net"
	"runtime"
	"sync"
	"sync/atomic"

	"golang.org/x/sys/unix"
)

// loops are one loop a processor.
type loops struct {
	all  []*loop
	next atomic.Uint32
	done sync.WaitGroup
}

// newEngine starts the loops; nil where the system has no room for them.
func newEngine(r *Relay) engine {
	ls := &loops{}
	for range runtime.GOMAXPROCS(0) {
		l, err := newLoop(r)
		if err != nil {
			ls.close()
			return nil
		}
		ls.all = append(ls.all, l)
		ls.done.Go(l.run)
	}
	return ls
}

func (ls *loops) link(client, server *net.TCPConn, tap Tap) bool {
	c, err := takeOver(client)
	if err != nil {
		return false
	}
	s, err := takeOver(server)
	if err != nil {
		unix.Close(c)
		return false
	}
	client.Close()
	server.Close()
	ls.all[int(ls.next.Add(1))%len(ls.all)].add(newLink(c, s, tap))
	return true
}

// takeOver returns a socket of our own for a connection, which the runtime's
// poller knows nothing of. It stays non-blocking, as the runtime has made it.
func takeOver(c *net.TCPConn) (fd int, err error) {
	raw, err := c.SyscallConn()
	if err != nil {
		return -1, err
	}
	failed := raw.Control(func(of uintptr) {
		fd, err = unix.FcntlInt(of, unix.F_DUPFD_CLOEXEC, 0)
	})
	if failed != nil {
		return -1, failed
	}
	return fd, err
}

func (ls *loops) close() {
	for _, l := range ls.all {
		l.stop()
	}
	ls.done.Wait()
}
