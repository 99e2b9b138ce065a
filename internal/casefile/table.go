package casefile

import (
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"wsprobe/internal/wire"
)

// value is a kind of value: how the loader reads it and how the schema
// describes it, side by side so that the two cannot drift apart. A read notes
// its problems and returns what it could make of the node.
type value[T any] struct {
	schema schema
	read   func(*reader, *yaml.Node) T
}

// table is the closed list of keys of one kind of mapping. The loader and the
// schema both work from it.
type table[T any] struct {
	name  string // as problems call the mapping: "step"
	about string
	like  string // an example, for where something else stands
	one   string // says that exactly one of the alternatives must be there
	some  bool   // at least one key must be there
	keys  []key[T]
}

// key is a key of a mapping that is read into a T.
type key[T any] struct {
	name        string
	about       string
	required    bool
	alternative bool     // one of those that exclude each other
	beside      []string // the alternatives that it goes with; nil: all
	with        string   // the key that must stand beside it
	dialects    func(wire.Traits) bool
	schema      schema
	read        func(*reader, *yaml.Node, *T)
}

// field makes a key from a kind of value and from where the value goes.
func field[T, V any](name, about string, v value[V], put func(*T, V)) key[T] {
	return key[T]{name: name, about: about, schema: v.schema,
		read: func(r *reader, n *yaml.Node, into *T) { put(into, v.read(r, n)) }}
}

func (k key[T]) must() key[T]                              { k.required = true; return k }
func (k key[T]) alt() key[T]                               { k.alternative = true; return k }
func (k key[T]) only(verbs ...string) key[T]               { k.beside = verbs; return k }
func (k key[T]) and(name string) key[T]                    { k.with = name; return k }
func (k key[T]) in(dialects func(wire.Traits) bool) key[T] { k.dialects = dialects; return k }

// Where a key exists.
func framed(t wire.Traits) bool { return !t.Hixie }
func hixie(t wire.Traits) bool  { return t.Hixie }

// entry is a key of a mapping as the file has it, and what is behind it.
type entry struct{ key, value *yaml.Node }

// read reads a mapping into a T, in the order of the table. It returns the name
// of the alternative that was there.
func (t *table[T]) read(r *reader, n *yaml.Node, into *T) string {
	if n.Kind != yaml.MappingNode {
		if n.Kind != broken {
			r.problem(n, "%s is a mapping such as %s, not %s", article(t.name), t.like, describe(n))
		}
		return ""
	}
	entries, unknown := t.entries(r, n)
	chosen := t.choose(r, n, entries, unknown)
	t.complete(r, n, entries)
	for i := range t.keys {
		if e := entries[i]; e.key != nil {
			t.fits(r, &t.keys[i], e, chosen, entries)
			t.keys[i].read(r, e.value, into)
		}
	}
	return chosen
}

// entries returns what the mapping has for each key of the table, and whether
// it has others.
func (t *table[T]) entries(r *reader, n *yaml.Node) (entries []entry, unknown bool) {
	entries = make([]entry, len(t.keys))
	for key, value := range pairs(n) {
		i := t.index(key.Value)
		switch {
		case i < 0:
			r.problem(key, "%s has no key %q%s", t.name, cut(key.Value), suggest(key.Value, t.names()))
			unknown = true
		case entries[i].key == nil:
			entries[i] = entry{key, value}
		}
	}
	return entries, unknown
}

// index finds a key of the table, or returns -1.
func (t *table[T]) index(name string) int {
	for i := range t.keys {
		if t.keys[i].name == name {
			return i
		}
	}
	return -1
}

// names returns the keys of the table.
func (t *table[T]) names() []string {
	return t.namesWhere(func(*key[T]) bool { return true })
}

// alternatives returns the keys that exclude each other.
func (t *table[T]) alternatives() []string {
	return t.namesWhere(func(k *key[T]) bool { return k.alternative })
}

func (t *table[T]) namesWhere(wanted func(*key[T]) bool) []string {
	var names []string
	for i := range t.keys {
		if wanted(&t.keys[i]) {
			names = append(names, t.keys[i].name)
		}
	}
	return names
}

// isAlternative reports whether a word is one of the keys that exclude each other.
func (t *table[T]) isAlternative(word string) bool {
	i := t.index(word)
	return i >= 0 && t.keys[i].alternative
}

// choose returns the alternative that is there. Where none is, an unknown key
// may have been meant for it.
func (t *table[T]) choose(r *reader, n *yaml.Node, entries []entry, unknown bool) string {
	if t.one == "" {
		return ""
	}
	var chosen []string
	for key := range pairs(n) {
		if t.isAlternative(key.Value) && entries[t.index(key.Value)].key == key {
			chosen = append(chosen, key.Value)
		}
	}
	switch len(chosen) {
	case 0:
		if !unknown {
			r.problem(n, "%s; this one has none of %s", t.one, enumerate(t.alternatives(), "and"))
		}
		return ""
	case 1:
		return chosen[0]
	case 2:
		r.problem(n, "%s; this one has both %s", t.one, enumerate(chosen, "and"))
	default:
		r.problem(n, "%s; this one has %s", t.one, enumerate(chosen, "and"))
	}
	return ""
}

// complete notes what is missing.
func (t *table[T]) complete(r *reader, n *yaml.Node, entries []entry) {
	var missing []string
	for i := range t.keys {
		if t.keys[i].required && entries[i].key == nil {
			missing = append(missing, t.keys[i].name)
		}
	}
	if len(missing) > 0 {
		r.problem(n, "%s has no %s", t.name, enumerate(missing, "and no"))
	}
	if t.some && len(n.Content) == 0 {
		r.problem(n, "%s says nothing; write one such as %s", article(t.name), t.like)
	}
}

// fits checks a key against the dialect and against the other keys.
func (t *table[T]) fits(r *reader, k *key[T], e entry, chosen string, entries []entry) {
	if k.dialects != nil && r.dialect != wire.DialectUnknown && !k.dialects(r.dialect.Traits()) {
		r.problem(e.key, "%s has no key %q in %s", t.name, k.name, r.dialect)
	}
	if chosen != "" && !k.goesWith(chosen) {
		r.problem(e.key, "%s goes with %s, not with %s", k.name, enumerate(k.beside, "or"), chosen)
	}
	if k.with != "" && entries[t.index(k.with)].key == nil {
		r.problem(e.key, "%s goes with %s, which is not there", k.name, k.with)
	}
}

// goesWith reports whether the key may stand beside that alternative.
func (k *key[T]) goesWith(alternative string) bool {
	return k.beside == nil || slices.Contains(k.beside, alternative)
}

// enumerate joins words as a sentence does: "a, b and c".
func enumerate(words []string, last string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:len(words)-1], ", ") + " " + last + " " + words[len(words)-1]
}

func article(noun string) string {
	if strings.ContainsRune("aeiou", rune(noun[0])) {
		return "an " + noun
	}
	return "a " + noun
}
