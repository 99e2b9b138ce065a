package fault

import (
	"encoding/binary"
	"fmt"
	"io"
	"slices"
	"syscall"
	"time"

	"wsprobe/internal/lint"
	"wsprobe/internal/wire"
)

// begun reports whether so much passed that the fault may act.
func (f *state) begun(s *stage) bool {
	a := f.after
	return s.frames >= a.frames && s.behind >= a.bytes && (a.time == 0 || s.pair.open && time.Since(s.pair.began) >= a.time)
}

// fits reports whether the current frame is one that the fault is for. It counts
// those that could be.
func (f *state) fits(s *stage) bool {
	if f.over || !f.begun(s) || !f.matches(s) {
		return false
	}
	f.seen++
	if f.nth > 0 && f.seen != f.nth {
		return false
	}
	return f.probability >= 1 || f.chance.Float64() < f.probability
}

// matches asks the filter about the frame, and about the message that it ends.
func (f *state) matches(s *stage) bool {
	if f.when == nil {
		return true
	}
	events := s.frame.events
	if len(events) == 0 { // too long to be seen whole
		h := s.frame.header
		events = []lint.Event{{Kind: lint.KindFrame, Side: s.side, Size: uint64(h.Size()) + h.Length, Frame: &lint.Frame{Header: h, Cut: true}}}
	}
	return slices.ContainsFunc(events, func(e lint.Event) bool { return f.when(s.pair.conn, &e) })
}

// pace adds up the paces that are for the frame, or with none for what is no frame.
func (s *stage) pace(frame *current) (sum pace) {
	for _, f := range s.faults {
		if f.action != actionNone || frame == nil && (f.framed() || f.after != extent{} && !f.begun(s)) {
			continue
		}
		if frame != nil && !f.fits(s) {
			continue
		}
		if !f.said || f.framed() {
			s.say("%s: %s", s.side, f.Text)
			f.said = true
		}
		sum.latency += f.latency
		sum.jitter += f.jitter
		sum.every = max(sum.every, f.every)
		sum.rate = least(sum.rate, f.rate)
		sum.chop = least(sum.chop, f.chop)
	}
	return sum
}

// least returns the smaller of two of which 0 is none.
func least[T int | int64](a, b T) T {
	if a == 0 || b > 0 && b < a {
		return b
	}
	return a
}

// corrupt returns p, or a copy of which some bytes are wrong.
func (s *stage) corrupt(p []byte) []byte {
	for _, f := range s.faults {
		if f.action == actionCorrupt && !f.framed() {
			p = s.damage(f, p, s.corruptible(f, len(p)))
		}
	}
	for _, f := range s.frame.corrupts {
		p = s.damage(f, p, s.frame.at-int64(len(p)))
	}
	return p
}

// corruptible returns where in what a fault counts p begins. It counts from where
// it may begin.
func (s *stage) corruptible(f *state, n int) int64 {
	if !f.begun(s) {
		return -1
	}
	f.passed += int64(n)
	return f.passed - int64(n)
}

// damage flips a bit of each byte of p that is to be wrong, p being at so many
// bytes in what is counted.
func (s *stage) damage(f *state, p []byte, at int64) []byte {
	end := at + int64(len(p))
	damaged := 0
	for at >= 0 && !f.over && f.next < end {
		if f.next >= at {
			if damaged == 0 {
				p = slices.Clone(p)
			}
			damaged++
			b := &p[f.next-at]
			was := *b
			*b ^= 1 << f.chance.IntN(8)
			s.say("corrupted byte %d of %s: %#02x is %#02x", f.next, s.counted(f), was, *b)
		}
		if f.Fault.chance == 0 {
			f.over = f.over || !f.framed()
			break
		}
		f.next += 1 + f.skip()
	}
	return p
}

func (s *stage) counted(f *state) string {
	if f.framed() {
		return fmt.Sprintf("frame %d of the %s", s.frames+1, s.side)
	}
	return fmt.Sprintf("what passes from the %s", s.side)
}

// ends has the faults act that end the stream: behind a frame, or with none where
// no frame is needed for it.
func (s *stage) ends(frame *current) {
	for _, f := range s.faults {
		if f.over || !f.action.ends() || s.pair.over || !s.pair.open || !s.between() {
			continue
		}
		if frame == nil && f.framed() || !f.begun(s) {
			continue
		}
		if frame != nil && f.framed() && !f.fits(s) {
			continue
		}
		f.over = true
		s.end(f)
	}
}

// excuse says which faults will not act, since the connection is HTTP/2: its WebSockets
// are in streams, in which nothing is looked for here.
func (s *stage) excuse() {
	for _, f := range s.faults {
		if f.action != actionNone || f.framed() || f.after != (extent{}) {
			s.say("%s: %s: not in HTTP/2", s.side, f.Text)
		}
	}
}

// between reports whether the stream stands between two frames.
func (s *stage) between() bool { return !s.frame.decided && len(s.frame.held) == 0 }

func (s *stage) end(f *state) {
	how := s.pace(nil)
	switch f.action {
	case actionClose:
		s.say("a Close, code %d, in the name of the %s; nothing that it sends passes any more", f.code, s.side)
		s.pass(s.closing(f), how)
		s.shut = true
		if s.pair.session.Dialect() == wire.Hixie75 { // which knows no Close
			s.line.push(segment{err: io.EOF, notes: s.frame.notes, pace: how}, how.latency)
		}
	case actionReset:
		s.say("a reset of both connections")
		s.line.push(segment{err: syscall.ECONNRESET, notes: s.frame.notes, pace: how}, how.latency)
		s.frame.notes = nil
		s.hole = true
	case actionBlackhole:
		s.say("nothing that the %s sends passes any more, nor its end", s.side)
		s.line.push(segment{notes: s.frame.notes, pace: how}, how.latency)
		s.frame.notes = nil
		s.hole = true
	}
}

// closing makes the Close of a fault.
func (s *stage) closing(f *state) []byte {
	switch s.pair.session.Dialect() {
	case wire.Hixie75:
		return nil
	case wire.Hixie76:
		return wire.HixieClosing
	}
	var body []byte
	if f.code > 0 {
		body = append(binary.BigEndian.AppendUint16(nil, f.code), f.reason...)
	}
	h := wire.Header{Fin: true, Opcode: wire.OpClose, Length: uint64(len(body)), Masked: s.side == lint.Client}
	if h.Masked {
		binary.BigEndian.PutUint32(h.Mask[:], s.chance.Uint32())
	}
	return wire.AppendFrame(nil, h, body)
}
