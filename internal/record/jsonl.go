package record

import (
	"bufio"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/netip"
	"strconv"
	"time"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"

	"wsprobe/internal/lint"
	"wsprobe/internal/rules"
	"wsprobe/internal/wire"
)

// JSONLVersion is the version of the format that JSONL writes. It changes when
// what was there before is written otherwise, not when something is added.
const JSONLVersion = 1

// jsonlBuffer is how much is written at once.
const jsonlBuffer = 256 << 10

// JSONL is a sink that writes everything, one JSON object a line. FORMAT.md
// beside this file has the keys.
type JSONL struct {
	w    *bufio.Writer
	line []byte
	err  error
	last prefix
	odd  bool // the latest frame does not say what message it is
	names
}

// NewJSONL writes to w. What w keeps is its own matter; it is not closed.
func NewJSONL(w io.Writer) *JSONL {
	return &JSONL{w: bufio.NewWriterSize(w, jsonlBuffer), names: newNames()}
}

// Open implements Sink.
func (j *JSONL) Open(c *Conn) {
	j.begin("open", c)
	j.number("version", JSONLVersion)
	j.text("at", c.Start.UTC().Format(time.RFC3339Nano))
	j.number("offset_ns", uint64(c.Offset))
	j.address("client", c.Client)
	j.address("server", c.Server)
	j.text("client_socket", c.ClientSocket)
	j.text("server_socket", c.ServerSocket)
	j.text("url", c.URL)
	j.flag("secure", c.Secure)
	j.tls("client_tls", c.ClientTLS)
	j.tls("server_tls", c.ServerTLS)
	j.count("http2_stream", uint64(c.Stream))
	j.count("http2_conn", c.Within)
	j.text("opaque", c.Opaque)
	j.flag("continues", c.Continues)
	j.count("repeated", uint64(c.Repeated))
	j.end()
}

// Event implements Sink.
func (j *JSONL) Event(c *Conn, e *lint.Event) {
	what := j.names.of(c).See(e)
	if e.Kind == lint.KindMessage && !j.odd && said(e) {
		return
	}
	j.odd = e.Kind == lint.KindFrame && e.Frame.Rsv&wire.RSV1 != 0
	j.begin(e.Kind.String(), c)
	j.covers(e.Side, e.At, e.Offset, e.Size)
	switch {
	case e.Kind == lint.KindEnd:
		j.text("how", map[lint.End]string{lint.EndFIN: "fin", lint.EndReset: "reset"}[e.End])
	case e.Kind == lint.KindMessage:
		j.message(e.Message)
	case e.Frame != nil:
		j.frame(e.Frame)
	case e.Request != nil:
		j.payload(append(e.Request.Raw[:len(e.Request.Raw):len(e.Request.Raw)], e.Body...), e.Size)
	case e.Response != nil:
		j.number("status", uint64(e.Response.Status))
		j.payload(append(e.Response.Raw[:len(e.Response.Raw):len(e.Response.Raw)], e.Body...), e.Size)
	default:
		j.payload(e.Body, e.Size)
	}
	j.text("name", what.Name)
	j.text("note", e.Note)
	j.findings(e.Findings)
	j.end()
}

// said reports whether a message says nothing that its frame has not said: it is
// one frame, and not compressed.
func said(e *lint.Event) bool {
	m := e.Message
	return m.Frames == 1 && !m.Compressed && len(e.Findings) == 0 && e.Note == "" && !(m.Opcode == wire.OpClose && m.Cut)
}

// covers writes which bytes an event covers.
func (j *JSONL) covers(side lint.Side, at time.Duration, offset, size uint64) {
	j.number("t_ns", uint64(at))
	j.plain("side", side.String())
	j.number("offset", offset)
	j.number("size", size)
}

// tls writes what was agreed on.
func (j *JSONL) tls(k string, t *TLS) {
	if t == nil {
		return
	}
	j.key(k)
	text, _ := json.Marshal(t)
	j.line = append(j.line, text...)
}

func (j *JSONL) frame(f *lint.Frame) {
	if f.Hixie != nil {
		j.number("hixie_type", uint64(f.Hixie.Type))
		if !f.Hixie.Sentinel() {
			j.hex("hixie_header", f.Hixie.Append(nil))
		}
		j.number("length", f.Length)
	} else {
		j.header(&f.Header)
	}
	j.payload(f.Payload, f.Length)
}

func (j *JSONL) header(h *wire.Header) {
	j.plain("opcode", h.Opcode.String())
	j.flag("fin", h.Fin)
	j.count("rsv", uint64(h.Rsv))
	if h.Masked {
		j.hex("mask", h.Mask[:])
	}
	if !h.Minimal() {
		j.number("length_bits", uint64(h.Bits))
	}
	j.number("length", h.Length)
}

