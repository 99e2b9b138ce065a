package lint

import (
	"bytes"
	"math/bits"
	"unicode/utf8"

	"wsprobe/internal/rules"
	"wsprobe/internal/wire"
)

// A stream that was joined in the middle has no first frame. A place is taken
// for the start of one when the headers that follow from it are too unlikely to
// be chance: each adds as many bits to the evidence as random bytes would not have.
const (
	evidenceAtStart   = 15 // where a capture begins, a frame often begins too: three short headers
	evidenceBehindGap = 20 // so it is there, but of these there may be many: four
	evidenceElsewhere = 24 // five short headers, or one with a 64-bit length
)

// maxSeek is how far a chain of headers is followed, and maxSeekText how far a
// text of the hixie drafts is.
const (
	maxSeek     = 256 << 10
	maxSeekText = 1 << 10
)

// How many bytes of payload are read to find a frame, for which the same ones may be read
// from each place: so many, and so many more for each byte that is given up. Of what
// nobody made up for this, a few for each byte are read.
const (
	maxSought  = 16 << 20
	soughtMore = 16
)

// seeker looks for where a frame begins.
type seeker struct {
	skipped bool // bytes were given up already
	need    int  // how much must be held before there is more to say
	sought  int  // bytes of payload that may still be read, less maxSought
}

// verdict is what is known of a place.
type verdict uint8

const (
	undecided verdict = iota
	accepted
	refused
)

// takeSeek collects bytes until a frame is seen to begin in them.
func (s *Session) takeSeek(st *stream, p []byte) int {
	had, at := len(st.held), 0
	s.hold(st, p)
	for ; at < len(st.held) && len(st.held)-at >= st.seek.need; at++ {
		d, v, need := s.look(st, at)
		if v == accepted {
			s.joinAt(st, at, had, d)
			return max(at-had, 0)
		}
		if st.seek.need = need; v == undecided {
			break
		}
	}
	s.skip(st, at)
	return len(p)
}

// skip gives up the first n bytes that are held.
func (s *Session) skip(st *stream, n int) {
	s.emitBytes(st, st.held[:n])
	st.held = append(st.held[:0], st.held[n:]...)
	st.seek.skipped = st.seek.skipped || n > 0
	st.seek.sought = min(0, st.seek.sought+soughtMore*n)
}

// joinAt starts on the frames at a place, and takes what is held from there to
// end. A message may be under way there, save in the hixie drafts, which have no
// fragments.
func (s *Session) joinAt(st *stream, at, end int, d wire.Dialect) {
	s.emitBytes(st, st.held[:at])
	held := st.held[at:max(at, end)]
	if s.dialect == wire.DialectUnknown {
		s.dialect = d
	}
	s.open = true
	st.enter(s.framing())
	st.seek, st.lost = seeker{}, false
	st.frames = frames{joined: true}
	st.message.begun = !s.dialect.Traits().Hixie
	st.message.orphan = st.message.begun
	s.feed(st, held)
}

// endSeek takes the first place that convinces; without one, what the stream
// began with, if it began like a frame.
func (s *Session) endSeek(st *stream) {
	for at := range st.held {
		if d, v, _ := s.look(st, at); v == accepted {
			s.joinAt(st, at, len(st.held), d)
			return
		}
	}
	if d, v, _ := s.look(st, 0); v == undecided && !st.seek.skipped && len(st.held) > 0 {
		s.joinAt(st, 0, len(st.held), d)
		return
	}
	s.release(st, phaseBytes)
}

// look judges a place in what is held, and tells the dialect in which a frame
// may begin there. need is how many bytes from there it takes to say more.
func (s *Session) look(st *stream, at int) (d wire.Dialect, v verdict, need int) {
	p, wanted := st.held[at:], evidenceElsewhere
	switch {
	case at > 0 || st.seek.skipped:
	case st.lost:
		wanted = evidenceBehindGap
	default:
		wanted = evidenceAtStart
	}
	if s.dialect == wire.DialectUnknown || s.dialect.Traits().Hixie {
		if v, need = hixieChain(p); v != refused || s.dialect != wire.DialectUnknown {
			return wire.Hixie76, v, need
		}
	}
	if st.seek.sought < -maxSought {
		return wire.RFC6455, refused, 0
	}
	v, need, read := chain(p, st.side, wanted)
	st.seek.sought -= read
	return wire.RFC6455, v, need
}

