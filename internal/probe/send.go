package probe

import (
	"bytes"
	"crypto/rand"
	"crypto/tls"
	"errors"
	"net"
	"os"
	"strconv"
	"time"

	"wsprobe/internal/casefile"
	"wsprobe/internal/lint"
	"wsprobe/internal/wire"
	"wsprobe/report"
)

// pace is how bytes are cut into TCP writes.
type pace struct {
	chop  int           // bytes a write; 0: all at once
	every time.Duration // between the writes
}

// write sends p. A target that has closed, or that does not read, is no error
// here: what the case expects next will tell.
func (c *conn) write(p []byte, pc pace) {
	for len(p) > 0 && !c.finished {
		piece := p
		if pc.chop > 0 && pc.chop < len(p) {
			piece = p[:pc.chop]
		}
		p = p[len(piece):]
		c.writePiece(piece)
		if pc.every > 0 && len(p) > 0 && !sleep(c.p.ctx, pc.every) {
			return
		}
	}
}

func (c *conn) writePiece(p []byte) {
	c.mu.Lock()
	c.session.Feed(lint.Client, c.p.log.now(), p)
	c.mu.Unlock()
	for len(p) > 0 {
		c.tcp.SetWriteDeadline(time.Now().Add(c.p.wait(2 * expectTimeout)))
		at := c.p.log.now()
		n, err := c.tcp.Write(p)
		c.sent(at, p[:n])
		p = p[n:]
		late := errors.Is(err, os.ErrDeadlineExceeded)
		if err == nil || late && n > 0 && c.p.ctx.Err() == nil {
			continue // slow is no fault
		}
		c.finished = true
		if late {
			c.note("the target does not read")
		}
		return
	}
}

// note writes down something that is neither a frame nor a head.
func (c *conn) note(text string) {
	c.p.log.add(report.Line{At: c.p.log.now(), Client: c.name, Sent: true, Kind: "note", Note: text})
}

// sendFrames sends frames in one write, chopped where the step says so.
func (c *conn) sendFrames(frames []casefile.Frame, pc pace) {
	var out []byte
	for i := range frames {
		f := &frames[i]
		payload := f.Payload.Append(make([]byte, 0, f.Payload.Size()), c.p.vars)
		c.account(f, payload)
		for range max(1, f.Times) {
			out = c.appendFrame(out, f, payload)
		}
	}
	c.write(out, pc)
}

// account writes a frame down and keeps track of what it means to the
// conversation.
func (c *conn) account(f *casefile.Frame, payload []byte) {
	line := sentFrame(f, c.p.c.Dialect, payload)
	line.At, line.Client = c.p.log.now(), c.name
	c.p.log.add(line)
	switch {
	case f.Opcode.Control():
	case f.Fin:
		c.says(payload)
		c.talks(max(1, f.Times))
	default: // before its end a message is owed no answer, and may get a wrong one
		c.says(payload)
		c.talks(0)
	}
	c.provoke(f.Opcode)
	if f.Opcode == wire.OpClose {
		c.sentClose, c.badClose, c.closedAt = true, badClose(payload), line.At
	}
}

func (c *conn) appendFrame(dst []byte, f *casefile.Frame, payload []byte) []byte {
	if c.p.c.Dialect.Traits().Hixie {
		return appendHixie(dst, f, payload)
	}
	return c.appendRFC6455(dst, f, payload)
}

func (c *conn) appendRFC6455(dst []byte, f *casefile.Frame, payload []byte) []byte {
	h := wire.Header{Fin: f.Fin, Rsv: f.Rsv, Opcode: f.Opcode, Masked: f.Mask != casefile.MaskNone, Mask: f.Key, Bits: f.Bits}
	if f.Mask == casefile.MaskRandom {
		rand.Read(h.Mask[:])
	}
	if f.Compress {
		payload = c.compress(&h, payload)
	}
	h.Length = uint64(len(payload))
	if f.Claim != nil {
		h.Length = *f.Claim
	}
	if h.Bits == 0 {
		h.Bits = wire.BitsFor(h.Length)
	}
	return wire.AppendFrame(dst, h, payload)
}

// syncTail is what ends a flushed DEFLATE stream and what RFC 7692 §7.2.1 has
// a sender cut off the end of a message.
var syncTail = []byte{0x00, 0x00, 0xff, 0xff}

