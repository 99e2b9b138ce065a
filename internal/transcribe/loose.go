package transcribe

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"time"
)

var (
	looksSecret  = regexp.MustCompile(`(?i)(token|secret|key|password|auth|sid|session)`)
	passingName  = regexp.MustCompile(`(?i)^(id|.*[_-]id|uuid|guid|time|.*time|timestamp|ts|date|at|.*_at|seq|nonce|.*token|sid|session|expires.*|created|updated)$|[a-z]I[dD]$|[a-z]At$`)
	passingValue = regexp.MustCompile(`^\d{4}-\d\d-\d\d[T ]\d\d:\d\d|^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$`)
	epoch        = regexp.MustCompile(`^(1\d{9}|1\d{12})(\.\d+)?$`)
	captureName  = regexp.MustCompile(`[^a-z0-9]+`)
)

// minCaptured is how long a value must be to be looked for in what the client says
// later: a shorter one would be found by accident.
const minCaptured = 4

// capture is a value that the server made up and the client said again.
type capture struct {
	name, value string
	from        time.Duration
}

// passing reports whether a member looks as if it were another the next time.
func passing(name string, v any) bool {
	if passingName.MatchString(name) {
		switch v.(type) {
		case string, json.Number:
			return true
		}
	}
	switch v := v.(type) {
	case string:
		return passingValue.MatchString(v)
	case json.Number:
		return epoch.MatchString(string(v))
	}
	return false
}

// object reads a JSON object in the order of its members; ok is false for anything
// else, and for one with a member twice.
func object(p []byte) (members []member, ok bool) {
	d := json.NewDecoder(bytes.NewReader(p))
	d.UseNumber()
	v, err := ordered(d)
	if err != nil {
		return nil, false
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, false
	}
	members, ok = v.([]member)
	return members, ok
}

// member is a member of an object.
type member struct {
	name  string
	value any // []member, []any, string, json.Number, bool, nil
}

// ordered reads a value.
func ordered(d *json.Decoder) (any, error) {
	token, err := d.Token()
	if err != nil {
		return nil, err
	}
	switch token {
	case json.Delim('{'):
		members := []member{}
		for d.More() {
			name, err := d.Token()
			if err != nil {
				return nil, err
			}
			v, err := ordered(d)
			if err != nil {
				return nil, err
			}
			key := name.(string)
			if slices.ContainsFunc(members, func(m member) bool { return m.name == key }) {
				return nil, fmt.Errorf("%q twice", key)
			}
			members = append(members, member{key, v})
		}
		_, err := d.Token()
		return members, err
	case json.Delim('['):
		list := []any{}
		for d.More() {
			v, err := ordered(d)
			if err != nil {
				return nil, err
			}
			list = append(list, v)
		}
		_, err := d.Token()
		return list, err
	}
	return token, nil
}

// pattern writes a JSON value that is expected. Loosely, what looks passing is left
// out, or kept for where the client says it again.
func (t *teller) pattern(v any, at time.Duration) string {
	switch v := v.(type) {
	case []member:
		var parts []string
		for _, m := range v {
			value := ""
			switch {
			case !passing(m.name, m.value):
				value = t.pattern(m.value, at)
			case !t.o.Loose:
				t.passes(m)
				value = t.pattern(m.value, at)
			default:
				if value = t.captured(m, at); value == "" {
					continue
				}
			}
			parts = append(parts, written(m.name)+": "+value) // in a key a dollar is a dollar
		}
		return "{" + strings.Join(parts, ", ") + "}"
	case []any:
		var parts []string
		for _, element := range v {
			parts = append(parts, t.pattern(element, at))
		}
		return "[" + strings.Join(parts, ", ") + "]"
	case string:
		return quotedString(v)
	case nil:
		return "null"
	}
	return fmt.Sprint(v)
}

// passes warns of a value that will hardly come again.
func (t *teller) passes(m member) {
	if s := fmt.Sprint(m.value); passingValue.MatchString(s) || epoch.MatchString(s) {
		t.warning("connection %d: %q looks as if it were another each time; --loose leaves such members out", t.talk.ID, m.name)
	}
}

// quotedString writes a JSON string: one that looks like a number is quoted.
func quotedString(s string) string {
	if s == "" || words.MatchString(s) {
		return `"` + s + `"`
	}
	return scalar(s)
}

// captured returns the name of a value that the client says later, or "".
func (t *teller) captured(m member, at time.Duration) string {
	value := fmt.Sprint(m.value)
	if len(value) < minCaptured || !t.saidLater(value, at) {
		return ""
	}
	for _, c := range t.captures {
		if c.value == value {
			return "$" + c.name
		}
	}
	name := strings.Trim(captureName.ReplaceAllString(strings.ToLower(m.name), "-"), "-")
	name = fmt.Sprintf("%s-%d", strings.TrimLeft("v"+name, "-"), len(t.captures)+1)
	t.captures = append(t.captures, capture{name, value, at})
	return "$" + name
}

// payload writes a payload of the client, with the server's values by their names.
func (t *teller) payload(p []byte) string {
	text := escaped(string(p))
	for _, c := range t.captures {
		text = strings.ReplaceAll(text, escaped(c.value), "${"+c.name+"}")
	}
	if len(t.captures) == 0 || text == escaped(string(p)) {
		return payload(p)
	}
	return written(text)
}

var (
	// wrapped is JSON that is no object: an array, or what socket.io and engine.io
	// say, which begins with the kind of a packet, a namespace and a number.
	wrapped = regexp.MustCompile(`^(\d+-?(/[^,\[{]*,)?\d*)?[\[{]`)
	pair    = regexp.MustCompile(`"([^"\\]*)"\s*:\s*("(?:[^"\\]|\\.)*"|-?\d[-+.\deE]*)`)
)

// around returns a pattern that leaves out, of such a text, what looks passing; "":
// all of it is expected.
func (t *teller) around(text string) string {
	if !wrapped.MatchString(text) {
		return ""
	}
	var b strings.Builder
	end := 0
	for _, at := range pair.FindAllStringSubmatchIndex(text, -1) {
		var v any = json.Number(text[at[4]:at[5]])
		some := `-?\d[-+.\deE]*`
		if text[at[4]] == '"' {
			v, some = strings.Trim(text[at[4]:at[5]], `"`), `"(?:[^"\\]|\\.)*"`
		}
		m := member{text[at[2]:at[3]], v}
		switch {
		case !passing(m.name, m.value):
		case !t.o.Loose:
			t.passes(m)
		default:
			b.WriteString(regexp.QuoteMeta(text[end:at[4]]) + some)
			end = at[5]
		}
	}
	if end == 0 {
		return ""
	}
	return "(?s)^" + b.String() + regexp.QuoteMeta(text[end:]) + "$"
}
