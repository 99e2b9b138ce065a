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
// (RFC 9113 §3.4). The zero one is ready.
type Opening struct {
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

// Undecided reports whether a connection that begins with p may be HTTP/2, and so
// whether an Opening is needed.
func Undecided(side lint.Side, p []byte) bool {
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

// Hold puts by what a side sent, and reports whether it did: it is not yet known then
// what the connection is.
func (o *Opening) Hold(side lint.Side, at int64, p []byte) bool {
	if side == lint.Client {
		o.client = append(o.client, p[:min(len(p), len(Preface)-len(o.client))]...)
	}
	if len(o.client) == len(Preface) || !strings.HasPrefix(Preface, string(o.client)) || o.size+len(p) > maxOpening {
		return false
	}
	o.held = append(o.held, Piece{side, at, append([]byte(nil), p...)})
	o.size += len(p)
	return true
}

// HTTP2 reports whether it is, once Hold was false.
func (o *Opening) HTTP2() bool { return string(o.client) == Preface }

// Held returns what was put by.
func (o *Opening) Held() []Piece { return o.held }
