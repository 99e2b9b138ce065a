package sniff

import (
	"encoding/binary"

	"wsprobe/internal/lint"
	"wsprobe/report"
)

// What begins a record of TLS (RFC 8446 §5.1).
const (
	recordHead      = 5
	recordHandshake = 22
	maxRecord       = 1<<14 + 256
)

// isTLS reports whether p begins like a record of TLS, which no frame and no head
// does.
func isTLS(p []byte) bool {
	return len(p) >= recordHead && 20 <= p[0] && p[0] <= 24 && p[1] == 3 && p[2] <= 4 &&
		binary.BigEndian.Uint16(p[3:]) <= maxRecord
}

// greet collects the client's first record, for the name in it.
func (w *watched) greet(side lint.Side, at int64, p []byte) {
	if side == lint.Server { // it has read the client's, or we joined later
		w.tls(at)
		return
	}
	w.hello = append(w.hello, p[:min(len(p), maxRecord+recordHead)]...)
	if len(w.hello) >= recordHead+int(binary.BigEndian.Uint16(w.hello[3:])) {
		w.tls(at)
	}
}

// tls says that a connection is TLS, and looks at nothing more.
func (w *watched) tls(at int64) {
	text := "TLS, not looked into"
	if name := serverName(w.hello); name != "" {
		text += "; to " + report.Clean(name)
	}
	w.t.totals.TLS++
	w.note(at, text)
	w.forget()
}

// serverName returns the name in a ClientHello, if it is there (RFC 6066 §3).
func serverName(record []byte) string {
	if len(record) < recordHead || record[0] != recordHandshake {
		return ""
	}
	r := fields{record[recordHead:]}
	if kind := r.bytes(1); len(kind) == 0 || kind[0] != 1 {
		return ""
	}
	r.bytes(3 + 2 + 32) // length, version, random
	r.list(1)           // session
	r.list(2)           // cipher suites
	r.list(1)           // compression
	extensions := fields{r.list(2)}
	for len(extensions.b) >= 4 {
		kind := binary.BigEndian.Uint16(extensions.bytes(2))
		body := fields{extensions.list(2)}
		if kind == 0 {
			names := fields{body.list(2)}
			names.bytes(1)
			return string(names.list(2))
		}
	}
	return ""
}

// fields reads the fields of a message one by one; what is not there is empty.
type fields struct{ b []byte }

func (f *fields) bytes(n int) []byte {
	n = min(n, len(f.b))
	out := f.b[:n]
	f.b = f.b[n:]
	return out
}

// list reads what has its length before it, in so many bytes; a list that was cut
// is what is there of it.
func (f *fields) list(size int) []byte {
	n := 0
	for _, b := range f.bytes(size) {
		n = n<<8 | int(b)
	}
	return f.bytes(n)
}
