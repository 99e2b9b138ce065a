package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/term"

	"wsprobe/internal/record"
	"wsprobe/internal/relay"
	"wsprobe/report"
)

// inflateLimit is how large a compressed message may be to be looked into: a
// bomb costs no more than that.
const inflateLimit = 1 << 20

// dialTimeout is how long the server may take to accept a connection.
const dialTimeout = 10 * time.Second

// to takes the address of the server from the argument.
func (o *options) to(arg string) error {
	if !strings.Contains(arg, "://") {
		arg = "ws://" + arg
	}
	u, err := url.Parse(arg)
	if err != nil || u.Host == "" {
		return fmt.Errorf("%q is no URL", arg)
	}
	port := "80"
	switch u.Scheme {
	case "ws", "http":
		if o.cacert != "" || o.insecure {
			return errors.New("--cacert and --insecure are for wss://")
		}
	case "wss", "https":
		port = "443"
		if o.tls, err = o.trust(u.Hostname()); err != nil {
			return err
		}
	default:
		return fmt.Errorf("%s:// is not forwarded to; ws:// and wss:// are", u.Scheme)
	}
	o.url, o.target = u.String(), u.Host
	if u.Port() == "" {
		o.target = net.JoinHostPort(u.Hostname(), port)
	}
	return nil
}

// trust says whom to take for the server of that name.
func (o *options) trust(name string) (*tls.Config, error) {
	c := &tls.Config{ServerName: name, InsecureSkipVerify: o.insecure}
	if o.cacert == "" {
		return c, nil
	}
	pem, err := os.ReadFile(o.cacert)
	if err != nil {
		return nil, err
	}
	c.RootCAs = x509.NewCertPool()
	if !c.RootCAs.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("%s holds no certificate in PEM", o.cacert)
	}
	return c, nil
}

// sinks opens what the flags ask for.
func (o *options) sinks(stdout io.Writer) (sinks []record.Sink, close func(), err error) {
	var files []*os.File
	close = func() {
		for _, f := range files {
			f.Close()
		}
	}
	for _, name := range o.write {
		f, err := os.Create(name)
		if err != nil {
			close()
			return nil, nil, err
		}
		files = append(files, f)
		switch {
		case strings.HasSuffix(name, ".jsonl"):
			sinks = append(sinks, record.NewJSONL(f))
		case strings.HasSuffix(name, ".pcapng"):
			sinks = append(sinks, record.NewPacketSink(f))
		default:
			close()
			return nil, nil, fmt.Errorf("%s: a file ends in .jsonl or .pcapng", name)
		}
	}
	switch {
	case o.quiet:
	case o.format == "json":
		sinks = append(sinks, record.NewJSONL(stdout))
	default:
		sinks = append(sinks, record.NewConsole(stdout, o.look(stdout)))
	}
	return sinks, close, nil
}

// look is how text is shown.
func (o *options) look(stdout io.Writer) report.Options {
	r := report.Options{Verbose: o.verbose}
	if f, ok := stdout.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		r.Width, _, _ = term.GetSize(int(f.Fd()))
		r.Color = os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"
	}
	return r
}

// forward runs the proxy until ctx ends.
func forward(ctx context.Context, o *options, stdout, stderr io.Writer) error {
	listener, err := net.Listen("tcp", o.listen)
	if err != nil {
		return err
	}
	sinks, closeFiles, err := o.sinks(stdout)
	if err != nil {
		listener.Close()
		return err
	}
	defer closeFiles()
	log := relay.NewLog(o.lossless, sinks...)
	p := &proxy{
		o:     o,
		relay: relay.New(relay.Options{Pause: log.Flush}),
		watch: &relay.Watch{Log: log, Keep: o.snaplen, Inflate: inflateLimit, Totals: &relay.Totals{}},
		talk:  stderr,
	}
	fmt.Fprintf(stderr, "wsproxy: forwarding ws://%s/ to %s\n", listener.Addr(), o.url)
	p.serve(ctx, listener)
	p.relay.Close()
	err = log.Close()
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
	fmt.Fprintf(p.talk, "wsproxy: connections %d, of them WebSocket %d; rules broken %d times\n", t.Opened.Load(), t.WebSockets.Load(), findings)
	if lost != (record.Loss{}) {
		fmt.Fprintf(p.talk, "wsproxy: not recorded: %d payloads, %d frames\n", lost.Payloads, lost.Events)
	}
}

// proxy forwards what connects to it.
type proxy struct {
	o     *options
	relay *relay.Relay
	watch *relay.Watch
	talk  io.Writer
	last  atomic.Uint64 // id of the latest connection
}

// serve accepts until ctx ends.
func (p *proxy) serve(ctx context.Context, listener net.Listener) {
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
			connecting.Go(func() { p.connect(ctx, c.(*net.TCPConn)) })
		}
	}
}

// connect connects a client to the server.
func (p *proxy) connect(ctx context.Context, client *net.TCPConn) {
	server, err := p.dial(ctx)
	if err != nil {
		fmt.Fprintf(p.talk, "wsproxy: %v\n", err)
		client.SetLinger(0)
		client.Close()
		return
	}
	c := record.Conn{
		ID: p.last.Add(1), URL: p.o.url, Secure: p.o.tls != nil, Start: time.Now(), Offset: p.relay.Now(),
		Client: client.RemoteAddr().(*net.TCPAddr).AddrPort(), Server: server.RemoteAddr().(*net.TCPAddr).AddrPort(),
	}
	p.relay.Link(client, server, p.watch.Tap(c))
}

// dial connects to the server.
func (p *proxy) dial(ctx context.Context) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, dialTimeout)
	defer cancel()
	var plain net.Dialer
	if p.o.tls == nil {
		return plain.DialContext(ctx, "tcp", p.o.target)
	}
	secured := tls.Dialer{NetDialer: &plain, Config: p.o.tls}
	return secured.DialContext(ctx, "tcp", p.o.target)
}
