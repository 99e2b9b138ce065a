package probe

import (
	"bytes"
	"crypto/rand"
	"fmt"
	"slices"
	"strings"

	"wsprobe/internal/casefile"
	"wsprobe/internal/lint"
	"wsprobe/internal/rules"
	"wsprobe/internal/wire"
	"wsprobe/report"
)

// tooMuchCodes are the close codes for a message that is too long, or that comes
// in too many fragments (RFC 6455 §7.4.1).
var tooMuchCodes = []uint16{1008, 1009}

// unlimited is how long a message is that every server is thought to take. RFC
// 6455 §10.4 names no size; the smallest limit seen in the field is 8 KiB.
const unlimited = 4 << 10

// echo sends messages and expects each back before it sends the next.
func (p *player) echo(c *conn, s *casefile.Step) {
	e := s.Echo
	data := e.Payload.Append(make([]byte, 0, e.Payload.Size()+e.Window), p.vars)
	payloads := windows(data, e.Window)
	times := e.Times
	if limit := p.target.opts.echoTimes(); times > limit {
		times = limit
	}
	var buf []byte
	for i := range times {
		mark, payload := p.log.len(), payloads(i)
		c.says(payload)
		buf = c.appendMessage(buf[:0], e, payload)
		if i == 0 {
			c.writeEchoLine(e, payload, times)
		}
		c.write(buf, pace{chop: s.Chop, every: s.Every})
		if !p.expectBack(c, s, payload, i) || p.over() {
			return
		}
		if i > 0 {
			p.fold(c, mark)
		}
	}
}

// fold lets go of the lines, from mark on, of a message that came back as the ones
// before it did. A transcript would have no room for a later one that does not.
func (p *player) fold(c *conn, mark int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for i := range p.findings {
		if p.findings[i].After > mark {
			return
		}
	}
	p.log.drop(mark, func(l report.Line) bool {
		return l.Client == c.name && !l.Sent && (l.Kind == "text" || l.Kind == "binary" || l.Kind == "cont")
	})
}

// echoTimes is how many messages an echo step plays at the most.
func (o *Options) echoTimes() int {
	if o.EchoTimes > 0 {
		return o.EchoTimes
	}
	return DefaultEchoTimes
}

// windows returns what gives the i-th window of data; where data ends, it begins
// again, which is why its beginning is put behind it once more.
func windows(data []byte, size int) func(i int) []byte {
	whole := len(data)
	if size == 0 || whole == 0 {
		return func(int) []byte { return data }
	}
	for more := size - 1; more > 0; {
		again := data[:min(more, whole)]
		data, more = append(data, again...), more-len(again)
	}
	return func(i int) []byte {
		at := i * size % whole
		return data[at : at+size]
	}
}

// appendMessage appends a message as one frame or in fragments. Fragments are
// cut from the compressed message, as RFC 7692 §6.1 has it.
func (c *conn) appendMessage(dst []byte, e *casefile.Echo, payload []byte) []byte {
	if c.p.c.Dialect.Traits().Hixie {
		return wire.AppendHixieText(dst, payload)
	}
	h := wire.Header{Opcode: e.Opcode, Masked: true}
	if e.Compress {
		h.Fin = true // whole, whatever the fragments
		payload = c.compress(&h, payload)
	}
	size := e.Fragment
	if size == 0 || size > len(payload) {
		size = max(1, len(payload))
	}
	for {
		piece := payload[:min(size, len(payload))]
		payload = payload[len(piece):]
		h.Fin, h.Length = len(payload) == 0, uint64(len(piece))
		rand.Read(h.Mask[:])
		dst = wire.AppendFrame(dst, h, piece)
		if h.Fin {
			return dst
		}
		h.Opcode, h.Rsv = wire.OpContinuation, 0
	}
}

// writeEchoLine writes down the first message as if it were one frame, and how
// many there will be; to write each down would fill the transcript with them.
func (c *conn) writeEchoLine(e *casefile.Echo, payload []byte, times int) {
	var notes []string
	if times > 1 {
		notes = append(notes, fmt.Sprintf("the first of %d", times))
	}
	if e.Fragment > 0 && e.Fragment < len(payload) {
		notes = append(notes, fmt.Sprintf("in fragments of %d bytes", e.Fragment))
	}
	line := report.Line{
		At: c.p.log.now(), Client: c.name, Sent: true, Kind: e.Opcode.String(), Size: uint64(len(payload)), Payload: payload,
		Note: strings.Join(notes, ", "),
	}
	if !c.p.c.Dialect.Traits().Hixie {
		line.Frame = &report.FrameBits{Fin: true, Masked: true}
	}
	c.p.log.add(line)
	c.talks(times)
}

// expectBack waits for the i-th message to come back as it was sent. A target
// that finds it too much may say so with a Close instead (RFC 6455 §10.4), and
// should: one that just goes may have found a long message too long.
func (p *player) expectBack(c *conn, s *casefile.Step, payload []byte, i int) bool {
	want := casefile.Event{Opcode: s.Echo.Opcode, Payload: casefile.Match{
		Exact: &casefile.Payload{Parts: []casefile.PayloadPart{{Bytes: payload}}},
	}}
	at, e := c.awaitAsking(p.deadline(s, expectTimeout), p.sees(c, []casefile.Event{want}))
	wanted := fmt.Sprintf("message %d of %d back: %s of %d bytes", i+1, s.Echo.Times, s.Echo.Opcode, len(payload))
	switch {
	case e == nil:
		p.missing(c, s, wanted)
	case e.Kind == lint.KindMessage && slices.Contains(tooMuchCodes, e.Message.Code):
	case e.Kind == lint.KindEnd && len(payload) > unlimited:
		p.miss(c, s, rules.FailCloseFrame, describe(e)+" with no Close before it", wanted)
		c.consume(at)
	case e.Kind != lint.KindMessage || e.Message.Opcode != s.Echo.Opcode:
		p.looksBehind(c, e, []casefile.Event{want})
		p.miss(c, s, s.Rule, unexpected(e, "", false), wanted)
	case !bytes.Equal(e.Message.Payload, payload):
		p.looksBehind(c, e, []casefile.Event{want})
		_, why := p.matches(e, &want)
		p.miss(c, s, s.Rule, unexpected(e, why, true), wanted)
	default:
		c.consume(at)
		return true
	}
	return false
}
