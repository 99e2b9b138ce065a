package webview

import (
	"encoding/hex"
	"strconv"
	"strings"
	"unicode/utf8"

	"wsprobe/internal/lint"
	"wsprobe/internal/record"
	"wsprobe/internal/wire"
	"wsprobe/report"
)

// rowJSON is a row as the page lists it.
type rowJSON struct {
	Index  uint64    `json:"i"`
	Seq    uint64    `json:"seq"`
	Conn   uint64    `json:"conn"`
	At     float64   `json:"t"` // seconds since the first row
	Kind   string    `json:"kind"`
	Side   lint.Side `json:"side"`
	Op     string    `json:"op,omitempty"`
	Bits   string    `json:"bits,omitempty"` // what the header says beside its opcode
	Length uint64    `json:"len"`
	Name   string    `json:"name,omitempty"` // to the subprotocol
	Text   string    `json:"text,omitempty"`
	Bytes  bool      `json:"bytes,omitempty"` // Text is bytes in hex
	Gone   bool      `json:"gone,omitempty"`
	Found  []string  `json:"found,omitempty"` // rules
	Level  string    `json:"level,omitempty"` // the strictest of them
}

// preview is how many bytes of a payload a row shows.
const preview = 240

func (s *store) rowJSON(e *entry) rowJSON {
	j := rowJSON{Seq: e.seq, Conn: e.conn, At: (e.at - s.zero).Seconds(), Kind: e.kindName(), Side: e.side, Length: e.length, Gone: e.gone, Name: report.Clean(e.x.Name)}
	if e.is(flagFrame) || e.kind == kind(lint.KindMessage) {
		j.Op, j.Bits = e.opcode.String(), e.headerBits()
	} else {
		j.Length = e.size
	}
	j.Text, j.Bytes = e.glance()
	if j.Bytes && e.length <= maxRead {
		if read := []byte(s.read(e)); len(read) > 0 {
			j.Text, j.Bytes = report.Clean(string(whole(read[:min(len(read), preview)]))), false
		}
	}
	if c := s.conns[e.conn]; c != nil && e.kind == kindOpen {
		j.Text = c.Begun()
	}
	for _, f := range e.x.Findings {
		j.Found = append(j.Found, string(f.Rule))
	}
	for level, name := range []string{"MUST", "SHOULD", "MAY"} {
		if j.Level == "" && e.found[level] > 0 {
			j.Level = name
		}
	}
	return j
}

func (e *entry) kindName() string {
	switch e.kind {
	case kindOpen:
		return "open"
	case kindClose:
		return "closed"
	case kindNote:
		return "note"
	case kindLost:
		return "lost"
	}
	return lint.Kind(e.kind).String()
}

// headerBits says what a header says that is out of the ordinary, as transcripts do.
func (e *entry) headerBits() string {
	if e.kind == kind(lint.KindMessage) {
		return e.joinedFrom()
	}
	s := ""
	if !e.is(flagFin) {
		s += " fin=0"
	}
	if e.rsv != 0 {
		s += " rsv=" + strconv.Itoa(int(e.rsv))
	}
	switch {
	case e.is(flagMasked) && e.side == lint.Server:
		s += " masked"
	case !e.is(flagMasked) && e.side == lint.Client && len(e.x.Hixie) == 0 && !e.gone:
		s += " unmasked"
	}
	if e.bits != 0 && e.bits != wire.BitsFor(e.length) {
		s += " len" + strconv.Itoa(int(e.bits))
	}
	return trimmed(s)
}

// joinedFrom says what a message was made of.
func (e *entry) joinedFrom() string {
	s := ""
	if e.is(flagCompressed) && !e.is(flagRaw) {
		s = " inflated"
	}
	if e.frames > 1 {
		s += " of " + strconv.Itoa(int(e.frames))
	}
	return trimmed(s)
}

func trimmed(s string) string {
	if s == "" {
		return ""
	}
	return s[1:]
}

// glance returns what a row shows of its bytes: text, where it is text, or hex.
func (e *entry) glance() (text string, bytes bool) {
	switch {
	case e.kind == kindLost:
		return lostText(e.loss()), false
	case e.gone:
		return "no longer kept", false
	case e.kind == kind(lint.KindEnd):
		return e.end.String(), false
	}
	p := e.payload()
	if e.x.Head > 0 {
		return report.Clean(firstLine(p)), false
	}
	if e.is(flagFrame) && e.opcode == wire.OpClose && len(p) >= 2 {
		code := strconv.Itoa(int(p[0])<<8 | int(p[1]))
		return trimmed(" " + code + " " + report.Clean(string(p[2:]))), false
	}
	p = p[:min(len(p), preview)]
	if e.reads(p) {
		return report.Clean(string(whole(p))), false
	}
	return spaced(p[:min(len(p), preview/4)]), true
}

// reads reports whether bytes are better shown as text.
func (e *entry) reads(p []byte) bool {
	switch {
	case e.kind == kindNote:
		return true
	case e.is(flagFrame) && e.rsv&wire.RSV1 != 0: // compressed
		return false
	case e.opcode == wire.OpText:
		return true
	}
	return utf8.Valid(whole(p)) && !control(p)
}

// control reports whether there is a control character among bytes that is no
// white space.
func control(p []byte) bool {
	for _, c := range p {
		if c < ' ' && c != '\n' && c != '\r' && c != '\t' || c == 0x7f {
			return true
		}
	}
	return false
}

// whole drops the start of a character at the end of p.
func whole(p []byte) []byte {
	for i := 1; i < utf8.UTFMax && i <= len(p); i++ {
		if tail := p[len(p)-i:]; utf8.RuneStart(tail[0]) {
			if !utf8.FullRune(tail) {
				return p[:len(p)-i]
			}
			break
		}
	}
	return p
}

func firstLine(p []byte) string {
	for i, c := range p {
		if c == '\r' || c == '\n' {
			return string(p[:min(i, preview)])
		}
	}
	return string(p[:min(len(p), preview)])
}

// spaced writes bytes as "f4 90 80".
func spaced(p []byte) string {
	out := make([]byte, 0, 3*len(p))
	for i, c := range p {
		if i > 0 {
			out = append(out, ' ')
		}
		out = hex.AppendEncode(out, []byte{c})
	}
	return string(out)
}

// loss returns what was never told us at a place.
func (e *entry) loss() record.Loss {
	return record.Loss{Payloads: e.length, Events: e.size, Packets: e.offset}
}

func lostText(n record.Loss) string {
	var parts []string
	for _, part := range []struct {
		n    uint64
		what string
	}{{n.Payloads, "payloads"}, {n.Events, "frames"}, {n.Packets, "packets"}} {
		if part.n > 0 {
			parts = append(parts, count(part.n)+" "+part.what)
		}
	}
	return "… " + strings.Join(parts, " and ") + " not recorded"
}
