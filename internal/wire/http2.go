package wire

import (
	"slices"
	"strings"
)

// HTTP2 is the version in heads that were sent in HTTP/2 and are text here, for all
// who know heads as text (RFC 8441 §5.1):
//
//	CONNECT /chat HTTP/2
//	:protocol: websocket
//	:scheme: https
//	:authority: server.example.com
//	sec-websocket-version: 13
const HTTP2 = "HTTP/2"

// multiplexed reports whether the head is one of HTTP/2.
func (h *Head) multiplexed() bool {
	return strings.HasSuffix(h.Line, " "+HTTP2) || strings.HasPrefix(h.Line, HTTP2+" ")
}

// Host returns what the request says whom it is for: Host or, in HTTP/2, :authority.
func (r *Request) Host() string {
	if r.Proto == HTTP2 && r.Has(":authority") {
		return r.Get(":authority")
	}
	return r.Get("Host")
}

// Accepts reports whether the response accepts an opening handshake: 101 or, in
// HTTP/2, any status of success (RFC 8441 §5).
func (r *Response) Accepts() bool {
	return r.Status == 101 || r.Proto == HTTP2 && r.Status/100 == 2
}

// HTTP1 returns the opening handshake in HTTP/1.1 that asks for the same, with that
// key (RFC 6455 §4.1).
func (r *Request) HTTP1(key string) *Request {
	b := append([]byte("GET "+r.Target+" HTTP/1.1\r\nHost: "+r.Host()+"\r\n"), upgradeFields...)
	b = append(b, "Sec-WebSocket-Key: "+key+"\r\n"...)
	if crumbs := r.Values("Cookie"); len(crumbs) > 0 { // RFC 9113 §8.2.3
		b = append(b, "Cookie: "+strings.Join(crumbs, "; ")+"\r\n"...)
	}
	b = r.appendOwn(b, "Host", "Upgrade", "Connection", "Sec-WebSocket-Key", "Cookie")
	one, _, err := ParseRequest(b)
	if err != nil { // what it asks for no HTTP/1.1 can
		return r
	}
	return one
}

// HTTP1 returns the response in HTTP/1.1 that says the same to a request with that key
// (RFC 6455 §4.2.2).
func (r *Response) HTTP1(key string) *Response {
	b := append([]byte("HTTP/1.1 101 Switching Protocols\r\n"), upgradeFields...)
	if r.Accepts() {
		b = append(b, "Sec-WebSocket-Accept: "+Accept(key)+"\r\n"...)
	} else {
		b = append([]byte("HTTP/1.1 "), strings.TrimPrefix(r.Line, HTTP2+" ")+"\r\n"...)
	}
	b = r.appendOwn(b, "Upgrade", "Connection", "Sec-WebSocket-Accept")
	one, _, err := ParseResponse(b)
	if err != nil {
		return r
	}
	return one
}

// upgradeFields are in both heads of HTTP/1.1.
const upgradeFields = "Upgrade: websocket\r\nConnection: Upgrade\r\n"

// appendOwn appends the fields of h but pseudo-header fields and those named, and the
// blank line.
func (h *Head) appendOwn(b []byte, but ...string) []byte {
	for i := range h.Fields {
		f := &h.Fields[i]
		named := func(name string) bool { return strings.EqualFold(f.Name, name) }
		if !strings.HasPrefix(f.Name, ":") && !slices.ContainsFunc(but, named) {
			b = append(b, f.Raw...)
		}
	}
	return append(b, "\r\n"...)
}
