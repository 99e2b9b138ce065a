package record

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"wsprobe/internal/lint"
	"wsprobe/internal/wire"
)

// maxJSONLine is how long a line may be. Its memory is taken as it comes.
const maxJSONLine = 256 << 20

// LineError is where a recording could not be read on.
type LineError struct {
	Line, Column int // from 1; in bytes
	Reason       string
	Cut          bool // it is the last line and has no end: writing it was interrupted
}

// Error implements error.
func (e *LineError) Error() string { return fmt.Sprintf("%d:%d: %s", e.Line, e.Column, e.Reason) }

// JSONLReader tells a sink what JSONL wrote, from one file or from several that
// go on where the one before ended.
type JSONLReader struct {
	sink    Sink
	numbers *Numbers
	floor   uint64              // the last number before this recording
	base    uint64              // what is added to its numbers
	conns   map[uint64]*reading // those that are open, by their numbers there
	in      *bufio.Reader
	line    []byte // the current one
	known   bool   // a line of this recording is of a type that we write
	others  bool   // and one is of none
	// whole is the message that the frame before is, and that is told unless the
	// next line tells it in other words.
	whole *lint.Event
	of    *Conn // whose it is
}

// ReadJSONL reads what JSONL wrote and tells sinks, which it does not end. A last
// line that is not whole was being written when something stopped, and is passed over.
func ReadJSONL(r io.Reader, sinks ...Sink) error {
	err := NewJSONLReader(Tee(sinks), &Numbers{}).Read(r)
	if wrong := (*LineError)(nil); errors.As(err, &wrong) && wrong.Cut {
		return nil
	}
	return err
}

// reading is a connection that is being read.
type reading struct {
	Conn
	latest time.Duration
	skip   int // events that are to come again, and were told
}

// NewJSONLReader tells s what is read. Connections keep their numbers where those are
// above all that were given before.
func NewJSONLReader(s Sink, n *Numbers) *JSONLReader {
	return &JSONLReader{sink: s, numbers: n, conns: map[uint64]*reading{}}
}

// Read reads a file to its end. What is wrong with a line is a *LineError; all
// lines before it have been told. The sink is neither flushed nor ended, and who
// wrote the file may not have lived to close its connections.
func (j *JSONLReader) Read(r io.Reader) error {
	j.in = bufio.NewReaderSize(r, 256<<10)
	j.floor, j.base, j.known, j.others = j.numbers.last, 0, false, false
	for n := 1; ; n++ {
		whole, err := j.readLine()
		if err != nil && err != io.EOF {
			return err
		}
		if len(j.line) > 0 {
			if wrong := j.tell(); wrong != nil {
				wrong.Line, wrong.Cut = n, err == io.EOF && !whole
				j.message()
				if wrong.Cut && j.foreign() {
					return errForeign
				}
				return wrong
			}
		}
		if err == io.EOF {
			j.message()
			if j.foreign() {
				return errForeign
			}
			return nil
		}
	}
}

// Pause tells of what waits for the next line, as none comes for the moment. It is for
// the Read of a file that is still written, which is then at its end. It reports whether
// what was read so far can be a recording.
func (j *JSONLReader) Pause() (ours bool) {
	if j.in != nil && j.in.Buffered() == 0 && len(j.line) == 0 {
		j.message()
	}
	return !j.foreign()
}

// errForeign says that a file has JSON in it, and nothing of ours.
var errForeign = errors.New("JSON, but no recording of wsproxy")

// foreign reports whether all that was read is of others. Lines of types that are
// not known are passed over, but not where there is nothing else.
func (j *JSONLReader) foreign() bool { return j.others && !j.known }

// readLine reads one line without its end, whole where it has one.
func (j *JSONLReader) readLine() (whole bool, err error) {
	j.line = j.line[:0]
	for {
		piece, err := j.in.ReadSlice('\n')
		j.line = append(j.line, piece...)
		switch {
		case err == nil:
			j.line = j.line[:len(j.line)-1]
			return true, nil
		case err != bufio.ErrBufferFull:
			return false, err
		case len(j.line) > maxJSONLine:
			return false, fmt.Errorf("a line of more than %d MB", maxJSONLine>>20)
		}
	}
}

