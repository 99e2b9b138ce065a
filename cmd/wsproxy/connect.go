package main

import (
	"context"
	"errors"
	"io"
	"net"
	"net/netip"
	"slices"
	"sync"
	"syscall"
	"time"

	"wsprobe/internal/forward"
	"wsprobe/internal/relay"
	"wsprobe/internal/rewrite"
	"wsprobe/report"
)

// accept accepts clients until ctx ends.
func (p *proxy) accept(ctx context.Context, listener net.Listener) {
	stop := context.AfterFunc(ctx, func() { listener.Close() })
	defer stop()
	var connecting sync.WaitGroup
	defer connecting.Wait()
	for {
		c, err := listener.Accept()
		switch {
		case errors.Is(err, net.ErrClosed):
			return
		case err != nil: // out of files, say
			time.Sleep(50 * time.Millisecond)
		default:
			connecting.Go(func() {
				if err := p.connect(ctx, c); err != nil && err != errNothing {
					p.complain(err)
				}
			})
		}
	}
}

// complain says what went wrong with a client, and what to do about it.
func (p *proxy) complain(err error) {
	text := "wsproxy: " + report.Clean(err.Error()) + "\n"
	if h := (hinted{}); errors.As(err, &h) {
		text += "wsproxy: hint: " + h.hint + "\n"
	}
	io.WriteString(p.talk, text)
}

// errNothing says that a client left without a word. Nobody needs to know.
var errNothing = errors.New("the client said nothing")

// connect connects a client to the server that it wants, and then to the next.
func (p *proxy) connect(ctx context.Context, client net.Conn) error {
	if err := p.doors.admits(client.RemoteAddr()); err != nil {
		client.Close()
		return err
	}
	var first []byte
	for {
		next, err := p.link(ctx, client, first)
		if err != nil || next == nil {
			return err
		}
		if first = next(ctx); first == nil {
			return nil
		}
	}
}

// link finds out where a client wants to go, and links it with that server.
func (p *proxy) link(ctx context.Context, client net.Conn, first []byte) (next func(context.Context) []byte, err error) {
	ctx, leave := p.front.enter(ctx, client)
	defer leave()
	r, err := p.mode.route(ctx, client, first)
	if err != nil {
		client.Close()
		return nil, err
	}
	server, err := p.reach(ctx, &r)
	if err != nil {
		refuse(client, &r, err)
		return nil, err
	}
	l, known, err := p.tls.join(ctx, &r, server)
	if err != nil {
		server.Close()
		if known || errors.Is(err, errSilent) {
			client.Close() // behind an alert, or as a server ends what it waited for
		} else {
			refuse(client, &r, err)
		}
		return nil, err
	}
	c := &l.conn
	c.ID, c.Secure, c.Start, c.Offset = p.number(), c.ServerTLS != nil, time.Now(), p.relay.Now()
	c.Client, c.ClientSocket = end(client.RemoteAddr())
	c.Server, c.ServerSocket = end(server.RemoteAddr())
	tap := p.watch.Tap(*c)
	p.tell(l, tap)
	next = p.rewrite(&r, l, tap)
	p.fault.link(p.relay, c, l.client, l.server, tap, l.first)
	return next, nil
}

// reach connects to the server of a route, and tells the client.
func (p *proxy) reach(ctx context.Context, r *route) (net.Conn, error) {
	server, err := p.dial(ctx, &r.destination)
	if err != nil || r.accepted == nil {
		return server, err
	}
	r.refused = nil // what it is told from now on, it takes for the server's
	if err := r.accepted(server); err != nil {
		server.Close()
		return nil, err
	}
	return server, nil
}

// rewrite has heads changed as the route says. next is set where the client may go
// on with another server.
func (p *proxy) rewrite(r *route, l *legs, tap relay.Tap) (next func(context.Context) []byte) {
	if r.changes == nil {
		return nil
	}
	note := func(string) {}
	if n, ok := tap.(relay.Noter); ok {
		note = func(text string) { n.Note(p.relay.Now(), text) }
	}
	if l.conn.Opaque != "" {
		note("no head is changed: they are not HTTP/1")
		return nil
	}
	c := rewrite.New(l.client, l.server, l.first, r.changes(l.conn.ClientTLS != nil, note))
	l.client, l.first = c, nil
	if r.moves {
		next = c.Next
	}
	return next
}

// tell notes what is to be known of the TLS of a connection, now and later.
func (p *proxy) tell(l *legs, tap relay.Tap) {
	noter, ok := tap.(relay.Noter)
	if !ok {
		return
	}
	for _, text := range l.notes {
		noter.Note(p.relay.Now(), text)
	}
	if l.watch != nil {
		l.watch.tell = func(err error) {
			p.complain(err)
			noter.Note(p.relay.Now(), report.Clean(err.Error()))
		}
	}
}

// refuse ends the connection of a client whose server cannot be reached.
func refuse(client net.Conn, r *route, why error) {
	if r.refused != nil {
		r.refused(why)
		return
	}
	if t, ok := client.(*net.TCPConn); ok {
		t.SetLinger(0)
	}
	client.Close()
}

// dial connects to a server.
func (p *proxy) dial(ctx context.Context, to *destination) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, dialTimeout)
	defer cancel()
	return to.connect(ctx, &net.Dialer{Control: p.prepare})
}

// prepare prepares a socket that is to connect to a server.
func (p *proxy) prepare(network, address string, c syscall.RawConn) error {
	if err := p.notToUs(network, address); err != nil {
		return err
	}
	return relay.Unpaced(network, address, c)
}

// notToUs refuses to connect to where we listen ourselves: each connection would
// bring another.
func (p *proxy) notToUs(network, address string) error {
	if network == "unix" {
		if u, ok := p.own.(*net.UnixAddr); ok && sameSocket(u.Name, address) {
			return forward.ErrLoop
		}
		return nil
	}
	to, err := netip.ParseAddrPort(address)
	own := unmapped(p.own)
	if err != nil || to.Port() != own.Port() {
		return nil
	}
	ip, here := to.Addr().Unmap(), own.Addr()
	if ip == here || ip.IsUnspecified() || here.IsUnspecified() && (ip.IsLoopback() || ofThisMachine(ip)) {
		return forward.ErrLoop
	}
	return nil
}

// ofThisMachine reports whether an interface has that address.
func ofThisMachine(ip netip.Addr) bool {
	all, _ := net.InterfaceAddrs()
	return slices.ContainsFunc(all, func(a net.Addr) bool {
		prefix, err := netip.ParsePrefix(a.String())
		return err == nil && prefix.Addr() == ip.WithZone("")
	})
}
