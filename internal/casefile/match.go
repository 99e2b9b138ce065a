package casefile

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// MatchJSON reports whether doc, a decoded JSON document, has what pattern
// asks for: an object has at least the pattern's members, an array has exactly
// its elements, a number has its value however it is written. A Capture that
// vars does not have takes the value found, one that it has must be equal to
// it; vars changes only where the whole pattern holds. why says what was found
// instead, and where.
func MatchJSON(pattern, doc any, vars Vars) (ok bool, why string) {
	m := matcher{vars: maps.Clone(vars)}
	if m.vars == nil {
		m.vars = Vars{}
	}
	if !m.match("", pattern, doc) {
		return false, m.why
	}
	if vars != nil {
		maps.Copy(vars, m.vars)
	}
	return true, ""
}

// matcher keeps what a pattern has captured so far and why it missed.
type matcher struct {
	vars Vars
	why  string
}

func (m *matcher) miss(path, format string, args ...any) bool {
	if path == "" {
		path = "the message"
	}
	m.why = path + " " + fmt.Sprintf(format, args...)
	return false
}

func (m *matcher) match(path string, pattern, doc any) bool {
	switch p := pattern.(type) {
	case map[string]any:
		return m.object(path, p, doc)
	case []any:
		return m.array(path, p, doc)
	case Capture:
		return m.capture(path, string(p), doc)
	case Text:
		pattern = p.String(m.vars)
	}
	if !equalJSON(pattern, doc) {
		return m.miss(path, "is %s, not %s", brief(doc), brief(pattern))
	}
	return true
}

// object asks for the members of the pattern and does not mind others.
func (m *matcher) object(path string, pattern map[string]any, doc any) bool {
	object, ok := doc.(map[string]any)
	if !ok {
		return m.miss(path, "is %s, not an object", brief(doc))
	}
	for _, name := range slices.Sorted(maps.Keys(pattern)) {
		member, ok := object[name]
		if !ok {
			return m.miss(path, "has no member %q", name)
		}
		if !m.match(join(path, name), pattern[name], member) {
			return false
		}
	}
	return true
}

func (m *matcher) array(path string, pattern []any, doc any) bool {
	array, ok := doc.([]any)
	switch {
	case !ok:
		return m.miss(path, "is %s, not an array", brief(doc))
	case len(array) != len(pattern):
		return m.miss(path, "has %d elements, not %d", len(array), len(pattern))
	}
	for i := range pattern {
		if !m.match(join(path, strconv.Itoa(i)), pattern[i], array[i]) {
			return false
		}
	}
	return true
}

// capture keeps the value under a new name, or compares it with the kept one.
func (m *matcher) capture(path, name string, doc any) bool {
	kept, known := m.vars[name]
	if known && !equalJSON(kept, doc) {
		return m.miss(path, "is %s, not %s, which is $%s", brief(doc), brief(kept), name)
	}
	m.vars[name] = doc
	return true
}

func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

// equalJSON compares two JSON values.
func equalJSON(a, b any) bool {
	switch a := a.(type) {
	case map[string]any:
		b, ok := b.(map[string]any)
		return ok && maps.EqualFunc(a, b, equalJSON)
	case []any:
		b, ok := b.([]any)
		if !ok || len(a) != len(b) {
			return false
		}
		for i := range a {
			if !equalJSON(a[i], b[i]) {
				return false
			}
		}
		return true
	}
	x, isNumber := numeral(a)
	y, both := numeral(b)
	if isNumber || both {
		return isNumber && both && equalNumbers(x, y)
	}
	return a == b
}

// numeral returns how a number is written.
func numeral(v any) (string, bool) {
	switch v := v.(type) {
	case json.Number:
		return string(v), true
	case float64:
		return strconv.FormatFloat(v, 'g', -1, 64), true
	}
	return "", false
}

// equalNumbers compares integers exactly, of any size, and other numbers as
// float64, so that a peer's 1e999999999 costs nothing.
func equalNumbers(x, y string) bool {
	const exact = 15 // digits that a float64 always holds
	if x == y {
		return true
	}
	if len(x) > exact && len(y) > exact && !strings.ContainsAny(x+y, ".eE") {
		return false
	}
	a, errA := strconv.ParseFloat(x, 64)
	b, errB := strconv.ParseFloat(y, 64)
	return errA == nil && errB == nil && a == b
}

// brief shows a JSON value in a sentence.
func brief(v any) string { return cut(string(marshal(v, nil))) }
