package casefile

import (
	"slices"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"
)

// The names that the prober gives a value to while a case runs.
const (
	TargetHost = "target.host" // host:port, as a Host field has it
	TargetPath = "target.path" // path and query of the target's URL
	TargetURL  = "target.url"  // ws://host:port/path
	TargetHTTP = "target.http" // http://host:port, with https for wss
	// TargetOrigin is an origin that is let in: the one that was given, or the target's own.
	TargetOrigin = "target.origin"
	// TargetFields are the fields that were given for every handshake, as lines.
	TargetFields = "target.fields"
	PlayID       = "play.id" // a word that no other play of a case has
)

// proberNames are the names that need no definition.
var proberNames = []string{TargetHost, TargetPath, TargetURL, TargetHTTP, TargetOrigin, TargetFields, PlayID}

// scope is what the names of a file stand for at one place.
type scope struct {
	names map[string]*definition
	outer *scope
}

// definition is a name's value, under data: or as one of an axis.
type definition struct {
	key   *yaml.Node
	value *yaml.Node
	used  bool
}

func (s *scope) find(name string) *definition {
	for ; s != nil; s = s.outer {
		if d := s.names[name]; d != nil {
			return d
		}
	}
	return nil
}

// known lists the names in reach, for suggestions.
func (s *scope) known() []string {
	var names []string
	for ; s != nil; s = s.outer {
		for name := range s.names {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// maxExpansion bounds what the names of one file expand to, over all its cases
// and combinations: about so many bytes.
const maxExpansion = 64 << 20

// spend takes n from what the file's names may still expand to.
func (f *file) spend(at *yaml.Node, n int) bool {
	if f.left >= 0 && f.left < n {
		f.problem(at, "the names and matrices of this file expand to more than %d MiB", maxExpansion>>20)
	}
	f.left -= n
	return f.left >= 0
}

// weight is about how many bytes a tree takes.
func weight(n *yaml.Node) int {
	total := 32 + len(n.Value)
	for _, child := range n.Content {
		total += weight(child)
	}
	return total
}

// expand returns the tree under n with the names of the scope filled in. What
// has no name in it is shared, not copied. A value takes the place of its name,
// while what is inside it keeps the place where it was written. Names that the
// scope does not have are left: they may be captures.
func (f *file) expand(n *yaml.Node, s *scope) *yaml.Node {
	if !f.spend(n, 32) {
		return n
	}
	if n.Kind == yaml.ScalarNode {
		return f.expandScalar(n, s)
	}
	result := n
	for i, child := range n.Content {
		if n.Kind == yaml.MappingNode && i%2 == 0 {
			continue
		}
		if filled := f.expand(child, s); filled != child {
			if result == n {
				result = clone(n)
			}
			result.Content[i] = filled
		}
	}
	return result
}

func (f *file) expandScalar(n *yaml.Node, s *scope) *yaml.Node {
	if !strings.Contains(n.Value, "$") {
		return n
	}
	if name, ok := whole(n.Value); ok {
		found := f.lookUp(n, name, s)
		if found == nil || !f.spend(n, weight(found)) {
			return n
		}
		filled := *found
		filled.Line, filled.Column = n.Line, n.Column
		return &filled
	}
	return f.fill(n, s)
}

// fill fills the names into a longer text.
func (f *file) fill(n *yaml.Node, s *scope) *yaml.Node {
	var b strings.Builder
	for _, t := range tokens(n.Value) {
		piece := t.raw
		if found := f.lookUp(n, t.name, s); found != nil {
			if found.Kind != yaml.ScalarNode {
				f.problem(n, "$%s is %s, which cannot stand inside a text", t.name, describe(found))
				return &yaml.Node{Kind: broken, Line: n.Line, Column: n.Column}
			}
			piece = found.Value
		}
		if !f.spend(n, len(piece)) {
			break
		}
		b.WriteString(piece)
	}
	filled := *n
	filled.Value = b.String()
	return &filled
}

// lookUp finds what a name and its parts, "keys.0", stand for; nil when the
// scope does not have the name.
func (f *file) lookUp(at *yaml.Node, name string, s *scope) *yaml.Node {
	parts := strings.Split(name, ".")
	d := s.find(parts[0])
	if d == nil {
		return nil
	}
	d.used = true
	found := d.value
	for i, part := range parts[1:] {
		whole := strings.Join(parts[:i+1], ".")
		if found = f.part(at, whole, found, part); found == nil {
			return &yaml.Node{Kind: broken}
		}
	}
	return found
}

// broken is the kind of a node in whose place a problem was noted already.
const broken yaml.Kind = 0

// part finds a part of a value: an index of a list or a key of a mapping.
func (f *file) part(at *yaml.Node, name string, of *yaml.Node, part string) *yaml.Node {
	switch of.Kind {
	case yaml.SequenceNode:
		if i, err := strconv.Atoi(part); err == nil && i >= 0 && i < len(of.Content) {
			return of.Content[i]
		}
		f.problem(at, "$%s is a list of %d; it has no $%s.%s", name, len(of.Content), name, part)
	case yaml.MappingNode:
		if found := child(of, part); found != nil {
			return found
		}
		var keys []string
		for key := range pairs(of) {
			keys = append(keys, key.Value)
		}
		f.problem(at, "$%s has no part %q%s", name, part, suggest(part, keys))
	default:
		f.problem(at, "$%s is %s, which has no parts", name, describe(of))
	}
	return nil
}
