package fault

import (
	"fmt"
	"math"
	"math/rand/v2"
	"time"

	"wsprobe/internal/lint"
	"wsprobe/internal/wire"
)

// maxHeld is how much of a frame is kept, to look at it or to send it again. Of a
// longer one only the header is looked at.
const maxHeld = 1 << 20

// stage is what passes from one side: it finds the frames, and has the faults act.
type stage struct {
	pair   *pair
	side   lint.Side
	faults []*state
	line   *line
	chance *rand.Rand // of masks and jitter
	whole  bool       // a fault wants to see whole frames

	cut    cutter
	fed    uint64 // bytes of the stream that came
	behind int64  // of them, those of frames that have ended
	frames int    // that have ended
	frame  current
	shut   bool  // by a Close: nothing more passes but the end
	hole   bool  // nothing more passes
	err    error // how the stream ended
}

// current is the frame that is going on.
type current struct {
	held     []byte // what came of it and waits for the decision
	decided  bool
	header   wire.Header
	kind     string
	events   []lint.Event // what lint made of it, where a fault wants to know
	drop     bool
	pace     pace
	size     int64    // bytes of it that came
	at       int64    // of them, those that were delivered
	notes    []string // to be said before what comes next
	corrupts []*state // that count the bytes of this frame
	twice    []byte   // a copy, to be sent again
	copies   int
}

// state is a fault as it is for one side of one connection.
type state struct {
	*Fault
	chance *rand.Rand
	seen   int   // frames that fit
	next   int64 // byte that is corrupted next
	passed int64 // bytes that it counts
	said   bool  // of a pace: that it begins
	over   bool
}

// skip returns how many bytes stay right before the next one that does not.
func (f *state) skip() int64 {
	if f.Fault.chance == 0 {
		return f.Fault.at
	}
	if f.Fault.chance == 1 {
		return 0
	}
	n := math.Log(1-f.chance.Float64()) / math.Log(1-f.Fault.chance)
	return int64(min(n, 1<<60))
}

// feed takes what the side sent.
func (s *stage) feed(p []byte) {
	pr := s.pair
	pr.mu.Lock()
	defer pr.mu.Unlock()
	if len(p) == 0 {
		return
	}
	if pr.open {
		s.body(p)
		return
	}
	before := s.fed
	s.fed += uint64(len(p))
	events := pr.watch(s.side, p)
	start := len(p) // of frames in p
	if at := pr.starts[s.side]; at > 0 && at < s.fed {
		start = int(max(at, before) - before)
	}
	if !pr.session.Open() {
		if s.side == lint.Client && pr.prefaced(p) {
			for _, st := range pr.stages {
				st.excuse()
			}
		}
		s.early(p, start)
		return
	}
	s.pass(p[:start], s.pace(nil))
	pr.opened()
	for _, st := range pr.stages {
		st.ends(nil)
	}
	s.rest(p[start:], events)
}

// early passes what comes before the handshake is over. Frames that a client sends
// by then are left alone, and counted.
func (s *stage) early(p []byte, start int) {
	s.pass(p, s.pace(nil))
	s.cut.hixie = s.pair.session.Dialect().Traits().Hixie
	for p = p[start:]; len(p) > 0; {
		k := s.cut.next(p)
		s.frame.decided = !k.last
		s.frame.size += int64(k.n)
		if k.last {
			s.frames++
			s.behind += s.frame.size
			s.frame.size = 0
		}
		p = p[k.n:]
	}
}

// rest takes the frames that came in one read with the end of the handshake, which
// lint has seen by then.
func (s *stage) rest(p []byte, events []lint.Event) {
	var frames []lint.Event
	for _, e := range events {
		if e.Kind == lint.KindFrame || e.Kind == lint.KindMessage {
			frames = append(frames, e)
		}
	}
	for len(p) > 0 {
		k := s.cut.next(p)
		var mine []lint.Event
		if k.last && len(frames) > 0 { // a frame, and the message that it ends
			n := 1
			for n < len(frames) && frames[n].Kind == lint.KindMessage {
				n++
			}
			mine, frames = frames[:n], frames[n:]
		}
		s.take(k, p[:k.n], mine)
		p = p[k.n:]
	}
}

