package mutant

import (
	"io"
	"sync"
	"time"

	"wsprobe/internal/wire"
)

// Close codes that the server sends of itself (RFC 6455 §7.4.1).
const (
	closeNormal    = 1000
	closeGoingAway = 1001
	closeProtocol  = 1002
	closeType      = 1003
	closeData      = 1007
	closePolicy    = 1008
	closeTooBig    = 1009
)

// session is an open connection of RFC 6455, hybi-07 or hybi-08.
type session struct {
	*conn
	dialect wire.Dialect
	deflate *deflate // nil where permessage-deflate was not agreed
	app     application
	limit   int // bytes of a message

	frames  wire.Decoder
	key     [4]byte // of the first frame
	control []byte  // payload so far of the control frame that is being read
	message message
	over    bool       // nothing more is read
	late    *violation // what a mutant has yet to fail the connection for
	leaving bool       // a mutant reads on for a moment after its Close

	owed   []byte        // payload of the ping that a lawful mutant has still to answer; nil: none
	taken  limits        // what has come, where a lawful mutant counts it
	done   chan struct{} // closed when no more is read
	behind chan task     // what a lawful mutant does later

	writing   sync.Mutex
	closeSent bool
}

// violation is why a connection is failed (RFC 6455 §7.1.7).
type violation struct {
	code uint16
	why  string
}

func newSession(c *conn, d wire.Dialect) *session {
	return &session{conn: c, dialect: d, done: make(chan struct{})}
}

// run reads frames until the connection has failed, has closed or is gone.
func (s *session) run(to service) {
	s.limit = to.limit
	s.app = to.open(s)
	defer s.app.gone()
	if s.mutant != nil && s.mutant.opened != nil {
		s.mutant.opened(s)
	}
	defer close(s.done)
	var err error
	for s.take(); !s.over && err == nil; s.take() {
		err = s.await()
	}
	s.ended(err)
}

// await waits for bytes, and pings a client that has been silent for long.
func (s *session) await() error {
	patience := pingAfter
	switch {
	case s.leaving:
		patience = lingerTime / 4
	case s.is(closesWhenIdle):
		patience = idleTime
	}
	s.SetReadDeadline(time.Now().Add(patience))
	err := s.more()
	if timedOut(err) && s.is(closesWhenIdle) {
		s.sendClose(closeBody(closeGoingAway, "idle"))
		s.awaitClose(time.Now().Add(lingerTime))
		s.over = true
		return nil
	}
	if timedOut(err) && !s.leaving {
		s.send(wire.OpPing, nil)
		s.SetReadDeadline(time.Now().Add(pingAfter))
		err = s.more()
	}
	return err
}

// ended is the place of what mutants do when no more is to be read: err is nil
// after a Close of ours, and else why the client is gone.
func (s *session) ended(err error) {
	switch {
	case err != nil && s.is(keepsItsSideOpen), err == nil && s.is(keepsTCPOpen):
		<-s.stopping
	case err != nil && s.is(sends1006WhenClientIsGone):
		s.sendClose([]byte{1006 >> 8, 1006 & 255})
	case err == nil && s.is(closesTCPLate):
		s.wait(late)
	case err == nil && s.is(resetsAfterClose):
		s.reset()
	case err == nil && s.is(waitsForFIN):
		s.SetReadDeadline(time.Now().Add(finTime))
		io.Copy(io.Discard, s.Conn)
	}
}

// take reads the frames, and parts of frames, that have come in.
func (s *session) take() {
	if s.is(waitsForHugeFrame) {
		s.turn.Lock()
		defer s.turn.Unlock()
		defer s.awaitHuge()
	}
	for len(s.in) > 0 && !s.over {
		c, n, ok := s.frames.Next(s.in)
		s.in = s.in[n:]
		if !ok {
			return
		}
		s.chunk(c)
		s.lose(c)
	}
	if s.late != nil {
		s.fail(s.late)
	}
	s.answerLatest()
}

// lose is for mutants only: they read frames as TCP happens to cut them.
func (s *session) lose(c wire.Chunk) {
	switch {
	case c.Last && s.is(losesSecondFrameOfSegment):
		s.in = nil
	case !c.Last && s.is(wantsFrameInOneRead):
		s.frames, s.message, s.in = wire.Decoder{}, message{}, nil
	}
}

// chunk takes a piece of a frame.
func (s *session) chunk(c wire.Chunk) {
	if c.First {
		if bad := s.checkHeader(c.Header); bad != nil {
			s.fail(bad)
			return
		}
		s.begin(c.Header)
	}
	if c.Header.Masked {
		wire.Mask(c.Payload, s.maskOf(c.Header), c.Offset)
	}
	if c.Header.Opcode.Control() {
		s.control = append(s.control, c.Payload...)
	} else {
		s.payload(c)
	}
	if c.Last && !s.over {
		s.end(c.Header)
	}
}

// awaitHuge is for a mutant only: it waits for a huge frame while it holds the
// turn of everyone.
func (s *session) awaitHuge() {
	for s.frames.Remaining() > uint64(s.limit) && s.more() == nil {
		s.in = nil
	}
}
