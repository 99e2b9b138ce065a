package mutant

import (
	"bytes"
	"slices"

	"wsprobe/internal/wire"
)

// message is a data message as far as it has come in.
type message struct {
	open       bool // a fragment of it has come and its last has not
	op         wire.Opcode
	compressed bool
	data       []byte
	text       wire.UTF8
	bad        bool // data is not the beginning of a text
}

// begin takes the header of a frame that may come.
func (s *session) begin(h wire.Header) {
	if s.key == [4]byte{} {
		s.key = h.Mask
	}
	switch {
	case h.Opcode.Control():
		s.control = s.control[:0]
		if s.is(losesMessageAtControl) {
			s.message.data = nil
		}
	case h.Opcode == wire.OpContinuation && s.message.open:
		if s.is(keepsLastFragmentOnly) {
			s.message.data = nil
		}
	case h.Opcode.Reserved():
	default:
		s.beginMessage(h)
	}
}

func (s *session) beginMessage(h wire.Header) {
	kept := s.message.data
	s.message = message{op: h.Opcode, compressed: h.Rsv&wire.RSV1 != 0 && s.deflate != nil}
	if h.Opcode == wire.OpContinuation {
		s.message.op = wire.OpText // taken by a mutant only
	}
	if s.is(joinsMessages) {
		s.message.data = kept
	}
}

// maskOf returns the key to unmask a frame with (RFC 6455 §5.3).
func (s *session) maskOf(h wire.Header) [4]byte {
	switch {
	case s.is(unmasksWithFirstKey):
		return s.key
	case s.is(unmasksBackwards):
		slices.Reverse(h.Mask[:])
	}
	return h.Mask
}

// payload takes payload of a data frame, and stops at the first byte of a text
// that cannot be right (RFC 6455 §8.1).
func (s *session) payload(c wire.Chunk) {
	m := &s.message
	if c.Header.Opcode.Reserved() {
		return
	}
	if s.is(prependsFragments) && c.First && c.Header.Opcode == wire.OpContinuation {
		m.data = append(bytes.Clone(c.Payload), m.data...)
	} else {
		m.data = append(m.data, c.Payload...)
	}
	if m.compressed || !s.checksText(m.op) {
		return
	}
	m.bad = m.text.Feed(c.Payload) >= 0 || s.is(refusesNonCharacters) && bytes.Contains(c.Payload, []byte("\uffff"))
	if m.bad && !s.is(checksTextAtItsEnd) {
		s.fail(notText)
	}
}

var notText = &violation{closeData, "the text is not UTF-8"}

// checksText reports whether messages of that opcode must be UTF-8.
func (s *session) checksText(op wire.Opcode) bool {
	return op == wire.OpText && !s.is(takesBadText) || op == wire.OpBinary && s.is(checksBinaryAsText)
}

// end takes the end of a frame.
func (s *session) end(h wire.Header) {
	switch {
	case h.Opcode.Control():
		s.controlFrame(h.Opcode)
	case h.Opcode.Reserved():
	default:
		s.endFragment(h)
	}
}

// endFragment takes the end of a data frame, which may be that of its message.
func (s *session) endFragment(h wire.Header) {
	m := &s.message
	m.open = !h.Fin
	if bad := s.tooMuch(h); bad != nil {
		s.fail(bad)
		return
	}
	if !m.compressed && s.checksText(m.op) && !s.textEnds(h.Fin) {
		s.fail(notText)
		return
	}
	if s.is(echoesEachFragment) && s.echoFragment(h) {
		return
	}
	if h.Fin || s.is(deliversEachFragment) || s.is(inflatesFragmentsAlone) && m.compressed {
		s.deliver()
	}
}

// textEnds reports whether the text may end here, if it ends here.
func (s *session) textEnds(fin bool) bool {
	switch m := &s.message; {
	case !fin && s.is(checksFragmentsAlone):
		return m.text.Done()
	case !fin:
		return true
	case s.is(takesCutText):
		return !m.bad
	default:
		return !m.bad && m.text.Done()
	}
}

// deliver hands a whole message to the application.
func (s *session) deliver() {
	m := &s.message
	data := m.data
	if s.drops(m) {
		return
	}
	if m.compressed {
		inflated, bad := s.inflate(m.data)
		if bad == nil && s.checksText(m.op) && !s.is(takesBadInflatedText) && !isText(inflated) {
			bad = notText
		}
		if bad != nil {
			s.fail(bad)
			return
		}
		data = inflated
	}
	if !s.is(joinsMessages) {
		m.data = nil
	}
	if bad := s.app.message(m.op, data); bad != nil {
		s.fail(bad)
	}
}

// drops is for mutants only: they lose whole messages.
func (s *session) drops(m *message) bool {
	return s.is(forgetsMessagesBeforeClose) && len(s.in) > 0 && wire.Opcode(s.in[0]&0x0F) == wire.OpClose ||
		s.is(dropsBeyondItsLimit) && len(m.data) > 1000 ||
		s.is(ignoresZeroLengthCompressed) && m.compressed && len(m.data) == 0
}

func isText(p []byte) bool {
	var u wire.UTF8
	return u.Feed(p) < 0 && u.Done()
}
