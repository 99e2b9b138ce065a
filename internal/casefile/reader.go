package casefile

import (
	"iter"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"wsprobe/internal/spell"
	"wsprobe/internal/wire"
)

// reader interprets the nodes of one case.
type reader struct {
	*file
	scope    *scope
	dialect  wire.Dialect
	clients  []string
	captures []capture // made by the expectations so far
	requests map[string]bool
}

// capture is a name that an expectation gives to a value.
type capture struct {
	name string
	node *yaml.Node
	used bool
}

// scalar returns the text of a scalar, where wanted says what should stand
// there. Names that only the running case knows cannot.
func (r *reader) scalar(n *yaml.Node, wanted string) (string, bool) {
	if nothing(n) {
		r.problem(n, "wanted %s, and nothing is here", wanted)
		return "", false
	}
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
	for i := range r.captures {
		if r.captures[i].name == name {
			r.captures[i].used = true
			return true
		}
	}
	return slices.Contains(proberNames, name)
}

// capture notes that the running case will know a name from here on.
func (r *reader) capture(n *yaml.Node, name string) {
	r.captures = append(r.captures, capture{name: name, node: n})
}

// slips notes the captures that nothing uses and that look like a name of the
// file, slightly misspelt.
func (r *reader) slips() {
	for _, c := range r.captures {
		if near := spell.Nearest(c.name, r.scope.known()); near != "" && !c.used {
			r.problem(c.node, "nothing is named $%s, and nothing uses it later, did you mean $%s?", c.name, near)
		}
	}
}

func (r *reader) unknownName(n *yaml.Node, name string) {
	known := slices.Concat(r.scope.known(), proberNames)
	for _, c := range r.captures {
		known = append(known, c.name)
	}
	if first, _, _ := strings.Cut(name, "."); spell.Nearest(name, known) == "" {
		r.problem(n, "nothing is named $%s%s", name, suggestion{first, known, ", did you mean $%s?"})
		return
	}
	r.problem(n, "nothing is named $%s%s", name, suggestion{name, known, ", did you mean $%s?"})
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

// members yields the pairs of a mapping whose keys are free and which has some.
func (r *reader) members(n *yaml.Node, wanted string) iter.Seq2[*yaml.Node, *yaml.Node] {
	switch {
	case n.Kind == yaml.MappingNode && len(n.Content) == 0:
		r.problem(n, "wanted %s; the mapping is empty", wanted)
	case n.Kind == yaml.MappingNode:
		return pairs(n)
	case n.Kind != broken:
		r.problem(n, "wanted %s, not %s", wanted, describe(n))
	}
	return func(func(key, value *yaml.Node) bool) {}
}
