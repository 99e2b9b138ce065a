package main

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"slices"
	"strings"

	"github.com/spf13/pflag"
)

const listenUsage = `    --listen HOST:PORT    listen there; port 0 picks a free one (127.0.0.1:0)
    --allow CIDR          serve clients with these addresses only; may be given again
`

// listenFlags say who can reach us.
type listenFlags struct {
	listen string
	allow  []string

	allowed []netip.Prefix // none: everyone
}

func (l *listenFlags) define(flags *pflag.FlagSet) {
	flags.StringVar(&l.listen, "listen", "127.0.0.1:0", "")
	flags.StringArrayVar(&l.allow, "allow", nil, "")
}

// load reads the addresses.
func (l *listenFlags) load() error {
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

// errNotAllowed says that a client is not among those that are served.
var errNotAllowed = errors.New("not in --allow")

// admits reports whether a client is served.
func (l *listenFlags) admits(client net.Addr) error {
	ip := unmapped(client).Addr().WithZone("")
	if len(l.allowed) == 0 || slices.ContainsFunc(l.allowed, func(p netip.Prefix) bool { return p.Contains(ip) }) {
		return nil
	}
	return fmt.Errorf("%s: %w", client, errNotAllowed)
}

// warner is a mode that has something to be careful about, wherever it listens.
type warner interface{ warning(at net.Addr) string }

// guide is a mode that needs something done before clients come.
type guide interface{ guide(at *net.TCPAddr) string }

// warn says what listening at an address means.
func (l *listenFlags) warn(talk io.Writer, m mode, at *net.TCPAddr) {
	var texts []string
	if !at.IP.IsLoopback() {
		texts = append(texts, l.reach(at))
	}
	if w, ok := m.(warner); ok {
		texts = append(texts, w.warning(at))
	}
	if len(texts) > 0 {
		fmt.Fprintf(talk, "wsproxy: warning: %s\n", strings.Join(texts, "; "))
	}
	if g, ok := m.(guide); ok {
		io.WriteString(talk, g.guide(at))
	}
}

// reach says who can use an address that is not a loopback one.
func (l *listenFlags) reach(at *net.TCPAddr) string {
	if len(l.allowed) > 0 {
		return fmt.Sprintf("%s is not a loopback address: clients of %s can use it", at, strings.Join(l.allow, ", "))
	}
	return fmt.Sprintf("%s is not a loopback address: anyone who reaches it can use it, unless --allow says who can", at)
}

// unmapped returns an address, that of IPv4 as such.
func unmapped(a net.Addr) netip.AddrPort {
	ap := a.(*net.TCPAddr).AddrPort()
	return netip.AddrPortFrom(ap.Addr().Unmap(), ap.Port())
}
