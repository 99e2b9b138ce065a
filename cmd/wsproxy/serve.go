package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"runtime/debug"
	"sync/atomic"
	"time"

	"github.com/spf13/pflag"

	"wsprobe/internal/lint"
	"wsprobe/internal/metrics"
	"wsprobe/internal/record"
	"wsprobe/internal/relay"
	"wsprobe/internal/rewrite"
)

const serveUsage = `Forwarding:

` + listenUsage + `    --lossless            hold up the traffic rather than lose some of the record
` + metricsUsage + tlsUsage + faultUsage

// serveFlags are those of every command that forwards.
type serveFlags struct {
	listenFlags
	lossless bool
	metrics  metricsFlags
	tls      tlsFlags
	fault    faultFlags
}

func (s *serveFlags) define(flags *pflag.FlagSet) {
	s.listenFlags.define(flags)
	flags.BoolVar(&s.lossless, "lossless", false, "")
	s.metrics.define(flags)
	s.tls.define(flags)
	s.fault.define(flags)
}

// load reads what the flags name.
func (s *serveFlags) load(talk io.Writer) error {
	if err := s.listenFlags.load(); err != nil {
		return mistake{err}
	}
	if err := s.fault.load(); err != nil {
		return mistake{err}
	}
	return s.tls.load(talk)
}

// setupServing defines the flags of a command that forwards, and returns what runs
// it, in the mode that begin makes of its flags and arguments.
func setupServing(flags *pflag.FlagSet, begin func(s *serveFlags, args []string) (mode, error)) func(context.Context, *app, []string) error {
	var s serveFlags
	var o outputFlags
	s.define(flags)
	o.define(flags)
	return func(ctx context.Context, a *app, args []string) error {
		m, err := begin(&s, args)
		if err != nil {
			return err
		}
		return serve(ctx, a, &s, &o, m)
	}
}

// inflateLimit is how large a compressed message may be to be looked into: a
// bomb costs no more than that.
const inflateLimit = 1 << 20

// unfinishedLimit is how many bytes of messages that are not whole yet are held for all
// connections.
const unfinishedLimit = 128 << 20

// dialTimeout is how long the server may take to accept a connection.
const dialTimeout = 10 * time.Second

// destination is a server that a client wants to reach.
type destination struct {
	addr   string // host:port, or the path of a Unix socket
	socket bool   // it is one
	url    string // as it is shown
	target string // of requests, that a URL of a Unix socket has
	secure bool   // the server is reached over TLS
	fixed  bool   // whatever the client does; else also where the client uses TLS
	named  bool   // its own name is what it is to be asked for
}

// route is what a mode found out of a connection that it accepted.
type route struct {
	destination
	client net.Conn
	first  []byte // what the client has sent already, and the server is to get

	// accepted tells the client that the server is there; nil: it does not ask.
	accepted func(server net.Conn) error
	// refused tells the client why it is not, and ends its connection; nil: that is
	// reset.
	refused func(why error)
	// changes says what becomes of the heads of HTTP messages; nil: all stay.
	changes func(clientSecure bool, note func(string)) rewrite.Changes
	// moves says that the client may go on with another server on the same
	// connection, as changes finds out.
	moves bool
}

// mode finds out where clients want to go.
type mode interface {
	// name is what is said when we listen somewhere.
	name(at net.Addr) string
	// route finds out where a client wants to go, of which first has been read
	// already. An error ends the connection; what the client is told of it, the mode
	// has told.
	route(ctx context.Context, client net.Conn, first []byte) (route, error)
}

// proxy forwards what connects to it.
type proxy struct {
	mode  mode
	tls   *tlsFlags
	fault *faultFlags
	relay *relay.Relay
	watch *relay.Watch
	talk  io.Writer
	last  atomic.Uint64 // id of the latest connection
	front front
	doors *listenFlags
	own   net.Addr // where we listen
	count metrics.Source
}

// serve runs a proxy until ctx ends. Whatever is to be open is, before anything is
// said of it.
func serve(ctx context.Context, a *app, s *serveFlags, o *outputFlags, m mode) error {
	if err := s.load(a.talk); err != nil {
		return err
	}
	defer s.tls.close()
	if err := o.check(); err != nil {
		return err
	}
	listener, err := s.open(ctx)
	if err != nil {
		return err
	}
	defer listener.Close()
	if err := s.metrics.open(); err != nil {
		return err
	}
	defer s.metrics.close()
	o.unread = func() { fmt.Fprintf(a.talk, "wsproxy: %v; forwarding goes on\n", errUnread) }
	sinks, closeFiles, err := o.sinks(a.out)
	if err != nil {
		return err
	}
	defer closeFiles()
	economize()
	p := newProxy(a.talk, s, o.snaplen, m, sinks)
	p.own = listener.Addr()
	p.announce(s)
	o.ui.serve(ctx, a.talk, s.metrics.serve(ctx, a.talk, p.count))
	return p.run(ctx, listener)
}

// economize has memory collected earlier than is Go's default, unless the environment
// says when: what passes makes no garbage, so that it costs no time that can be
// measured, and a third of the memory of idle connections is saved.
func economize() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(50)
	}
}

// newProxy makes a proxy that tells sinks what passes, and keeps so much of each payload.
func newProxy(talk io.Writer, s *serveFlags, keep int, m mode, sinks []record.Sink) *proxy {
	log := relay.NewLog(s.lossless, sinks...)
	log.Report(func(err error) {
		fmt.Fprintf(talk, "wsproxy: not written any more, and the traffic goes on: %v\n", err)
	})
	count := metrics.Source{Totals: &relay.Totals{}, Log: log, Latency: &relay.Latency{}}
	p := &proxy{
		mode:  m,
		tls:   &s.tls,
		fault: &s.fault,
		relay: relay.New(relay.Options{Pause: log.Flush, Latency: count.Latency}),
		watch: &relay.Watch{Log: log, Keep: keep, Inflate: inflateLimit, Budget: lint.NewBudget(unfinishedLimit), Totals: count.Totals},
		talk:  talk,
		doors: &s.listenFlags,
		count: count,
	}
	p.watch.Number = p.number
	return p
}

// number gives the next connection its number.
func (p *proxy) number() uint64 { return p.last.Add(1) }

// announce says where the proxy listens, and what is to be known of that.
func (p *proxy) announce(s *serveFlags) {
	fmt.Fprintf(p.talk, "wsproxy: %s\n", p.mode.name(p.own))
	s.warn(p.talk, p.mode, p.own)
	s.fault.announce(p.talk)
}

// run serves clients until ctx ends.
func (p *proxy) run(ctx context.Context, listener net.Listener) error {
	defer context.AfterFunc(ctx, p.watch.Log.Hurry)()
	p.accept(ctx, listener)
	p.relay.Close()
	err := p.watch.Log.Close()
	p.sum()
	return err
}

// sum says what passed in all.
func (p *proxy) sum() {
	t, lost := p.watch.Totals, p.watch.Log.Lost()
	findings := uint64(0)
	for _, n := range t.Findings() {
		findings += n
	}
	fmt.Fprintf(p.talk, "wsproxy: connections %d, WebSockets %d; rules broken %d times\n", t.Opened.Load(), t.WebSockets.Load(), findings)
	if lost != (record.Loss{}) {
		fmt.Fprintf(p.talk, "wsproxy: not recorded: %d payloads, %d frames\n", lost.Payloads, lost.Events)
	}
}
