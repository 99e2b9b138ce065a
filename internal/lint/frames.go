package lint

import (
	"bytes"
	"slices"

	"wsprobe/internal/wire"
)

// maxControl is how many payload bytes a control frame may have (RFC 6455 §5.5).
const maxControl = 125

// frames is what a stream's frames have come to.
type frames struct {
	decoder wire.Decoder

	frame  *Frame    // the one that is being read, if any
	faults []Finding // of this frame
	owner  *message  // what the frame belongs to; nil for a control frame
	hole   uint64    // bytes of it that were missing so far
	unseen *Frame    // where one that is passed over is read; nil until there is one

	message  message  // the latest data message
	lone     *message // a whole one that came inside another; nil until there is one
	inflater *wire.Inflater

	joined bool    // the stream was joined mid-stream: what it agreed on is not known
	seen   bool    // a frame was seen
	early  bool    // client: a frame came before the answer
	mask   [4]byte // of the latest masked frame that had payload
	masked bool    // there was such a frame
	closed bool    // a Close was sent
	code   uint16  // of that Close; 0 is none
}

// takeFrames takes a piece of a frame of RFC 6455 §5.2.
func (s *Session) takeFrames(st *stream, p []byte) int {
	if s.o.Watcher != nil {
		if n := s.takePlain(st, p); n > 0 {
			return n
		}
	}
	c, n, ok := st.decoder.Next(p)
	if !ok {
		return n
	}
	if c.First {
		if s.astray(st, c.Header) {
			return n - len(c.Payload)
		}
		s.beginFrame(st, c.Header)
		if c.Header.Length>>63 != 0 {
			s.endlessFrame(st, uint64(c.Header.Size()))
			return n - len(c.Payload)
		}
	}
	s.payload(st, c)
	if c.Last {
		s.endFrame(st)
	}
	return n
}

// beginFrame judges a header and finds out what its frame belongs to.
func (s *Session) beginFrame(st *stream, h wire.Header) {
	st.faults = s.checkFrame(st, h)
	st.owner = st.place(h)
	if s.passes(st) {
		if st.unseen == nil {
			st.unseen = new(Frame)
		}
		*st.unseen = Frame{Header: h}
		st.frame = st.unseen
	} else {
		st.frame = &Frame{Header: h}
	}
	if m := st.owner; m != nil && !m.begun {
		s.beginMessage(st, m, h)
	}
	st.seen = true
	if h.Masked && h.Length > 0 {
		st.mask, st.masked = h.Mask, true
	}
}

// endlessFrame gives a frame that cannot end. What follows cannot be read.
func (s *Session) endlessFrame(st *stream, size uint64) {
	st.frame.Cut = true
	s.emit(st, Event{Kind: KindFrame, Size: size, Frame: st.frame, Findings: st.faults})
	st.frame = nil
	st.enter(phaseBytes)
}

// payload shows a piece of payload, unmasked, to all who want to see it.
func (s *Session) payload(st *stream, c wire.Chunk) {
	if !s.wanted(st) {
		return
	}
	if c.Header.Masked && s.onlyJudged(st) && wire.MaskedASCII(c.Payload, c.Header.Mask, c.Offset) {
		st.owner.seen += uint64(len(c.Payload))
		return
	}
	for p, off := c.Payload, c.Offset; len(p) > 0; {
		q, ascii := p, false
		if c.Header.Masked {
			q = s.scratch()
			q = q[:min(len(q), len(p))]
			ascii = wire.Unmask(q, p[:len(q)], c.Header.Mask, off)
		}
		s.see(st, q, ascii)
		p, off = p[len(q):], off+uint64(len(q))
	}
}

// wanted reports whether anyone wants to see the payload of the current frame.
func (s *Session) wanted(st *stream) bool {
	return len(st.frame.Payload) < s.keep(st) || st.owner != nil && (st.owner.judged || st.owner.Compressed)
}

// onlyJudged reports whether all that is still to be known of the current frame's
// payload is whether it is UTF-8, which ASCII is behind a whole code point.
func (s *Session) onlyJudged(st *stream) bool {
	m := st.owner
	return m != nil && m.judged && m.text.Done() && !m.Compressed && st.hole == 0 && m.hole == 0 && len(st.frame.Payload) >= s.keep(st)
}

