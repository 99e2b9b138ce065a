package sniff

import (
	"bytes"
	"encoding/binary"
	"time"

	"wsprobe/internal/hello"
	"wsprobe/internal/lint"
	"wsprobe/internal/tlsread"
)

// What begins a record of TLS (RFC 8446 §5.1).
const (
	recordHead = 5
	maxRecord  = 1<<14 + 2048 // RFC 5246 §6.2.3
)

// isTLS reports whether p begins like a record of TLS, which no frame and no head
// does.
func isTLS(p []byte) bool {
	return len(p) >= recordHead && 20 <= p[0] && p[0] <= 24 && p[1] == 3 && p[2] <= 4 &&
		binary.BigEndian.Uint16(p[3:]) <= maxRecord
}

// greets looks whether what a connection begins with is TLS, and returns what is to be
// looked into. It is nil where there is too little of it to tell: some clients cut their
// hello into pieces of a byte or two, so that no filter finds a name in it.
func (w *watched) greets(side lint.Side, at int64, p []byte) []byte {
	if side == lint.Client && w.begun != nil {
		p, w.begun = append(w.begun, p...), nil
	}
	switch {
	case side == lint.Client && mayBeTLS(p):
		w.begun, w.begunAt = bytes.Clone(p), at
		return nil
	case isTLS(p):
		w.meet()
	}
	return p
}

// mayBeTLS reports whether p is the beginning of what begins a record.
func mayBeTLS(p []byte) bool {
	return len(p) < recordHead && 20 <= p[0] && p[0] <= 24 && (len(p) < 2 || p[1] == 3) && (len(p) < 3 || p[2] <= 4)
}

// meet decides what becomes of TLS.
func (w *watched) meet() {
	if !w.t.o.Keys.Any() || w.joined {
		w.look = greeting
		return
	}
	w.hello, w.Secure = &hello.Seen{}, true
	w.secure = tlsread.New(w.t.o.Keys, tlsread.Output{
		Data: w.plain,
		Gap: func(side int, at int64, n uint64, exact bool) {
			w.hole(lint.Side(side), at, n, exact)
		},
		End: func(side int, at int64, how int) {
			w.ended(lint.Side(side), at, lint.End(how))
		},
		Agreed: w.agreed,
		Closed: w.locked,
	})
}

// unlock takes bytes that keys may open, and says what they show without.
func (w *watched) unlock(side lint.Side, at int64, p []byte) {
	if w.hello != nil && !w.hello.Over(int(side)) {
		if text := w.hello.Feed(int(side), p); text != "" {
			w.note(at, text)
		}
	}
	w.guard(at, func() { w.secure.Feed(int(side), at, p) })
}

// plain takes what TLS carried.
func (w *watched) plain(side int, at int64, p []byte) {
	if w.look != ignored {
		w.carry(lint.Side(side), at, p)
	}
}

// agreed is told which protocol TLS is to carry.
func (w *watched) agreed(at int64, protocol string) {
	if protocol == "h2" {
		w.multiplex()
		w.release()
	}
}

// locked is told that no more is opened.
func (w *watched) locked(at int64, why string) {
	w.note(at, why)
	switch {
	case w.streams != nil:
		w.closeStreams(at)
	case w.look == shown:
		w.do(at, func(s *lint.Session, at time.Duration) { s.Leave(at) })
		if !w.open {
			w.t.totals.HTTP++
		}
	default:
		w.t.totals.TLS++
	}
	w.forget()
}

// lock ends the opening, where there was some.
func (w *watched) lock(at int64) {
	s := w.secure
	if s == nil {
		return
	}
	w.guard(at, func() { s.Close(at) })
	if w.secure != nil && w.look == looking && w.session == nil && w.streams == nil { // it carried nothing
		w.t.totals.TLS++
	}
	w.secure = nil
}

// greet says of a connection that it is TLS, and what it shows in clear.
func (w *watched) greet(side lint.Side, at int64, p []byte) {
	if w.hello == nil {
		w.hello = &hello.Seen{}
		w.t.totals.TLS++
		text := "TLS, not looked into"
		if w.joined && w.t.o.Keys.Any() {
			text += ": its beginning was not captured"
		}
		w.note(at, text)
	}
	if !w.joined && !w.hello.Over(int(side)) {
		if text := w.hello.Feed(int(side), p); text != "" {
			w.note(at, text)
		}
	}
	if w.joined || w.hello.Over(int(lint.Client)) && w.hello.Over(int(lint.Server)) {
		w.forget()
	}
}
