package record

import (
	"bufio"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"time"

	"wsprobe/internal/lint"
	"wsprobe/internal/rules"
	"wsprobe/internal/wire"
)

// maxJSONLine is how long a line may be: no recorded payload needs as much.
const maxJSONLine = 256 << 20

// jsonLine is a line of the format, as FORMAT.md has it.
type jsonLine struct {
	Type     string
	Version  int
	Conn     uint64
	T        int64 `json:"t_ns"`
	Side     string
	Offset   uint64
	Size     uint64
	Text     *string
	Base64   []byte
	Cut      bool
	Note     string
	Findings []struct {
		Rule   rules.ID
		Detail string
	}

	At             time.Time
	OffsetNS       int64 `json:"offset_ns"`
	Client, Server string
	URL            string
	Secure         bool

	Status     int
	Opcode     string
	HixieType  *byte `json:"hixie_type"`
	Fin        bool
	Rsv        byte
	Mask       string
	LengthBits uint8 `json:"length_bits"`
	Length     uint64

	Frames     int
	Compressed bool
	Raw        bool
	Code       uint16
	How        string

	Payloads, Events uint64
}

// ReadJSONL reads what JSONL wrote and tells sinks, which it does not end. A last
// line that is not whole was being written when something stopped, and is passed over.
func ReadJSONL(r io.Reader, sinks ...Sink) error {
	d := &jsonReader{sinks: sinks, conns: map[uint64]*Conn{}, waiting: map[uint64]*lint.Event{}}
	lines := bufio.NewReaderSize(r, 64<<10)
	for n := 1; ; n++ {
		line, err := readLine(lines)
		switch {
		case err == io.EOF:
			return d.end()
		case err != nil:
			return fmt.Errorf("line %d: %w", n, err)
		}
		if err := d.line(line); err != nil {
			return fmt.Errorf("line %d: %w", n, err)
		}
	}
}

// readLine reads a whole line. The error is io.EOF behind the last one.
func readLine(r *bufio.Reader) (line []byte, err error) {
	for {
		part, err := r.ReadSlice('\n')
		line = append(line, part...)
		switch {
		case err == nil:
			return line, nil
		case len(line) > maxJSONLine:
			return nil, errors.New("it is too long")
		case err != bufio.ErrBufferFull:
			return nil, err
		}
	}
}

// jsonReader turns lines into what they were written from.
type jsonReader struct {
	sinks []Sink
	conns map[uint64]*Conn
	// waiting is the message that the last frame of a connection was, unless its
	// next line tells more of that message.
	waiting map[uint64]*lint.Event
}

func (d *jsonReader) line(text []byte) error {
	var l jsonLine
	if err := json.Unmarshal(text, &l); err != nil {
		return fmt.Errorf("not a line of a recording: %w", err)
	}
	if l.Type == "lost" {
		for _, s := range d.sinks {
			s.Lost(Loss{Payloads: l.Payloads, Events: l.Events})
		}
		return nil
	}
	if l.Type == "open" {
		return d.open(&l)
	}
	c := d.conns[l.Conn]
	if c == nil {
		return fmt.Errorf("connection %d was not opened", l.Conn)
	}
	d.release(c, &l)
	at := time.Duration(l.T)
	switch l.Type {
	case "note":
		for _, s := range d.sinks {
			s.Note(c, at, l.Note)
		}
	case "close":
		delete(d.conns, l.Conn)
		for _, s := range d.sinks {
			s.Close(c, at)
		}
	default:
		e, err := l.event()
		if e == nil || err != nil { // a type that is newer than we are
			return err
		}
		d.tell(c, e)
		d.waiting[l.Conn] = messageOf(e)
	}
	return nil
}

func (d *jsonReader) open(l *jsonLine) error {
	if l.Version > JSONLVersion {
		return fmt.Errorf("version %d of the format is newer than this program", l.Version)
	}
	c := &Conn{ID: l.Conn, URL: l.URL, Secure: l.Secure, Start: l.At, Offset: time.Duration(l.OffsetNS)}
	c.Client, _ = netip.ParseAddrPort(l.Client) // what is none is of no use either
	c.Server, _ = netip.ParseAddrPort(l.Server)
	d.conns[l.Conn] = c
	for _, s := range d.sinks {
		s.Open(c)
	}
	return nil
}

func (d *jsonReader) tell(c *Conn, e *lint.Event) {
	for _, s := range d.sinks {
		s.Event(c, e)
	}
}

// release tells of the message that waits, unless the line tells of it.
func (d *jsonReader) release(c *Conn, l *jsonLine) {
	m := d.waiting[c.ID]
	delete(d.waiting, c.ID)
	if m != nil && (l == nil || l.Type != "message" || l.Side != m.Side.String() || l.Offset != m.Offset) {
		d.tell(c, m)
	}
}

// end tells what still waits. A connection that the recording does not close was
// open when it ended.
func (d *jsonReader) end() error {
	for id, c := range d.conns {
		if d.waiting[id] != nil {
			d.release(c, nil)
		}
	}
	return nil
}

