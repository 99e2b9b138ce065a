package casefile

import (
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"wsprobe/internal/wire"
)

// reader interprets the nodes of one case.
type reader struct {
	*file
	scope    *scope
	dialect  wire.Dialect
	clients  []string
	captures []string // made by the expectations so far
	requests map[string]bool
}

// scalar returns the text of a scalar, where wanted says what should stand
// there. Names that only the running case knows cannot.
func (r *reader) scalar(n *yaml.Node, wanted string) (string, bool) {
	text, ok := r.parts(n, wanted)
	if !ok {
		return "", false
	}
	for _, part := range text.Parts {
		if part.Capture != "" {
			r.problem(n, "$%s is known only while the case runs; it cannot be %s", part.Capture, wanted)
			return "", false
		}
	}
	return text.String(nil), true
}

// parts returns the text of a scalar, with the captures that are in it.
func (r *reader) parts(n *yaml.Node, wanted string) (Text, bool) {
	switch {
	case n.Kind == broken:
		return Text{}, false
	case n.Kind != yaml.ScalarNode:
		r.problem(n, "wanted %s, not %s", wanted, describe(n))
		return Text{}, false
	case nothing(n):
		r.problem(n, `wanted %s, and nothing is here; an empty text is written ""`, wanted)
		return Text{}, false
	}
	return r.textOf(n)
}

// textOf resolves the dollars of a scalar.
func (r *reader) textOf(n *yaml.Node) (Text, bool) {
	var text Text
	for _, t := range tokens(n.Value) {
		switch {
		case t.bad:
			r.problem(n, "inside a longer text a name is written ${name}, and a dollar $$")
			return Text{}, false
		case t.name == "":
			text.add(t.literal)
		case !r.captured(t.name):
			r.unknownName(n, t.name)
			return Text{}, false
		default:
			text.Parts = append(text.Parts, TextPart{Capture: t.name})
		}
	}
	return text, true
}

// add appends a literal.
func (t *Text) add(literal string) {
	if last := len(t.Parts) - 1; last >= 0 && t.Parts[last].Capture == "" {
		t.Parts[last].Literal += literal
		return
	}
	t.Parts = append(t.Parts, TextPart{Literal: literal})
}

// captured reports whether the running case will know the name.
func (r *reader) captured(name string) bool {
	return slices.Contains(r.captures, name) || slices.Contains(targetNames, name)
}

func (r *reader) unknownName(n *yaml.Node, name string) {
	known := slices.Concat(r.scope.known(), r.captures, targetNames)
	first, _, _ := strings.Cut(name, ".")
	hint := suggestAs(name, known, ", did you mean $%s?")
	if hint == "" {
		hint = suggestAs(first, known, ", did you mean $%s?")
	}
	r.problem(n, "nothing is named $%s%s", name, hint)
}

// items returns the members of a list that must have some.
func (r *reader) items(n *yaml.Node, wanted string) []*yaml.Node {
	switch {
	case n.Kind == broken:
	case n.Kind != yaml.SequenceNode:
		r.problem(n, "wanted a list of %s, not %s", wanted, describe(n))
	case len(n.Content) == 0:
		r.problem(n, "the list of %s is empty", wanted)
	}
	if n.Kind == yaml.SequenceNode {
		return n.Content
	}
	return nil
}
