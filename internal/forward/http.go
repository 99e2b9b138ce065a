package forward

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"strings"

	"wsprobe/internal/wire"
)

// usage is what a browser shows that was given our address as that of a page.
const usage = "this is an HTTP and SOCKS proxy: set it as the proxy of a program, and open the server's own address"

// readHTTP reads a request to an HTTP proxy.
func readHTTP(r *reader) (*Ask, error) {
	req, n, err := readHead(r)
	if err == nil {
		var a *Ask
		if a, err = asked(req); err == nil {
			a.Rest = r.buf
			if !a.Origin {
				a.Rest = r.buf[n:]
			}
			return a, nil
		}
	}
	if errors.As(err, &problem{}) {
		httpAnswer{}.refuse(r.from, err)
	}
	return nil, err
}

// readHead waits for a whole request head and says how long it is.
func readHead(r *reader) (*wire.Request, int, error) {
	for {
		req, n, err := wire.ParseRequest(r.buf)
		switch {
		case err == nil:
			return req, n, nil
		case !errors.Is(err, wire.ErrNeedMore):
			return nil, 0, problem{http.StatusBadRequest, "neither HTTP nor SOCKS: " + usage}
		case len(r.buf) > maxHead:
			return nil, 0, problem{http.StatusRequestHeaderFieldsTooLarge, fmt.Sprintf("a head of more than %d bytes", maxHead)}
		}
		switch err := r.more(); {
		case timedOut(err):
			return nil, 0, problem{http.StatusRequestTimeout, "the request head took too long"}
		case err != nil:
			return nil, 0, err
		}
	}
}

// asked returns the server that a request to a proxy is for.
func asked(r *wire.Request) (*Ask, error) {
	if r.Proto != "HTTP/1.1" && r.Proto != "HTTP/1.0" {
		return nil, problem{http.StatusHTTPVersionNotSupported, "HTTP/1.1 is spoken here"}
	}
	// RFC 9110 §9.3.6 has no default for the port of a CONNECT.
	if r.Method == http.MethodConnect {
		return serverOf(r.Target, "", httpAnswer{})
	}
	o, ok := SplitAbsolute(r.Target)
	switch {
	case !ok && strings.HasPrefix(strings.ToLower(r.Target), "https://"):
		return nil, problem{http.StatusBadRequest, "to reach a server over TLS, CONNECT is asked"}
	case !ok:
		return nil, problem{http.StatusBadRequest, usage}
	}
	a, err := serverOf(o.Authority, "80", originAnswer{})
	if a != nil {
		a.Origin = true
	}
	return a, err
}

// serverOf takes a server from an authority.
func serverOf(authority, port string, answer answerer) (*Ask, error) {
	host, with, err := net.SplitHostPort(authority)
	if err == nil {
		port = with
	} else {
		host = strings.TrimSuffix(strings.TrimPrefix(authority, "["), "]")
	}
	a := &Ask{answer: answer}
	if a.Host, a.Port, err = server(host, port); err != nil {
		return nil, problem{http.StatusBadRequest, err.Error()}
	}
	return a, nil
}

// Absolute is a request target in absolute form (RFC 9112 §3.2.2), in its parts.
type Absolute struct{ Authority, Path string }

// SplitAbsolute takes a request target in absolute form apart. The path is that of
// the origin form: "/" where it has none.
func SplitAbsolute(target string) (a Absolute, ok bool) {
	scheme, rest, ok := strings.Cut(target, "://")
	if !ok || !strings.EqualFold(scheme, "http") && !strings.EqualFold(scheme, "ws") {
		return a, false
	}
	end := strings.IndexAny(rest, "/?#")
	if end < 0 {
		return Absolute{rest, "/"}, true
	}
	a = Absolute{rest[:end], rest[end:]}
	if a.Path[0] != '/' {
		a.Path = "/" + a.Path
	}
	return a, true
}

// problem is a request that is not carried out, with the status that says so.
type problem struct {
	status int
	text   string
}

func (p problem) Error() string { return p.text }

// httpAnswer answers a CONNECT.
type httpAnswer struct{}

func (httpAnswer) accept(w io.Writer, _ netip.AddrPort) error {
	_, err := io.WriteString(w, "HTTP/1.1 200 Connection established\r\n\r\n")
	return err
}

func (httpAnswer) refuse(w io.Writer, why error) {
	text, status := "wsproxy: "+why.Error()+"\n", statusOf(why)
	fmt.Fprintf(w, "HTTP/1.1 %d %s\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: %d\r\n"+
		"X-Content-Type-Options: nosniff\r\nConnection: close\r\n\r\n%s", status, http.StatusText(status), len(text), text)
}

// originAnswer answers a request in absolute form: where the server is there, it
// does so itself.
type originAnswer struct{ httpAnswer }

func (originAnswer) accept(io.Writer, netip.AddrPort) error { return nil }

// statusOf is the status that tells of an error.
func statusOf(err error) int {
	var p problem
	switch {
	case errors.As(err, &p):
		return p.status
	case errors.Is(err, ErrLoop):
		return http.StatusLoopDetected
	case timedOut(err):
		return http.StatusGatewayTimeout
	}
	return http.StatusBadGateway
}