// messageOf returns the message that a frame alone is; nil: it is none.
func messageOf(e *lint.Event) *lint.Event {
	f := e.Frame
	if e.Kind != lint.KindFrame || f.Hixie == nil && (!f.Fin || f.Opcode == wire.OpContinuation) || e.Size < f.Length {
		return nil
	}
	m := &lint.Message{Opcode: f.Opcode, Payload: f.Payload, Size: f.Length, Cut: f.Cut, Frames: 1}
	if f.Opcode == wire.OpClose && len(f.Payload) >= 2 {
		m.Code = uint16(f.Payload[0])<<8 | uint16(f.Payload[1])
		m.Reason = f.Payload[2:]
	}
	return &lint.Event{Kind: lint.KindMessage, Side: e.Side, At: e.At, Offset: e.Offset, Size: e.Size, Message: m}
}

// payload returns the bytes of the line.
func (l *jsonLine) payload() []byte {
	if l.Text != nil {
		return []byte(*l.Text)
	}
	return l.Base64
}

var jsonSides = map[string]lint.Side{lint.Client.String(): lint.Client, lint.Server.String(): lint.Server}

// event makes the event of a line; nil: its type is not known.
func (l *jsonLine) event() (*lint.Event, error) {
	side, ok := jsonSides[l.Side]
	if !ok {
		return nil, fmt.Errorf("%q is no side", l.Side)
	}
	e := &lint.Event{Side: side, At: time.Duration(l.T), Offset: l.Offset, Size: l.Size, Note: l.Note}
	for _, f := range l.Findings {
		e.Findings = append(e.Findings, lint.Finding{Rule: f.Rule, Detail: f.Detail})
	}
	var err error
	switch l.Type {
	case "request", "response":
		err = l.head(e)
	case "frame":
		e.Kind = lint.KindFrame
		e.Frame, err = l.frame()
	case "message":
		e.Kind = lint.KindMessage
		e.Message, err = l.message()
	case "bytes":
		e.Kind = lint.KindBytes
		switch e.Body = l.payload(); {
		case l.Opcode != "" || l.HixieType != nil:
			err = l.unfinished(e)
		case l.Status != 0: // an interim response
			e.Response, _, _ = wire.ParseResponse(e.Body)
			e.Body = nil
		}
	case "end":
		e.Kind = lint.KindEnd
		if l.How == "reset" {
			e.End = lint.EndReset
		}
	default:
		return nil, nil
	}
	return e, err
}

// head reads a request or a response, and what belongs to it behind the blank line.
func (l *jsonLine) head(e *lint.Event) (err error) {
	p, n := l.payload(), 0
	if l.Type == "request" {
		e.Kind = lint.KindRequest
		e.Request, n, err = wire.ParseRequest(p)
	} else {
		e.Kind = lint.KindResponse
		e.Response, n, err = wire.ParseResponse(p)
	}
	if err != nil {
		return fmt.Errorf("reading the %s: %w", l.Type, err)
	}
	e.Body = p[n:]
	return nil
}

// frame reads a frame.
func (l *jsonLine) frame() (*lint.Frame, error) {
	f := &lint.Frame{Payload: l.payload(), Cut: l.Cut}
	if l.HixieType != nil {
		l.hixie(f)
		return f, nil
	}
	op, err := opcode(l.Opcode)
	if err != nil {
		return nil, err
	}
	f.Header = wire.Header{Fin: l.Fin, Rsv: l.Rsv & 7, Opcode: op, Bits: l.LengthBits, Length: l.Length, Masked: l.Mask != ""}
	if f.Bits == 0 {
		f.Bits = wire.BitsFor(l.Length)
	}
	if n, err := hex.Decode(make([]byte, len(l.Mask)), []byte(l.Mask)); err != nil || n != 0 && n != len(f.Mask) {
		return nil, fmt.Errorf("%q is no masking key", l.Mask)
	}
	hex.Decode(f.Mask[:], []byte(l.Mask))
	return f, nil
}

// hixie reads a frame of the hixie drafts: how many bytes its length takes, its size
// tells.
func (l *jsonLine) hixie(f *lint.Frame) {
	h := &wire.HixieHeader{Type: *l.HixieType, Length: l.Length}
	if h.Sentinel() {
		h.Length = 0
	} else if l.Type == "frame" && l.Size > l.Length {
		h.Groups = int(min(l.Size-l.Length-1, wire.MaxHead))
	}
	f.Hixie = h
	f.Header = wire.Header{Fin: true, Opcode: lint.HixieOpcode(*h), Length: l.Length}
}

// unfinished reads a frame in which its stream ended.
func (l *jsonLine) unfinished(e *lint.Event) (err error) {
	if e.Frame, err = l.frame(); err != nil {
		return err
	}
	e.Frame.Cut = true
	if e.Frame.Hixie != nil {
		e.Body = e.Frame.Hixie.Append(nil)
	} else {
		e.Body = e.Frame.Header.Append(nil)
	}
	return nil
}

func (l *jsonLine) message() (*lint.Message, error) {
	op, err := opcode(l.Opcode)
	m := &lint.Message{Opcode: op, Payload: l.payload(), Size: l.Length, Cut: l.Cut, Frames: l.Frames, Compressed: l.Compressed, Raw: l.Raw, Code: l.Code}
	if op == wire.OpClose && len(m.Payload) > 2 {
		m.Reason = m.Payload[2:]
	}
	return m, err
}

// opcodes are the words of transcripts.
var opcodes = func() map[string]wire.Opcode {
	words := map[string]wire.Opcode{}
	for op := range wire.Opcode(16) {
		words[op.String()] = op
	}
	return words
}()

func opcode(word string) (wire.Opcode, error) {
	op, ok := opcodes[word]
	if !ok {
		return 0, fmt.Errorf("%q is no opcode", word)
	}
	return op, nil
}