// jsonLine is what a line may say. Whatever else is there is ignored.
type jsonLine struct {
	Type       string        `json:"type"`
	Conn       uint64        `json:"conn"`
	Version    uint64        `json:"version"`
	At         time.Time     `json:"at"`
	OffsetNS   uint64        `json:"offset_ns"`
	Client     string        `json:"client"`
	Server     string        `json:"server"`
	ClientSock string        `json:"client_socket"`
	ServerSock string        `json:"server_socket"`
	URL        string        `json:"url"`
	Secure     bool          `json:"secure"`
	ClientTLS  *TLS          `json:"client_tls"`
	ServerTLS  *TLS          `json:"server_tls"`
	Stream     uint32        `json:"http2_stream"`
	Within     uint64        `json:"http2_conn"`
	Opaque     string        `json:"opaque"`
	Continues  bool          `json:"continues"`
	Repeated   uint16        `json:"repeated"`
	TimeNS     uint64        `json:"t_ns"`
	Side       string        `json:"side"`
	Offset     uint64        `json:"offset"`
	Size       uint64        `json:"size"`
	Text       string        `json:"text"`
	Name       string        `json:"name"`
	Base64     []byte        `json:"base64"`
	Status     int           `json:"status"`
	Opcode     string        `json:"opcode"`
	Fin        bool          `json:"fin"`
	RSV        byte          `json:"rsv"`
	Mask       string        `json:"mask"`
	LengthBits uint8         `json:"length_bits"`
	Length     uint64        `json:"length"`
	HixieType  *byte         `json:"hixie_type"`
	HixieHead  string        `json:"hixie_header"`
	Frames     uint32        `json:"frames"`
	Compressed bool          `json:"compressed"`
	Raw        bool          `json:"raw"`
	Code       uint16        `json:"code"`
	How        string        `json:"how"`
	Note       string        `json:"note"`
	Findings   []jsonFinding `json:"findings"`
	Payloads   uint64        `json:"payloads"`
	Packets    uint64        `json:"packets"`
	Events     uint64        `json:"events"`
}

type jsonFinding struct {
	Rule   string `json:"rule"`
	Detail string `json:"detail"`
}

// tell tells the sink what the line says.
func (j *JSONLReader) tell() *LineError {
	var l jsonLine
	if err := json.Unmarshal(j.line, &l); err != nil {
		return j.misread(err)
	}
	if l.Type == "open" && l.Version != JSONLVersion {
		return fault("version %d of the format; this program reads %d", l.Version, JSONLVersion)
	}
	_, event := kindOf(l.Type)
	event = event || l.Type == "note" || l.Type == "close"
	ours := event || l.Type == "open" || l.Type == "lost"
	j.known, j.others = j.known || ours, j.others || !ours
	if event {
		c := j.conns[l.Conn]
		if c == nil {
			return fault("connection %d was not opened", l.Conn)
		}
		return j.tellOf(c, &l)
	}
	j.message()
	switch l.Type {
	case "open":
		return j.open(&l)
	case "lost":
		j.sink.Lost(Loss{Payloads: l.Payloads, Events: l.Events, Packets: l.Packets})
	}
	return nil
}

// tellOf tells what a line says of a connection.
func (j *JSONLReader) tellOf(c *reading, l *jsonLine) *LineError {
	at := time.Duration(l.TimeNS)
	c.latest = max(c.latest, at)
	switch l.Type {
	case "note":
		j.message()
		j.sink.Note(&c.Conn, at, l.Note)
	case "close":
		j.message()
		delete(j.conns, l.Conn)
		j.sink.Close(&c.Conn, at)
	default:
		return j.event(c, l)
	}
	return nil
}