// chain follows the headers of RFC 6455 §5.2 from the start of p, and says how many bytes
// of payload it read.
func chain(p []byte, side Side, wanted int) (v verdict, need, read int) {
	var before wire.Header // the latest data frame
	for at, evidence := 0, 0; ; {
		h, n := wire.ParseHeader(p[at:])
		switch {
		case n == 0:
			return undecided, len(p) + 1, read
		case !plausible(h, side) || !follows(h, before):
			return refused, 0, read
		}
		if evidence += weigh(h); evidence >= wanted {
			return accepted, 0, read
		}
		end := uint64(at+n) + h.Length
		switch {
		case end > maxSeek:
			return refused, 0, read
		case end >= uint64(len(p)):
			return undecided, int(end) + 1, read
		}
		payload := p[at+n : end]
		read += n + len(payload)
		if !readable(h, payload) {
			return refused, 0, read
		}
		if byChance(h, payload) {
			evidence -= weigh(h)
		}
		if at = int(end); !h.Opcode.Control() {
			before = h
		}
	}
}

// readable reports whether the payload of a frame can be what the header says.
func readable(h wire.Header, payload []byte) bool {
	switch {
	case h.Opcode != wire.OpClose && h.Opcode != wire.OpText, len(payload) == 0:
		return true
	case h.Masked:
		payload = bytes.Clone(payload)
		wire.Mask(payload, h.Mask, 0)
	}
	switch {
	case h.Opcode == wire.OpClose:
		return len(payload) > 1 && codeRule(uint16(payload[0])<<8|uint16(payload[1])) == "" && utf8.Valid(payload[2:])
	case h.Fin && h.Rsv == 0:
		return utf8.Valid(payload)
	}
	return true
}

// byChance reports whether a header proves nothing: where a masked run of one byte
// goes on, each four bytes look like a key, and all that follows like zeros.
func byChance(h wire.Header, payload []byte) bool {
	return h.Masked && len(payload) >= len(h.Mask) && [4]byte(payload) == h.Mask
}

// plausible reports whether a header is one that an endpoint would send, save
// for RSV1, which may have been agreed on. Fragments of nothing are lawful, and
// rarer than zeros.
func plausible(h wire.Header, side Side) bool {
	switch {
	case h.Masked != (side == Client), h.Opcode.Reserved(), !h.Minimal(), h.Length>>63 != 0:
		return false
	case h.Opcode.Control():
		return h.Fin && h.Rsv == 0 && h.Length <= maxControl
	case h.Opcode == wire.OpContinuation:
		return h.Rsv == 0 && (h.Fin || h.Length > 0)
	}
	return h.Rsv&^wire.RSV1 == 0
}

// follows reports whether a frame may come after the data frame before it, which
// has no header of its own where none was seen (RFC 6455 §5.4).
func follows(h, before wire.Header) bool {
	if h.Opcode.Control() || before == (wire.Header{}) {
		return true
	}
	return before.Fin != (h.Opcode == wire.OpContinuation)
}

// weigh returns how many bits of evidence a plausible header is: five for its
// first byte and its mask bit, and those that a longer length is sure to have.
func weigh(h wire.Header) int {
	switch h.Bits {
	case 16:
		return 5 + 7
	case 64:
		return 5 + 7 + bits.LeadingZeros64(h.Length)
	}
	return 5
}

// hixieChain follows two frames of hixie-75 or hixie-76 from the start of p:
// texts, or a text and the closing frame.
func hixieChain(p []byte) (v verdict, need int) {
	for at, texts := 0, 0; ; texts++ {
		switch rest := p[at:]; {
		case texts == 2, texts == 1 && bytes.HasPrefix(rest, wire.HixieClosing):
			return accepted, 0
		case len(rest) == 0, texts == 1 && len(rest) == 1 && rest[0] == wire.HixieClosing[0]:
			return undecided, len(p) + 1
		case rest[0] != 0:
			return refused, 0
		}
		end := bytes.IndexByte(p[at:min(len(p), at+maxSeekText)], 0xFF)
		switch {
		case end < 0 && len(p)-at < maxSeekText:
			return undecided, len(p) + 1
		case end < 0 || !utf8.Valid(p[at+1:at+end]):
			return refused, 0
		}
		at += end + 1
	}
}

// astray reports whether the frames of a stream are lost at a header, which it
// then takes: nothing there can be read as frames.
func (s *Session) astray(st *stream, h wire.Header) bool {
	switch {
	case st.joined && !plausible(h, st.side):
		st.enter(phaseSeek)
		s.hold(st, h.Append(nil))
		s.skip(st, 1)
	case st.side == Server && !st.seen && !st.joined && s.texty(h):
		st.enter(phaseBytes)
		head := h.Append(nil)
		s.emitBytes(st, head, found(rules.HandshakeEnds, "the 101 is followed by %q", head))
	default:
		return false
	}
	return true
}

// texty reports whether a header that no frame may have is text instead, such as
// a body or a second head.
func (s *Session) texty(h wire.Header) bool {
	if !h.Opcode.Reserved() && (h.Rsv == 0 || s.deflate != nil || s.foreign) {
		return false
	}
	for _, b := range h.Append(nil)[:2] {
		if b != '\r' && b != '\n' && (b < ' ' || b > '~') {
			return false
		}
	}
	return true
}
