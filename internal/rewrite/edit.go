package rewrite

import (
	"bytes"
	"strings"

	"wsprobe/internal/wire"
)

// edit returns a head whose fields are what change makes of their lines, and whose
// start line is what it makes of that, which is no field: nil.
func edit(h *wire.Head, change func(f *wire.Field, line []byte) []byte) []byte {
	start := bytes.IndexByte(h.Raw, '\n') + 1
	out := append(make([]byte, 0, len(h.Raw)+64), change(nil, h.Raw[:start])...)
	for i := range h.Fields {
		f := &h.Fields[i]
		out = append(out, change(f, f.Raw)...)
		start += len(f.Raw)
	}
	return append(out, h.Raw[start:]...)
}

// withValue returns the line of a field with another value; all around it stays.
func withValue(line []byte, value string) []byte {
	const space = " \t\r\n"
	colon := bytes.IndexByte(line, ':') + 1
	from := colon + len(line[colon:]) - len(bytes.TrimLeft(line[colon:], space))
	to := len(bytes.TrimRight(line, space))
	if to < from { // there was no value: it goes before the end of the line
		from = colon
		to = colon
	}
	out := append(make([]byte, 0, len(line)+len(value)), line[:from]...)
	return append(append(out, value...), line[to:]...)
}

// is reports whether a field has one of the names.
func is(f *wire.Field, names ...string) bool {
	for _, name := range names {
		if f != nil && strings.EqualFold(f.Name, name) {
			return true
		}
	}
	return false
}
