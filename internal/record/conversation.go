// Package record keeps what passed on a connection, byte for byte, and writes it
// down: as packets that Wireshark opens, as plain files, and as a script that
// sends the same again.
package record

import (
	"cmp"
	"net/netip"
	"slices"
	"time"

	"wsprobe/internal/lint"
)

// What one side of a conversation may cost. Cut off is only the end.
const (
	keepBytes  = 4 << 20
	keepPieces = 64 << 10
)

// Conversation is what passed on one TCP connection. It is not safe for
// concurrent use; a nil one keeps nothing.
type Conversation struct {
	Name           string         // of the client, where there are several
	Client, Server netip.AddrPort // the two ends, as they really were
	Secure         bool           // the pieces are the plain text of TLS
	ServerName     string         // that the TLS handshake asked for
	Start          time.Time      // what the times below count from
	Opened         time.Duration  // when the connection stood
	Pieces         []Piece        // in the order of their time
	Lost           [2]uint64      // bytes of each side that came after its last kept ones

	kept, pieces [2]int // bytes and pieces of each side
}

// Piece is what one side wrote at once, or the end of its stream.
type Piece struct {
	Side  lint.Side
	At    time.Duration
	Bytes []byte
	Ended bool
	How   lint.End // where it ended
}

// Data keeps a copy of what side sent.
func (c *Conversation) Data(side lint.Side, at time.Duration, p []byte) {
	if c == nil || len(p) == 0 {
		return
	}
	n := min(len(p), keepBytes-c.kept[side])
	if c.Lost[side] > 0 || c.pieces[side] == keepPieces {
		n = 0
	}
	c.Lost[side] += uint64(len(p) - n)
	if n == 0 {
		return
	}
	c.kept[side] += n
	c.pieces[side]++
	c.add(Piece{Side: side, At: at, Bytes: slices.Clone(p[:n])})
}

// End keeps how side's stream ended; it ends once.
func (c *Conversation) End(side lint.Side, at time.Duration, how lint.End) {
	if c == nil || c.ended(side) {
		return
	}
	c.add(Piece{Side: side, At: at, Ended: true, How: how})
}

func (c *Conversation) ended(side lint.Side) bool {
	return slices.ContainsFunc(c.Pieces, func(p Piece) bool { return p.Ended && p.Side == side })
}

// add puts a piece where its time says: what was written is known only after
// the write, and an answer may have come by then.
func (c *Conversation) add(p Piece) {
	i := len(c.Pieces)
	for i > 0 && c.Pieces[i-1].At > p.At {
		i--
	}
	c.Pieces = slices.Insert(c.Pieces, i, p)
}

// Bytes returns all that was kept of what side sent.
func (c *Conversation) Bytes(side lint.Side) []byte {
	all := make([]byte, 0, c.kept[side])
	for i := range c.Pieces {
		if c.Pieces[i].Side == side {
			all = append(all, c.Pieces[i].Bytes...)
		}
	}
	return all
}

// moment is a piece of one of several conversations, or with none its beginning.
type moment struct {
	at    time.Duration
	of    int
	piece *Piece
}

// timeline puts several conversations, of one Start, into one order.
func timeline(all []*Conversation) []moment {
	var line []moment
	for i, c := range all {
		line = append(line, moment{c.Opened, i, nil})
		for k := range c.Pieces {
			line = append(line, moment{c.Pieces[k].At, i, &c.Pieces[k]})
		}
	}
	slices.SortStableFunc(line, func(a, b moment) int { return cmp.Compare(a.at, b.at) })
	return line
}
