package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"strconv"
	"strings"

	"github.com/spf13/pflag"

	"wsprobe/report"
)

const reverseUsage = `wsproxy forwards to a server, byte for byte, and shows what passes.

    wsproxy [flags] URL
    wsproxy COMMAND --help

    forward, socks        be an HTTP and SOCKS proxy, to any server
    transparent           forward what the kernel redirects
    read                  show what captures and recordings hold
    sniff                 show what passes on an interface
    replay                do again what recorded clients did, and compare
    case                  write a recording as a case file for wsprobe
    ca                    show the local CA that signs what TLS clients are shown
    version               say which wsproxy this is

URL is ws://HOST:PORT, wss://HOST:PORT or HOST:PORT, or of a server at a Unix socket
unix:PATH, ws+unix:PATH or wss+unix:PATH. A client connects to the address that is
printed, as if it were the server: for wss: with or without TLS.

` + serveUsage + rewriteUsage + outputUsage

// setupReverse is the command with a URL: one server, which clients reach by
// connecting to us.
func setupReverse(flags *pflag.FlagSet) func(context.Context, *app, []string) error {
	var w rewriteFlags
	w.define(flags)
	return setupServing(flags, func(s *serveFlags, args []string) (mode, error) {
		if len(args) == 0 {
			return nil, mistake{errors.New("where to? a URL or HOST:PORT is needed")}
		}
		to, err := parseURL(args[0])
		if err != nil {
			return nil, mistake{err}
		}
		if err := s.tls.serves(&to); err != nil {
			return nil, mistake{err}
		}
		to.named = w.host
		return &reverse{to, &s.tls, &w}, nil
	})
}

// reverse is the mode in which every client wants the same server.
type reverse struct {
	to      destination
	tls     *tlsFlags
	rewrite *rewriteFlags
}

func (r *reverse) name(at net.Addr) string {
	here := addressName(at)
	if _, socket := at.(*net.UnixAddr); !socket {
		path := r.path() // which is the client's to ask for
		here = "ws://" + at.String() + path
		if r.tls.looks(&r.to) {
			here += " and wss://" + at.String() + path
		}
	}
	return "forwarding " + here + " to " + report.Clean(r.to.url)
}

// path is what a client asks for that wants what the URL names.
func (r *reverse) path() string {
	if r.to.socket {
		return cmp.Or(r.to.target, "/")
	}
	u, err := url.Parse(r.to.url)
	if err != nil {
		return "/"
	}
	return report.Clean(u.RequestURI())
}

// route implements mode.
func (r *reverse) route(_ context.Context, client net.Conn, _ []byte) (route, error) {
	return route{destination: r.to, client: client, changes: r.rewrite.changes(&r.to)}, nil
}

// urlOf makes a URL of HOST:PORT.
func urlOf(arg string) (string, error) {
	if err := misspelled(arg); err != nil {
		return "", err
	}
	if ip, err := netip.ParseAddr(arg); err == nil && ip.Is6() {
		return "", fmt.Errorf("%q: an IPv6 address stands in brackets, with its port behind them: [%s]:9001", arg, arg)
	}
	if !strings.Contains(arg, ":") {
		return "", fmt.Errorf("%q is neither HOST:PORT nor unix:PATH nor a URL", arg)
	}
	if strings.HasPrefix(arg, "[") && !strings.Contains(arg, "%25") { // a zone, as everywhere but in a URL
		arg = strings.Replace(arg, "%", "%25", 1)
	}
	return "ws://" + arg, nil
}

// parseURL takes the address of a server from an argument.
func parseURL(arg string) (d destination, err error) {
	if d, is, err := parseSocket(arg); is {
		return d, err
	}
	if !strings.Contains(arg, "://") {
		if arg, err = urlOf(arg); err != nil {
			return d, err
		}
	}
	u, err := url.Parse(arg)
	if err != nil || u.Host == "" {
		return d, fmt.Errorf("%q is no URL", arg)
	}
	if u.User != nil || u.Fragment != "" {
		return d, fmt.Errorf("%q: neither a user nor a #fragment is in the URL of a WebSocket (RFC 6455 §3)", u.Redacted())
	}
	if n, err := strconv.ParseUint(cmp.Or(u.Port(), "1"), 10, 16); err != nil || n == 0 {
		return d, fmt.Errorf("%q: there is no port %s", arg, u.Port())
	}
	port := "80"
	switch u.Scheme {
	case "ws", "http":
	case "wss", "https":
		port, d.secure = "443", true
	default:
		return d, fmt.Errorf("%s:// is not forwarded to; ws:// and wss:// are", u.Scheme)
	}
	d.url, d.addr, d.fixed = u.String(), u.Host, true
	if u.Port() == "" {
		d.addr = net.JoinHostPort(u.Hostname(), port)
	}
	return d, nil
}
