package wire

import "errors"

// ErrNeedMore says that the bytes end before the head does.
var ErrNeedMore = errors.New("head is not complete")

// ErrNotHead says that the bytes are not an HTTP/1 head.
var ErrNotHead = errors.New("not an HTTP head")

// Field is one header field, its line kept as it was.
type Field struct {
	Name  string // as written
	Value string // without the white space around it; a folded line joined by one space
	Raw   []byte // the whole line or lines, with their ends
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

// ParseRequest reads the request head at the start of p. n is how many bytes it
// takes. The error is ErrNeedMore or ErrNotHead. It takes what real servers
// take: bare LF, folded lines, spaces before the colon; all of it stays
// visible in Raw.
func ParseRequest(p []byte) (r *Request, n int, err error) { panic("unwritten") }

// ParseResponse reads the response head at the start of p, as ParseRequest does.
func ParseResponse(p []byte) (r *Response, n int, err error) { panic("unwritten") }

// Values returns the values of all fields of that name, in order; case is ignored.
func (h *Head) Values(name string) []string { panic("unwritten") }

// Get returns the first value of that name, or "".
func (h *Head) Get(name string) string { panic("unwritten") }

// Has reports whether there is a field of that name.
func (h *Head) Has(name string) bool { panic("unwritten") }

// HasToken reports whether the comma-separated lists in the fields of that name
// have token in them; case is ignored (RFC 6455 §4.1, §4.2.1).
func (h *Head) HasToken(name, token string) bool { panic("unwritten") }

// List returns the elements of all fields of that name as one list, split at
// commas outside quotes and trimmed; empty elements are left out.
func (h *Head) List(name string) []string { panic("unwritten") }

// AppendHead appends a start line, the fields as "Name: Value" lines and the
// blank line. A Field with Raw set is appended as Raw.
func AppendHead(dst []byte, line string, fields []Field) []byte { panic("unwritten") }
