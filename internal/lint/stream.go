package lint

import (
	"time"

	"wsprobe/internal/wire"
)

// maxRun is how many bytes of one run of bytes are kept: of an HTTP body, say.
const maxRun = 16 << 10

// maxWait is how many bytes are held that a client sends behind its request
// before the answer; with more, that client's stream is no longer followed.
const maxWait = 1 << 20

// phase is what a stream is at.
type phase uint8

const (
	phaseHead      phase = iota // reading a request or response head
	phaseChallenge              // reading the bytes behind a hixie-76 head
	phaseBody                   // skipping an HTTP body
	phaseWait                   // client: holding what comes before the answer
	phaseSeek                   // joined mid-stream: looking for where a frame begins
	phaseFrames
	phaseHixie
	phaseBytes // anything: it cannot be read as something else any more
	phaseEnded
)

// stream is one side of the connection.
type stream struct {
	side  Side
	phase phase
	lost  bool   // it began anew behind bytes that were missing
	start uint64 // offset of the first byte that no event covers yet
	run   int    // bytes kept of the current run of bytes

	held    []byte             // what a head, a challenge, a wait or a search has so far
	heldAt  time.Duration      // when the last of it came
	lineEnd int                // of a held head: where its last whole line ends
	head    *Event             // that a challenge belongs to
	body    *wire.Body         // that is being passed over; else nil
	hixie   *wire.HixieDecoder // of the frames of hixie-75 and hixie-76; else nil
	seek    seeker

	frames
}

// enter changes the phase. What was held is the caller's to take or to give.
func (st *stream) enter(p phase) {
	st.phase, st.held, st.lineEnd, st.run = p, nil, 0, 0
	st.body, st.hixie = nil, nil
	if p == phaseHixie {
		st.hixie = new(wire.HixieDecoder)
	}
}

// take consumes bytes from the front of p and returns how many. It may take
// none only when it changed the phase.
func (s *Session) take(st *stream, p []byte) int {
	switch st.phase {
	case phaseHead:
		return s.takeHead(st, p)
	case phaseChallenge:
		return s.takeChallenge(st, p)
	case phaseBody:
		return s.takeBody(st, p)
	case phaseWait:
		return s.takeWait(st, p)
	case phaseSeek:
		return s.takeSeek(st, p)
	case phaseFrames:
		return s.takeFrames(st, p)
	case phaseHixie:
		return s.takeHixie(st, p)
	}
	s.emitBytes(st, p)
	return len(p)
}

// takeWait holds what a client sends before it has the answer.
func (s *Session) takeWait(st *stream, p []byte) int {
	if len(p) > maxWait-len(st.held) || s.o.Budget.spent() {
		s.release(st, phaseBytes)
		return 0
	}
	s.hold(st, p)
	return len(p)
}

// hold puts p by until it can be told what it is.
func (s *Session) hold(st *stream, p []byte) {
	st.held, st.heldAt = append(st.held, p...), s.at
}

// release enters a phase and gives it what was held.
func (s *Session) release(st *stream, p phase) {
	held, now := st.held, s.at
	st.enter(p)
	if len(held) == 0 {
		return
	}
	s.at = st.heldAt
	s.feed(st, held)
	s.at = now
}

// flush tells of what a stream's end leaves unfinished.
func (s *Session) flush(st *stream) {
	switch st.phase {
	case phaseChallenge:
		s.endChallenge(st)
	case phaseHead, phaseWait:
		s.release(st, phaseBytes)
	}
	for st.phase == phaseSeek { // what is found may be lost again
		s.endSeek(st)
	}
	switch st.phase {
	case phaseFrames:
		s.flushFrame(st, st.decoder.Partial())
	case phaseHixie:
		s.flushHixie(st)
	}
}

// framing returns the phase in which frames of the agreed dialect are read.
func (s *Session) framing() phase {
	switch {
	case s.dialect == wire.DialectUnknown:
		return phaseBytes
	case s.dialect.Traits().Hixie:
		return phaseHixie
	}
	return phaseFrames
}
