package forward

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"strconv"
	"syscall"
)

// The replies of RFC 1928 §6 that are given.
const (
	socksGranted       = 0
	socksFailure       = 1
	socksNotAllowed    = 2
	socksNoNetwork     = 3
	socksNoHost        = 4
	socksRefused       = 5
	socksNoCommand     = 7
	socksNoAddressType = 8
)

// The address types of RFC 1928 §5.
const (
	socksIPv4   = 1
	socksDomain = 3
	socksIPv6   = 4
)

// connectCommand is CONNECT, the one command that is carried out, in all versions.
const connectCommand = 1

// maxUser is how long the user id of a SOCKS4 client may be. Nothing is done with it.
const maxUser = 512

// socksProblem is a SOCKS request that is not carried out, with the reply that
// says so.
type socksProblem struct {
	reply byte
	text  string
}

func (p socksProblem) Error() string { return "SOCKS: " + p.text }

// readSOCKS5 agrees on no authentication and reads the request.
func readSOCKS5(r *reader) (*Ask, error) {
	greeting, err := r.take(2)
	if err != nil {
		return nil, err
	}
	methods, err := r.take(int(greeting[1]))
	if err != nil {
		return nil, err
	}
	// RFC 1928 §3: 0 is no authentication, and 0xff that no method is acceptable.
	if !bytes.Contains(methods, []byte{0}) {
		r.from.Write([]byte{5, 0xff})
		return nil, errors.New("SOCKS: the client wants to authenticate, and nothing here asks for that")
	}
	if _, err := r.from.Write([]byte{5, 0}); err != nil {
		return nil, err
	}
	a, err := socks5Request(r)
	if p := (socksProblem{}); errors.As(err, &p) {
		socks5Answer{}.refuse(r.from, err)
	}
	if err != nil {
		return nil, err
	}
	a.Rest, a.answer = r.buf, socks5Answer{}
	return a, nil
}

// socks5Request reads a request (RFC 1928 §4).
func socks5Request(r *reader) (*Ask, error) {
	head, err := r.take(4)
	if err != nil {
		return nil, err
	}
	if head[0] != 5 {
		return nil, socksProblem{socksFailure, fmt.Sprintf("a request of version %d", head[0])}
	}
	host, err := socks5Host(r, head[3])
	if err != nil {
		return nil, err
	}
	port, err := r.take(2)
	if err != nil {
		return nil, err
	}
	if head[1] != connectCommand {
		return nil, socksProblem{socksNoCommand, fmt.Sprintf("command %d is not CONNECT", head[1])}
	}
	return socksAsk(host, port)
}

// socks5Host reads an address of one of the types (RFC 1928 §5).
func socks5Host(r *reader, kind byte) (string, error) {
	size := 0
	switch kind {
	case socksIPv4:
		size = net.IPv4len
	case socksIPv6:
		size = net.IPv6len
	case socksDomain:
		n, err := r.take(1)
		if err != nil {
			return "", err
		}
		size = int(n[0])
	default:
		return "", socksProblem{socksNoAddressType, fmt.Sprintf("address type %d", kind)}
	}
	p, err := r.take(size)
	if err != nil || kind == socksDomain {
		return string(p), err
	}
	ip, _ := netip.AddrFromSlice(p)
	return ip.String(), nil
}

func socksAsk(host string, port []byte) (a *Ask, err error) {
	a = &Ask{}
	a.Host, a.Port, err = server(host, strconv.Itoa(int(binary.BigEndian.Uint16(port))))
	if err != nil {
		return nil, socksProblem{socksFailure, err.Error()}
	}
	return a, nil
}

// socks5Answer answers a SOCKS5 client (RFC 1928 §6).
type socks5Answer struct{}

func (socks5Answer) accept(w io.Writer, from netip.AddrPort) error {
	reply, ip := []byte{5, socksGranted, 0, socksIPv4}, from.Addr().Unmap()
	if ip.Is6() {
		reply[3] = socksIPv6
	}
	_, err := w.Write(binary.BigEndian.AppendUint16(append(reply, ip.AsSlice()...), from.Port()))
	return err
}

func (socks5Answer) refuse(w io.Writer, why error) {
	w.Write([]byte{5, replyOf(why), 0, socksIPv4, 0, 0, 0, 0, 0, 0})
}

// replyOf is the reply that tells of an error.
func replyOf(err error) byte {
	var p socksProblem
	var dns *net.DNSError
	switch {
	case errors.As(err, &p):
		return p.reply
	case errors.Is(err, ErrLoop):
		return socksNotAllowed
	case errors.Is(err, syscall.ECONNREFUSED):
		return socksRefused
	case errors.Is(err, syscall.ENETUNREACH):
		return socksNoNetwork
	case errors.As(err, &dns), errors.Is(err, syscall.EHOSTUNREACH), timedOut(err):
		return socksNoHost
	}
	return socksFailure
}

// readSOCKS4 reads a request of SOCKS4, or of SOCKS4a: there the address is
// 0.0.0.x, and a name follows the user id.
func readSOCKS4(r *reader) (*Ask, error) {
	a, err := socks4Request(r)
	if p := (socksProblem{}); errors.As(err, &p) {
		socks4Answer{}.refuse(r.from, err)
	}
	if err != nil {
		return nil, err
	}
	a.Rest, a.answer = r.buf, socks4Answer{}
	return a, nil
}

func socks4Request(r *reader) (*Ask, error) {
	head, err := r.take(8)
	if err != nil {
		return nil, err
	}
	if _, err := r.text(maxUser); err != nil {
		return nil, err
	}
	ip := netip.AddrFrom4([4]byte(head[4:]))
	host := ip.String()
	if bytes.HasPrefix(head[4:], []byte{0, 0, 0}) && head[7] != 0 {
		if host, err = r.text(maxHost); err != nil {
			return nil, err
		}
	}
	if head[1] != connectCommand {
		return nil, socksProblem{socksNoCommand, fmt.Sprintf("command %d is not CONNECT", head[1])}
	}
	return socksAsk(host, head[2:4])
}

// text takes what stands before a zero byte.
func (r *reader) text(most int) (string, error) {
	for n := 0; n <= most; n++ {
		p, err := r.need(n + 1)
		if err != nil {
			return "", err
		}
		if p[n] == 0 {
			r.buf = p[n+1:]
			return string(p[:n]), nil
		}
	}
	return "", socksProblem{socksFailure, fmt.Sprintf("a text of more than %d bytes", most)}
}

// The replies of SOCKS4.
const (
	socks4Granted  = 90
	socks4Rejected = 91
)

// socks4Answer answers a SOCKS4 client.
type socks4Answer struct{}

func (socks4Answer) accept(w io.Writer, _ netip.AddrPort) error {
	_, err := w.Write([]byte{0, socks4Granted, 0, 0, 0, 0, 0, 0})
	return err
}

func (socks4Answer) refuse(w io.Writer, _ error) {
	w.Write([]byte{0, socks4Rejected, 0, 0, 0, 0, 0, 0})
}
