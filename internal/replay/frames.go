package replay

import (
	"crypto/rand"

	"wsprobe/internal/lint"
	"wsprobe/internal/wire"
)

// bytes returns what an event sends now.
func (p *player) bytes(e *event) []byte {
	switch {
	case e.Request != nil:
		return p.o.request(e.Event)
	case e.Frame == nil || e.Frame.Hixie != nil:
		return e.Bytes()
	}
	h, payload := e.Frame.Header, e.Frame.Payload
	if m := e.message; m != nil {
		p.fit(m)
		h, payload = m.frame(e, h, payload)
	}
	if h.Masked && !p.o.Exact {
		rand.Read(h.Mask[:])
	}
	return wire.AppendFrame(nil, h, payload)
}

// fit settles how a compressed message is sent, as its first frame is.
func (p *player) fit(m *message) {
	now, then := p.session.Deflate(), p.talk.Deflate
	switch {
	case m.pieces != nil || p.o.Exact || now != nil && suits(now, then):
	case now == nil:
		m.plain = true
		m.pieces = split(m.Payload, len(m.frames))
	default:
		if p.deflater == nil {
			p.deflater = wire.NewDeflater(now.ClientMaxWindowBits, !now.ClientNoContextTakeover)
		}
		m.pieces = split(p.deflater.Message(nil, m.Payload), len(m.frames))
	}
}

// suits reports whether what was compressed as then agreed can be sent now.
func suits(now, then *wire.DeflateParams) bool {
	return then != nil && now.ClientMaxWindowBits >= then.ClientMaxWindowBits &&
		(then.ClientNoContextTakeover || !now.ClientNoContextTakeover)
}

// split cuts p into so many pieces.
func split(p []byte, n int) [][]byte {
	pieces := make([][]byte, n)
	for i := range pieces {
		pieces[i] = p[i*len(p)/n : (i+1)*len(p)/n]
	}
	return pieces
}

// frame returns the header and payload of one of the message's frames.
func (m *message) frame(e *event, h wire.Header, payload []byte) (wire.Header, []byte) {
	for i, f := range m.frames {
		if f == e && m.pieces != nil {
			payload = m.pieces[i]
			h.Length = uint64(len(payload))
			h.Bits = 0
		}
	}
	if m.plain {
		h.Rsv &^= wire.RSV1
	}
	return h, payload
}

// pong answers a ping.
func pong(e *lint.Event) []byte {
	h := wire.Header{Fin: true, Opcode: wire.OpPong, Length: uint64(len(e.Message.Payload)), Masked: true}
	rand.Read(h.Mask[:])
	return wire.AppendFrame(nil, h, e.Message.Payload)
}
