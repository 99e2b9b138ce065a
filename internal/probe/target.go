package probe

import (
	"cmp"
	"context"
	"crypto/rand"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"wsprobe/internal/casefile"
	"wsprobe/internal/wire"
)

// endpoint is where a target listens and how it is spoken to.
type endpoint struct {
	url    *url.URL
	addr   string // host:port to dial
	host   string // value of the Host field
	secure bool
	opts   *Options

	slowness time.Duration // how long it took to open and close a connection
	touchy   touchy        // how it ends a connection for a message of no protocol
	pushes   atomic.Bool   // data came that nobody had asked for
	gone     func() bool   // whether there is no use in waiting for it; nil: never known
}

// parseEndpoint reads a target's URL.
func parseEndpoint(raw string, o *Options) (*endpoint, error) {
	u, err := url.Parse(raw)
	if err != nil {
		return nil, fmt.Errorf("target URL: %w", err)
	}
	e := &endpoint{url: u, opts: o, secure: u.Scheme == "wss"}
	if u.Scheme != "ws" && u.Scheme != "wss" {
		return nil, fmt.Errorf("target URL %q does not begin with ws:// or wss://", raw)
	}
	if u.Hostname() == "" {
		return nil, fmt.Errorf("target URL %q names no host", raw)
	}
	if u.Fragment != "" {
		return nil, fmt.Errorf("target URL %q has a fragment; RFC 6455 §3 allows none", raw)
	}
	port, defaultPort := u.Port(), "80"
	if e.secure {
		defaultPort = "443"
	}
	e.host = strings.ToLower(u.Hostname())
	if strings.Contains(e.host, ":") {
		e.host = "[" + e.host + "]"
	}
	if port == "" {
		port = defaultPort
	}
	if port != defaultPort {
		e.host += ":" + port
	}
	e.addr = net.JoinHostPort(u.Hostname(), port)
	return e, nil
}

// path returns the request target of the URL.
func (e *endpoint) path() string { return e.url.RequestURI() }

// dial opens a TCP connection, with TLS on it for wss.
func (e *endpoint) dial(ctx context.Context) (net.Conn, error) {
	d := net.Dialer{Timeout: e.opts.wait(dialTimeout)}
	conn, err := d.DialContext(ctx, "tcp", e.addr)
	if err != nil {
		return nil, err
	}
	if !e.secure {
		return conn, nil
	}
	config := &tls.Config{}
	if e.opts.TLS != nil {
		config = e.opts.TLS.Clone()
	}
	if config.ServerName == "" {
		config.ServerName = e.url.Hostname()
	}
	secured := tls.Client(conn, config)
	ctx, cancel := context.WithTimeout(ctx, e.opts.wait(dialTimeout))
	defer cancel()
	if err := secured.HandshakeContext(ctx); err != nil {
		conn.Close()
		return nil, &tlsError{err}
	}
	return secured, nil
}

// dialPatiently dials again for a while when a target with a full backlog
// refuses: that says something about the machine, not about the protocol.
func (e *endpoint) dialPatiently(ctx context.Context) (conn net.Conn, err error) {
	for pause := 50 * time.Millisecond; pause < time.Second; pause *= 2 {
		conn, err = e.dial(ctx)
		var secured *tlsError
		hopeless := errors.As(err, &secured) || e.gone != nil && e.gone()
		if err == nil || hopeless || !sleep(ctx, e.opts.wait(pause)) {
			return conn, err
		}
	}
	return nil, err
}

// handshake returns the opening handshake that the options ask for, in that dialect.
func (e *endpoint) handshake(d wire.Dialect) wire.Handshake {
	h := wire.Handshake{
		Dialect: d, Target: e.path(), Host: e.host, Secure: e.secure,
		Origin: e.opts.Origin, Protocols: e.opts.Protocols,
	}
	if h.Origin == "" && d.Traits().Hixie {
		h.Origin = e.origin()
	}
	for name, values := range e.opts.Header {
		for _, value := range values {
			h.Extra = append(h.Extra, wire.Field{Name: name, Value: value})
		}
	}
	return h
}

// fields returns, as lines, what the options add to an opening handshake of RFC
// 6455. A head that a case writes out needs it, too, to be let in.
func (e *endpoint) fields() string {
	h := e.handshake(wire.RFC6455)
	own := []string{"Host", "Upgrade", "Connection", "Sec-WebSocket-Key", "Sec-WebSocket-Version"}
	var lines strings.Builder
	for _, f := range h.Fields() {
		if !slices.Contains(own, f.Name) {
			fmt.Fprintf(&lines, "%s: %s\r\n", f.Name, f.Value)
		}
	}
	return lines.String()
}

// origin returns the target's own origin, which no server refuses.
func (e *endpoint) origin() string {
	if e.secure {
		return "https://" + e.host
	}
	return "http://" + e.host
}

// vars returns the names that case files may use without defining them.
func (e *endpoint) vars() casefile.Vars {
	return casefile.Vars{
		casefile.TargetHost: e.host, casefile.TargetPath: e.path(), casefile.TargetURL: e.url.String(),
		casefile.TargetHTTP: e.origin(), casefile.TargetOrigin: cmp.Or(e.opts.Origin, e.origin()),
		casefile.TargetFields: e.fields(),
		casefile.PlayID:       rand.Text()[:10],
	}
}

// sleep waits, and reports whether it could wait to the end.
func sleep(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// tlsError says that it was the TLS handshake that failed.
type tlsError struct{ err error }

func (e *tlsError) Error() string { return "TLS handshake: " + e.err.Error() }
func (e *tlsError) Unwrap() error { return e.err }

// needsOf returns what a case needs: what it says, and its dialect.
func needsOf(c *casefile.Case) []string {
	if c.Dialect == wire.RFC6455 || slices.Contains(c.Needs, c.Dialect.String()) {
		return c.Needs
	}
	return append([]string{c.Dialect.String()}, c.Needs...)
}
