package rewrite

import (
	"bytes"
	"fmt"
	"strings"

	"wsprobe/internal/forward"
	"wsprobe/internal/wire"
)

// Absolute makes the requests that a client sends to a proxy those that the server
// is to get: in origin form, and without the fields that are for the proxy. A
// request that is for another server is not this connection's any more.
type Absolute struct {
	Authority string // the server's, as its URL has it
	// Note is told what was changed.
	Note func(text string)
}

// Request implements Changes.
func (a *Absolute) Request(r *wire.Request) (head []byte, answer func(*wire.Response) []byte) {
	same := func(p *wire.Response) []byte { return p.Raw }
	to, ok := forward.SplitAbsolute(r.Target)
	switch {
	case r.Method == "CONNECT", ok && !strings.EqualFold(fullAuthority("http", to.Authority), fullAuthority("http", a.Authority)):
		a.Note(fmt.Sprintf("the client goes on with another server: %s %s", r.Method, r.Target))
		return nil, nil
	case !ok:
		return r.Raw, same
	}
	// RFC 9112 §3.2.4: an OPTIONS for a server as a whole has its URL without a path.
	if r.Method == "OPTIONS" && strings.HasSuffix(r.Target, "://"+to.Authority) {
		to.Path = "*"
	}
	a.Note(fmt.Sprintf("asked of the proxy: %s %s", r.Method, r.Target))
	return edit(&r.Head, func(f *wire.Field, line []byte) []byte {
		switch {
		case f == nil:
			return bytes.Replace(line, []byte(r.Target), []byte(to.Path), 1)
		case is(f, "Proxy-Connection", "Proxy-Authorization"):
			return nil
		// RFC 9112 §3.2.2: what counts is the target, and a Host that differs is replaced.
		case is(f, "Host") && !strings.EqualFold(fullAuthority("http", f.Value), fullAuthority("http", to.Authority)):
			return withValue(line, to.Authority)
		}
		return line
	}), same
}
