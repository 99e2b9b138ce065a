package record

import (
	"encoding/base64"
	"fmt"
	"net/netip"
	"time"

	"wsprobe/internal/lint"
)

// asHTTP1 is a sink that tells another of WebSockets in HTTP/2 as if they were
// connections of HTTP/1.1.
type asHTTP1 struct {
	Sink
	short PlainSink
	conns map[uint64]*madeUp
}

// madeUp is a connection that a stream is told as.
type madeUp struct {
	Conn
	key    string
	longer [2]uint64 // by how much the head of each side is
}

// AsHTTP1 stands before a sink that knows no HTTP/2: the heads of its WebSockets are
// those that say the same in HTTP/1.1, and each has a port of its own at the client.
func AsHTTP1(s Sink) PlainSink {
	short, _ := s.(PlainSink)
	return &asHTTP1{Sink: s, short: short, conns: map[uint64]*madeUp{}}
}

// Open implements Sink.
func (s *asHTTP1) Open(c *Conn) {
	if c.Stream == 0 {
		s.Sink.Open(c)
		return
	}
	m := &madeUp{Conn: *c, key: base64.StdEncoding.EncodeToString(fmt.Appendf(nil, "stream %09d", c.Stream%1e9))}
	m.Client = netip.AddrPortFrom(c.Client.Addr(), madeUpPort(c.ID))
	s.conns[c.ID] = m
	s.Sink.Open(&m.Conn)
	s.Sink.Note(&m.Conn, c.Offset, fmt.Sprintf("This was stream %d of connection %d, HTTP/2, from %s. The port is made up, and the heads: "+
		"they say in HTTP/1.1 what was said there.", c.Stream, c.Within, shownEnd(c, lint.Client)))
}

// madeUpPort is below those that systems give to clients, so that no connection has the
// same, and above those by which programs are known.
func madeUpPort(id uint64) uint16 { return uint16(10_000 + id%20_000) }

// Event implements Sink.
func (s *asHTTP1) Event(c *Conn, e *lint.Event) {
	m := s.conns[c.ID]
	if m == nil {
		s.Sink.Event(c, e)
		return
	}
	x := *e
	x.Offset += m.longer[e.Side]
	switch {
	case e.Request != nil:
		x.Request = e.Request.HTTP1(m.key)
		x.Size += uint64(len(x.Request.Raw)) - uint64(len(e.Request.Raw)) // may wrap, and back
	case e.Response != nil:
		x.Response = e.Response.HTTP1(m.key)
		x.Size += uint64(len(x.Response.Raw)) - uint64(len(e.Response.Raw))
	}
	m.longer[e.Side] += x.Size - e.Size
	s.Sink.Event(&m.Conn, &x)
}

// Plain implements PlainSink.
func (s *asHTTP1) Plain(c *Conn, p *Plain) {
	if s.short == nil {
		for _, e := range p.Events() {
			s.Event(c, &e)
		}
		return
	}
	if m := s.conns[c.ID]; m != nil {
		x := *p
		x.Offset += m.longer[p.Side]
		c, p = &m.Conn, &x
	}
	s.short.Plain(c, p)
}

// Note implements Sink.
func (s *asHTTP1) Note(c *Conn, at time.Duration, text string) {
	if m := s.conns[c.ID]; m != nil {
		c = &m.Conn
	}
	s.Sink.Note(c, at, text)
}

// Close implements Sink.
func (s *asHTTP1) Close(c *Conn, at time.Duration) {
	if m := s.conns[c.ID]; m != nil {
		c = &m.Conn
		delete(s.conns, c.ID)
	}
	s.Sink.Close(c, at)
}