// open tells of a connection, unless it goes on from a file before.
func (j *JSONLReader) open(l *jsonLine) *LineError {
	c := &reading{Conn: Conn{
		ID: l.Conn, URL: l.URL, Secure: l.Secure, Start: l.At.UTC(),
		Offset: time.Duration(l.OffsetNS), Continues: l.Continues, Repeated: int(l.Repeated),
		ClientTLS: l.ClientTLS, ServerTLS: l.ServerTLS, Stream: l.Stream, Within: l.Within, Opaque: l.Opaque,
		ClientSocket: l.ClientSock, ServerSocket: l.ServerSock,
	}}
	for _, end := range []struct {
		to   *netip.AddrPort
		text string
	}{{&c.Client, l.Client}, {&c.Server, l.Server}} {
		if end.to.UnmarshalText([]byte(end.text)) != nil { // none is the zero address
			return fault("%q is no address with a port", end.text)
		}
	}
	if y := c.Start.Year(); y < 1 || y > 9999 {
		return fault("the year %d", y)
	}
	if before := j.conns[l.Conn]; before != nil {
		if c.Continues && c.Start.Equal(before.Start) {
			before.skip = c.Repeated
			return nil
		}
		j.sink.Close(&before.Conn, before.latest) // another recording begins
		j.floor = j.numbers.last
	}
	j.conns[l.Conn], c.ID = c, j.number(l.Conn)
	j.sink.Open(&c.Conn)
	return nil
}

// number returns the number of a connection that has number n in its recording.
func (j *JSONLReader) number(n uint64) uint64 {
	if n+j.base <= j.floor {
		j.base = j.numbers.last
		j.floor = j.base
	}
	j.numbers.last = max(j.numbers.last, n+j.base)
	return n + j.base
}

// event tells of an event, and of the message that the frame before it is.
func (j *JSONLReader) event(c *reading, l *jsonLine) *LineError {
	e, wrong := l.event()
	if wrong != nil {
		return wrong
	}
	if c.skip > 0 {
		c.skip--
		return nil
	}
	if w := j.whole; w != nil && j.of == &c.Conn && e.Kind == lint.KindMessage && e.Side == w.Side && e.Offset == w.Offset {
		j.whole = nil
	}
	j.message()
	j.sink.Event(&c.Conn, &e)
	if e.Kind == lint.KindFrame {
		j.whole, j.of = wholeMessage(&e), &c.Conn
	}
	return nil
}

// message tells of the message that the frame before is.
func (j *JSONLReader) message() {
	if j.whole != nil {
		j.sink.Event(j.of, j.whole)
		j.whole = nil
	}
}

// misread says where a line is no JSON, or none of ours.
func (j *JSONLReader) misread(err error) *LineError {
	var syntax *jsontext.SyntacticError
	var meaning *json.SemanticError
	switch {
	case errors.As(err, &meaning):
		return &LineError{Column: int(meaning.ByteOffset) + 1, Reason: fmt.Sprintf("%s is no %v", strings.TrimPrefix(string(meaning.JSONPointer), "/"), meaning.GoType)}
	case errors.As(err, &syntax):
		return &LineError{Column: int(syntax.ByteOffset) + 1, Reason: syntax.Err.Error()}
	}
	return &LineError{Column: len(j.line) + 1, Reason: "the line ends too early"}
}

func fault(format string, args ...any) *LineError {
	return &LineError{Column: 1, Reason: fmt.Sprintf(format, args...)}
}

// wholeMessage returns the message that a frame is on its own, or nil: see
// JSONL.Event for those that are told.
func wholeMessage(e *lint.Event) *lint.Event {
	f := e.Frame
	endless := f.Length>>63 != 0 || f.Hixie != nil && f.Hixie.Overflow
	part := f.Opcode == wire.OpContinuation || !f.Fin && !f.Opcode.Control()
	if endless || part || f.Rsv&wire.RSV1 != 0 {
		return nil
	}
	m := *e
	m.Kind, m.Frame, m.Findings, m.Note = lint.KindMessage, nil, nil, ""
	m.Message = &lint.Message{Opcode: f.Opcode, Payload: f.Payload, Size: f.Length, Cut: f.Cut, Frames: 1}
	if f.Hixie == nil && f.Opcode == wire.OpClose && len(f.Payload) >= 2 {
		m.Message.Code = uint16(f.Payload[0])<<8 | uint16(f.Payload[1])
		m.Message.Reason = f.Payload[2:]
	}
	return &m
}

// bytes returns the payload or the head of a line.
func (l *jsonLine) bytes() ([]byte, *LineError) {
	switch {
	case l.Base64 == nil:
		return []byte(l.Text), nil
	case l.Text != "":
		return nil, fault("both text and base64")
	}
	return l.Base64, nil
}
