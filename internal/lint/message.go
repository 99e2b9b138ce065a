package lint

import (
	"bytes"

	"wsprobe/internal/rules"
	"wsprobe/internal/wire"
)

// message is a data message that is being read.
type message struct {
	Message
	begun  bool
	orphan bool   // its first frame was not seen, or there was none: it is not given
	start  uint64 // of its first frame in the stream
	wire   uint64 // bytes on the wire
	seen   uint64 // payload bytes of the current frame that were looked at
	text   wire.UTF8
	judged bool   // the payload is text whose UTF-8 is still to be judged
	hole   uint64 // bytes of it that were missing
	packed []byte // the payload of a compressed message, for inflating
	scarce bool   // what came later of it was not taken, as the budget was spent
}

// place returns the data message that a frame belongs to; nil for a control
// frame. A new message ends one that lacks its start, and an unfinished one is
// given up for it, unless it is whole: then the other may yet go on.
func (st *stream) place(h wire.Header) *message {
	m := &st.message
	switch {
	case h.Opcode.Control():
		return nil
	case h.Opcode == wire.OpContinuation || !m.begun:
		return m
	case m.orphan || !h.Fin:
		m.reset()
		return m
	}
	if st.lone == nil {
		st.lone = &message{}
	}
	return st.lone
}

// reset makes m ready for the next message, with its buffer unless that is large.
func (m *message) reset() {
	packed := m.packed[:0]
	if cap(packed) > leastIdle {
		giveBack(packed)
		packed = nil
	}
	*m = message{packed: packed}
}

// beginMessage starts a message with its first frame.
func (s *Session) beginMessage(st *stream, m *message, h wire.Header) {
	m.begun, m.start, m.Opcode = true, st.start, h.Opcode
	m.orphan = h.Opcode == wire.OpContinuation
	if s.blind(st) {
		return
	}
	defined := h.Opcode == wire.OpText || h.Opcode == wire.OpBinary
	m.Compressed = defined && h.Rsv&wire.RSV1 != 0 && (s.deflate != nil || st.joined)
	m.judged = h.Opcode == wire.OpText && h.Rsv == 0
}

// seeMessage takes a piece of m's payload, unmasked, and adds to the findings.
func (s *Session) seeMessage(m *message, p []byte, ascii bool, findings []Finding) []Finding {
	if m.judged && !(ascii && m.text.Done()) { // behind a whole code point, ASCII is right
		findings = append(findings, s.checkText(m, p, m.Size+m.seen)...)
	}
	m.seen += uint64(len(p))
	if m.Compressed {
		s.pack(m, p)
	}
	return findings
}

// pack keeps a piece of a compressed message until it is whole.
func (s *Session) pack(m *message, p []byte) {
	if m.scarce = m.scarce || s.o.Budget.spent(); m.scarce {
		return
	}
	if m.packed == nil && len(p) > leastIdle {
		m.packed = borrow()
	}
	m.packed = appendTo(m.packed, p, s.o.Inflate)
}

// checkText judges a piece of text that begins so far into its message. What
// follows a fault is not judged.
func (s *Session) checkText(m *message, p []byte, at uint64) []Finding {
	i := m.text.Feed(p)
	if i < 0 {
		return nil
	}
	m.judged = false
	return []Finding{found(s.textRule(), "byte %d of the text, %#02x, cannot stand there", at+uint64(i), p[i])}
}

// textRule returns the rule that text is UTF-8 (RFC 6455 §5.6).
func (s *Session) textRule() rules.ID {
	if s.dialect.Traits().Hixie {
		return s.pick(rules.Hixie75UTF8Sent, rules.Hixie76UTF8Sent)
	}
	return rules.UTF8Sent
}

// join adds a whole frame to m.
func (s *Session) join(m *message, f *Frame, size uint64) {
	m.Frames++
	m.Size += f.Length
	m.seen = 0
	m.wire += size
	switch {
	case m.Compressed, m.hole > 0:
	case m.Frames == 1:
		m.Payload = f.Payload
	default:
		m.Payload = appendTo(m.Payload, f.Payload, s.o.Keep)
	}
}

// endMessage gives a whole message.
func (s *Session) endMessage(st *stream, m *message) {
	if !m.orphan {
		e := Event{Kind: KindMessage, Note: holeNote(m.hole)}
		if m.Compressed {
			if e.Findings, e.Note = s.inflate(st, m); e.Note != "" {
				m.Raw, m.Payload = true, copied(s.cut(m.packed))
			}
		}
		if m.judged && !m.text.Done() {
			e.Findings = append(e.Findings, found(s.textRule(), "the text ends inside a code point"))
		}
		m.Cut = uint64(len(m.Payload)) < m.Size
		given := m.Message
		e.Message = &given
		s.emitMessage(st, e, m.start, m.wire)
	}
	m.reset()
}

// inflate replaces the payload of m by what it inflates to (RFC 7692 §7.2.2). A
// message that it leaves as it is has a note that says why.
func (s *Session) inflate(st *stream, m *message) (findings []Finding, note string) {
	switch {
	case st.joined && s.lossy:
		return nil, "not inflated: what came before is missing"
	case st.joined:
		return nil, "not inflated: what was agreed was not seen"
	case st.inflater == nil:
		return nil, "not inflated: an earlier message was not"
	case m.hole > 0:
		s.giveUpInflating(st)
		return nil, "not inflated: " + holeNote(m.hole)
	case m.scarce:
		s.giveUpInflating(st)
		return nil, "not inflated: too much waits on all connections"
	case m.Size > uint64(len(m.packed)):
		s.giveUpInflating(st)
		return nil, "not inflated: too large"
	}
	packed, tail := bytes.CutSuffix(m.packed, deflateTail)
	out, fault := st.inflater.Message(borrow(), packed, s.o.Inflate)
	defer func() { giveBack(out) }()
	findings = s.checkInflate(st, fault, tail)
	switch fault {
	case wire.InflateTooLong:
		s.giveUpInflating(st)
		return nil, "not inflated: too large"
	case wire.InflateCorrupt:
		s.giveUpInflating(st)
		return findings, "not inflated: no DEFLATE data"
	}
	m.Payload, m.Size = copied(s.cut(out)), uint64(len(out))
	m.judged = m.Opcode == wire.OpText && fault != wire.InflateTruncated
	if m.judged {
		findings = append(findings, s.checkText(m, out, 0)...)
	}
	return findings, ""
}

// giveUpInflating stops inflating a stream whose next messages may refer to one
// that was not inflated.
func (s *Session) giveUpInflating(st *stream) {
	p := *s.deflate
	if st.side == Client && !p.ClientNoContextTakeover || st.side == Server && !p.ServerNoContextTakeover {
		st.inflater = nil
	}
}
