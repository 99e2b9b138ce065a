package webview

import (
	"strings"
	"time"

	"wsprobe/internal/lint"
	"wsprobe/internal/record"
	"wsprobe/internal/subproto"
	"wsprobe/internal/wire"
	"wsprobe/report"
)

// conn sums a connection up.
type conn struct {
	record.Conn
	list      list
	version   uint64 // of the store, when it last changed
	closed    bool
	open      bool // its handshake was accepted
	last      time.Duration
	target    string
	host      string
	status    int
	code      uint16 // of the first Close
	dialect   wire.Dialect
	protocol  string
	deflate   string
	messages  [2]uint64
	frames    [2]uint64
	bytes     [2]uint64
	found     [3]uint64
	heads     []keptHead // of its opening handshake
	headBytes int
	names     subproto.Follower // of who writes to the store, alone
}

// see takes an event into the sums.
func (c *conn) see(e *lint.Event) {
	c.last = e.At
	for _, f := range e.Findings {
		c.found[levelOf(f.Rule)]++
	}
	switch {
	case e.Kind == lint.KindMessage:
		c.seeMessage(e.Message, e.Side)
		return
	case e.Kind == lint.KindFrame:
		c.frames[e.Side]++
	case e.Kind == lint.KindRequest && !c.open:
		c.target, c.host = e.Request.Target, e.Request.Host()
		c.dialect, _ = wire.DialectOf(e.Request)
	case e.Kind == lint.KindResponse && !c.open:
		c.seeResponse(e.Response)
	}
	c.bytes[e.Side] = max(c.bytes[e.Side], e.Offset+e.Size) // which counts what was lost, too
}

// plain takes a plain frame into the sums.
func (c *conn) plain(p *record.Plain, size uint64) {
	c.last = p.At
	c.frames[p.Side]++
	if !p.Header.Opcode.Control() {
		c.messages[p.Side]++
	}
	c.bytes[p.Side] = max(c.bytes[p.Side], p.Offset+size)
}

func (c *conn) seeMessage(m *lint.Message, side lint.Side) {
	switch {
	case !m.Opcode.Control():
		c.messages[side]++
	case m.Opcode == wire.OpClose && c.code == 0:
		c.code = noCode
		if m.Code != 0 {
			c.code = m.Code
		}
	}
}

func (c *conn) seeResponse(r *wire.Response) {
	c.status = r.Status
	if !r.Accepts() {
		return
	}
	c.open = true
	if c.protocol = r.Get("Sec-WebSocket-Protocol"); c.protocol == "" {
		c.protocol = r.Get("WebSocket-Protocol")
	}
	for _, x := range r.List("Sec-WebSocket-Extensions") {
		if name, params, _ := strings.Cut(x, ";"); strings.TrimSpace(name) == wire.DeflateName {
			c.deflate = strings.TrimSpace("on " + strings.TrimSpace(params))
		}
	}
}

// state says in a word where a connection stands.
func (c *conn) state() string {
	switch {
	case c.closed:
		return "closed"
	case c.code != 0:
		return "closing"
	case c.open:
		return "open"
	case c.status != 0:
		return "http"
	}
	return "connecting"
}

// connJSON is a connection as the page is told it.
type connJSON struct {
	ID       uint64    `json:"id"`
	Client   string    `json:"client"`
	Server   string    `json:"server"`
	URL      string    `json:"url"`
	Target   string    `json:"target"`
	Host     string    `json:"host"`
	Secure   bool      `json:"secure"`
	Start    int64     `json:"start"`  // milliseconds of the epoch
	Offset   float64   `json:"offset"` // seconds, as the times of rows count
	Last     float64   `json:"last"`
	State    string    `json:"state"`
	Status   int       `json:"status"`
	Code     uint16    `json:"code"`
	Dialect  string    `json:"dialect"`
	Protocol string    `json:"protocol"`
	Deflate  string    `json:"deflate"`
	Messages [2]uint64 `json:"messages"`
	Frames   [2]uint64 `json:"frames"`
	Bytes    [2]uint64 `json:"bytes"`
	Found    [3]uint64 `json:"found"`
	Rows     uint64    `json:"rows"`
}

// json tells the page of a connection. What a peer chose is cleaned: the page
// shows it as text, and text can still mislead.
func (c *conn) json() connJSON {
	_, rows := c.list.bounds()
	j := connJSON{
		ID: c.ID, Client: report.Clean(c.EndName(lint.Client)), Server: report.Clean(c.EndName(lint.Server)), URL: report.Clean(c.URL), Secure: c.Secure,
		Target: clip(c.target), Host: clip(c.host), Start: c.Start.UnixMilli(), Offset: c.Offset.Seconds(), Last: c.last.Seconds(),
		State: c.state(), Status: c.status, Code: c.code, Protocol: clip(c.protocol), Deflate: clip(c.deflate),
		Messages: c.messages, Frames: c.frames, Bytes: c.bytes, Found: c.found, Rows: rows,
	}
	if c.open {
		j.Dialect = c.dialect.String()
	}
	return j
}

// maxField is how many bytes of a field of a head a summary shows.
const maxField = 512

// clip makes a peer's text fit to be shown.
func clip(s string) string {
	if len(s) > maxField {
		return report.Clean(s[:maxField]) + "…"
	}
	return report.Clean(s)
}

// noCode stands for a Close without one (RFC 6455 §7.4.1).
const noCode = 1005
