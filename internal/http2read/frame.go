package http2read

import (
	"encoding/binary"
	"fmt"
	"maps"
	"slices"
	"time"

	"golang.org/x/net/http2/hpack"

	"wsprobe/internal/lint"
)

// The types of frames that are looked into (RFC 9113 §6).
const (
	frameData         = 0
	frameHeaders      = 1
	frameReset        = 3
	frameSettings     = 4
	framePush         = 5
	frameContinuation = 9
)

// Their flags.
const (
	flagEndStream  = 0x1 // DATA, HEADERS
	flagAck        = 0x1 // SETTINGS
	flagEndHeaders = 0x4 // HEADERS, PUSH_PROMISE, CONTINUATION
	flagPadded     = 0x8 // DATA, HEADERS, PUSH_PROMISE
	flagPriority   = 0x20
)

// How much some take.
const (
	headSize     = 9
	prioritySize = 5
	settingSize  = 6
	maxSettings  = 1 << 10 // settings of a frame
	// settingTable is SETTINGS_HEADER_TABLE_SIZE (RFC 9113 §6.5.2), and firstTable what it is
	// until it is said.
	settingTable = 1
	firstTable   = 4096
	// settingConnect is SETTINGS_ENABLE_CONNECT_PROTOCOL (RFC 8441 §3).
	settingConnect = 8
)

// frame is the head of a frame.
type frame struct {
	length, left uint32 // of its payload, and of that what is still to come
	kind, flags  byte
	stream       uint32
}

func (f *frame) has(flag byte) bool { return f.flags&flag != 0 }

// half is what one side sends.
type half struct {
	side    lint.Side
	preface int    // bytes of it that are still to come
	held    []byte // of a head that is not whole, or of a payload that is looked into as a whole
	frame   frame
	inside  bool // in frame's payload
	pad     int  // of a DATA frame: bytes of padding at its end; -1: not yet known

	block   []byte // a header block that is not whole
	begun   frame  // the frame that began it
	promise bool   // it is a PUSH_PROMISE's
	open    bool   // a CONTINUATION must follow

	decoder *hpack.Decoder
	table   uint64 // how large its table may be
	fields  []hpack.HeaderField
	size    int // of fields
}

func (h *half) init(side lint.Side) {
	h.side = side
	if side == lint.Client {
		h.preface = len(Preface)
	}
	h.table = firstTable
	h.decoder = hpack.NewDecoder(firstTable, func(f hpack.HeaderField) {
		if h.size += len(f.Name) + len(f.Value) + fieldCost; h.size <= maxBlock {
			h.fields = append(h.fields, f)
		}
	})
	h.decoder.SetMaxStringLength(maxBlock)
}

// ids returns the streams in the order in which they were opened.
func (c *Conn) ids() []uint32 { return slices.Sorted(maps.Keys(c.streams)) }

// take takes bytes from the front of p, and returns how many.
func (c *Conn) take(h *half, at time.Duration, p []byte) int {
	switch {
	case h.preface > 0:
		n := min(h.preface, len(p))
		if done := len(Preface) - h.preface; string(p[:n]) != Preface[done:done+n] {
			c.lose(at, "not looked into: HTTP/2 was agreed on, and the client does not begin it as RFC 9113 §3.4 says")
		}
		h.preface -= n
		return n
	case !h.inside:
		n := min(headSize-len(h.held), len(p))
		if h.held = append(h.held, p[:n]...); len(h.held) == headSize {
			c.begin(h, at)
		}
		return n
	}
	n := min(int(h.frame.left), len(p))
	h.frame.left -= uint32(n)
	c.payload(h, at, p[:n])
	if h.frame.left == 0 {
		c.finish(h, at)
	}
	return n
}

