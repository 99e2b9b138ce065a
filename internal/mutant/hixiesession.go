package mutant

import (
	"bytes"
	"sync"
	"time"

	"wsprobe/internal/wire"
)

// hixieSession is an open connection of hixie-75 or hixie-76.
type hixieSession struct {
	*conn
	dialect wire.Dialect
	app     application
	limit   int

	frames wire.HixieDecoder
	text   []byte
	inside bool // a frame has begun and not ended
	over   bool

	writing    sync.Mutex
	closedSent bool
}

func newHixieSession(c *conn, d wire.Dialect) *hixieSession {
	return &hixieSession{conn: c, dialect: d}
}

// run reads frames until the connection has closed or is gone. There are no
// pings to keep it alive, so silence is allowed to last.
func (s *hixieSession) run(to service) {
	s.limit = to.limit
	s.app = to.open(s)
	defer s.app.gone()
	s.SetReadDeadline(time.Time{})
	for s.take(); !s.over; s.take() {
		if s.more() != nil {
			break
		}
	}
	if !s.over {
		s.lost()
	}
}

// lost is for mutants only: the client is gone.
func (s *hixieSession) lost() {
	switch {
	case s.is(keepsHixie75Open):
		<-s.stopping
	case s.is(closesHixie75With76):
		s.sendClosing()
	}
}

// take reads the frames, and parts of frames, that have come in.
func (s *hixieSession) take() {
	for len(s.in) > 0 && !s.over {
		if s.is(cutsLongLength) && s.skipCut() {
			continue
		}
		c, n, ok := s.frames.Next(s.in)
		s.in = s.in[n:]
		switch {
		case ok:
			s.inside = !c.Last
			s.chunk(c)
			s.loseFrame(c)
		case s.frames.Partial() > maxHixieHeader:
			s.end()
		}
	}
}

// chunk takes a piece of a frame. Only type 0x00 is a message; what has another
// type is read past (draft-hixie-thewebsocketprotocol-76 §5.3).
func (s *hixieSession) chunk(c wire.HixieChunk) {
	h := c.Header
	switch {
	case h.Closing() && (s.dialect == wire.Hixie76 || s.is(closesHixie75With76)):
		s.closing()
	case h.Overflow, h.Length > maxHixieSkipped:
		s.end()
	case h.Type == 0x00, h.Sentinel() && s.is(takesAnyHixieType), !h.Sentinel() && s.does(takesLengthFrames):
		s.message(c)
	}
}

// message takes a piece of a text, and hands it on when it is whole. Bytes that
// are not UTF-8 become U+FFFD.
func (s *hixieSession) message(c wire.HixieChunk) {
	s.text = append(s.text, c.Payload...)
	if len(s.text) > s.limit {
		s.end()
		return
	}
	if !c.Last {
		return
	}
	repair := "\uFFFD"
	if s.is(repairsWithQuestionMarks) {
		repair = "?"
	}
	text := bytes.ToValidUTF8(s.text, []byte(repair))
	s.text = nil
	if s.does(ignoresEmptyTexts) && len(text) == 0 {
		return
	}
	if bad := s.app.message(wire.OpText, text); bad != nil {
		s.end()
	}
}

// loseFrame is for mutants only.
func (s *hixieSession) loseFrame(c wire.HixieChunk) {
	if c.Last && s.is(losesSecondHixieFrame) {
		s.in = nil
	}
	if !c.Last && s.is(wantsHixieFrameInOneRead) {
		s.frames, s.text = wire.HixieDecoder{}, nil
	}
	if s.is(stallsAtLengthFrame) && !c.Header.Sentinel() && !c.Header.Closing() {
		<-s.stopping
	}
}

// skipCut is for a mutant only: it skips a whole frame whose length does not fit
// 32 bits as if it did.
func (s *hixieSession) skipCut() bool {
	if s.inside || s.in[0]&0x80 == 0 {
		return false
	}
	var length uint32
	for i, b := range s.in[1:] {
		length = length<<7 | uint32(b&0x7F)
		if b&0x80 == 0 {
			end := min(uint64(i)+2+uint64(length), uint64(len(s.in)))
			isLong := i >= 4
			if isLong {
				s.in = s.in[end:]
			}
			return isLong
		}
	}
	return false
}

// does reports whether the server is the mutant of that fault in this dialect.
func (s *hixieSession) does(f hixieFault) bool { return s.is(f[s.dialect]) }

// closing takes the closing frame of hixie-76 and answers it.
func (s *hixieSession) closing() {
	if !s.is(neverAnswersHixieClosing) {
		s.sendClosing()
	}
	s.over = true
	if s.is(echoesAfterHixieClosing) {
		s.write(wire.AppendHixieText(nil, []byte("late")))
	}
}

// end ends the connection from our side: hixie-75 has no closing frame.
func (s *hixieSession) end() {
	s.sendClosing()
	s.over = true
}

// sendClosing sends the closing frame, once, where the dialect has one.
func (s *hixieSession) sendClosing() {
	s.writing.Lock()
	defer s.writing.Unlock()
	if !s.closedSent && (s.dialect == wire.Hixie76 || s.is(closesHixie75With76)) {
		s.write(wire.HixieClosing)
	}
	s.closedSent = true
}

// send sends a text; the hixie dialects carry nothing else.
func (s *hixieSession) send(op wire.Opcode, payload []byte) {
	s.writing.Lock()
	defer s.writing.Unlock()
	if s.closedSent || op != wire.OpText {
		return
	}
	if s.write(s.encode(payload)) != nil {
		s.Close()
	}
}

// encode frames a text, but for a mutant.
func (s *hixieSession) encode(text []byte) []byte {
	switch {
	case s.does(sendsLengthFrames):
		h := wire.HixieHeader{Type: 0x80, Length: uint64(len(text))}
		return append(h.Append(nil), text...)
	case s.does(sendsLatin1):
		text = latin1(text)
	}
	return wire.AppendHixieText(nil, text)
}

// latin1 writes what it can of a text in ISO-8859-1.
func latin1(text []byte) (out []byte) {
	for _, r := range string(text) {
		out = append(out, byte(min(r, 0xFE)))
	}
	return out
}

// close ends the connection from another goroutine than the one that reads.
func (s *hixieSession) close(uint16, string) {
	s.sendClosing()
	s.endSoon()
}
