package mutant

import (
	"encoding/binary"
	"time"

	"wsprobe/internal/wire"
)

// late is how long a mutant takes for what should be done at once.
const late = 5 * time.Second

// controlFrame takes a whole control frame (RFC 6455 §5.5).
func (s *session) controlFrame(op wire.Opcode) {
	switch op {
	case wire.OpPing:
		s.ping(s.control)
	case wire.OpClose:
		s.closed(s.control)
	case wire.OpPong:
		if s.is(answersPongs) {
			s.send(wire.OpPong, s.control)
		}
	}
}

// ping answers a Ping with the same data (RFC 6455 §5.5.2).
func (s *session) ping(data []byte) {
	switch {
	case s.is(ignoresPings):
		return
	case s.is(pongsWithoutData):
		data = nil
	case s.is(pongsLate):
		s.wait(late)
	case s.is(answersLastPingOnly):
		s.owed = append([]byte{}, data...)
		return
	case s.is(pongsFromAnotherThread):
		s.later(pongDelay, wire.OpPong, data)
		return
	}
	s.send(wire.OpPong, data)
}

// answerLatest answers the latest of the pings that came together, for a server
// that answers no other (RFC 6455 §5.5.3).
func (s *session) answerLatest() {
	if s.owed != nil && !s.over {
		s.send(wire.OpPong, s.owed)
	}
	s.owed = nil
}

// closeChecks are what RFC 6455 §5.5.1 and §7.4 ask of the body of a Close, and
// the mutant, if there is one, that takes it all the same.
var closeChecks = []struct {
	holds  func(body []byte) bool
	unless fault
	violation
}{
	{notOneByte, "", violation{closeProtocol, "the body of a Close has one byte"}},
	{codeIs(sendable), takesReservedCodes, violation{closeProtocol, "that code never goes over the wire"}},
	{codeIs(used), takesUnusedCodes, violation{closeProtocol, "codes below 1000 are not used"}},
	{codeIs(defined), takesUndefinedCodes, violation{closeProtocol, "nobody has defined that code"}},
	{reasonIsText, "", violation{closeData, "the reason is not UTF-8"}},
}

func notOneByte(body []byte) bool { return len(body) != 1 }

func reasonIsText(body []byte) bool { return len(body) < 2 || isText(body[2:]) }

// codeIs holds for bodies without a code too.
func codeIs(good func(code uint16) bool) func(body []byte) bool {
	return func(body []byte) bool { return len(body) < 2 || good(binary.BigEndian.Uint16(body)) }
}

func sendable(code uint16) bool { return code != 1005 && code != 1006 && code != 1015 }

func used(code uint16) bool { return code >= 1000 }

// defined counts the codes registered since RFC 6455, 1012 to 1014, and leaves
// to the other checks what they refuse on their own.
func defined(code uint16) bool {
	return code <= 1014 && code != 1004 || code == 1015 || 3000 <= code && code < 5000
}

// closed takes a Close, answers it, and ends the connection (RFC 6455 §5.5.1).
func (s *session) closed(body []byte) {
	if s.is(skipsOneByteClose) && !notOneByte(body) || s.is(skipsBadReason) && !reasonIsText(body) {
		return
	}
	for _, k := range closeChecks {
		if !k.holds(body) && !s.is(k.unless) && !s.is(answersBadCloseNormally) {
			s.fail(&k.violation)
			return
		}
	}
	if s.is(refusesRegisteredCodes) && !codeIs(func(c uint16) bool { return c < 1012 || c > 1014 })(body) {
		s.fail(&violation{closeProtocol, "RFC 6455 does not define that code"})
		return
	}
	if !s.is(neverAnswersClose) {
		s.sendClose(s.closeAnswer(body))
	}
	s.over, s.leaving = true, false
	if s.is(echoesAfterClose) || s.is(pongsAfterClose) || s.is(answersCloseTwice) {
		s.over, s.leaving = false, true
	}
}

// closeAnswer is the body of the Close that answers one: its code.
func (s *session) closeAnswer(body []byte) []byte {
	if len(body) < 2 {
		return s.emptyCloseAnswer()
	}
	code := body[:2:2]
	switch {
	case s.is(answersCloseEmpty):
		return nil
	case s.is(answersCloseAtLength):
		return append(code, longReason...)
	case s.is(answersCloseWithItsOwn):
		return closeBody(closeOwn, "as you wish")
	case s.is(alwaysAnswersClose1000), s.is(takesReservedCodes), s.is(takesUnusedCodes), s.is(answersBadCloseNormally):
		return []byte{1000 >> 8, 1000 & 255}
	case s.is(swapsBytesOfCode):
		return []byte{code[1], code[0]}
	case s.is(answersWithOneByte):
		return code[:1]
	case s.is(answersWithBadReason):
		return append(code, 0xC3, 0x28)
	case s.is(answersWithUnusedCode):
		return []byte{0, 0}
	}
	return code
}

func (s *session) emptyCloseAnswer() []byte {
	switch {
	case s.is(answersEmptyCloseWith1005):
		return []byte{1005 >> 8, 1005 & 255}
	case s.is(answersCloseWithItsOwn):
		return closeBody(closeNormal, "")
	}
	return nil
}