// compress returns payload as permessage-deflate would have it, and sets RSV1
// on the first frame of a message. Without an agreement nothing is changed: a
// target may decline. What is returned is used again for the next.
func (c *conn) compress(h *wire.Header, payload []byte) []byte {
	agreed := c.agreed()
	if agreed == nil {
		return payload
	}
	if c.deflater == nil {
		c.deflater = wire.NewDeflater(agreed.ClientMaxWindowBits, !agreed.ClientNoContextTakeover)
	}
	if h.Opcode != wire.OpContinuation {
		h.Rsv |= wire.RSV1
	}
	c.packed = c.deflater.Message(c.packed[:0], payload)
	if !h.Fin {
		c.packed = append(c.packed, syncTail...)
	}
	return c.packed
}

// appendHixie appends a frame of hixie-75 or hixie-76.
func appendHixie(dst []byte, f *casefile.Frame, payload []byte) []byte {
	switch {
	case f.Type == nil && f.Opcode == wire.OpClose:
		return append(dst, wire.HixieClosing...)
	case f.Type == nil:
		return wire.AppendHixieText(dst, payload)
	}
	h := wire.HixieHeader{Type: *f.Type, Length: uint64(len(payload)), Groups: f.Groups}
	if f.Claim != nil {
		h.Length = *f.Claim
	}
	dst = append(h.Append(dst), payload...)
	if h.Sentinel() {
		dst = append(dst, 0xFF)
	}
	return dst
}

// remember keeps the pings and pongs of the case, so that what answers them is
// known.
func (c *conn) remember(frames []casefile.Frame) {
	for i := range frames {
		if op := frames[i].Opcode; op == wire.OpPing || op == wire.OpPong {
			c.controls = append(c.controls, frames[i].Payload.Append(nil, c.p.vars))
		}
		if frames[i].Opcode == wire.OpPing {
			c.pinged(max(1, frames[i].Times))
		}
	}
}

func (c *conn) pinged(times int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.owed += times
}

// sendControl sends a lawful control frame of our own.
func (c *conn) sendControl(op wire.Opcode, payload []byte) {
	f := casefile.Frame{Opcode: op, Fin: true, Payload: casefile.Payload{Parts: []casefile.PayloadPart{{Bytes: payload}}}}
	c.sendFrames([]casefile.Frame{f}, pace{})
}

// isAnswer reports whether a pong can only be an answer to what the case sent. A
// pong that answers nothing may come at any time (RFC 6455 §5.5.3), and an empty
// one may be such a pong. That a question of ours was answered is seen by who
// asked it.
func (c *conn) isAnswer(pong []byte) bool {
	for _, sent := range c.controls {
		if len(pong) > 0 && bytes.Equal(sent, pong) {
			return true
		}
	}
	return false
}

// end tells lint that our stream ends here, so that what the target leaves
// unanswered from now on is not its fault.
func (c *conn) end(how lint.End) {
	c.finished = true
	c.mu.Lock()
	defer c.mu.Unlock()
	now := c.p.log.now()
	c.session.End(lint.Client, now, how)
	c.recorded.End(lint.Client, now, how)
}

// endTCP ends our side as a step says.
func (c *conn) endTCP(how casefile.TCP) {
	if how == casefile.TCPReset {
		c.reset()
	} else {
		c.halfClose()
	}
}

// halfClose sends FIN.
func (c *conn) halfClose() {
	c.note("FIN sent")
	c.end(lint.EndFIN)
	if secured, ok := c.tcp.(*tls.Conn); ok {
		secured.CloseWrite() // close_notify, before the FIN below
	}
	if t, ok := c.plain().(*net.TCPConn); ok {
		t.CloseWrite()
	}
}

// plain returns the TCP connection, without TLS on it.
func (c *conn) plain() net.Conn {
	if secured, ok := c.tcp.(*tls.Conn); ok {
		return secured.NetConn()
	}
	return c.tcp
}

// reset sends RST.
func (c *conn) reset() {
	c.note("RST sent")
	c.end(lint.EndReset)
	if t, ok := c.plain().(*net.TCPConn); ok {
		t.SetLinger(0)
		t.Close()
	}
}

func utoa(n uint64) string { return strconv.FormatUint(n, 10) }
