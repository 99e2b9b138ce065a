// Package forward reads what the client of a forward proxy asks for, and answers
// it: HTTP CONNECT (RFC 9110 §9.3.6), HTTP requests in absolute form (RFC 9112
// §3.2.2), SOCKS5 (RFC 1928), SOCKS4 and SOCKS4a. It does not connect anywhere.
package forward

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"slices"
	"strconv"
	"strings"
)

// maxHead is how large an HTTP head that asks for a server may be.
const maxHead = 64 << 10

// maxHost is how long the name of a host may be (RFC 1035 §2.3.4).
const maxHost = 255

// ErrLoop says that a server that was asked for is the proxy itself.
var ErrLoop = errors.New("that is this proxy itself")

// Ask is what a client asks for: a server, and what becomes of what follows.
type Ask struct {
	Host string // a name, or an address without brackets
	Port uint16
	// Origin says that what follows is HTTP whose requests are in absolute form,
	// as to a proxy: Rest begins with the first.
	Origin bool
	// Rest is what the client has sent already and the server is to get.
	Rest []byte

	answer answerer
}

// Addr returns where to connect to.
func (a *Ask) Addr() string { return net.JoinHostPort(a.Host, strconv.Itoa(int(a.Port))) }

// URL returns the server as a WebSocket URL.
func (a *Ask) URL() string { return "ws://" + a.Authority() + "/" }

// Authority returns the server as a Host field names it, where it is reached
// without TLS.
func (a *Ask) Authority() string {
	if a.Port != 80 {
		return a.Addr()
	}
	if strings.Contains(a.Host, ":") {
		return "[" + a.Host + "]"
	}
	return a.Host
}

// Accept tells the client that it is connected; from is our end of the connection
// to the server.
func (a *Ask) Accept(w io.Writer, from netip.AddrPort) error { return a.answer.accept(w, from) }

// Refuse tells the client why it is not.
func (a *Ask) Refuse(w io.Writer, why error) { a.answer.refuse(w, why) }

// answerer answers in the protocol in which the client asked.
type answerer interface {
	accept(w io.Writer, from netip.AddrPort) error
	refuse(w io.Writer, why error)
}

// Read finds out what a client asks for, of which first has been read already.
// What makes no sense is answered before the error is returned. The caller bounds
// the time.
func Read(client io.ReadWriter, first []byte) (*Ask, error) {
	r := &reader{from: client, buf: slices.Clip(first)}
	p, err := r.need(1)
	if err != nil {
		return nil, err
	}
	switch p[0] {
	case 5:
		return readSOCKS5(r)
	case 4:
		return readSOCKS4(r)
	}
	return readHTTP(r)
}

// reader collects what a client sends. It reads no more than came in one piece
// with what is needed.
type reader struct {
	from io.ReadWriter
	buf  []byte // read, and not yet taken
}

// need returns at least n bytes of what was not taken yet.
func (r *reader) need(n int) ([]byte, error) {
	for len(r.buf) < n {
		if err := r.more(); err != nil {
			return nil, err
		}
	}
	return r.buf, nil
}

// take takes n bytes.
func (r *reader) take(n int) ([]byte, error) {
	p, err := r.need(n)
	if err != nil {
		return nil, err
	}
	r.buf = p[n:]
	return p[:n:n], nil
}

// more reads what has come.
func (r *reader) more() error {
	var p [4 << 10]byte
	n, err := r.from.Read(p[:])
	r.buf = append(r.buf, p[:n]...)
	switch {
	case n > 0:
		return nil
	case err == io.EOF && len(r.buf) > 0:
		err = io.ErrUnexpectedEOF
	}
	return err
}

// server checks and returns a host and a port.
func server(host, port string) (string, uint16, error) {
	n, err := strconv.ParseUint(port, 10, 16)
	if err != nil || n == 0 {
		return "", 0, fmt.Errorf("%q is no port", port)
	}
	if !hostname(host) {
		return "", 0, fmt.Errorf("%.80q is no host", host)
	}
	return host, uint16(n), nil
}

// hostname reports whether s can name a host: what resolvers and people are shown
// is nothing odd.
func hostname(s string) bool {
	if s == "" || len(s) > maxHost {
		return false
	}
	for _, c := range []byte(s) {
		alphanumeric := c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'z'
		if !alphanumeric && !strings.ContainsRune("-._:%", rune(c)) {
			return false
		}
	}
	if strings.ContainsAny(s, ":%") {
		_, err := netip.ParseAddr(s)
		return err == nil
	}
	return true
}

// timedOut reports whether an error says that something took too long.
func timedOut(err error) bool {
	var t interface{ Timeout() bool }
	return errors.As(err, &t) && t.Timeout()
}
