package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/pflag"

	"wsprobe/internal/record"
	"wsprobe/internal/relay"
)

const listenUsage = `    --listen HOST:PORT    listen there; port 0 picks a free one (127.0.0.1:0)
` + socketUsage + `    --allow CIDR          serve clients with these addresses only; may be given again
`

// socketUsage is what transparent has not: the kernel redirects to ports.
const socketUsage = `    --listen unix:PATH    or at a Unix socket
    --listen-mode MODE    who can connect to that, as chmod has it (600)
`

// listenFlags say who can reach us.
type listenFlags struct {
	listen string
	mode   string
	allow  []string

	socket  string // the path to listen at; "": listen is an address
	perm    fs.FileMode
	allowed []netip.Prefix // none: everyone
}

func (l *listenFlags) define(flags *pflag.FlagSet) {
	flags.StringVar(&l.listen, "listen", "127.0.0.1:0", "")
	flags.StringVar(&l.mode, "listen-mode", "", "")
	flags.StringArrayVar(&l.allow, "allow", nil, "")
}

// load reads the addresses.
func (l *listenFlags) load() error {
	if err := l.loadSocket(); err != nil {
		return err
	}
	for _, text := range l.allow {
		prefix, err := netip.ParsePrefix(text)
		if ip, single := netip.ParseAddr(text); single == nil {
			prefix, err = ip.Prefix(ip.BitLen())
		}
		if err != nil {
			return fmt.Errorf("--allow %s: neither an address nor a network such as 192.168.0.0/16", text)
		}
		l.allowed = append(l.allowed, prefix.Masked())
	}
	return nil
}

// loadSocket reads the Unix socket, if it is one.
func (l *listenFlags) loadSocket() (err error) {
	path, is := record.SocketPath(l.listen)
	switch {
	case is && len(l.allow) > 0:
		return errors.New("--allow is of addresses, which clients of a Unix socket have none of: --listen-mode says who can connect")
	case is:
		if l.socket, err = checkSocket(path); err != nil {
			return err
		}
	case l.mode != "":
		return errors.New("--listen-mode is of a Unix socket, as in --listen unix:PATH")
	case strings.Contains(l.listen, "/"):
		return fmt.Errorf("--listen %s: neither HOST:PORT nor unix:PATH", l.listen)
	case !is:
		if _, _, err := net.SplitHostPort(l.listen); err != nil {
			return fmt.Errorf("--listen %s: neither HOST:PORT nor unix:PATH; port 0 picks a free one", l.listen)
		}
	}
	mode, err := strconv.ParseUint(cmp.Or(l.mode, "600"), 8, 32)
	if err != nil || mode > 0o777 {
		return fmt.Errorf("--listen-mode is such as 660, not %q", l.mode)
	}
	l.perm = fs.FileMode(mode)
	return nil
}

// open begins to listen.
func (l *listenFlags) open(ctx context.Context) (net.Listener, error) {
	if l.socket != "" {
		return listenSocket(ctx, l.socket, l.perm)
	}
	return (&net.ListenConfig{Control: relay.Unpaced}).Listen(ctx, "tcp", l.listen)
}

// errNotAllowed says that a client is not among those that are served.
var errNotAllowed = errors.New("not in --allow")

// admits reports whether a client is served.
func (l *listenFlags) admits(client net.Addr) error {
	if len(l.allowed) == 0 {
		return nil
	}
	ip := unmapped(client).Addr().WithZone("")
	if slices.ContainsFunc(l.allowed, func(p netip.Prefix) bool { return p.Contains(ip) }) {
		return nil
	}
	return fmt.Errorf("%s: %w", client, errNotAllowed)
}

// warner is a mode that has something to be careful about, wherever it listens.
type warner interface{ warning(at net.Addr) string }

// guide is a mode that needs something done before clients come.
type guide interface{ guide(at *net.TCPAddr) string }

// warn says what listening at an address means.
func (l *listenFlags) warn(talk io.Writer, m mode, at net.Addr) {
	var texts []string
	tcp, isTCP := at.(*net.TCPAddr)
	if isTCP && !tcp.IP.IsLoopback() {
		texts = append(texts, l.reach(tcp))
	}
	if w, ok := m.(warner); ok {
		texts = append(texts, w.warning(at))
	}
	if len(texts) > 0 {
		fmt.Fprintf(talk, "wsproxy: warning: %s\n", strings.Join(texts, "; "))
	}
	if g, ok := m.(guide); ok && isTCP {
		io.WriteString(talk, g.guide(tcp))
	}
}

// reach says who can use an address that is not a loopback one.
func (l *listenFlags) reach(at *net.TCPAddr) string {
	if len(l.allowed) > 0 {
		return fmt.Sprintf("%s is not a loopback address: clients of %s can use it", at, strings.Join(l.allow, ", "))
	}
	return fmt.Sprintf("%s is not a loopback address: anyone who reaches it can use it, unless --allow says who can", at)
}

// unmapped returns an address, that of IPv4 as such. A Unix socket has none.
func unmapped(a net.Addr) netip.AddrPort {
	tcp, ok := a.(*net.TCPAddr)
	if !ok {
		return netip.AddrPort{}
	}
	ap := tcp.AddrPort()
	return netip.AddrPortFrom(ap.Addr().Unmap(), ap.Port())
}
