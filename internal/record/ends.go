package record

import (
	"cmp"
	"fmt"
	"net/netip"
	"strings"

	"wsprobe/internal/lint"
	"wsprobe/report"
)

// socketScheme is what the name of a Unix socket begins with, where there are addresses, too.
const socketScheme = "unix:"

// SocketName returns a Unix socket as it is named where there are addresses, too.
func SocketName(path string) string { return socketScheme + path }

// SocketPath returns the path of a Unix socket that is named so.
func SocketPath(name string) (path string, ok bool) { return strings.CutPrefix(name, socketScheme) }

// EndName returns the address of an end, or its Unix socket; "": nobody knows.
func (c *Conn) EndName(side lint.Side) string {
	addr, socket := c.Client, c.ClientSocket
	if side == lint.Server {
		addr, socket = c.Server, c.ServerSocket
	}
	switch {
	case socket != "":
		return SocketName(socket)
	case addr.IsValid():
		return addr.String()
	}
	return ""
}

// shownEnd returns an end of a connection for people.
func shownEnd(c *Conn, side lint.Side) string {
	return cmp.Or(report.Clean(c.EndName(side)), "an unknown address")
}

// Begun says in words what began.
func (c *Conn) Begun() string {
	if c.Stream != 0 {
		return fmt.Sprintf("stream %d of connection %d, HTTP/2", c.Stream, c.Within)
	}
	return fmt.Sprintf("%s connected%s, on to %s%s", shownEnd(c, lint.Client), over(c.ClientTLS), shownEnd(c, lint.Server), over(c.ServerTLS))
}

// The addresses of packets whose ends have none: those that are never anybody's
// (RFC 5737, RFC 3849).
var (
	nobody4 = netip.MustParseAddr("192.0.2.0")
	nobody6 = netip.MustParseAddr("2001:db8::")
)

// A made-up port is one that a system would give, of which each address has so many.
const (
	firstPort = 1 << 14
	perHost   = 1<<16 - firstPort
)

// packetEnds returns the two ends as packets have them. One that has no address gets
// one: as a client another for each connection, as a server that of plain HTTP.
func (c *Conn) packetEnds() (client, server netip.AddrPort) {
	client, server = c.Client, c.Server
	nobody := nobody4
	if client.Addr().Unmap().Is6() || server.Addr().Unmap().Is6() {
		nobody = nobody6
	}
	if !client.IsValid() {
		n := c.ID % (253 * perHost)
		client = nobodys(nobody, byte(2+n/perHost), uint16(firstPort+n%perHost))
	}
	if !server.IsValid() {
		server = nobodys(nobody, 1, plainPort)
	}
	return client, server
}

// nobodys returns an address among those of nobody.
func nobodys(nobody netip.Addr, host byte, port uint16) netip.AddrPort {
	b := nobody.AsSlice()
	b[len(b)-1] = host
	addr, _ := netip.AddrFromSlice(b)
	return netip.AddrPortFrom(addr, port)
}

// madeUpRemark says which addresses of the packets are made up; "": none.
func (c *Conn) madeUpRemark() string {
	var lines []string
	for _, side := range []lint.Side{lint.Client, lint.Server} {
		valid := c.Client.IsValid()
		if side == lint.Server {
			valid = c.Server.IsValid()
		}
		name := c.EndName(side)
		switch {
		case valid:
		case name == "":
			lines = append(lines, "The "+side.String()+"'s address is not known: the one here is made up.")
		case side == lint.Client:
			lines = append(lines, "The client came to "+name+": its address here is made up.")
		default:
			lines = append(lines, "The server is "+name+": its address here is made up.")
		}
	}
	return strings.Join(lines, "\n")
}