func (j *JSONL) message(m *lint.Message) {
	j.text("opcode", m.Opcode.String())
	j.number("frames", uint64(m.Frames))
	j.flag("compressed", m.Compressed)
	j.flag("raw", m.Raw)
	j.number("length", m.Size)
	j.count("code", uint64(m.Code))
	j.payload(m.Payload, m.Size)
}

// payload writes bytes as text, where they are, and says where some are missing.
func (j *JSONL) payload(p []byte, size uint64) {
	switch {
	case len(p) == 0:
	case utf8.Valid(p):
		j.key("text")
		j.line = appendQuoted(j.line, p)
	default:
		j.key("base64")
		j.line = append(j.line, '"')
		j.line = base64.StdEncoding.AppendEncode(j.line, p)
		j.line = append(j.line, '"')
	}
	j.flag("cut", uint64(len(p)) < size)
}

func (j *JSONL) findings(all []lint.Finding) {
	for i, f := range all {
		if i == 0 {
			j.key("findings")
			j.line = append(j.line, '[')
		} else {
			j.line = append(j.line, ',')
		}
		rule, _ := rules.Get(f.Rule)
		j.line = append(j.line, '{')
		j.text("rule", string(f.Rule))
		j.text("level", string(rule.Level))
		j.text("source", rule.Document+" §"+rule.Section)
		j.text("detail", f.Detail)
		j.line = append(j.line, '}')
	}
	if len(all) > 0 {
		j.line = append(j.line, ']')
	}
}

// Lost implements Sink.
func (j *JSONL) Lost(n Loss) {
	j.begin("lost", nil)
	j.number("payloads", n.Payloads)
	j.number("events", n.Events)
	if n.Packets > 0 {
		j.number("packets", n.Packets)
	}
	j.end()
}

// Note implements Sink.
func (j *JSONL) Note(c *Conn, at time.Duration, text string) {
	j.begin("note", c)
	j.number("t_ns", uint64(at))
	j.text("note", text)
	j.end()
}

// Close implements Sink.
func (j *JSONL) Close(c *Conn, at time.Duration) {
	j.names.forget(c)
	j.begin("close", c)
	j.number("t_ns", uint64(at))
	j.end()
}

// Flush implements Sink.
func (j *JSONL) Flush() error {
	if err := j.w.Flush(); j.err == nil {
		j.err = err
	}
	return j.err
}

// Buffered returns how many bytes Flush would write.
func (j *JSONL) Buffered() int { return j.w.Buffered() }

// End implements Sink.
func (j *JSONL) End() error { return j.Flush() }

func (j *JSONL) begin(kind string, c *Conn) {
	j.line = append(j.w.AvailableBuffer(), '{')
	j.plain("type", kind)
	if c != nil {
		j.number("conn", c.ID)
	}
}

func (j *JSONL) end() {
	j.line = append(j.line, '}', '\n')
	if _, err := j.w.Write(j.line); j.err == nil {
		j.err = err
	}
}

func (j *JSONL) key(k string) {
	if j.line[len(j.line)-1] != '{' {
		j.line = append(j.line, ',')
	}
	j.line = append(append(append(j.line, '"'), k...), '"', ':')
}

// plain writes a member that needs no escapes.
func (j *JSONL) plain(k, v string) {
	j.key(k)
	j.line = append(append(append(j.line, '"'), v...), '"')
}

// text writes a member, unless it is empty.
func (j *JSONL) text(k, v string) {
	if v != "" {
		j.key(k)
		j.line, _ = jsontext.AppendQuote(j.line, v)
	}
}

func (j *JSONL) number(k string, v uint64) {
	j.key(k)
	j.line = strconv.AppendUint(j.line, v, 10)
}

// address writes a member, unless it is not known.
func (j *JSONL) address(k string, v netip.AddrPort) {
	if v.IsValid() {
		j.text(k, v.String())
	}
}

// count writes a member, unless it is 0.
func (j *JSONL) count(k string, v uint64) {
	if v != 0 {
		j.number(k, v)
	}
}

// hex writes a member in hex.
func (j *JSONL) hex(k string, v []byte) {
	j.key(k)
	j.line = append(hex.AppendEncode(append(j.line, '"'), v), '"')
}

// flag writes a member, unless it is false.
func (j *JSONL) flag(k string, v bool) {
	if v {
		j.key(k)
		j.line = append(j.line, "true"...)
	}
}
