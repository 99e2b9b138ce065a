package rewrite

import (
	"fmt"
	"net"
	"strings"

	"wsprobe/internal/wire"
)

// Server has requests name the server that they are forwarded to, for servers that
// insist on that, and has the answers name what the client asked for, since clients
// do: those of the hixie drafts compare both with what they sent.
type Server struct {
	Authority string // the server's host, with its port where that is not the scheme's
	Secure    bool   // it is reached over TLS
	Host      bool   // the Host field becomes Authority
	Origin    string // becomes the Origin; "": it stays
	// ClientSecure says that the client reaches us over TLS.
	ClientSecure bool
	// Note is told what was changed.
	Note func(text string)
}

// Request implements Changes.
func (s *Server) Request(r *wire.Request) (head []byte, answer func(*wire.Response) []byte) {
	had := sent{}
	head = edit(&r.Head, func(f *wire.Field, line []byte) []byte {
		switch {
		case s.Host && is(f, "Host"):
			had.host = strings.Clone(f.Value)
			return s.put("to the server", f, line, s.Authority)
		case s.Origin != "" && is(f, "Origin", "Sec-WebSocket-Origin"):
			had.origin = strings.Clone(f.Value)
			return s.put("to the server", f, line, s.Origin)
		}
		return line
	})
	return head, func(p *wire.Response) []byte { return s.response(had, p) }
}

// sent is what the client had in place of what it was made; "": nothing.
type sent struct{ host, origin string }

// put gives a field another value.
func (s *Server) put(to string, f *wire.Field, line []byte, value string) []byte {
	if f.Value == value {
		return line
	}
	s.Note(fmt.Sprintf("%s: %s: %s became %s", to, f.Name, f.Value, value))
	return withValue(line, value)
}

// response changes the head of an answer.
func (s *Server) response(had sent, p *wire.Response) []byte {
	return edit(&p.Head, func(f *wire.Field, line []byte) []byte {
		switch {
		case had.host != "" && is(f, "Location", "WebSocket-Location", "Sec-WebSocket-Location"):
			return s.put("to the client", f, line, s.location(f.Value, had.host))
		case f == nil || had.origin == "" || !strings.EqualFold(f.Value, s.Origin):
		// A client of the hixie drafts compares this with its origin in lower case.
		case is(f, "WebSocket-Origin", "Sec-WebSocket-Origin"):
			return s.put("to the client", f, line, strings.ToLower(had.origin))
		case is(f, "Access-Control-Allow-Origin"):
			return s.put("to the client", f, line, had.origin)
		}
		return line
	})
}

// location returns the URL by which a client reaches what a server calls url,
// where that is on this server.
func (s *Server) location(url, host string) string {
	scheme, rest, ok := strings.Cut(url, "://")
	end := strings.IndexAny(rest, "/?#")
	if end < 0 {
		end = len(rest)
	}
	if !ok || !strings.EqualFold(fullAuthority(scheme, rest[:end]), fullAuthority(s.scheme(), s.Authority)) {
		return url
	}
	base := "http"
	if strings.EqualFold(scheme, "ws") || strings.EqualFold(scheme, "wss") {
		base = "ws"
	}
	if s.ClientSecure {
		base += "s"
	}
	return base + "://" + host + rest[end:]
}

func (s *Server) scheme() string {
	if s.Secure {
		return "wss"
	}
	return "ws"
}

// fullAuthority returns an authority with its port.
func fullAuthority(scheme, authority string) string {
	if _, _, err := net.SplitHostPort(authority); err == nil {
		return authority
	}
	if strings.EqualFold(scheme, "https") || strings.EqualFold(scheme, "wss") {
		return authority + ":443"
	}
	return authority + ":80"
}
