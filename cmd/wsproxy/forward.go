package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"time"

	"github.com/spf13/pflag"

	"wsprobe/internal/forward"
	"wsprobe/internal/rewrite"
	"wsprobe/report"
)

// forwardUsage is how to use the command of that name, which has another one.
func forwardUsage(name, other string) string {
	return fmt.Sprintf(`wsproxy %[1]s is a proxy to any server, and shows what passes.

    wsproxy %[1]s [flags]

One port serves HTTP (CONNECT, and requests in absolute form) and SOCKS (5, 4 and
4a), and "wsproxy %[2]s" is the same. Programs are told of it so:

    curl -x http://HOST:PORT …            https_proxy=http://HOST:PORT …
    curl --socks5-hostname HOST:PORT …    http_proxy=http://HOST:PORT …
    curl -x socks5h://localhost/PATH …    where it listens at unix:/PATH
    chromium --proxy-server=http://HOST:PORT
    chromium --proxy-server=socks5://HOST:PORT

Chromium leaves loopback addresses to no proxy, unless told by
--proxy-bypass-list='<-loopback>'. Nothing asks for a password: whoever reaches the
port can use it.

`, name, other) + serveUsage + outputUsage
}

// setupForward is the command without a server: clients say where they want to go.
func setupForward(flags *pflag.FlagSet) func(context.Context, *app, []string) error {
	return setupServing(flags, func(*serveFlags, []string) (mode, error) { return forwarding{}, nil })
}

// How long a client may take.
const (
	askTimeout   = 15 * time.Second // to say where it wants to go
	leaveTimeout = time.Second      // to go, once it is told that it cannot get there
)

// maxLeave is how much of what a client sends is read and thrown away, while it is
// told that it does not get where it wants.
const maxLeave = 1 << 20

// forwarding is the mode in which clients ask for servers.
type forwarding struct{}

func (forwarding) name(at net.Addr) string { return "an HTTP and SOCKS proxy at " + addressName(at) }

func (forwarding) warning(at net.Addr) string {
	return fmt.Sprintf("whoever reaches %s reaches what this machine does, its loopback services too", addressName(at))
}

// route implements mode.
func (forwarding) route(_ context.Context, client net.Conn, first []byte) (route, error) {
	client.SetDeadline(time.Now().Add(askTimeout))
	ask, err := forward.Read(client, first)
	if err != nil {
		leave(client)
		if errors.Is(err, io.EOF) { // it looked whether anyone is there
			return route{}, errNothing
		}
		return route{}, fmt.Errorf("%s: %s", client.RemoteAddr(), report.Clean(err.Error()))
	}
	client.SetDeadline(time.Time{})
	r := route{
		destination: destination{addr: ask.Addr(), url: ask.URL()},
		client:      client, first: ask.Rest,
		accepted: func(server net.Conn) error {
			return ask.Accept(client, server.LocalAddr().(*net.TCPAddr).AddrPort())
		},
		refused: func(why error) {
			ask.Refuse(client, why)
			leave(client)
		},
	}
	if ask.Origin {
		r.moves = true
		r.changes = func(_ bool, note func(string)) rewrite.Changes {
			return &rewrite.Absolute{Authority: ask.Authority(), Note: note}
		}
	}
	return r, nil
}

// leave ends a client's connection so that it sees what it was told last: closed
// at once, a connection on which something still comes is reset.
func leave(client net.Conn) {
	defer client.Close()
	if w, ok := client.(interface{ CloseWrite() error }); ok {
		w.CloseWrite()
		client.SetDeadline(time.Now().Add(leaveTimeout))
		io.CopyN(io.Discard, client, maxLeave)
	}
}
