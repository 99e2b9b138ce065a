package report

import (
	"encoding/binary"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// Transcript prints events, one a line, in columns: time, arrow, client,
// opcode, bits, length and payload. The columns start narrow and only grow, so
// that it serves a stream as well as a finished conversation.
type Transcript struct {
	Options Options
	Indent  int // columns in front of each line
	// Clock writes the time of a line; nil: in seconds.
	Clock func(l *Line) string
	// Paint colours what stands in front of a payload; nil: it stays as it is.
	Paint func(l *Line, head string) string
	// Dense shortens JSON inside rather than at its end, and puts what is noted of a
	// payload beside it where there is room.
	Dense bool
	// Single keeps an event to one row, and shortens what has no room there.
	Single bool
	// Cut ends such a row where the width does, for terminals, which else wrap it.
	Cut bool
	// Rows, where it is not 0, lays JSON and bytes out over at most so many rows.
	Rows int

	time, client, kind, bits, size int
}

// NewTranscript makes a printer that is indented by so many columns.
func NewTranscript(o Options, indent int) *Transcript {
	return &Transcript{Options: o, Indent: indent, time: 5, kind: 6, size: 2}
}

// Fit widens the columns so that these lines stand one below the other.
func (t *Transcript) Fit(lines []Line) {
	for i := range lines {
		t.fit(&lines[i])
	}
}

func (t *Transcript) fit(l *Line) {
	t.time = max(t.time, len(t.clock(l)))
	t.client = max(t.client, textWidth(Clean(l.Client)))
	t.kind = max(t.kind, textWidth(Clean(l.Kind)))
	t.bits = max(t.bits, len(bits(l)))
	if showsSize(l) {
		t.size = max(t.size, len(strconv.FormatUint(l.Size, 10)))
	}
}

// Print writes one event, in as many rows as its payload is shown in.
func (t *Transcript) Print(w io.Writer, l Line) error {
	t.fit(&l)
	for _, row := range t.rows(&l) {
		if _, err := io.WriteString(w, row+"\n"); err != nil {
			return err
		}
	}
	return nil
}

// rows returns the event as lines of text, with nothing in them that a
// terminal would obey.
func (t *Transcript) rows(l *Line) []string {
	if t.Single {
		return []string{t.single(l)}
	}
	head := t.head(l)
	column := textWidth(head)
	if t.Options.width()-column < minContent {
		return t.stacked(l)
	}
	content := t.content(l, t.Options.width()-column)
	if len(content) == 0 {
		return []string{t.painted(l, strings.TrimRight(head, " "))}
	}
	return append([]string{t.painted(l, head) + content[0]}, indented(content[1:], column)...)
}

// minContent is how narrow the last column may become before it moves below.
const minContent = 16

// stacked puts the payload below the rest and gives up columns, for narrow
// terminals.
func (t *Transcript) stacked(l *Line) []string {
	column := t.column() + 3
	rows := []string{t.painted(l, strings.TrimRight(t.narrow(l), " "))}
	return append(rows, indented(t.content(l, max(t.Options.width()-column, minContent)), column)...)
}

// narrow is the head of a line without the columns of others.
func (t *Transcript) narrow(l *Line) string {
	alone := NewTranscript(t.Options, t.Indent)
	alone.Clock = t.Clock
	alone.client = t.client
	alone.fit(l)
	return alone.head(l)
}

// single returns the event as one row. Where it is narrow, columns are given up, and
// then the end of the row.
func (t *Transcript) single(l *Line) string {
	width, head := t.Options.width(), t.head(l)
	if t.Cut {
		width = t.Options.Width // however narrow
	}
	if width-textWidth(head) < minContent {
		head = t.narrow(l)
	}
	room := width - textWidth(head)
	content := ""
	if rows := t.content(l, max(room, minContent)); len(rows) > 0 {
		content = rows[0]
	} else {
		head = strings.TrimRight(head, " ")
	}
	switch {
	case !t.Cut:
	case room < 1:
		head, content = CutTo(head, width), ""
	default:
		content = CutTo(content, room)
	}
	return t.painted(l, head) + content
}

func indented(rows []string, columns int) []string {
	var out []string
	for _, r := range rows {
		out = append(out, strings.Repeat(" ", columns)+r)
	}
	return out
}

func (t *Transcript) head(l *Line) string {
	arrow := "←"
	switch {
	case l.Aside:
		arrow = "·"
	case l.Sent:
		arrow = "→"
	}
	cells := []string{fmt.Sprintf("%*s", t.time, t.clock(l)), arrow}
	if t.client > 0 {
		cells = append(cells, pad(Clean(l.Client), t.client))
	}
	cells = append(cells, pad(Clean(l.Kind), t.kind))
	if showsSize(l) {
		if t.bits > 0 {
			cells = append(cells, pad(bits(l), t.bits))
		}
		cells = append(cells, fmt.Sprintf("%*d", t.size, l.Size))
	}
	return strings.Repeat(" ", t.Indent) + strings.Join(cells, "  ") + "  "
}

// column is where the arrow stands; what is said about a line begins there.
func (t *Transcript) column() int { return t.Indent + t.time + 2 }

func (t *Transcript) clock(l *Line) string {
	if t.Clock != nil {
		return t.Clock(l)
	}
	return clock(l)
}

func clock(l *Line) string { return fmt.Sprintf("%.3f", l.At.Seconds()) }

func (t *Transcript) painted(l *Line, head string) string {
	if t.Paint != nil {
		return t.Paint(l, head)
	}
	return head
}

// showsSize tells what has bits and a length of interest from what merely
// happened. A head has neither, and can use the room.
func showsSize(l *Line) bool {
	return !isHead(l) && (l.Frame != nil || l.Size > 0 || len(l.Payload) > 0 || isMessage(l))
}

// isMessage reports whether a line is of a message, of which a length of 0 says something.
func isMessage(l *Line) bool {
	switch l.Kind {
	case "text", "binary", "ping", "pong", "close":
		return true
	}
	return false
}

func isHead(l *Line) bool { return l.Kind == "request" || l.Kind == "response" }

// bits says what a frame's header says beside its opcode: FIN always, the rest
// where it is out of the ordinary.
func bits(l *Line) string {
	f := l.Frame
	if f == nil {
		return ""
	}
	if f.Type != nil {
		return fmt.Sprintf("type=%02x", *f.Type)
	}
	s := "fin=0"
	if f.Fin {
		s = "fin=1"
	}
	if f.Rsv != 0 {
		s += fmt.Sprintf(" rsv=%d", f.Rsv)
	}
	if f.Masked != l.Sent {
		s += " mask=" + strconv.Itoa(btoi(f.Masked))
	}
	if f.Bits != 0 {
		s += fmt.Sprintf(" len%d", f.Bits)
	}
	return s
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

// content returns what stands in the last column, row by row.
func (t *Transcript) content(l *Line, width int) []string {
	var rows []string
	full, note := width, "("+Clean(l.Note)+")"
	width -= t.reserved(l, note, width)
	switch {
	case isHead(l) && len(l.Payload) > 0:
		rows = headRows(l, width)
	case l.Kind == "close" && len(l.Payload) >= 2 && !compressed(l):
		rows = []string{closeText(l, width)}
	case l.Name != "":
		rows = t.named(l, width)
	case len(l.Payload) > 0:
		rows = t.payload(l, width)
	}
	switch {
	case l.Note == "":
		return rows
	case len(rows) == 0 && t.Single:
		return []string{shortened(Clean(l.Note), full)}
	case len(rows) == 0:
		return Wrap(l.Note, full)
	case t.Dense && textWidth(rows[len(rows)-1])+1+textWidth(note) <= full:
		rows[len(rows)-1] += " " + note
		return rows
	case t.Single:
		left := full - len(" ()") - textWidth(rows[0])
		return []string{rows[0] + " (" + shortened(Clean(l.Note), max(left, 1)) + ")"}
	}
	return append(rows, Wrap("("+l.Note+")", width)...)
}

// reserved is how much of the width of an event in one row is left to its note.
func (t *Transcript) reserved(l *Line, note string, width int) int {
	if !t.Single || l.Note == "" {
		return 0
	}
	return min(1+textWidth(note), width/2)
}

func shortened(s string, width int) string {
	if textWidth(s) <= width {
		return s
	}
	start, _ := escapeTo([]byte(s), width-1)
	return start + "…"
}

// named shows what a payload is, and then the part of it that says more.
func (t *Transcript) named(l *Line, width int) []string {
	name, n := escapeTo([]byte(Clean(l.Name)), width-1)
	if n < len(Clean(l.Name)) {
		return []string{name + "…"}
	}
	body := *l
	body.Payload, body.Frame, body.Kind, body.Cut = l.Body, nil, "text", l.Cut
	switch room := width - textWidth(name) - 2; {
	case len(l.Body) == 0:
		return []string{name}
	case t.Single && room < minContent:
		return []string{name + "…"}
	case t.Rows > 0 || room < minContent:
		return append([]string{name}, t.payload(&body, width)...)
	default:
		rows := t.payload(&body, room)
		return []string{name + "  " + rows[0]}
	}
}

// payload shows a payload: JSON so that its shape can be seen, where that is wanted.
func (t *Transcript) payload(l *Line, width int) []string {
	text := asText(l)
	switch {
	case t.Rows > 0 && !text:
		return dumped(l, width, t.Rows)
	case t.Rows > 0:
		if pretty := prettyJSON(l.Payload); pretty != "" {
			return laidOut(pretty, width, t.Rows)
		}
		return payloadRows(l, width, t.Rows)
	case t.Dense && text:
		if s := foldJSON(l.Payload, width); s != "" {
			return []string{s}
		}
	}
	return payloadRows(l, width, t.most())
}

// most is how many rows a payload may take.
func (t *Transcript) most() int {
	if t.Options.Verbose {
		return 8
	}
	return 1
}

// headRows shows a request or response head as its lines, long ones folded, and
// whatever bytes follow the blank line (a hixie-76 challenge) as bytes.
func headRows(l *Line, width int) []string {
	head, body, whole := strings.Cut(string(l.Payload), "\r\n\r\n")
	var rows []string
	for line := range strings.SplitSeq(strings.TrimSuffix(head, "\r"), "\r\n") {
		rows = append(rows, folded(line, width)...)
	}
	if !whole && l.Cut {
		rows[len(rows)-1] += "…"
	}
	if body != "" {
		rows = append(rows, payloadRows(&Line{Kind: "bytes", Payload: []byte(body), Cut: l.Cut}, width, 1)...)
	}
	return rows
}

// folded breaks a line of a head where it must, and indents what continues it.
func folded(line string, width int) []string {
	s, n := escapeTo([]byte(line), width-1)
	rows := []string{s}
	for line = line[n:]; line != ""; line = line[n:] {
		s, n = escapeTo([]byte(line), width-3)
		rows = append(rows, "  "+s)
	}
	return rows
}

// closeText shows a Close as its code and its reason (RFC 6455 §5.5.1).
func closeText(l *Line, width int) string {
	code := strconv.Itoa(int(binary.BigEndian.Uint16(l.Payload)))
	reason, _ := escapeTo(l.Payload[2:], width-len(code)-1)
	return strings.TrimRight(code+" "+reason, " ")
}

// compressed reports whether the payload is what permessage-deflate made of it
// (RFC 7692 §6: RSV1).
func compressed(l *Line) bool { return l.Frame != nil && l.Frame.Rsv&4 != 0 }

// payloadRows shows a payload in at most that many rows: text as text, anything
// else as bytes, and a … where there is more.
func payloadRows(l *Line, width, most int) []string {
	p := l.Payload
	render := hexTo
	if asText(l) {
		render = escapeTo
		if l.Cut {
			p = wholeRunes(p)
		}
	}
	var rows []string
	for len(p) > 0 && len(rows) < most {
		s, n := render(p, width-1)
		rows = append(rows, s)
		p = p[n:]
	}
	if len(rows) > 0 && (len(p) > 0 || l.Cut) {
		rows[len(rows)-1] += "…"
	}
	return rows
}

func asText(l *Line) bool {
	if compressed(l) {
		return false
	}
	if l.Kind == "text" {
		return mostlyReadable(l.Payload)
	}
	return readable(l.Payload)
}