// keep returns how many bytes of the current frame's payload are to be kept.
// Those of a control frame are needed to judge it.
func (s *Session) keep(st *stream) int {
	switch {
	case st.frame.Opcode.Control():
		return max(s.o.Keep, maxControl)
	case s.blind(st):
		return 0
	}
	return s.o.Keep
}

// blind reports whether the data frames of a side are passed over.
func (s *Session) blind(st *stream) bool { return s.o.Blind && st.side == Client }

// passes reports whether the current frame is passed over.
func (s *Session) passes(st *stream) bool { return s.blind(st) && st.owner != nil }

// trusted is how many bytes of a frame have come when room is made for the rest.
const trusted = 1 << 20

// see takes a piece of unmasked payload of the current frame; ascii: it is known to
// be ASCII.
func (s *Session) see(st *stream, p []byte, ascii bool) {
	f, all := st.frame, min(st.frame.Length, uint64(s.keep(st)))
	switch have := len(f.Payload); {
	case f.Payload == nil:
		f.Payload = make([]byte, 0, min(all, 4<<10))
	case have < trusted && have+len(p) >= trusted: // what it says it has is believed by now
		f.Payload = slices.Grow(f.Payload, int(all)-have)
	}
	if st.hole == 0 {
		f.Payload = appendTo(f.Payload, p, s.keep(st))
	}
	if m := st.owner; m != nil && st.hole == 0 && m.hole == 0 {
		st.faults = s.seeMessage(m, p, ascii, st.faults)
	}
}

// appendTo appends as much of p as keeps dst within limit.
func appendTo(dst, p []byte, limit int) []byte {
	return append(dst, p[:min(len(p), max(limit-len(dst), 0))]...)
}

// endFrame gives the frame, and the message that it ends.
func (s *Session) endFrame(st *stream) {
	f, m, passed := st.frame, st.owner, s.passes(st)
	hole := st.hole
	st.frame, st.owner, st.hole = nil, nil, 0
	start, size := st.start, uint64(f.Size())+f.Length
	if passed {
		if st.start += size; f.Fin {
			m.reset()
		}
		return
	}
	body := f.Payload
	f.Payload = s.cut(body)
	f.Cut = uint64(len(f.Payload)) < f.Length
	s.emit(st, Event{Kind: KindFrame, Size: size, Frame: f, Findings: st.faults, Note: holeNote(hole)})
	if m == nil {
		s.control(st, f, body, start, hole)
		return
	}
	s.join(m, f, size)
	m.hole += hole
	if f.Fin {
		s.endMessage(st, m)
	}
}

// cut returns what may be kept of p.
func (s *Session) cut(p []byte) []byte {
	k := min(len(p), s.o.Keep)
	return p[:k:k]
}

// flushFrame gives what a stream's end leaves of a frame.
func (s *Session) flushFrame(st *stream, header []byte) {
	if st.frame == nil {
		s.emitBytes(st, header)
		return
	}
	f := st.frame
	st.frame = nil
	size := uint64(f.Size()) + f.Length - st.decoder.Remaining()
	f.Payload = s.cut(f.Payload)
	f.Cut = true
	s.emit(st, Event{Kind: KindBytes, Size: size, Frame: f, Body: f.Header.Append(nil), Findings: st.faults})
}

// control gives a control frame as a message (RFC 6455 §5.5). body is as much
// of its payload as is needed to judge it.
func (s *Session) control(st *stream, f *Frame, body []byte, start, hole uint64) {
	if !f.Fin && !st.message.begun { // the rest of it may follow
		st.message.begun, st.message.orphan = true, true
	}
	m := &Message{Opcode: f.Opcode, Payload: f.Payload, Size: f.Length, Cut: f.Cut, Frames: 1}
	e := Event{Kind: KindMessage, Message: m, Note: holeNote(hole)}
	if f.Opcode == wire.OpClose {
		st.closed = true
		if len(body) >= 2 {
			m.Code = uint16(body[0])<<8 | uint16(body[1])
			st.code = m.Code
			m.Reason = bytes.Clone(body[2:min(len(body), maxControl)])
		}
		if hole == 0 {
			e.Findings = checkClose(f.Header, m, s.sides[1-st.side].code)
		}
	}
	s.emitMessage(st, e, start, uint64(f.Size())+f.Length)
}

// emitMessage adds an event of bytes that frames covered already.
func (s *Session) emitMessage(st *stream, e Event, start, size uint64) {
	e.Side, e.At, e.Offset, e.Size = st.side, s.at, start, size
	s.add(e)
}
