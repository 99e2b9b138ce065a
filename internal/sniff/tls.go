package sniff

import (
	"encoding/binary"

	"wsprobe/internal/hello"
	"wsprobe/internal/lint"
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

// greet says of a connection that it is TLS, and what it shows in clear.
func (w *watched) greet(side lint.Side, at int64, p []byte) {
	if w.hello == nil {
		w.hello = &hello.Seen{}
		w.t.totals.TLS++
		w.note(at, "TLS, not looked into")
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
