// Package recordtest records real conversations for tests, and serves small servers
// to have them with.
package recordtest

import (
	"net"
	"testing"
	"time"

	"wsprobe/internal/record"
	"wsprobe/internal/relay"
)

// closing is a sink that tells of each connection that is over.
type closing struct {
	*record.Gather
	over chan struct{}
}

func (c closing) Close(conn *record.Conn, at time.Duration) {
	c.Gather.Close(conn, at)
	c.over <- struct{}{}
}

// Record forwards to a server while talk is talking to an address, and returns what
// passed. Further sinks are told of it too. talk ends the connections that it begins.
func Record(t *testing.T, server string, talk func(addr string), sinks ...record.Sink) []*record.Talk {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	all := closing{record.NewGather(0), make(chan struct{}, 1000)}
	log := relay.NewLog(true, append(sinks, all)...)
	r := relay.New(relay.Options{Pause: log.Flush})
	w := &relay.Watch{Log: log, Keep: 1 << 24, Inflate: 1 << 24, Totals: &relay.Totals{}}
	accepted := make(chan int)
	go func() { accepted <- forward(t, l, server, r, w) }()
	talk(l.Addr().String())
	l.Close()
	for range <-accepted {
		<-all.over
	}
	r.Close()
	log.Close()
	return all.Talks()
}

// forward forwards what connects until l is closed, and returns how many did.
func forward(t *testing.T, l net.Listener, server string, r *relay.Relay, w *relay.Watch) (n int) {
	for {
		c, err := l.Accept()
		if err != nil {
			return n
		}
		s, err := net.Dial("tcp", server)
		if err != nil {
			t.Error(err)
			c.Close()
			continue
		}
		n++
		r.Link(c, s, w.Tap(record.Conn{
			ID: uint64(n), Start: time.Now(), Offset: r.Now(), URL: "ws://" + server,
			Client: c.RemoteAddr().(*net.TCPAddr).AddrPort(), Server: s.RemoteAddr().(*net.TCPAddr).AddrPort(),
		}), nil)
	}
}
