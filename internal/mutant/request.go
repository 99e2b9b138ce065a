package mutant

import (
	"bytes"
	"errors"
	"io"
	"net/url"
	"slices"
	"strings"

	"wsprobe/internal/wire"
)

// requestCheck is something that must hold of a request, and the mutant, if
// there is one, that does not care.
type requestCheck struct {
	holds   func(*wire.Request) bool
	unless  fault
	refusal *refusal
}

// httpChecks are what HTTP and RFC 6455 §4.2.1 ask of any request that a
// WebSocket server takes, whatever its dialect.
var httpChecks = []requestCheck{
	{atLeastHTTP11, takesHTTP10, refuse(505, "this needs HTTP/1.1")},
	{isGet, takesAnyMethod, refuse(405, "a WebSocket handshake is a GET", wire.Field{Name: "Allow", Value: "GET"})},
	{noFolding, "", refuse(400, "a header field is folded")},
	{noSpaceBeforeColon, takesSpaceBeforeColon, refuse(400, "a header field has no name, or a space behind it")},
	{hasHost, takesNoHost, refuse(400, "there is no Host")},
	{oneHost, takesTwoHosts, refuse(400, "there are two Hosts")},
	{noBody, readsBodyAsFrames, refuse(400, "a handshake has no body")},
}

// checkHTTP says what is wrong with r as a request.
func (c *conn) checkHTTP(r *wire.Request) *refusal {
	switch {
	case c.is(waitsAfterBareLF) && r.BareLF:
		io.Copy(io.Discard, c.Conn)
		return silence
	case c.is(dropsFoldedFields) && !noFolding(r), c.is(dropsLongTarget) && len(r.Target) > 4096:
		return silence
	}
	return c.check(r, httpChecks)
}

// check goes through the checks and returns the refusal of the first that r fails.
func (c *conn) check(r *wire.Request, checks []requestCheck) *refusal {
	for _, k := range checks {
		if !k.holds(r) && !c.is(k.unless) {
			return k.refusal
		}
	}
	return nil
}

// readRequest reads a request head of any size up to the limit. What comes
// behind it stays in c.in.
func (c *conn) readRequest() (*wire.Request, *refusal) {
	if c.is(readsOneHeadAtATime) {
		defer c.turn.Unlock()
	}
	for {
		if err := c.more(); timedOut(err) {
			return nil, refuse(408, "the request head did not end in time")
		} else if err != nil {
			return nil, c.unended()
		}
		r, n, err := wire.ParseRequest(c.in)
		switch {
		case err == nil && n <= c.maxHead() && len(r.Fields) <= c.maxFields():
			c.in = c.in[n:]
			return r, nil
		case errors.Is(err, wire.ErrNeedMore) && c.is(wantsHeadInOneRead):
			return nil, refuse(400, "the request head is cut short")
		case errors.Is(err, wire.ErrNeedMore) && len(c.in) <= c.maxHead():
		case len(c.in) > c.maxHead() && c.is(dropsLargeHead):
			return nil, silence
		case len(c.in) > c.maxHead(), err == nil:
			return nil, refuse(431, "the request head is too large")
		case c.is(diesOfGarbage):
			c.stop()
			return nil, silence
		default:
			return nil, refuse(400, "this is no HTTP request")
		}
	}
}

// unended refuses a request head that did not end; where there is none after one
// that was refused, the connection is just over.
func (c *conn) unended() *refusal {
	if len(c.in) == 0 && c.is(keepsAliveAfterRefusing) {
		return silence
	}
	return refuse(400, "the request head did not end")
}

func isGet(r *wire.Request) bool { return r.Method == "GET" }

// atLeastHTTP11 takes HTTP/1.2 too, but not HTTP/2, which is not written so.
func atLeastHTTP11(r *wire.Request) bool {
	minor, ok := strings.CutPrefix(r.Proto, "HTTP/1.")
	return ok && len(minor) == 1 && minor >= "1" && minor <= "9"
}

func noFolding(r *wire.Request) bool {
	return !slices.ContainsFunc(r.Fields, func(f wire.Field) bool {
		first := bytes.IndexByte(f.Raw, '\n')
		return first >= 0 && first < len(f.Raw)-1
	})
}

func noSpaceBeforeColon(r *wire.Request) bool {
	return !slices.ContainsFunc(r.Fields, func(f wire.Field) bool {
		return !wire.IsToken(f.Name) || !bytes.HasPrefix(f.Raw, []byte(f.Name+":"))
	})
}

func hasHost(r *wire.Request) bool { return r.Get("Host") != "" }

func oneHost(r *wire.Request) bool { return len(r.Values("Host")) <= 1 }

// noBody lets the eight bytes of hixie-76 pass, which some clients count.
func noBody(r *wire.Request) bool {
	length := r.Get("Content-Length")
	counted := length == "" || length == "0" || length == "8" && r.Has("Sec-WebSocket-Key1")
	return counted && !r.Has("Transfer-Encoding")
}

// service finds what answers on the path of the request, whose target may be a
// path or an absolute URI (RFC 6455 §4.2.1).
func (c *conn) service(r *wire.Request) (service, *refusal) {
	u, err := url.ParseRequestURI(r.Target)
	if err != nil || strings.Contains(r.Target, "#") && !c.is(keepsFragment) {
		return service{}, refuse(400, "this is no request target")
	}
	path, _, _ := strings.Cut(u.Path, "#")
	s, ok := c.services[path]
	ok = ok && !(u.IsAbs() && c.is(wantsPathAsTarget))
	if !ok && c.is(servesEveryPath) {
		s, ok = c.services["/echo"], true
	}
	switch {
	case !ok && c.is(servesAPage):
		return service{}, refuse(302, "there is /echo and /chat", wire.Field{Name: "Location", Value: "/echo"})
	case !ok:
		return service{}, refuse(404, "there is /echo and /chat")
	}
	return s, nil
}
