package filter

import (
	"slices"
	"strings"

	"wsprobe/internal/lint"
	"wsprobe/internal/rules"
	"wsprobe/internal/wire"
)

// fields are the fields that have one name.
var fields = map[string]valued{
	"conn":   count(func(v *view) (uint64, bool) { return v.ID, true }, nil),
	"client": address(lint.Client),
	"server": address(lint.Server),
	"secure": flag(func(v *view) (bool, bool) { return v.Secure, true }),

	"host":     text{get: func(v *view) []string { return some(v.url().Hostname()) }},
	"path":     text{get: func(v *view) []string { return some(v.url().EscapedPath()) }},
	"url":      text{get: func(v *view) []string { return some(v.url().String()) }},
	"dialect":  text{get: func(v *view) []string { return some(v.dialect()) }, words: dialects()},
	"protocol": text{get: func(v *view) []string { return some(v.protocol()) }},
	"status":   count(status, nil),

	"kind": text{get: kind, words: []string{"request", "response", "frame", "message", "bytes", "end", "tcp"}},
	"dir":  text{get: dir, words: []string{"client", "server"}},
	"time": number{get: since, parse: parseTime, wants: "a time such as 1.5s, counted from when the connection began"},
	"size": number{get: size, parse: parseSize, wants: "a number of bytes such as 1000, 1KB or 1KiB"},

	"opcode":     count(opcode, opcodes()),
	"fin":        flag(func(v *view) (bool, bool) { f := v.frame(); return f != nil && f.Fin, f != nil }),
	"rsv":        count(rsv, nil),
	"masked":     flag(func(v *view) (bool, bool) { f := v.frame(); return f != nil && f.Masked, f != nil }),
	"compressed": flag(compressed),
	"code":       count(code, nil),
	"text":       text{get: func(v *view) []string { return some(string(v.payload())) }},

	"name":      text{get: func(v *view) []string { return some(v.what.Name) }},
	"heartbeat": flag(heartbeat),

	"rule":  text{get: func(v *view) []string { return found(v, func(r rules.Rule) string { return string(r.ID) }) }},
	"level": text{get: func(v *view) []string { return found(v, func(r rules.Rule) string { return string(r.Level) }) }, words: []string{string(rules.Must), string(rules.Should), string(rules.May)}},
}

