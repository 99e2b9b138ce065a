package record

import (
	"encoding/hex"
	"strconv"
	"time"

	"wsprobe/internal/lint"
	"wsprobe/internal/wire"
)

// prefix is how the lines of frames begin that came at once: the most that come.
type prefix struct {
	conn uint64
	side lint.Side
	at   time.Duration
	text []byte
}

// Plain implements PlainSink. It writes the line that Event would, member for member.
func (j *JSONL) Plain(c *Conn, p *Plain) {
	h := &p.Header
	j.odd = false
	if j.last.text == nil || j.last.conn != c.ID || j.last.at != p.At || j.last.side != p.Side {
		j.last.set(c.ID, p.At, p.Side)
	}
	b := append(j.w.AvailableBuffer(), j.last.text...)
	b = strconv.AppendUint(b, p.Offset, 10)
	b = append(b, `,"size":`...)
	b = strconv.AppendUint(b, uint64(h.Size())+h.Length, 10)
	b = append(b, `,"opcode":"`...)
	b = append(b, h.Opcode.String()...)
	b = append(b, `","fin":true`...)
	if h.Masked {
		b = append(b, `,"mask":"`...)
		b = append(hex.AppendEncode(b, h.Mask[:]), '"')
	}
	b = append(b, `,"length":`...)
	b = strconv.AppendUint(b, h.Length, 10)
	if h.Opcode == wire.OpText && uint64(len(p.Payload)) == h.Length && h.Length > 0 {
		// That it is UTF-8 was seen before it was taken for plain.
		j.line = appendQuoted(append(b, `,"text":`...), p.Payload)
	} else {
		j.line = b
		j.payload(p.Payload, h.Length)
	}
	if f := j.names.of(c); !f.Silent(p.Side, h.Opcode, p.Payload) {
		end := p.Offset + uint64(h.Size()) + h.Length
		j.text("name", f.Message(p.Side, end, h.Opcode, p.Payload, uint64(len(p.Payload)) < h.Length).Name)
	}
	j.end()
}

// set makes the prefix for others.
func (x *prefix) set(conn uint64, at time.Duration, side lint.Side) {
	x.conn, x.at, x.side = conn, at, side
	b := append(x.text[:0], `{"type":"frame","conn":`...)
	b = strconv.AppendUint(b, conn, 10)
	b = append(b, `,"t_ns":`...)
	b = strconv.AppendUint(b, uint64(at), 10)
	b = append(b, `,"side":"`...)
	b = append(b, side.String()...)
	x.text = append(b, `","offset":`...)
}