// body takes bytes of frames.
func (s *stage) body(p []byte) {
	for len(p) > 0 {
		k := s.cut.next(p)
		var events []lint.Event
		if s.whole {
			events = s.pair.watch(s.side, p[:k.n])
		}
		s.take(k, p[:k.n], events)
		p = p[k.n:]
	}
}

// take takes a piece of a frame.
func (s *stage) take(k piece, p []byte, events []lint.Event) {
	f := &s.frame
	f.size += int64(len(p))
	if f.decided {
		s.deliver(p)
	} else {
		f.held = append(f.held, p...)
		if k.known {
			f.header, f.kind = k.header, k.kind
		}
		f.events = append(f.events, events...)
		if k.known && (!s.whole || k.last) || len(f.held) > maxHeld {
			s.decide()
		}
	}
	if k.last {
		s.endFrame()
	}
}

// decide settles what becomes of the frame, and delivers what was held of it.
func (s *stage) decide() {
	f := &s.frame
	f.decided = true
	for _, st := range s.faults {
		switch {
		case st.action == actionNone || st.action.ends() || !st.fits(s):
		case st.action == actionDrop:
			f.drop = true
			s.say("dropped %s", s.name())
		case st.action == actionDuplicate && f.header.Length > maxHeld:
			s.say("%s is too long to be sent twice", s.name())
		case st.action == actionDuplicate:
			f.copies++
		case st.action == actionCorrupt && st.Fault.framed():
			st.next = st.skip()
			f.corrupts = append(f.corrupts, st)
		}
	}
	f.pace = s.pace(f)
	held := f.held
	f.held = nil
	s.deliver(held)
}

// deliver passes bytes of a frame that is decided.
func (s *stage) deliver(p []byte) {
	f := &s.frame
	f.at += int64(len(p))
	if f.drop {
		s.pass(nil, f.pace) // what is said of it
		return
	}
	if f.copies > 0 {
		f.twice = append(f.twice, p...)
	}
	s.pass(s.corrupt(p), f.pace)
}

// endFrame does what is done behind a frame.
func (s *stage) endFrame() {
	f := s.frame
	for range f.copies {
		if !f.drop {
			s.say("again %s", s.name())
			s.pass(f.twice, f.pace)
		}
	}
	s.frames++
	s.behind += f.size
	notes := s.frame.notes
	s.frame = current{notes: notes, events: f.events, header: f.header}
	if f.header.Opcode == wire.OpClose && f.decided && !f.drop {
		s.closed()
	}
	s.ends(&f)
	s.frame.events, s.frame.header = nil, wire.Header{}
}

// closed keeps a Close that passed from being followed by one of ours.
func (s *stage) closed() {
	for _, st := range s.faults {
		st.over = st.over || st.action == actionClose
	}
}

// name tells which frame it is.
func (s *stage) name() string {
	return fmt.Sprintf("frame %d of the %s, %s of %d bytes", s.frames+1, s.side, s.frame.kind, s.frame.header.Length)
}

// say marks, before what passes next, what goes wrong.
func (s *stage) say(format string, args ...any) {
	if s.shut || s.hole {
		return
	}
	s.frame.notes = append(s.frame.notes, "fault: "+fmt.Sprintf(format, args...))
}

// pass sends bytes on their way, behind what is said of them.
func (s *stage) pass(p []byte, how pace) {
	if s.shut || s.hole || len(p) == 0 && len(s.frame.notes) == 0 {
		return
	}
	delay := how.latency
	if how.jitter > 0 {
		delay = max(0, delay+time.Duration((2*s.chance.Float64()-1)*float64(how.jitter)))
	}
	s.line.push(segment{data: p, notes: s.frame.notes, pace: how}, delay)
	s.frame.notes = nil
}

// finish passes on the end of the stream, and before it what never became a frame.
func (s *stage) finish() {
	if held := s.frame.held; len(held) > 0 {
		s.frame.held = nil
		s.pass(held, s.frame.pace)
	}
	other := s.pair.stages[1-s.side]
	if s.hole && other.err == nil {
		return // it is held back until the other side has ended too
	}
	how := s.pace(nil)
	s.line.push(segment{err: s.err, notes: s.frame.notes, pace: how}, how.latency)
}
