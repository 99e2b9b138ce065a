package webview

import (
	"encoding/json"
	"slices"
	"time"

	"wsprobe/internal/lint"
	"wsprobe/internal/rules"
	"wsprobe/internal/wire"
)

// kind is what a row tells of: an event of that lint.Kind, or something else.
type kind uint8

const (
	kindOpen kind = 16 + iota
	kindClose
	kindNote
	kindLost // so many payloads (length), events (size) and packets (offset) were never told us
)

// row is one thing that was seen, without its bytes. There are millions of them:
// it has no pointers, and its fields are as small as they can be.
type row struct {
	conn   uint64
	at     time.Duration
	offset uint64
	size   uint64 // on the wire
	length uint64 // of the payload of a frame or message
	place  uint64 // of its bytes in the spill
	bytes  uint32 // how many these are
	extra  uint32 // of them, those of an extra, which come first
	frames uint32 // that a message was joined from
	mask   [4]byte
	code   uint16 // of a Close
	kind   kind
	side   lint.Side
	opcode wire.Opcode
	rsv    uint8
	bits   uint8
	flags  flags
	end    lint.End
	found  [3]uint8 // findings by level: MUST, SHOULD, MAY
}

type flags uint8

const (
	flagFin flags = 1 << iota
	flagMasked
	flagCut
	flagCompressed
	flagRaw
	flagFrame // there is a Frame
	flagNote
)

// extra is what few rows have.
type extra struct {
	Findings []lint.Finding `json:"f,omitempty"`
	Note     string         `json:"n,omitempty"`
	Name     string         `json:"m,omitempty"` // to the subprotocol
	Hixie    []byte         `json:"h,omitempty"` // a hixie frame's header
	Head     int            `json:"r,omitempty"` // bytes of an HTTP head, in front of the rest
	Body     int            `json:"b,omitempty"` // bytes of an event's Body, in front of its payload
}

// rowOf splits an event into a row and the parts of its bytes.
func rowOf(conn uint64, e *lint.Event) (r row, x extra, bytes [][]byte) {
	r = row{conn: conn, at: e.At, offset: e.Offset, size: e.Size, kind: kind(e.Kind), side: e.Side, end: e.End}
	x = extra{Findings: e.Findings, Note: e.Note}
	for _, f := range e.Findings {
		level := levelOf(f.Rule)
		r.found[level] = uint8(min(int(r.found[level])+1, 255))
	}
	r.set(flagNote, e.Note != "")
	switch {
	case e.Request != nil:
		x.Head = len(e.Request.Raw)
		bytes = [][]byte{e.Request.Raw, e.Body}
	case e.Response != nil:
		x.Head = len(e.Response.Raw)
		r.code = uint16(e.Response.Status)
		bytes = [][]byte{e.Response.Raw, e.Body}
	case e.Kind == lint.KindMessage:
		r.ofMessage(e.Message)
		bytes = [][]byte{e.Message.Payload}
	case e.Frame != nil:
		r.ofFrame(e.Frame)
		if e.Frame.Hixie != nil {
			x.Hixie = e.Frame.Hixie.Append(nil)
		}
		x.Body = len(e.Body)
		bytes = [][]byte{e.Body, e.Frame.Payload}
	default:
		bytes = [][]byte{e.Body}
	}
	return r, x, bytes
}

func (r *row) set(f flags, on bool) {
	if on {
		r.flags |= f
	}
}

func (r *row) is(f flags) bool { return r.flags&f != 0 }

func (r *row) ofFrame(f *lint.Frame) {
	r.opcode, r.rsv, r.bits, r.mask, r.length = f.Opcode, f.Rsv, f.Bits, f.Mask, f.Length
	r.set(flagFrame, true)
	r.set(flagFin, f.Fin)
	r.set(flagMasked, f.Masked)
	r.set(flagCut, f.Cut)
}

