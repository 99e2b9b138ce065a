package webview

import (
	"encoding/hex"
	"strconv"
	"strings"

	"wsprobe/internal/lint"
	"wsprobe/internal/rules"
	"wsprobe/internal/wire"
	"wsprobe/report"
)

// How much of a row is shown at most, and how far its relatives are looked for.
const (
	maxShown = 256 << 10 // bytes
	maxWalk  = 4096      // rows
	maxKin   = 64        // frames of a message
)

// detail is everything about a row.
type detail struct {
	Row     rowJSON          `json:"row"`
	Kept    bool             `json:"kept"`
	Data    []byte           `json:"data"`           // payload, or the bytes of a head
	Text    string           `json:"text"`           // the same, safe to show
	Read    string           `json:"read,omitempty"` // what there is to read in it, to the subprotocol
	When    int64            `json:"when,omitempty"` // microseconds of the epoch
	Cut     string           `json:"cut,omitempty"`
	Header  string           `json:"header,omitempty"` // a frame's, in hex
	Facts   [][2]string      `json:"facts"`
	Note    string           `json:"note,omitempty"`
	Found   []report.Finding `json:"found,omitempty"`
	About   []string         `json:"about,omitempty"`   // of each finding's rule
	Message *detail          `json:"message,omitempty"` // which a frame is part of
	Frames  []rowJSON        `json:"frames,omitempty"`  // of a message
}

// detail tells everything about a row; nil: it is gone.
func (s *store) detail(seq uint64) *detail {
	s.mu.RLock()
	defer s.mu.RUnlock()
	e, ok := s.entry(seq)
	if !ok {
		return nil
	}
	d := s.describe(&e)
	switch {
	case e.kind == kind(lint.KindFrame) && !e.opcode.Control():
		if m, ok := s.messageAt(&e); ok {
			d.Message = s.describe(&m)
			d.Message.Frames = s.framesOf(&m)
		}
	case e.kind == kind(lint.KindMessage):
		d.Frames = s.framesOf(&e)
	}
	return d
}

func (s *store) describe(e *entry) *detail {
	p := e.payload()
	d := &detail{Row: s.rowJSON(e), Kept: !e.gone, Data: p[:min(len(p), maxShown)], Note: report.Clean(e.x.Note), Facts: s.facts(e)}
	d.Text = text(d.Data)
	if read := s.read(e); read != string(d.Data) {
		d.Read = text([]byte(read[:min(len(read), maxShown)]))
	}
	if c := s.conns[e.conn]; c != nil {
		d.When = c.When(e.at).UnixMicro()
	}
	if e.gone {
		d.Cut = "its bytes are no longer kept"
	} else if uint64(len(d.Data)) < e.whole() {
		d.Cut = "only the beginning was kept"
	}
	for _, f := range e.x.Findings {
		rule, _ := rules.Get(f.Rule)
		found := f.Report(e.at)
		found.Detail = report.Clean(found.Detail)
		d.Found, d.About = append(d.Found, found), append(d.About, rule.About)
	}
	if e.is(flagFrame) {
		d.Header = spaced(e.header())
	}
	return d
}

// whole is how many bytes there were to show.
func (e *entry) whole() uint64 {
	if e.is(flagFrame) || e.kind == kind(lint.KindMessage) {
		return e.length
	}
	if e.kind >= kindOpen {
		return 0
	}
	return e.size
}

// text makes bytes safe to show, line by line.
func text(p []byte) string {
	lines := strings.Split(string(p), "\n")
	for i, line := range lines {
		line = strings.ReplaceAll(strings.TrimSuffix(line, "\r"), "\t", "    ")
		lines[i] = report.Clean(line)
	}
	return strings.Join(lines, "\n")
}

func (e *entry) header() []byte {
	if len(e.x.Hixie) > 0 {
		return e.x.Hixie
	}
	return e.frame().Header.Append(nil)
}

// facts are what a row's header says, a name and a value each.
func (s *store) facts(e *entry) [][2]string {
	f := [][2]string{{"from", e.side.String()}, {"offset", count(e.offset)}}
	switch {
	case e.is(flagFrame) && len(e.x.Hixie) > 0:
		f = append(f, [2]string{"type", "0x" + hex.EncodeToString(e.x.Hixie[:1])}, [2]string{"payload", count(e.length)})
	case e.is(flagFrame):
		f = append(f, e.frameFacts()...)
	case e.kind == kind(lint.KindMessage):
		f = append(f, [2]string{"frames", count(uint64(e.frames))}, [2]string{"payload", count(e.length)})
		if e.is(flagCompressed) {
			f = append(f, [2]string{"deflate", map[bool]string{false: "inflated", true: "left as it is"}[e.is(flagRaw)]})
		}
	}
	return append(f, [2]string{"on the wire", count(e.size)})
}

func (e *entry) frameFacts() [][2]string {
	f := [][2]string{
		{"FIN", bit(e.is(flagFin))}, {"RSV1", bit(e.rsv&wire.RSV1 != 0)}, {"RSV2", bit(e.rsv&wire.RSV2 != 0)}, {"RSV3", bit(e.rsv&wire.RSV3 != 0)},
		{"opcode", "0x" + string("0123456789abcdef"[e.opcode&15]) + " " + e.opcode.String()}, {"MASK", bit(e.is(flagMasked))},
		{"length", count(e.length) + " in " + count(uint64(e.bits)) + " bits"},
	}
	if e.is(flagMasked) {
		f = append(f, [2]string{"key", spaced(e.mask[:])})
	}
	return f
}

func count(n uint64) string { return strconv.FormatUint(n, 10) }

func bit(on bool) string {
	if on {
		return "1"
	}
	return "0"
}

// walk goes along the rows of the same connection and side, from one row on, until
// visit is done. The caller holds the store.
func (s *store) walk(from *entry, step int, visit func(e *entry) (done bool)) {
	c := s.conns[from.conn]
	if c == nil {
		return
	}
	at := c.list.find(from.seq)
	for n := 0; n < maxWalk; n++ {
		at += step
		if at < 0 || at >= len(c.list.seqs) {
			return
		}
		if e, ok := s.entry(c.list.seqs[at]); ok && e.side == from.side && visit(&e) {
			return
		}
	}
}

// messageAt returns the message that ends with a frame, or behind it.
func (s *store) messageAt(f *entry) (m entry, ok bool) {
	s.walk(f, 1, func(e *entry) bool {
		isData := e.kind == kind(lint.KindFrame) && !e.opcode.Control()
		switch {
		case e.kind == kind(lint.KindMessage) && !e.opcode.Control():
			m, ok = *e, true
			return true
		case isData && (e.opcode != wire.OpContinuation || f.is(flagFin)):
			return true // the next message: this one had no more to say than its frame
		}
		return false
	})
	return m, ok
}

// framesOf returns the frames that a message was joined from, and its last ones
// where these are too many.
func (s *store) framesOf(m *entry) (out []rowJSON) {
	s.walk(m, -1, func(e *entry) bool {
		if e.kind != kind(lint.KindFrame) || e.opcode.Control() != m.opcode.Control() {
			return false
		}
		out = append([]rowJSON{s.rowJSON(e)}, out...)
		return len(out) == int(min(m.frames, maxKin))
	})
	return out
}
