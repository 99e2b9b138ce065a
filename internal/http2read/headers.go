package http2read

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"golang.org/x/net/http2/hpack"

	"wsprobe/internal/lint"
	"wsprobe/internal/wire"
)

// errorCodes are those of RFC 9113 §7, by number.
var errorCodes = [...]string{"NO_ERROR", "PROTOCOL_ERROR", "INTERNAL_ERROR", "FLOW_CONTROL_ERROR", "SETTINGS_TIMEOUT", "STREAM_CLOSED",
	"FRAME_SIZE_ERROR", "REFUSED_STREAM", "CANCEL", "COMPRESSION_ERROR", "CONNECT_ERROR", "ENHANCE_YOUR_CALM", "INADEQUATE_SECURITY", "HTTP_1_1_REQUIRED"}

func errorCode(code uint32) string {
	if code < uint32(len(errorCodes)) {
		return errorCodes[code]
	}
	return fmt.Sprintf("code %#x", code)
}

// headers takes a HEADERS or PUSH_PROMISE frame: what is before the header block, and
// the block as far as it goes.
func (c *Conn) headers(h *half, at time.Duration, p []byte) {
	f, before, pad := &h.frame, 0, 0
	if f.has(flagPadded) && len(p) > 0 {
		before, pad = 1, int(p[0])
	}
	switch {
	case f.kind == framePush:
		before += 4
	case f.has(flagPriority):
		before += prioritySize
	}
	if before+pad > len(p) {
		c.lose(at, "not looked into any further: a header block of the %s has more padding than there is room (RFC 9113 §6.2)", h.side)
		return
	}
	h.begun, h.promise = *f, f.kind == framePush
	h.block = append(h.block[:0], p[before:len(p)-pad]...)
	c.continued(h, at, f.has(flagEndHeaders))
}

// continued decodes a header block once it is whole.
func (c *Conn) continued(h *half, at time.Duration, whole bool) {
	if h.open = !whole; h.open {
		return
	}
	h.fields, h.size = h.fields[:0], 0
	err := h.decode()
	if h.block = h.block[:0]; cap(h.block) > maxIdle {
		h.block = nil
	}
	switch {
	case err != nil:
		c.lose(at, "not looked into any further: header fields of the %s cannot be read: %v", h.side, err)
	case h.size > maxBlock:
		c.lose(at, "not looked into any further: header fields of the %s have %d bytes", h.side, h.size)
	case !h.promise:
		c.fields(h, at)
	}
	if clear(h.fields); cap(h.fields) > maxIdle/64 {
		h.fields = nil
	}
}

// fieldCost is what a field takes beside its text, as its peers count it (RFC 7541 §4.1).
const fieldCost = 32

// errTable says that a table would be larger than was allowed.
var errTable = errors.New("a table of fields larger than was allowed")

// decode decodes the header block. The sizes of the table that it may begin with are
// taken here: there may be two, the smallest and the last (RFC 7541 §4.2), of which the
// decoder takes one.
func (h *half) decode() error {
	b := h.block
	for len(b) > 0 && b[0]&0xE0 == 0x20 {
		size, rest, ok := integer(b)
		if !ok || size > h.table {
			return errTable
		}
		h.decoder.SetMaxDynamicTableSize(uint32(size))
		b = rest
	}
	if _, err := h.decoder.Write(b); err != nil {
		return err
	}
	return h.decoder.Close()
}

// integer reads an integer with a prefix of five bits (RFC 7541 §5.1).
func integer(b []byte) (n uint64, rest []byte, ok bool) {
	const prefix = 1<<5 - 1
	if n = uint64(b[0] & prefix); n < prefix {
		return n, b[1:], true
	}
	for i := 1; i < len(b) && i < 6; i++ {
		n += uint64(b[i]&0x7F) << (7 * (i - 1))
		if b[i]&0x80 == 0 {
			return n, b[i+1:], true
		}
	}
	return 0, nil, false
}

// fields takes the header fields of a request or a response.
func (c *Conn) fields(h *half, at time.Duration) {
	id := h.begun.stream
	s := c.streams[id]
	switch {
	case h.side == lint.Client && s == nil && asksWebSocket(h.fields):
		if len(c.streams) == maxStreams {
			c.lose(at, "not looked into any further: %d WebSockets at a time", maxStreams+1)
			return
		}
		s = &stream{Stream: c.o.Open(id, at, c.enabled)}
		c.streams[id] = s
		s.Data(h.side, at, requestText(h.fields))
	case h.side == lint.Server && s != nil && !s.answered && !s.ended[h.side]:
		status := value(h.fields, ":status")
		s.answered = !strings.HasPrefix(status, "1")
		s.Data(h.side, at, headText(wire.HTTP2+" "+clean(status), h.fields, ":status"))
	}
	if h.begun.has(flagEndStream) {
		c.end(id, h.side, at, lint.EndFIN)
	}
}

// asksWebSocket reports whether a request opens a WebSocket (RFC 8441 §5).
func asksWebSocket(fields []hpack.HeaderField) bool {
	return value(fields, ":method") == "CONNECT" && strings.EqualFold(value(fields, ":protocol"), "websocket")
}

func value(fields []hpack.HeaderField, name string) string {
	for _, f := range fields {
		if f.Name == name {
			return f.Value
		}
	}
	return ""
}

// requestText writes a request as wire.HTTP2 shows it.
func requestText(fields []hpack.HeaderField) []byte {
	return headText("CONNECT "+clean(value(fields, ":path"))+" "+wire.HTTP2, fields, ":method", ":path")
}

// headText writes a head, with the fields but those that the first line says.
func headText(line string, fields []hpack.HeaderField, said ...string) []byte {
	b := []byte(line + "\r\n")
next:
	for _, f := range fields {
		for i, name := range said {
			if f.Name == name {
				said = append(said[:i:i], said[i+1:]...) // a second one is shown
				continue next
			}
		}
		b = append(b, clean(f.Name)+": "+clean(f.Value)+"\r\n"...)
	}
	return append(b, "\r\n"...)
}

// clean replaces what may not be in a field (RFC 9113 §8.2.1) and would end a line here.
func clean(s string) string {
	if !strings.ContainsAny(s, "\r\n\x00") {
		return s
	}
	return strings.NewReplacer("\r", "�", "\n", "�", "\x00", "�").Replace(s)
}