func (r *row) ofMessage(m *lint.Message) {
	r.opcode, r.length, r.frames, r.code = m.Opcode, m.Size, uint32(m.Frames), m.Code
	r.set(flagCut, m.Cut)
	r.set(flagCompressed, m.Compressed)
	r.set(flagRaw, m.Raw)
}

// levelOf returns where findings of a rule are counted.
func levelOf(id rules.ID) int {
	rule, _ := rules.Get(id)
	return slices.Index([]rules.Level{rules.Must, rules.Should, rules.May}, rule.Level)
}

// entry is a row with its bytes; these are gone where they were forgotten.
type entry struct {
	row
	seq  uint64
	x    extra
	data []byte // of the event, what is known
	gone bool
}

// unpack takes the bytes of a row apart.
func unpack(seq uint64, r row, p []byte, ok bool) entry {
	e := entry{row: r, seq: seq, gone: !ok && r.bytes > 0}
	if e.gone || r.bytes == 0 {
		return e
	}
	if r.extra > 0 {
		json.Unmarshal(p[:r.extra], &e.x) // which we wrote
	}
	e.data = p[r.extra:]
	return e
}

// payload returns what is known of a payload, or of the bytes of a head.
func (e *entry) payload() []byte { return e.data[min(e.x.Body, len(e.data)):] }

// event builds the event anew. It is false for what is none.
func (e *entry) event() (v lint.Event, ok bool) {
	if e.kind >= kindOpen {
		return v, false
	}
	v = lint.Event{Kind: lint.Kind(e.kind), Side: e.side, At: e.at, Offset: e.offset, Size: e.size, End: e.end,
		Findings: e.x.Findings, Note: e.x.Note, Name: e.x.Name}
	switch {
	case e.kind == kind(lint.KindMessage):
		v.Message = e.message()
	case e.is(flagFrame):
		v.Frame = e.frame()
		if e.x.Body > 0 {
			v.Body = e.data[:e.x.Body]
		}
	case e.kind == kind(lint.KindRequest):
		v.Request, v.Body = e.request()
	case e.x.Head > 0:
		v.Response, v.Body = e.response()
	case e.kind == kind(lint.KindResponse): // its bytes are gone
		v.Response = &wire.Response{Status: int(e.code)}
	default:
		v.Body = e.data
	}
	return v, true
}

func (e *entry) frame() *lint.Frame {
	f := &lint.Frame{Header: wire.Header{Fin: e.is(flagFin), Rsv: e.rsv, Opcode: e.opcode, Masked: e.is(flagMasked),
		Mask: e.mask, Bits: e.bits, Length: e.length}, Payload: e.payload(), Cut: e.is(flagCut) || e.gone}
	if len(e.x.Hixie) > 0 {
		var d wire.HixieDecoder
		c, _, _ := d.Next(e.x.Hixie)
		f.Hixie = &c.Header
	}
	return f
}

func (e *entry) message() *lint.Message {
	m := &lint.Message{Opcode: e.opcode, Payload: e.data, Size: e.length, Cut: e.is(flagCut) || e.gone,
		Frames: int(e.frames), Compressed: e.is(flagCompressed), Raw: e.is(flagRaw), Code: e.code}
	if e.opcode == wire.OpClose && len(e.data) > 2 {
		m.Reason = e.data[2:]
	}
	return m
}

func (e *entry) request() (*wire.Request, []byte) {
	if r, _, err := wire.ParseRequest(e.data[:e.x.Head]); err == nil {
		return r, e.data[e.x.Head:]
	}
	return &wire.Request{Head: wire.Head{Raw: e.data[:e.x.Head]}}, e.data[e.x.Head:]
}

func (e *entry) response() (*wire.Response, []byte) {
	if r, _, err := wire.ParseResponse(e.data[:e.x.Head]); err == nil {
		return r, e.data[e.x.Head:]
	}
	return &wire.Response{Head: wire.Head{Raw: e.data[:e.x.Head]}, Status: int(e.code)}, e.data[e.x.Head:]
}
