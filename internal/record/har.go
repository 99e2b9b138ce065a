package record

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"wsprobe/internal/lint"
	"wsprobe/internal/wire"
)

// What a HAR keeps in memory, which is what is not over yet.
const (
	maxHAREntry = 8 << 20  // bytes of the messages of an entry; what follows them is in another
	maxHAROpen  = 32 << 20 // bytes of all entries that are not over
	maxHARBody  = 1 << 20  // bytes of the body of a response
)

// harEvery is how long what came may not be in the file yet: all of it is written
// each time.
const harEvery = time.Second

// HAR is a sink that writes an HTTP archive (version 1.2) as browsers export it:
// each request and its response, and with a WebSocket its messages in
// _webSocketMessages. The file is a whole JSON document at any time: another one
// takes its place, at most once a second.
type HAR struct {
	out   io.Writer // where it has no file: gets what is over, and the rest at the end
	name  string
	file  *os.File // the latest, whose first bytes the next begins with
	size  int64    // how many
	some  bool     // entries are among them
	ready []byte   // what follows them
	wrote time.Time
	talks map[uint64]*harTalk
	order []*harEntry // those that are not over
	open  int         // bytes of their messages
	lost  Loss
	dirty bool
	err   error
}

// harTalk is a connection.
type harTalk struct {
	*Conn
	entry *harEntry
}

// harEntry is a request with what came of it.
type harEntry struct {
	c         *Conn
	asked     lint.Event
	answer    *lint.Event
	latest    time.Duration
	messages  []byte // JSON objects with commas between them
	body      []byte
	bodySize  uint64
	continued bool
}

// NewHAR writes to a file of that name. What it writes next has .part behind its
// name until it is whole.
func NewHAR(name string) *HAR {
	h := newHAR()
	h.name = name
	h.write()
	return h
}

// NewHARStream writes to w, from which no document can be read before the end.
func NewHARStream(w io.Writer) *HAR {
	h := newHAR()
	h.out = w
	return h
}

func newHAR() *HAR {
	return &HAR{talks: map[uint64]*harTalk{}, dirty: true,
		ready: []byte(`{"log":{"version":"1.2","creator":{"name":"wsproxy","version":"1"},"pages":[],"entries":[`)}
}

// Open implements Sink.
func (h *HAR) Open(c *Conn) { h.talks[c.ID] = &harTalk{Conn: c} }

// Event implements Sink.
func (h *HAR) Event(c *Conn, e *lint.Event) {
	t := h.talks[c.ID]
	if t == nil {
		return
	}
	h.dirty = true
	switch {
	case e.Kind == lint.KindRequest:
		h.finish(t)
		t.entry = &harEntry{c: c, asked: e.Clone(), latest: e.At}
		h.order = append(h.order, t.entry)
	case t.entry == nil:
	case e.Kind == lint.KindResponse:
		answer := e.Clone()
		t.entry.answer, t.entry.latest = &answer, e.At
	case e.Kind == lint.KindMessage:
		h.message(t, e)
	case e.Kind == lint.KindBytes && e.Side == lint.Server && e.Response == nil && e.Frame == nil:
		t.entry.latest = e.At
		t.entry.bodySize += e.Size
		t.entry.body = append(t.entry.body, e.Body[:min(len(e.Body), maxHARBody-len(t.entry.body))]...)
	}
}

// harMessage is a message as Chrome writes it. What begins with an underscore, HAR
// leaves to who writes it.
type harMessage struct {
	Type   string      `json:"type"`
	Time   json.Number `json:"time"`
	Opcode wire.Opcode `json:"opcode"`
	Data   string      `json:"data"`
	Length uint64      `json:"_length,omitempty"` // where data is not all
	Note   string      `json:"_note,omitempty"`
}

// message adds a message to its entry.
func (h *HAR) message(t *harTalk, e *lint.Event) {
	m := e.Message
	j := harMessage{Type: "send", Time: json.Number(seconds9(t.When(e.At))), Opcode: m.Opcode, Note: e.Note}
	if e.Side == lint.Server {
		j.Type = "receive"
	}
	if j.Data = string(m.Payload); m.Opcode != wire.OpText || m.Raw || !utf8.Valid(m.Payload) {
		j.Data = base64.StdEncoding.EncodeToString(m.Payload)
	}
	if m.Cut {
		j.Length = m.Size
	}
	text, _ := json.Marshal(j)
	if len(t.entry.messages)+len(text) > maxHAREntry || h.open+len(text) > maxHAROpen {
		h.goOn(t)
	}
	if len(t.entry.messages) > 0 {
		t.entry.messages = append(t.entry.messages, ',')
	}
	t.entry.messages, t.entry.latest = append(t.entry.messages, text...), e.At
	h.open += len(text)
}

