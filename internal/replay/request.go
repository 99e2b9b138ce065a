package replay

import (
	"bytes"
	"crypto/rand"
	"net/url"
	"strings"

	"wsprobe/internal/lint"
	"wsprobe/internal/wire"
)

// request returns the bytes of a recorded request as they are sent now: with fresh
// keys where there were good ones, and the host that it goes to.
func (o *Options) request(e *lint.Event) []byte {
	r := e.Request
	line, _, _ := bytes.Cut(r.Raw, []byte("\n"))
	end := "\r\n"
	if !bytes.HasSuffix(line, []byte("\r")) {
		end = "\n"
	}
	out := append([]byte(o.line(r)), end...)
	rest := r.Raw[len(line)+1:]
	for i := range r.Fields {
		f := &r.Fields[i]
		rest = rest[len(f.Raw):]
		if value := o.field(r, f); value == f.Value {
			out = append(out, f.Raw...)
		} else {
			out = append(out, f.Name+": "+value+end...)
		}
	}
	return append(append(out, rest...), o.body(e)...)
}

// line returns the request line.
func (o *Options) line(r *wire.Request) string {
	if o.Target == "" {
		return r.Line
	}
	return strings.Replace(r.Line, r.Target, o.Target, 1)
}

// field returns the value of a field as it is sent now.
func (o *Options) field(r *wire.Request, f *wire.Field) string {
	switch name := strings.ToLower(f.Name); {
	case o.Exact:
	case name == "sec-websocket-key" && wire.ValidKey(f.Value):
		return wire.NewKey(rand.Reader)
	case name == "sec-websocket-key1" || name == "sec-websocket-key2":
		if _, ok := wire.ParseKey76(f.Literal()).Part(); ok {
			return wire.NewKey76(rand.Reader)
		}
	}
	switch name := strings.ToLower(f.Name); {
	case o.KeepHost || o.Host == "":
	case name == "host":
		return o.Host
	case name == "origin" || name == "sec-websocket-origin":
		if u, err := url.Parse(f.Value); err == nil && u.Host != "" && u.Host == r.Get("Host") {
			return strings.Replace(f.Value, u.Host, o.Host, 1)
		}
	}
	return f.Value
}

// body returns what is behind the head: of hixie-76, eight bytes that are as
// random as the keys.
func (o *Options) body(e *lint.Event) []byte {
	if len(e.Body) != 8 || o.Exact || !e.Request.Has("Sec-WebSocket-Key1") {
		return e.Body
	}
	key := make([]byte, 8)
	rand.Read(key)
	return key
}