// fieldNames lists the fields, those with a part to choose as "json." and "header.".
func fieldNames() []string {
	names := []string{"json.", "header."}
	for name := range fields {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// fieldNamed finds the field that a token names.
func fieldNamed(t token) (valued, error) {
	if f, ok := fields[t.text]; ok {
		return f, nil
	}
	head, rest, _ := strings.Cut(t.text, ".")
	switch {
	case head == "header" && rest != "":
		return text{get: func(v *view) []string { return v.header(rest) }}, nil
	case head == "json" || strings.HasPrefix(head, "json["):
		path, err := parsePath(strings.TrimPrefix(t.text, "json"))
		if err != nil {
			err.Column += t.column + len("json")
			return nil, err
		}
		return jsonField(path), nil
	}
	if head == "header" {
		return nil, &Error{t.column, "which header? header.host, say"}
	}
	known := append(fieldNames(), "json", "header")
	what := strings.ReplaceAll(t.text, quotedName, `"`)
	return nil, &Error{t.column, "there is no field " + strings.TrimSpace(what) + orList(near(t.text, known))}
}

// orList is the suggestion, or where there is none all fields.
func orList(suggestion string) string {
	if suggestion == "" {
		return "; there are " + strings.Join(fieldNames(), ", ")
	}
	return suggestion
}

// count is a number without a unit.
func count(get func(v *view) (uint64, bool), names map[string]float64) number {
	wants := "a number"
	if names != nil {
		wants = "a number, or one of " + strings.Join(keys(names), ", ")
	}
	return number{
		get:   func(v *view) (float64, bool) { n, ok := get(v); return float64(n), ok },
		names: names, parse: parseNumber, wants: wants,
	}
}

func some(s string) []string {
	if s == "" {
		return nil
	}
	return []string{s}
}

func dialects() (names []string) {
	for _, d := range wire.Dialects() {
		names = append(names, d.String())
	}
	return names
}

func opcodes() map[string]float64 {
	names := map[string]float64{}
	for o := range wire.Opcode(16) {
		names[o.String()] = float64(o)
	}
	return names
}

// frame returns the frame that is looked at, or nil.
func (v *view) frame() *lint.Frame {
	if v.event == nil {
		return nil
	}
	return v.event.Frame
}

// payload returns what there is to read: of a head all of it, of a compressed frame
// nothing, since its message has it inflated.
func (v *view) payload() []byte {
	if v.event == nil {
		return []byte(v.text)
	}
	return payloadOf(v.event)
}

// payloadOf returns what there is to read of an event: of a head all of it, of a
// compressed frame nothing, since its message has it inflated.
func payloadOf(e *lint.Event) []byte {
	switch {
	case e.Message != nil && e.Message.Raw, e.Frame != nil && e.Frame.Rsv&4 != 0:
		return nil
	case e.Message != nil:
		return e.Message.Payload
	case e.Frame != nil:
		return e.Frame.Payload
	case e.Request != nil:
		return e.Request.Raw
	case e.Response != nil:
		return e.Response.Raw
	}
	return e.Body
}

// header returns the values of a head's field: of the one that is looked at, or of
// the connection's request or response.
func (v *view) header(name string) []string {
	if e := v.event; e != nil && e.Request != nil {
		return e.Request.Values(name)
	} else if e != nil && e.Response != nil {
		return e.Response.Values(name)
	}
	if v.request != nil && v.request.Has(name) {
		return v.request.Values(name)
	}
	if v.response != nil {
		return v.response.Values(name)
	}
	return nil
}

func status(v *view) (uint64, bool) {
	if v.event != nil && v.event.Response != nil {
		return uint64(v.event.Response.Status), true
	}
	if v.response != nil {
		return uint64(v.response.Status), true
	}
	return 0, false
}

func kind(v *view) []string {
	if v.event == nil {
		return []string{"tcp"}
	}
	return []string{v.event.Kind.String()}
}

func dir(v *view) []string {
	if v.event == nil {
		return nil
	}
	return []string{v.event.Side.String()}
}

func since(v *view) (float64, bool) {
	if v.event == nil {
		return 0, false
	}
	return (v.event.At - v.Offset).Seconds(), true
}

func size(v *view) (float64, bool) {
	switch e := v.event; {
	case e == nil:
		return 0, false
	case e.Message != nil:
		return float64(e.Message.Size), true
	case e.Frame != nil:
		return float64(e.Frame.Length), true
	default:
		return float64(e.Size), true
	}
}

func opcode(v *view) (uint64, bool) {
	switch e := v.event; {
	case e != nil && e.Message != nil:
		return uint64(e.Message.Opcode), true
	case e != nil && e.Frame != nil:
		return uint64(e.Frame.Opcode), true
	}
	return 0, false
}

// heartbeat tells what only says that its sender is there: pings and pongs, and what
// subprotocols have of that kind.
func heartbeat(v *view) (is, ok bool) {
	op, ok := opcode(v)
	return op == uint64(wire.OpPing) || op == uint64(wire.OpPong) || v.what.Heartbeat, ok
}

func rsv(v *view) (uint64, bool) {
	if f := v.frame(); f != nil {
		return uint64(f.Rsv), true
	}
	return 0, false
}

func compressed(v *view) (is, ok bool) {
	switch e := v.event; {
	case e != nil && e.Message != nil:
		return e.Message.Compressed, true
	case e != nil && e.Frame != nil:
		return e.Frame.Rsv&4 != 0, true
	}
	return false, false
}

// code returns the code of a Close (RFC 6455 §5.5.1).
func code(v *view) (uint64, bool) {
	e := v.event
	if op, ok := opcode(v); !ok || op != uint64(wire.OpClose) {
		return 0, false
	}
	if p := payloadOf(e); len(p) >= 2 {
		return uint64(p[0])<<8 | uint64(p[1]), true
	}
	return 0, false
}

// found returns something of each rule that the event broke.
func found(v *view, of func(rules.Rule) string) (list []string) {
	if v.event == nil {
		return nil
	}
	for _, f := range v.event.Findings {
		rule, _ := rules.Get(f.Rule)
		list = append(list, of(rule))
	}
	return list
}