func seconds9(t time.Time) string { return fmt.Sprintf("%d.%09d", t.Unix(), t.Nanosecond()) }

// goOn ends the largest entry, and has what follows on its connection in another.
// A connection with few messages may have to, too, where the others have many.
func (h *HAR) goOn(t *harTalk) {
	for _, other := range h.talks {
		if other.entry != nil && len(other.entry.messages) > len(t.entry.messages) {
			t = other
		}
	}
	next := &harEntry{c: t.Conn, asked: t.entry.asked, answer: t.entry.answer, latest: t.entry.latest, continued: true}
	h.finish(t)
	t.entry, h.order = next, append(h.order, next)
}

// finish writes the entry of a connection for good.
func (h *HAR) finish(t *harTalk) {
	e := t.entry
	if e == nil {
		return
	}
	t.entry = nil
	for i := range h.order {
		if h.order[i] == e {
			h.order = append(h.order[:i], h.order[i+1:]...)
			break
		}
	}
	h.open -= len(e.messages)
	h.ready = h.append(h.ready, e)
	h.some = true
	switch {
	case len(h.ready) <= maxHAREntry:
	case h.out != nil:
		h.pass()
	default:
		h.write()
	}
}

// append appends an entry.
func (h *HAR) append(b []byte, e *harEntry) []byte {
	if h.some {
		b = append(b, ',')
	}
	return append(append(b, '\n'), e.json()...)
}

// Lost implements Sink.
func (h *HAR) Lost(n Loss) {
	h.lost.Payloads += n.Payloads
	h.lost.Events += n.Events
	h.dirty = true
}

// Note implements Sink.
func (h *HAR) Note(*Conn, time.Duration, string) {}

// Close implements Sink.
func (h *HAR) Close(c *Conn, _ time.Duration) {
	if t := h.talks[c.ID]; t != nil {
		h.dirty = true
		h.finish(t)
		delete(h.talks, c.ID)
	}
}

// Flush implements Sink.
func (h *HAR) Flush() error {
	if h.out != nil {
		h.pass()
	} else if h.dirty && time.Since(h.wrote) >= harEvery {
		h.write()
	}
	return h.err
}

// pass writes what is over to where it stays.
func (h *HAR) pass() {
	if h.err == nil {
		_, h.err = h.out.Write(h.ready)
	}
	h.ready = h.ready[:0]
}

// write writes everything to another file and puts it in the place of the one
// before.
func (h *HAR) write() {
	if h.err != nil {
		return
	}
	stays, some := len(h.ready), h.some
	b := h.ready
	for _, e := range h.order {
		b = h.append(b, e)
		h.some = true
	}
	h.some = some
	b = h.end(b)
	h.err = h.replace(b)
	h.size += int64(stays)
	h.ready, h.dirty, h.wrote = b[:0], false, time.Now()
}

// end appends what follows the entries.
func (h *HAR) end(b []byte) []byte {
	b = append(b, "\n]"...)
	if h.lost != (Loss{}) {
		b = fmt.Appendf(b, `,"comment":"not recorded: %d payloads, %d frames"`, h.lost.Payloads, h.lost.Events)
	}
	return append(b, "}}\n"...)
}

// replace makes a file of what stays of the one before and of what follows.
func (h *HAR) replace(follows []byte) error {
	part := h.name + ".part"
	next, err := os.Create(part)
	if err != nil {
		return err
	}
	if h.file != nil {
		if _, err = h.file.Seek(0, io.SeekStart); err == nil {
			_, err = io.CopyN(next, h.file, h.size)
		}
		h.file.Close()
	}
	h.file = next
	if err == nil {
		_, err = next.Write(follows)
	}
	if err == nil {
		err = os.Rename(part, h.name)
	}
	if err != nil { // on a full disk others need its room
		os.Remove(part)
	}
	return err
}

// Size returns how large the file is about, once it is flushed.
func (h *HAR) Size() int64 { return h.size + int64(len(h.ready)+h.open) }

// End implements Sink.
func (h *HAR) End() error {
	for _, e := range slices.Clone(h.order) {
		h.finish(h.talks[e.c.ID])
	}
	if h.out != nil {
		h.ready = h.end(h.ready)
		h.pass()
		return h.err
	}
	h.write()
	if h.file != nil {
		h.file.Close()
	}
	return h.err
}

// url returns what was asked for.
func (e *harEntry) url(scheme string) string {
	r := e.asked.Request
	if strings.Contains(r.Target, "://") {
		return r.Target
	}
	host := r.Host()
	if host == "" {
		host = "localhost"
		if at := e.c.Server; at.IsValid() {
			host = at.String()
		}
	}
	path := r.Target
	if path == "*" || r.Method == "CONNECT" && !strings.HasPrefix(path, "/") { // a host and a port, as a proxy is asked
		path = "/"
	}
	return scheme + "://" + host + path
}
