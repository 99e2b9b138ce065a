package record

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"wsprobe/internal/lint"
	"wsprobe/internal/wire"
)

// maxGathered is how many bytes a Gather keeps of all connections.
const maxGathered = 512 << 20

// Gather is a sink that keeps what connections carried, to do something with it
// as a whole.
type Gather struct {
	only  uint64
	talks []*Talk
	byID  map[uint64]*Talk
	size  int
	lost  Loss
}

// Talk is all that a connection carried: every byte, as events.
type Talk struct {
	Conn
	Events []lint.Event
	Closed time.Duration // when it was over
	Open   bool          // a valid opening handshake is in it
	// Dialect and Deflate are what was agreed.
	Dialect wire.Dialect
	Deflate *wire.DeflateParams
	// Missing says what the recording has not, where that is in the way; "": it
	// has everything.
	Missing string

	pieces []talkPiece
}

type talkPiece struct {
	side  lint.Side
	at    time.Duration
	bytes []byte
	ended bool
	how   lint.End
}

// NewGather keeps the connection of that number, or with 0 all.
func NewGather(only uint64) *Gather {
	return &Gather{only: only, byID: map[uint64]*Talk{}}
}

// Open implements Sink.
func (g *Gather) Open(c *Conn) {
	if g.only == 0 || c.ID == g.only {
		t := &Talk{Conn: *c}
		if c.Opaque != "" {
			t.Missing = c.Opaque + ", of which no bytes are recorded"
		}
		g.byID[c.ID] = t
		g.talks = append(g.talks, t)
	}
}

// Event implements Sink. Of an event its bytes are kept, from which it is made
// again, with all that belongs to it.
func (g *Gather) Event(c *Conn, e *lint.Event) {
	t := g.byID[c.ID]
	if t == nil || e.Kind == lint.KindMessage || t.Missing != "" {
		return
	}
	if e.Kind == lint.KindEnd {
		t.pieces = append(t.pieces, talkPiece{side: e.Side, at: e.At, ended: true, how: e.End})
		return
	}
	b := e.Bytes()
	switch g.size += len(b); {
	case uint64(len(b)) != e.Size:
		t.Missing = fmt.Sprintf("of %d bytes that the %s sent at %d, %d are recorded; --snaplen says how many are", e.Size, e.Side, e.Offset, len(b))
	case g.size > maxGathered:
		t.Missing = "there is more than can be kept; --conn takes one connection"
	default:
		t.pieces = append(t.pieces, talkPiece{side: e.Side, at: e.At, bytes: b})
	}
}

// Lost implements Sink.
func (g *Gather) Lost(n Loss) {
	g.lost.Payloads += n.Payloads
	g.lost.Events += n.Events
}

// Note implements Sink.
func (g *Gather) Note(*Conn, time.Duration, string) {}

// Close implements Sink.
func (g *Gather) Close(c *Conn, at time.Duration) {
	if t := g.byID[c.ID]; t != nil {
		t.Closed = at
	}
}

// Flush implements Sink.
func (g *Gather) Flush() error { return nil }

// End implements Sink.
func (g *Gather) End() error { return nil }

// Talks returns what was gathered, in the order in which the connections began.
// What frames were lost makes each of them incomplete, since nobody can say whose
// they were. HTTP/2 is left out, of which each WebSocket is a connection, unless it was
// asked for.
func (g *Gather) Talks() []*Talk {
	g.talks = slices.DeleteFunc(g.talks, func(t *Talk) bool {
		carries := t.Opaque == OpaqueHTTP2 || t.Missing == "" && len(t.pieces) == 0
		return carries && t.Events == nil && g.only == 0
	})
	for _, t := range g.talks {
		if t.Missing == "" && g.lost.Events > 0 {
			t.Missing = fmt.Sprintf("%d frames were not recorded; --lossless records all", g.lost.Events)
		}
		t.tell()
	}
	return g.talks
}

// tell makes the events of a talk from its bytes.
func (t *Talk) tell() {
	if t.Events != nil {
		return
	}
	// What came first was read first, though a recorder may have been told later.
	slices.SortStableFunc(t.pieces, func(a, b talkPiece) int { return cmp.Compare(a.at, b.at) })
	s := lint.New(lint.Options{Keep: maxGathered, Inflate: maxGathered, Secure: t.Secure})
	for _, p := range t.pieces {
		if p.ended {
			t.Events = append(t.Events, s.End(p.side, p.at, p.how)...)
		} else {
			t.Events = append(t.Events, s.Feed(p.side, p.at, p.bytes)...)
		}
		t.Closed = max(t.Closed, p.at)
	}
	t.Open, t.Dialect, t.Deflate = s.Open(), s.Dialect(), s.Deflate()
	t.pieces = nil
}