// begin begins a frame, whose head is held.
func (c *Conn) begin(h *half, at time.Duration) {
	f := frame{
		length: uint32(h.held[0])<<16 | uint32(h.held[1])<<8 | uint32(h.held[2]),
		kind:   h.held[3], flags: h.held[4],
		stream: binary.BigEndian.Uint32(h.held[5:]) &^ (1 << 31),
	}
	f.left = f.length
	h.frame, h.held, h.inside, h.pad = f, h.held[:0], true, 0
	if f.kind == frameData && f.has(flagPadded) {
		h.pad = -1
	}
	switch whole := h.whole(); {
	case h.open && (f.kind != frameContinuation || f.stream != h.begun.stream):
		c.lose(at, "not looked into any further: a header block of the %s is interrupted (RFC 9113 §6.10)", h.side)
	case whole && int(f.length)+len(h.block) > maxBlock, f.kind == frameSettings && f.length > maxSettings*settingSize:
		c.lose(at, "not looked into any further: a frame of type %d of the %s has %d bytes", f.kind, h.side, f.length)
	case f.left == 0:
		c.finish(h, at)
	}
}

// whole reports whether a frame's payload is needed as a whole.
func (h *half) whole() bool {
	switch h.frame.kind {
	case frameHeaders, framePush, frameContinuation, frameSettings, frameReset:
		return true
	}
	return false
}

// payload takes a piece of payload.
func (c *Conn) payload(h *half, at time.Duration, p []byte) {
	if h.whole() {
		h.held = append(h.held, p...)
		return
	}
	if h.frame.kind != frameData {
		return
	}
	if h.pad < 0 {
		h.pad, p = int(p[0]), p[1:]
	}
	if over := h.pad - int(h.frame.left); over > 0 { // the end of p is padding
		p = p[:max(0, len(p)-over)]
	}
	if s := c.streams[h.frame.stream]; s != nil && len(p) > 0 && !s.ended[h.side] {
		s.Data(h.side, at, p)
	}
}

// finish takes a frame whose payload is there.
func (c *Conn) finish(h *half, at time.Duration) {
	f, p := &h.frame, h.held
	h.inside = false
	switch f.kind {
	case frameData:
		if f.has(flagEndStream) {
			c.end(f.stream, h.side, at, lint.EndFIN)
		}
	case frameHeaders, framePush:
		c.headers(h, at, p)
	case frameContinuation:
		h.block = append(h.block, p...)
		c.continued(h, at, f.has(flagEndHeaders))
	case frameSettings:
		if !f.has(flagAck) {
			c.settings(h, at, p)
		}
	case frameReset:
		c.reset(h, at, p)
	}
	h.held = h.held[:0]
	if cap(h.held) > maxIdle {
		h.held = nil
	}
}

// maxIdle is the largest buffer that is kept for the next frame.
const maxIdle = 4 << 10

// settings takes what a side says of itself.
func (c *Conn) settings(h *half, at time.Duration, p []byte) {
	for ; len(p) >= settingSize; p = p[settingSize:] {
		switch value := binary.BigEndian.Uint32(p[2:]); binary.BigEndian.Uint16(p) {
		case settingTable: // how large a table the other side may use
			other := &c.half[1-h.side]
			other.table = max(other.table, uint64(min(value, maxTable))) // it may be told later
			other.decoder.SetAllowedMaxDynamicTableSize(uint32(other.table))
		case settingConnect:
			c.connect(h.side, at, value)
		}
	}
}

// connect takes whether a side takes WebSockets, which of a client means nothing. What
// is wrong with that is said once.
func (c *Conn) connect(side lint.Side, at time.Duration, value uint32) {
	wrong := ""
	switch {
	case value > 1:
		wrong = fmt.Sprintf("with %d, which MUST be 0 or 1", value)
	case side == lint.Client:
	case value == 1:
		c.enabled = true
	case c.enabled:
		wrong = "with 0 after 1, which it MUST NOT"
	}
	if wrong != "" && !c.noted {
		c.noted = true
		c.o.Note(at, fmt.Sprintf("the %s sent SETTINGS_ENABLE_CONNECT_PROTOCOL %s (RFC 8441 §3)", side, wrong))
	}
}

// reset takes an RST_STREAM, which ends both sides at once.
func (c *Conn) reset(h *half, at time.Duration, p []byte) {
	s := c.streams[h.frame.stream]
	if s == nil || len(p) != 4 {
		return
	}
	s.Note(at, "the "+h.side.String()+" sent RST_STREAM, "+errorCode(binary.BigEndian.Uint32(p)))
	if s.ended[h.side] { // and what the other end sends is not taken any more
		c.drop(h.frame.stream, at, true)
		return
	}
	c.end(h.frame.stream, h.side, at, lint.EndReset)
}
