package filter

import (
	"bytes"
	"net/url"

	"wsprobe/internal/lint"
	"wsprobe/internal/record"
	"wsprobe/internal/subproto"
	"wsprobe/internal/wire"
)

// Talk is what is known of a connection beside the event that is looked at: its
// ends, and its opening handshake as far as See was told. Every connection has one
// of its own, and it is not safe for concurrent use.
type Talk struct {
	record.Conn
	request  *wire.Request
	response *wire.Response
	names    subproto.Follower
	what     subproto.Description // of the event seen last
}

// NewTalk begins a connection.
func NewTalk(c *record.Conn) *Talk { return &Talk{Conn: *c} }

// See takes note of an event, before it is looked at. Of those that begin no
// connection there is nothing to note. It keeps a copy.
func (t *Talk) See(e *lint.Event) {
	t.what = t.names.See(e)
	switch {
	case e.Kind == lint.KindRequest && t.response == nil, e.Kind == lint.KindRequest && !t.response.Accepts():
		t.request, _, _ = wire.ParseRequest(bytes.Clone(e.Request.Raw))
		t.response = nil
	case e.Kind == lint.KindResponse && t.response == nil:
		t.response, _, _ = wire.ParseResponse(bytes.Clone(e.Response.Raw))
	}
}

// dialect returns the dialect by name, "" where no handshake has told it yet.
func (t *Talk) dialect() string {
	if t.request == nil {
		return ""
	}
	if d, _ := wire.DialectOf(t.request); d != wire.DialectUnknown {
		return d.String()
	}
	return ""
}

// protocol returns the subprotocol that was agreed, "" for none.
func (t *Talk) protocol() string {
	if t.response == nil || !t.response.Accepts() {
		return ""
	}
	if p := t.response.Get("Sec-WebSocket-Protocol"); p != "" {
		return p
	}
	return t.response.Get("WebSocket-Protocol")
}

// url returns where the connection goes, as well as it is known. What is asked of a
// server at a Unix socket is what would be asked of it elsewhere.
func (t *Talk) url() *url.URL {
	u, err := url.Parse(t.URL)
	if err != nil || t.URL == "" || t.ServerSocket != "" && t.request != nil {
		u = &url.URL{Scheme: "ws", Host: "localhost"}
		if t.Server.IsValid() {
			u.Host = t.Server.String()
		}
		if t.Secure {
			u.Scheme = "wss"
		}
	}
	if t.request == nil {
		return u
	}
	if asked, err := url.Parse(t.request.Target); err == nil {
		u.Path, u.RawPath, u.RawQuery = asked.Path, asked.RawPath, asked.RawQuery
	}
	if host := t.request.Host(); host != "" {
		u.Host = host
	}
	return u
}
