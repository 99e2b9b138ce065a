package probe

import (
	"encoding/binary"
	"fmt"
	"time"
	"unicode/utf8"

	"wsprobe/internal/casefile"
	"wsprobe/internal/lint"
	"wsprobe/internal/rules"
	"wsprobe/internal/wire"
)

// closing starts the closing handshake, if the target has not, and judges how
// it goes on: a Close comes back, and the server closes TCP at once (RFC 6455
// §5.5.1, §7.1.1).
func (p *player) closing(c *conn, s *casefile.Step) {
	if p.c.Dialect == wire.Hixie75 {
		p.closing75(c, s)
		return
	}
	if !c.sentClose && !c.finished {
		c.answer()
	}
	if !c.sentClose && !c.finished {
		c.sendFrames([]casefile.Frame{closeFrame(s.Close)}, pace{})
	}
	c.endBadClose()
	e := p.expectClose(c, s)
	if e == nil || p.ctx.Err() != nil {
		return
	}
	if s.Answer != nil && !p.matchesClose(e.Message, s.Answer) {
		p.miss(c, s, s.Rule, describe(e), wantedClose(s.Answer))
	}
	c.endBadClose()
	p.expectEnd(c, s, max(e.At, c.closedAt))
}

// endBadClose ends our side once a Close of ours that may be a protocol error has
// been answered: a server may wait for a better one.
func (c *conn) endBadClose() {
	if _, answer, _ := c.state(); answer != nil && c.badClose && !c.finished {
		c.halfClose()
	}
}

// closing75 closes TCP: hixie-75 has no closing handshake, either side just
// disconnects (draft-hixie-thewebsocketprotocol-75, "Closing the connection").
func (p *player) closing75(c *conn, s *casefile.Step) {
	c.halfClose()
	if _, e, _ := c.awaitEnd(); e == nil && p.ctx.Err() == nil {
		p.miss(c, s, rules.Hixie75Close, fmt.Sprintf("TCP still open after %v", p.wait(closeTimeout)), "TCP closed")
	}
}

// closeFrame returns the Close that a step sends.
func closeFrame(m *casefile.CloseMatch) casefile.Frame {
	f := casefile.Frame{Opcode: wire.OpClose, Fin: true}
	if len(m.Codes) > 0 {
		code := m.Codes[0]
		f.Payload.Parts = append(f.Payload.Parts, casefile.PayloadPart{Bytes: []byte{byte(code >> 8), byte(code)}})
		if m.Reason.Exact != nil {
			f.Payload.Parts = append(f.Payload.Parts, m.Reason.Exact.Parts...)
		}
	}
	return f
}

// expectClose waits for the target's Close; messages before it are in order.
func (p *player) expectClose(c *conn, s *casefile.Step) *lint.Event {
	const want = "a Close in answer to the Close"
	rule := rules.CloseAnswer
	if p.c.Dialect.Traits().Hixie {
		rule = rules.Hixie76Closing
	}
	i, e := p.await(c, s, p.deadline(s, expectTimeout), func(e *lint.Event) bool { return isEnd(e) || isClose(e) })
	switch {
	case e != nil && e.Kind == lint.KindMessage:
		c.consume(i)
		return e
	case p.ctx.Err() != nil:
		return nil
	case e != nil:
		if _, got, _ := c.state(); got != nil {
			return got // a step has consumed it
		}
		switch {
		case e.End == lint.EndReset: // which may have overtaken the Close
			rule = rules.CloseClean
		case c.badClose: // to fail the connection is an answer to it, too
			rule = rules.FailCloseFrame
		}
		p.miss(c, s, rule, describe(e)+" with no Close before it", want)
	default:
		if _, got, _ := c.state(); got != nil {
			return got
		}
		p.miss(c, s, rule, fmt.Sprintf("no Close within %v", p.wait(expectTimeout)), want)
	}
	return nil
}

// badClose reports whether a server may take a Close with this body for a
// protocol error (RFC 6455 §5.5.1, §7.4). Codes that were registered after the
// RFC count: an older server does not know them.
func badClose(body []byte) bool {
	if len(body) < 2 {
		return len(body) == 1
	}
	code := binary.BigEndian.Uint16(body)
	known := 1000 <= code && code <= 1003 || 1007 <= code && code <= 1011 || 3000 <= code && code <= 4999
	return !known || !utf8.Valid(body[2:])
}

// expectEnd waits for TCP to be closed, which both sides have agreed on since.
func (p *player) expectEnd(c *conn, s *casefile.Step, since time.Duration) {
	_, e, lost := c.awaitEnd()
	if e == nil {
		if _, _, e = c.state(); e == nil {
			p.notClosed(c, s)
			return
		}
	}
	if late := e.At - since; late-lost > p.wait(promptClose) {
		p.miss(c, s, rules.CloseTCPPrompt, fmt.Sprintf("TCP closed %v after the Close frames", late.Round(time.Millisecond)), "TCP closed at once")
	}
}
