package casefile

import (
	"iter"
	"slices"
	"strconv"
	"unicode/utf8"

	"gopkg.in/yaml.v3"
)

// pairs yields the keys and values of a mapping.
func pairs(n *yaml.Node) iter.Seq2[*yaml.Node, *yaml.Node] {
	return func(yield func(key, value *yaml.Node) bool) {
		for i := 0; i+1 < len(n.Content); i += 2 {
			if !yield(n.Content[i], n.Content[i+1]) {
				return
			}
		}
	}
}

// child returns the value under a key of a mapping, or nil.
func child(n *yaml.Node, name string) *yaml.Node {
	if n.Kind == yaml.MappingNode {
		for key, value := range pairs(n) {
			if key.Value == name {
				return value
			}
		}
	}
	return nil
}

// describe names a node in a problem.
func describe(n *yaml.Node) string {
	switch {
	case n.Kind == yaml.MappingNode:
		return "a mapping"
	case n.Kind == yaml.SequenceNode:
		return "a list"
	case nothing(n):
		return "nothing"
	}
	return strconv.Quote(cut(n.Value))
}

// nothing reports whether a key has no value at all behind it.
func nothing(n *yaml.Node) bool {
	return n.Kind == yaml.ScalarNode && n.Value == "" && !quoted(n)
}

// quoted reports whether a scalar is marked as text by its quotes.
func quoted(n *yaml.Node) bool {
	return n.Style&(yaml.SingleQuotedStyle|yaml.DoubleQuotedStyle|yaml.LiteralStyle|yaml.FoldedStyle) != 0
}

// cut shortens a text for a problem.
func cut(s string) string {
	if utf8.RuneCountInString(s) <= 60 {
		return s
	}
	return string([]rune(s)[:57]) + "..."
}

// isWord reports whether a node is a word of the grammar; in quotes it is a text.
func isWord(n *yaml.Node, word string) bool {
	return n.Kind == yaml.ScalarNode && n.Value == word && !quoted(n)
}

// emptyText reports whether a node is "".
func emptyText(n *yaml.Node) bool {
	return n.Kind == yaml.ScalarNode && n.Value == "" && quoted(n)
}

// clone copies a node, but not what is under it.
func clone(n *yaml.Node) *yaml.Node {
	c := *n
	c.Content = slices.Clone(n.Content)
	return &c
}
