package mutant

import (
	"fmt"
	"slices"
	"strconv"

	"wsprobe/internal/wire"
)

// answer is what a server says to an opening handshake.
type answer struct {
	line   string
	fields []wire.Field
	body   []byte
}

// refusal is why an opening handshake is refused.
type refusal struct {
	status int
	why    string
	fields []wire.Field
}

var reasons = map[int]string{
	200: "OK", 302: "Found", 401: "Unauthorized", 403: "Forbidden",
	400: "Bad Request", 404: "Not Found", 405: "Method Not Allowed", 408: "Request Timeout", 426: "Upgrade Required",
	431: "Request Header Fields Too Large", 501: "Not Implemented", 503: "Service Unavailable", 505: "HTTP Version Not Supported",
}

// upgradeFields name the protocol, in a 101 and in a 426 (RFC 6455 §4.2.2, RFC 9110 §15.5.22).
var upgradeFields = []wire.Field{{Name: "Upgrade", Value: "websocket"}, {Name: "Connection", Value: "Upgrade"}}

// versions are those that the server speaks (RFC 6455 §4.4).
var versions = wire.Field{Name: "Sec-WebSocket-Version", Value: "13, 8, 7"}

func refuse(status int, why string, fields ...wire.Field) *refusal {
	return &refusal{status, why, fields}
}

// answer writes the refusal as HTTP; that of silence is empty.
func (r *refusal) answer() *answer {
	if r.status == 0 {
		return &answer{}
	}
	body := []byte(r.why + "\n")
	fields := append(slices.Clone(r.fields),
		wire.Field{Name: "Content-Type", Value: "text/plain; charset=utf-8"},
		wire.Field{Name: "Content-Length", Value: strconv.Itoa(len(body))})
	if !slices.ContainsFunc(fields, func(f wire.Field) bool { return f.Name == "Connection" }) {
		fields = append(fields, wire.Field{Name: "Connection", Value: "close"})
	}
	return &answer{fmt.Sprintf("HTTP/1.1 %d %s", r.status, reasons[r.status]), fields, body}
}

// writeAnswer sends a, garbled first by a mutant that does so.
func (c *conn) writeAnswer(a *answer, garble func(*answer)) error {
	if garble != nil {
		garble(a)
	}
	if a.line == "" {
		return nil
	}
	return c.write(append(wire.AppendHead(nil, a.line, a.fields), a.body...))
}

// answerGarbler is what the mutant makes of an answer in that dialect.
func (c *conn) answerGarbler(d wire.Dialect) func(*answer) {
	if c.mutant == nil || c.mutant.Dialect != d {
		return nil
	}
	return c.mutant.answer
}

func (c *conn) refusalGarbler() func(*answer) {
	if c.mutant == nil {
		return nil
	}
	return c.mutant.refusal
}

// add adds a field.
func (a *answer) add(name, value string) {
	a.fields = append(a.fields, wire.Field{Name: name, Value: value})
}
