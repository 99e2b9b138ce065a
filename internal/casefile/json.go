package casefile

import (
	"bytes"
	"encoding/json"
	"regexp"
	"slices"

	"gopkg.in/yaml.v3"
)

// jsonValue is a JSON value to send. A $name of an earlier capture is that value.
var jsonValue = value[any]{schema: schema{}, read: func(r *reader, n *yaml.Node) any { return r.json(n, false) }}

// patternValue is a JSON value to expect. A $name that nothing else has is a
// new capture.
var patternValue = value[any]{schema: schema{}, read: func(r *reader, n *yaml.Node) any { return r.json(n, true) }}

// json turns a node into a JSON value: map[string]any, []any, string,
// json.Number, bool, nil, Capture, or Text where a string has captures in it.
func (r *reader) json(n *yaml.Node, pattern bool) any {
	switch n.Kind {
	case yaml.MappingNode:
		object := map[string]any{}
		for key, value := range pairs(n) {
			object[key.Value] = r.json(value, pattern)
		}
		return object
	case yaml.SequenceNode:
		array := []any{}
		for _, item := range n.Content {
			array = append(array, r.json(item, pattern))
		}
		return array
	case yaml.ScalarNode:
		return r.jsonScalar(n, pattern)
	}
	return nil
}

var jsonNumber = regexp.MustCompile(`^-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?$`)

func (r *reader) jsonScalar(n *yaml.Node, pattern bool) any {
	if quoted(n) || n.Tag == "!!str" || n.Tag == "!!timestamp" {
		return r.jsonString(n, pattern)
	}
	switch {
	case n.Value == "true" || n.Value == "false":
		return n.Value == "true"
	case n.Value == "null":
		return nil
	case jsonNumber.MatchString(n.Value):
		return json.Number(n.Value)
	case nothing(n):
		r.problem(n, `nothing is here; write null, or "" for an empty string`)
	default:
		r.problem(n, "%s is not how JSON writes it; quote it if it is a string", cut(n.Value))
	}
	return nil
}

func (r *reader) jsonString(n *yaml.Node, pattern bool) any {
	if name, ok := whole(n.Value); ok {
		switch {
		case r.captured(name):
		case pattern && simpleName.MatchString(name):
			r.capture(n, name)
		default:
			r.unknownName(n, name)
		}
		return Capture(name)
	}
	text, ok := r.textOf(n)
	if ok && slices.ContainsFunc(text.Parts, func(p TextPart) bool { return p.Capture != "" }) {
		return text
	}
	return text.String(nil)
}

// setJSON makes the part the JSON text of v, at once where no capture is in it.
func (p *PayloadPart) setJSON(v any) {
	if captures(v) {
		p.JSON = v
		return
	}
	p.Bytes = marshal(v, nil)
}

// captures reports whether a JSON value has captures in it.
func captures(v any) bool {
	switch v := v.(type) {
	case Capture, Text:
		return true
	case []any:
		return slices.ContainsFunc(v, captures)
	case map[string]any:
		for _, member := range v {
			if captures(member) {
				return true
			}
		}
	}
	return false
}

// marshal returns the JSON text of a value, its captures filled in.
func marshal(v any, vars Vars) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(resolve(v, vars)); err != nil {
		return nil // only a capture that is no JSON value could do this
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}

// resolve fills in the captures of a JSON value.
func resolve(v any, vars Vars) any {
	return replace(v, func(c Capture) any { return vars[string(c)] }, func(t Text) string { return t.String(vars) })
}

// JSONText returns a JSON pattern as text for people: a capture stands as $name.
func JSONText(pattern any) string {
	named := replace(pattern, func(c Capture) any { return "$" + string(c) }, Text.named)
	return string(marshal(named, nil))
}

// replace returns a JSON value with others in place of its captures and of the
// texts that have captures in them.
func replace(v any, capture func(Capture) any, text func(Text) string) any {
	switch v := v.(type) {
	case Capture:
		return capture(v)
	case Text:
		return text(v)
	case []any:
		array := make([]any, len(v))
		for i, item := range v {
			array[i] = replace(item, capture, text)
		}
		return array
	case map[string]any:
		object := make(map[string]any, len(v))
		for name, member := range v {
			object[name] = replace(member, capture, text)
		}
		return object
	}
	return v
}

// named returns the text with the name of each capture in its place.
func (t Text) named() string {
	var b bytes.Buffer
	for _, part := range t.Parts {
		b.WriteString(part.Literal)
		if part.Capture != "" {
			b.WriteString("${" + part.Capture + "}")
		}
	}
	return b.String()
}
