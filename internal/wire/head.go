package wire

import (
	"bytes"
	"errors"
	"strings"
)

// MaxHead is the size in bytes beyond which a head is not read: a longer one is
// ErrNotHead. Servers commonly stop at 8 to 64 KiB and some tests go beyond
// that on purpose, so it is well above both.
const MaxHead = 256 << 10

// ErrNeedMore says that the bytes end before the head does.
var ErrNeedMore = errors.New("head is not complete")

// ErrNotHead says that the bytes are not an HTTP/1 head.
var ErrNotHead = errors.New("not an HTTP head")

// Field is one header field, its line kept as it was.
type Field struct {
	Name  string // as written; "" for a line that has no colon
	Value string // without the white space around it; a folded line joined by one space
	Raw   []byte // the whole line or lines, with their ends
}

// Literal returns the value as a reader of the hixie drafts takes it: all that
// stands between the colon, with at most one space after it, and the end of the
// line (draft-hixie-thewebsocketprotocol-76 §4.1). A Field without Raw has only
// its Value.
func (f Field) Literal() string {
	_, value, ok := bytes.Cut(f.Raw, []byte{':'})
	if !ok {
		return f.Value
	}
	value = bytes.TrimSuffix(value, []byte{'\n'})
	value = bytes.TrimSuffix(value, []byte{'\r'})
	return string(bytes.TrimPrefix(value, []byte{' '}))
}

// Head is a request head or a response head: the start line and the fields, in
// order, in their own case, down to the last byte.
type Head struct {
	Line   string // the start line without its end
	Fields []Field
	Raw    []byte // everything, to the end of the blank line
	BareLF bool   // a line ends with LF alone
}

// Request is the head of an opening handshake as a client sends it.
type Request struct {
	Head
	Method, Target, Proto string // Proto as written: "HTTP/1.1"
}

// Response is the head of a server's answer.
type Response struct {
	Head
	Proto  string
	Status int // 100 to 999
	Reason string
}

// Values returns the values of all fields of that name, in order; case is ignored.
func (h *Head) Values(name string) []string {
	var values []string
	for _, f := range h.Fields {
		if strings.EqualFold(f.Name, name) {
			values = append(values, f.Value)
		}
	}
	return values
}

// Find returns the first field of that name, or nil; case is ignored.
func (h *Head) Find(name string) *Field {
	for i := range h.Fields {
		if strings.EqualFold(h.Fields[i].Name, name) {
			return &h.Fields[i]
		}
	}
	return nil
}

// Get returns the first value of that name, or "".
func (h *Head) Get(name string) string {
	if f := h.Find(name); f != nil {
		return f.Value
	}
	return ""
}

// Has reports whether there is a field of that name.
func (h *Head) Has(name string) bool { return h.Find(name) != nil }

// HasToken reports whether the comma-separated lists in the fields of that name
// have token in them; case is ignored (RFC 6455 §4.1, §4.2.1).
func (h *Head) HasToken(name, token string) bool {
	for _, element := range h.List(name) {
		if strings.EqualFold(element, token) {
			return true
		}
	}
	return false
}

// List returns the elements of all fields of that name as one list, split at
// commas outside quotes and trimmed; empty elements are left out.
func (h *Head) List(name string) []string {
	var list []string
	for _, value := range h.Values(name) {
		for value != "" {
			end := elementEnd(value)
			if element := strings.Trim(value[:end], " \t"); element != "" {
				list = append(list, element)
			}
			value = strings.TrimPrefix(value[end:], ",")
		}
	}
	return list
}

// elementEnd returns where the first comma outside quotes stands in s, or its
// length. A quote that nothing closes reaches to the end.
func elementEnd(s string) int {
	quoted := false
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '"':
			quoted = !quoted
		case s[i] == '\\' && quoted:
			i++
		case s[i] == ',' && !quoted:
			return i
		}
	}
	return len(s)
}

// AppendHead appends a start line, the fields as "Name: Value" lines and the
// blank line. A Field with Raw set is appended as Raw.
func AppendHead(dst []byte, line string, fields []Field) []byte {
	dst = append(append(dst, line...), "\r\n"...)
	for _, f := range fields {
		if f.Raw != nil {
			dst = append(dst, f.Raw...)
			continue
		}
		dst = append(append(dst, f.Name...), ": "...)
		dst = append(append(dst, f.Value...), "\r\n"...)
	}
	return append(dst, "\r\n"...)
}
