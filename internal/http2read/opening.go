package http2read

import (
	"strings"

	"wsprobe/internal/lint"
)

// maxOpening is how many bytes are held until it is known whether a connection is
// HTTP/2.
const maxOpening = 64 << 10

// Opening finds out whether a connection that says so nowhere is HTTP/2: by what its
// client begins with, which may come in pieces, and behind what its server says first
// (RFC 9113 §3.4). The zero one is ready, and costs little where the first bytes decide.
type Opening struct {
	decided bool
	wait    *waiting // nil: nothing waits
}

// waiting is what came while it was not known.
type waiting struct {
	client []byte // what the client has sent, as far as it is the preface
	held   []Piece
	size   int
}

// Piece is what a side sent at once.
type Piece struct {
	Side  lint.Side
	At    int64
	Bytes []byte
}

// undecided reports whether a connection that begins with p may be HTTP/2.
func undecided(side lint.Side, p []byte) bool {
	if side == lint.Client {
		return strings.HasPrefix(Preface, string(p[:min(len(p), len(Preface))]))
	}
	return settings(p)
}

// settings reports whether p can begin with a SETTINGS frame, as what a server sends does.
func settings(p []byte) bool {
	for i, want := range [headSize]byte{0, 0xFF, 0xFF, frameSettings} {
		if i < len(p) && want != 0xFF && p[i] != want {
			return false
		}
	}
	return len(p) > 0
}

// Decided reports whether it is known what the connection is, or taken for known.
func (o *Opening) Decided() bool { return o.decided }

// Hold puts by what a side sent, and reports whether it did: it is not yet known then
// what the connection is.
func (o *Opening) Hold(side lint.Side, at int64, p []byte) bool {
	if o.wait == nil {
		if !undecided(side, p) {
			return false
		}
		o.wait = &waiting{}
	}
	w := o.wait
	if side == lint.Client {
		w.client = append(w.client, p[:min(len(p), len(Preface)-len(w.client))]...)
	}
	if o.HTTP2() || !strings.HasPrefix(Preface, string(w.client)) || w.size+len(p) > maxOpening {
		return false
	}
	w.held = append(w.held, Piece{side, at, append([]byte(nil), p...)})
	w.size += len(p)
	return true
}

// HTTP2 reports whether it is, once Hold was false.
func (o *Opening) HTTP2() bool { return o.wait != nil && string(o.wait.client) == Preface }

// Decide returns what was put by, and puts no more by.
func (o *Opening) Decide() (held []Piece) {
	if o.wait != nil {
		held = o.wait.held
	}
	*o = Opening{decided: true}
	return held
}
