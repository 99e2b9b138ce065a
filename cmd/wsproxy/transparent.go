package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/spf13/pflag"

	"wsprobe/internal/record"
)

var transparentUsage = `wsproxy transparent forwards connections that the kernel redirects to it to where
they were going, and shows what passes. Neither client nor server knows. Linux only.

    wsproxy transparent [flags]

The kernel is told to redirect by nftables or iptables; for port 80, with wsproxy
listening on port 9090:

  connections that this machine routes (--listen 0.0.0.0:9090 or [::]:9090):

    nft add table inet wsproxy
    nft add chain inet wsproxy routed '{ type nat hook prerouting priority dstnat; }'
    nft add rule inet wsproxy routed tcp dport 80 redirect to :9090

    iptables -t nat -A PREROUTING -p tcp --dport 80 -j REDIRECT --to-ports 9090

  connections of this machine's own programs (--listen 127.0.0.1:9090, and [::1]:9090
  for IPv6), but for those of the user that wsproxy runs as: its own would come
  back to it

    nft add table inet wsproxy
    nft add chain inet wsproxy own '{ type nat hook output priority -100; }'
    nft add rule inet wsproxy own meta skuid != wsproxy tcp dport 80 redirect to :9090

    iptables -t nat -A OUTPUT -p tcp --dport 80 -m owner ! --uid-owner wsproxy -j REDIRECT --to-ports 9090

"ip6tables" is "iptables" for IPv6, and "nft delete table inet wsproxy" ends it.

` + strings.Replace(serveUsage, socketUsage, "", 1) + outputUsage

// setupTransparent is the command behind a redirect: the kernel knows where
// clients want to go.
func setupTransparent(flags *pflag.FlagSet) func(context.Context, *app, []string) error {
	return setupServing(flags, func(s *serveFlags, _ []string) (mode, error) {
		if !canRedirect {
			return nil, errors.New("transparent needs Linux, whose kernel tells where a redirected connection was going")
		}
		if _, is := record.SocketPath(s.listen); is {
			return nil, mistake{errors.New("the kernel redirects to a port, not to a Unix socket: --listen HOST:PORT")}
		}
		return &transparent{}, nil
	})
}

// transparent is the mode behind a redirect of the kernel's.
type transparent struct {
	own sync.Map // way of each connection of ours to a server, for a while
}

// way is a connection as its client sees it.
type way struct{ from, to netip.AddrPort }

// wayMemory is how long a connection of ours is known. One that is redirected comes
// back at once.
const wayMemory = 10 * time.Second

func (*transparent) name(at net.Addr) string {
	return "forwarding what is redirected to " + at.String()
}

// guide says how connections come to be redirected to an address: those that are
// routed, or with a loopback address those of this machine's programs.
func (*transparent) guide(at *net.TCPAddr) string {
	chain, hook, nft, iptables := "routed", "prerouting priority dstnat", "", "PREROUTING -p tcp --dport 80"
	if at.IP.IsLoopback() {
		chain, hook, nft = "own", "output priority -100", fmt.Sprintf("meta skuid != %d ", os.Getuid())
		iptables = fmt.Sprintf("OUTPUT -p tcp --dport 80 -m owner ! --uid-owner %d", os.Getuid())
	}
	programs := []string{"iptables", "ip6tables"}
	switch {
	case at.IP.IsUnspecified(): // of both families, whichever was asked for
	case at.IP.To4() != nil:
		nft, programs = nft+"meta nfproto ipv4 ", programs[:1]
	default:
		nft, programs = nft+"meta nfproto ipv6 ", programs[1:]
	}
	var b strings.Builder
	fmt.Fprintf(&b, "wsproxy: to have port 80 redirected to it:\n\n    nft add table inet wsproxy\n")
	fmt.Fprintf(&b, "    nft add chain inet wsproxy %s '{ type nat hook %s; }'\n", chain, hook)
	fmt.Fprintf(&b, "    nft add rule inet wsproxy %s %stcp dport 80 redirect to :%d\n\n  or\n\n", chain, nft, at.Port)
	for _, program := range programs {
		fmt.Fprintf(&b, "    %s -t nat -A %s -j REDIRECT --to-ports %d\n", program, iptables, at.Port)
	}
	return b.String() + "\n"
}

// route implements mode.
func (m *transparent) route(_ context.Context, client net.Conn, _ []byte) (route, error) {
	to, err := originalDestination(client.(*net.TCPConn))
	if err != nil {
		client.Close()
		return route{}, fmt.Errorf("%s was not redirected here: %w", client.RemoteAddr(), err)
	}
	if to == unmapped(client.LocalAddr()) {
		client.Close()
		return route{}, fmt.Errorf("%s was not redirected here: it came for %s itself", client.RemoteAddr(), to)
	}
	if _, own := m.own.Load(way{unmapped(client.RemoteAddr()), to}); own {
		client.Close()
		return route{}, fmt.Errorf("wsproxy's own connection to %s was redirected here: the redirect must leave out those of its user", to)
	}
	d := destination{addr: to.String(), url: "ws://" + to.String() + "/"}
	if to.Port() == 80 {
		d.url = "ws://" + hostField(&d) + "/"
	}
	return route{destination: d, client: client, accepted: func(server net.Conn) error {
		w := way{unmapped(server.LocalAddr()), to}
		m.own.Store(w, nil)
		time.AfterFunc(wayMemory, func() { m.own.Delete(w) })
		return nil
	}}, nil
}
