package lint

import (
	"fmt"
	"slices"
	"time"

	"wsprobe/internal/wire"
)

// Gap says that n bytes that side sent were not seen. Inside the payload of a
// frame, or of a body of known size, the stream goes on behind them; elsewhere a
// head or a frame is looked for again. Nothing is found that may be due to the gap.
func (s *Session) Gap(side Side, at time.Duration, n uint64) []Event {
	return s.gap(side, at, n, true)
}

// GapAbout says that bytes that side sent were not seen, n or so. A head or a frame
// is looked for again wherever they were.
func (s *Session) GapAbout(side Side, at time.Duration, n uint64) []Event {
	return s.gap(side, at, n, false)
}

func (s *Session) gap(side Side, at time.Duration, n uint64, exact bool) []Event {
	st := &s.sides[side]
	s.at, s.events = at, nil
	if st.phase == phaseEnded || n == 0 {
		return nil
	}
	s.lossy = true
	switch {
	case !exact && st.phase != phaseBytes:
		s.loseAll(st, n)
	case st.phase == phaseFrames && st.frame != nil && st.decoder.Remaining() >= n:
		s.holeInFrame(st, n)
	case st.phase == phaseBody && st.body.Skip(n):
		s.missing(st, n)
		if st.body.Done() {
			s.endBody(st)
		}
	case st.phase == phaseBytes:
		s.missing(st, n)
	default:
		s.loseAll(st, n)
	}
	return s.done()
}

// loseAll gives up what is begun, and looks for a head or a frame again.
func (s *Session) loseAll(st *stream, n uint64) {
	s.lose(st, "the rest of the frame is missing")
	s.missing(st, n)
	s.begin(st)
}

// Leave ends the session where the streams go on unseen: there is no event of
// their end, and nothing is found in it.
func (s *Session) Leave(at time.Duration) []Event {
	s.at, s.events = at, nil
	for i := range s.sides {
		st := &s.sides[i]
		for st.phase == phaseSeek {
			s.endSeek(st)
		}
		s.lose(st, "the rest of the frame was not seen")
		st.enter(phaseEnded)
	}
	return s.done()
}

// missing gives bytes that were not seen.
func (s *Session) missing(st *stream, n uint64) {
	s.emit(st, Event{Kind: KindBytes, Size: n, Note: fmt.Sprintf("%d bytes are missing", n)})
}

// holeInFrame passes over payload of the current frame.
func (s *Session) holeInFrame(st *stream, n uint64) {
	st.hole += n
	st.decoder.Skip(n)
	if m := st.owner; m != nil {
		m.judged = false
	}
	if st.decoder.Idle() {
		s.endFrame(st)
	}
}

// holeNote says what of a frame or a message is missing.
func holeNote(n uint64) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprintf("%d bytes of it are missing", n)
}

// lose gives what is held, or begun, as the bytes that it is without the rest.
func (s *Session) lose(st *stream, note string) {
	switch st.phase {
	case phaseChallenge:
		held := slices.Concat(st.headBytes(), st.held)
		st.head = nil
		st.enter(phaseBytes)
		s.emitBytes(st, held)
	case phaseHead, phaseWait, phaseSeek:
		s.release(st, phaseBytes)
	case phaseFrames:
		had := len(s.events)
		s.flushFrame(st, st.decoder.Partial())
		if len(s.events) > had && s.last().Frame != nil {
			s.last().Note = note
		}
		st.frames = frames{}
	case phaseHixie:
		s.flushHixie(st)
		st.frames = frames{}
	}
}

// headBytes returns the head that a challenge belongs to.
func (st *stream) headBytes() []byte {
	switch {
	case st.head == nil:
		return nil
	case st.head.Request != nil:
		return st.head.Request.Raw
	case st.head.Response != nil:
		return st.head.Response.Raw
	}
	return nil
}

// begin starts again on a side behind what it lost. What it sends may be frames
// even where no 101 was seen, and an answer of the server may be what was lost.
func (s *Session) begin(st *stream) {
	st.enter(phaseHead)
	st.lost, st.seek = true, seeker{}
	if s.upgraded {
		st.enter(phaseSeek)
	}
	if client := &s.sides[Client]; st.side == Server {
		s.asked = nil
		if client.phase == phaseWait {
			client.lost, client.seek = true, seeker{}
			s.release(client, phaseHead)
		}
	}
}

// SideOf tells which side sends what p begins with, as far as its head, or the
// mask of its frames, shows that.
func SideOf(p []byte) (side Side, ok bool) {
	if _, n, _ := wire.ParseRequest(p); n > 0 {
		return Client, true
	}
	if _, n, _ := wire.ParseResponse(p); n > 0 {
		return Server, true
	}
	for at := range p {
		for _, side := range []Side{Client, Server} {
			wanted := evidenceElsewhere
			if at == 0 {
				wanted = evidenceAtStart
			}
			if v, _, _ := chain(p[at:], side, wanted); v == accepted {
				return side, true
			}
		}
	}
	return Client, false
}
