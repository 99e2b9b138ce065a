package filter

import (
	"bytes"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// step is a step into JSON: to the member of that name, or to an element.
type step struct {
	name    string
	element int // -1: the name counts
}

// parsePath reads ".a.b[0].c". The column of its error counts from 0.
func parsePath(s string) (path []step, _ *Error) {
	whole := len(s)
	for s != "" {
		at := whole - len(s)
		switch {
		case strings.HasPrefix(s, "["+quotedName):
			name, rest, ok := strings.Cut(s[2:], quotedName+"]")
			if !ok {
				return nil, &Error{at, "a [ is not closed"}
			}
			path, s = append(path, step{name, -1}), rest
		case s[0] == '[':
			digits, rest, ok := strings.Cut(s[1:], "]")
			n, err := strconv.ParseUint(digits, 10, 31)
			if !ok || err != nil {
				return nil, &Error{at, `in brackets there is the number of an element, or a name in "…"`}
			}
			path, s = append(path, step{"", int(n)}), rest
		case s[0] == '.':
			end := strings.IndexAny(s[1:], ".[") + 1
			if end == 0 {
				end = len(s)
			}
			if end == 1 {
				return nil, &Error{at, "behind the point a name is missing"}
			}
			path, s = append(path, step{s[1:end], -1}), s[end:]
		default:
			return nil, &Error{at, "a part of a path begins with . or ["}
		}
	}
	return path, nil
}

// reach returns the value at the end of a path into JSON. What stands behind it is
// not looked at, so that JSON which was cut can be looked into, too.
func reach(p []byte, path []step) (jsontext.Value, bool) {
	d := jsontext.NewDecoder(bytes.NewBuffer(p), jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
	for _, s := range path {
		if !s.into(d) {
			return nil, false
		}
	}
	v, err := d.ReadValue()
	return v, err == nil
}

// into goes to the beginning of what the step leads to.
func (s step) into(d *jsontext.Decoder) bool {
	open := jsontext.Kind('{')
	if s.element >= 0 {
		open = '['
	}
	if d.PeekKind() != open {
		return false
	}
	d.ReadToken()
	for i := 0; ; i++ {
		switch next := d.PeekKind(); {
		case next == '}' || next == ']' || next == 0:
			return false
		case s.element == i:
			return true
		case s.element < 0:
			name, err := d.ReadToken()
			if err != nil {
				return false
			}
			if name.String() == s.name {
				return true
			}
		}
		if d.SkipValue() != nil {
			return false
		}
	}
}

// jsonField is a value inside a payload that is JSON.
type jsonField []step

func (f jsonField) value(v *view) (jsontext.Value, bool) {
	p := v.payload()
	if v.event == nil || len(p) == 0 || v.event.Request != nil || v.event.Response != nil {
		return nil, false
	}
	return reach(p, f)
}

// alone tests whether the value is there, and neither false nor null. Without a path,
// it is an object or an array.
func (f jsonField) alone() test {
	return func(v *view) bool {
		j, ok := f.value(v)
		if len(f) == 0 {
			return ok && (j.Kind() == '{' || j.Kind() == '[')
		}
		return ok && j.Kind() != 'f' && j.Kind() != 'n'
	}
}

// compare compares with what the value looks like: true, false and null without
// quotes, a number without quotes, and text. What is of another type is not equal.
func (f jsonField) compare(op string, value token) (test, *typeError) {
	if op == "~" || op == "!~" || op == "contains" {
		return text{get: f.texts}.compare(op, value)
	}
	if value.kind == tokenWord {
		if contains([]string{"true", "false", "null"}, value.text) {
			return f.literal(op, value.text)
		}
		if want, ok := parseNumber(value.text); ok {
			return f.number(op, want), nil
		}
	}
	fits := ordered[string](op)
	return func(v *view) bool {
		j, ok := f.value(v)
		if !ok || j.Kind() != '"' {
			return ok && op == "!="
		}
		return fits(unquoted(j), value.text)
	}, nil
}

func (f jsonField) literal(op, want string) (test, *typeError) {
	if op != "==" && op != "!=" {
		return nil, &typeError{"is compared with " + want + " by == and !=", true}
	}
	return func(v *view) bool {
		j, ok := f.value(v)
		return ok && (string(j) == want) == (op == "==")
	}, nil
}

func (f jsonField) number(op string, want float64) test {
	fits := ordered[float64](op)
	return func(v *view) bool {
		j, ok := f.value(v)
		if !ok || j.Kind() != '0' {
			return ok && op == "!="
		}
		n, err := strconv.ParseFloat(string(j), 64)
		return err == nil && fits(n, want)
	}
}

// texts returns the value as text: a string without quotes, anything else as it is
// written.
func (f jsonField) texts(v *view) []string {
	j, ok := f.value(v)
	switch {
	case !ok:
		return nil
	case j.Kind() == '"':
		return []string{unquoted(j)}
	}
	return []string{string(j)}
}

func unquoted(j jsontext.Value) string {
	b, _ := jsontext.AppendUnquote(nil, j)
	return string(b)
}
