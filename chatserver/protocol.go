package chatserver

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// The limits of PROTOCOL.md that Config does not move, in characters.
const (
	nickLimit = 32
	roomLimit = 64
	refLimit  = 64
)

// request is a message of a client.
type request struct {
	Type, Ref, Room, Nick, Text string
}

// answer is a message of the server. Members without a value are left out.
type answer struct {
	Type  string   `json:"type"`
	Code  string   `json:"code,omitempty"`
	Room  string   `json:"room,omitempty"`
	Nick  string   `json:"nick,omitempty"`
	Nicks []string `json:"nicks,omitempty"`
	Text  string   `json:"text,omitempty"`
	ID    uint64   `json:"id,omitempty"`
	Time  string   `json:"time,omitempty"`
	Ref   string   `json:"ref,omitempty"`
}

// encode writes a as JSON on one line, with "<" and the like left readable.
func (a answer) encode() []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(a); err != nil {
		panic(err) // strings and numbers always encode
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}

// complaint is an error that the client is told (PROTOCOL.md, section 7).
type complaint struct{ code, text string }

func (c *complaint) Error() string { return c.text }

func complain(code, format string, args ...any) error {
	return &complaint{code, fmt.Sprintf(format, args...)}
}

// members lists what each type of message must have, in the order of reading.
var members = map[string][]string{
	"join":  {"room", "nick"},
	"say":   {"text"},
	"leave": {},
	"who":   {},
}

// parse reads a message of a client. What could be read is returned along with
// the error, so that the answer can carry the ref.
func parse(payload []byte) (request, error) {
	var r request
	// A struct would take "TYPE" for "type"; the keys of a map stay as they are.
	var object map[string]json.RawMessage
	if err := json.Unmarshal(payload, &object); err != nil || object == nil {
		return r, complain("bad-json", "a message is one JSON object")
	}
	err := r.read(object, "ref", &r.Ref)
	if utf8.RuneCountInString(r.Ref) > refLimit {
		r.Ref = ""
		err = complain("bad-message", "ref has more than %d characters", refLimit)
	}
	if err != nil {
		return r, err
	}
	return r, r.fill(object)
}

// fill reads what the message's type asks for.
func (r *request) fill(object map[string]json.RawMessage) error {
	if err := r.need(object, "type", &r.Type); err != nil {
		return err
	}
	names, ok := members[r.Type]
	if !ok {
		return complain("unknown-type", "there is no message of type %q", shorten(r.Type))
	}
	into := map[string]*string{"room": &r.Room, "nick": &r.Nick, "text": &r.Text}
	for _, name := range names {
		if err := r.need(object, name, into[name]); err != nil {
			return err
		}
	}
	return nil
}

// need reads a member that must be there.
func (r *request) need(object map[string]json.RawMessage, name string, into *string) error {
	if _, ok := object[name]; !ok {
		return complain("bad-message", "the message has no %s", name)
	}
	return r.read(object, name, into)
}

// read reads a member that is a string, if it is there.
func (r *request) read(object map[string]json.RawMessage, name string, into *string) error {
	raw, ok := object[name]
	if ok && (raw[0] != '"' || json.Unmarshal(raw, into) != nil) {
		return complain("bad-message", "%s is not a string", name)
	}
	return nil
}

// shorten keeps what a client sent from blowing up what it is answered.
func shorten(s string) string {
	if runes := []rune(s); len(runes) > roomLimit {
		return string(runes[:roomLimit]) + "…"
	}
	return s
}

// goodName reports whether s may be a nick or the name of a room: printable
// characters, single spaces only between them.
func goodName(s string, limit int) bool {
	n := utf8.RuneCountInString(s)
	if n < 1 || n > limit || strings.TrimSpace(s) != s || strings.Contains(s, "  ") {
		return false
	}
	// U+FFFD stands for what was no character when it came.
	return strings.IndexFunc(s, func(c rune) bool { return !unicode.IsPrint(c) || c == utf8.RuneError }) < 0
}

// nickKey returns what two nicks have in common that count as the same.
func nickKey(nick string) string { return strings.ToLower(strings.ToUpper(nick)) }
