package lint

import (
	"wsprobe/internal/rules"
	"wsprobe/internal/wire"
)

// opcodeUnknown stands for the type of a hixie frame that has no opcode near it.
const opcodeUnknown wire.Opcode = 3

// takeHixie takes a piece of a frame of hixie-75 or hixie-76
// (draft-hixie-thewebsocketprotocol-76 §5.3).
func (s *Session) takeHixie(st *stream, p []byte) int {
	c, n, ok := st.hixie.Next(p)
	if !ok {
		return n
	}
	if c.First {
		s.beginHixie(st, c.Header)
	}
	if c.Header.Overflow {
		taken := n - len(c.Payload)
		s.endlessFrame(st, uint64(hixieSize(c.Header)))
		return taken
	}
	st.frame.Length = c.Offset + uint64(len(c.Payload))
	s.payload(st, wire.Chunk{Payload: c.Payload})
	if c.Last {
		s.endHixie(st)
	}
	return n
}

// beginHixie judges the start of a frame.
func (s *Session) beginHixie(st *stream, h wire.HixieHeader) {
	f := HixieFrame(h)
	st.faults = s.checkHixie(st, h)
	st.frame, st.owner = f, nil
	if f.Opcode.Control() {
		return
	}
	m := &st.message
	st.owner = m
	m.begun, m.start, m.Opcode = true, st.start, f.Opcode
	m.judged = h.Type == 0
}

// HixieFrame returns a frame with that header and no payload yet.
func HixieFrame(h wire.HixieHeader) *Frame {
	return &Frame{Hixie: &h, Header: wire.Header{Fin: true, Opcode: hixieOpcode(h)}}
}

// endHixie gives a frame and the message that it is.
func (s *Session) endHixie(st *stream) {
	f, m, start := st.frame, st.owner, st.start
	st.frame, st.owner = nil, nil
	f.Payload = s.cut(f.Payload)
	f.Cut = uint64(len(f.Payload)) < f.Length
	size := uint64(hixieSize(*f.Hixie)) + f.Length
	if f.Hixie.Sentinel() {
		size++
	}
	s.emit(st, Event{Kind: KindFrame, Size: size, Frame: f, Findings: st.faults})
	if m == nil {
		st.closed = true
		s.emitMessage(st, Event{Kind: KindMessage, Message: &Message{Opcode: f.Opcode, Frames: 1}}, start, size)
		return
	}
	s.join(m, f, size)
	s.endMessage(st, m)
}

// flushHixie gives what a stream's end leaves of a frame.
func (s *Session) flushHixie(st *stream) {
	f := st.frame
	if f == nil {
		s.emitBytes(st, st.hixie.Header())
		return
	}
	st.frame = nil
	f.Payload, f.Cut = s.cut(f.Payload), true
	size := uint64(hixieSize(*f.Hixie)) + f.Length
	s.emit(st, Event{Kind: KindBytes, Size: size, Frame: f, Body: f.Hixie.Append(nil), Findings: st.faults})
}

// hixieSize returns how many bytes a header takes.
func hixieSize(h wire.HixieHeader) int { return 1 + h.Groups }

// hixieOpcode returns the opcode nearest to the type of a frame.
func hixieOpcode(h wire.HixieHeader) wire.Opcode {
	switch {
	case h.Type == 0:
		return wire.OpText
	case h.Closing():
		return wire.OpClose
	case h.Sentinel():
		return opcodeUnknown
	}
	return wire.OpBinary
}

// checkHixie judges the start of a frame of hixie-75 or hixie-76.
func (s *Session) checkHixie(st *stream, h wire.HixieHeader) (f []Finding) {
	old := s.dialect == wire.Hixie75
	switch {
	// 76 §5.3: nothing follows the closing frame.
	case st.closed && !old:
		f = append(f, found(rules.Hixie76Last, "a frame of type %#02x after ff 00", h.Type))
	// It may be a closing frame, at the end of a length that was not waited for.
	case h.Overflow && h.Type == wire.HixieClosing[0] && h.Length == 0:
	// 75, "Closing the connection": there is no closing handshake.
	case h.Closing() && old:
		f = append(f, found(rules.Hixie75ClosingSent, "ff 00 was sent"))
	// 75, "Data framing", and 76 §5.3: a text is the only data frame that is sent.
	case h.Type != 0 && !h.Closing():
		f = append(f, found(s.pick(rules.Hixie75FrameSent, rules.Hixie76FrameSent), "a frame of type %#02x", h.Type))
	}
	return f
}

// pick returns the rule of hixie-75 or that of hixie-76.
func (s *Session) pick(h75, h76 rules.ID) rules.ID {
	if s.dialect == wire.Hixie75 {
		return h75
	}
	return h76
}
