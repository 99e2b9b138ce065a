package casefile

import (
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"gopkg.in/yaml.v3"

	"wsprobe/internal/wire"
)

// needWords are what a target can have, with what each stands for.
var needWords = []struct{ word, about string }{
	{"echo", "sends each message back"},
	{"permessage-deflate", "compresses (RFC 7692)"},
	{"hixie-75", "speaks draft-hixie-thewebsocketprotocol-75"},
	{"hixie-76", "speaks draft-hixie-thewebsocketprotocol-76"},
	{"hybi-07", "speaks version 7 of the protocol"},
	{"hybi-08", "speaks version 8 of the protocol"},
	{"chat", "speaks the chat protocol of the bundled server"},
	{"subprotocol", "agrees to a subprotocol"},
	{"404", "refuses unknown paths"},
}

// Needs lists the words that a case may need and a target may have.
func Needs() []string {
	var list []string
	for _, n := range needWords {
		list = append(list, n.word)
	}
	return list
}

var kebab = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)

// kebabValue is a name in lower case with hyphens.
func kebabValue(wanted string) value[string] {
	return value[string]{
		schema: anyOf(schema{"type": "string", "pattern": kebab.String()}, schema{"type": "integer"}),
		read: func(r *reader, n *yaml.Node) string {
			s, ok := r.scalar(n, wanted)
			if ok && !kebab.MatchString(s) {
				r.problem(n, "%q is not %s: lower case, digits and single hyphens, such as ping-empty", cut(s), wanted)
			}
			return s
		},
	}
}

var needsValue = oneOrMore("needs", needValue())

// needValue is something that a target can have.
func needValue() value[string] {
	v := wordValue("what a target can have", Needs())
	var words []schema
	for _, n := range needWords {
		words = append(words, described(enum([]string{n.word}), "The target "+n.about+"."))
	}
	v.schema = orName(anyOf(words...))
	return v
}

// suite is a case file, its cases not read yet.
type suite struct {
	name    string
	about   string
	needs   []string
	tags    []string
	dialect wire.Dialect
	timeout time.Duration
	rules   *yaml.Node
	data    *yaml.Node
	clients *yaml.Node
	cases   []*yaml.Node
}

var suiteTable = table[suite]{
	name: "suite", like: "suite: ping, about: ..., cases: [...]", about: "A case file.",
	keys: []key[suite]{
		field("suite", "The name of the file without .yaml, and the first part of every id.", kebabValue("the name of a suite"),
			func(s *suite, v string) { s.name = v }).must(),
		field("about", "What the cases have in common.", stringValue("what the suite is about"),
			func(s *suite, v string) { s.about = v }).must(),
		field("needs", "What a target must have for any of the cases.", needsValue, func(s *suite, v []string) { s.needs = v }),
		field("dialect", "The dialect of the cases that do not say otherwise; rfc6455 if left out.", dialectValue,
			func(s *suite, d wire.Dialect) { s.dialect = d }),
		field("tags", "Words to pick the cases by.", tagsValue, func(s *suite, v []string) { s.tags = v }),
		field("timeout", "How long each case may take.", durationValue, func(s *suite, d time.Duration) { s.timeout = d }),
		field("rules", "Rules of the suite's own, by id.", rawValue(rulesSchema), func(s *suite, n *yaml.Node) { s.rules = n }),
		field("data", "Values by name, for $name.", rawValue(dataSchema), func(s *suite, n *yaml.Node) { s.data = n }),
		field("clients", "Named connections, and how each opens.", rawValue(clientsSchema),
			func(s *suite, n *yaml.Node) { s.clients = n }),
		field("cases", "The cases.", casesValue, func(s *suite, n []*yaml.Node) { s.cases = n }).must(),
	},
}

var (
	tagsValue     = oneOrMore("tags", kebabValue("a tag"))
	casesValue    = listOf("cases", rawValue(ref("case")))
	stepsValue    = listOf("steps", rawValue(orName(ref("step"))))
	dataSchema    = named(simpleName, schema{})
	clientsSchema = named(kebab, openValue.schema)
	matrixSchema  = named(simpleName, anyOf(schema{"type": "array", "minItems": 1}, schema{"type": "object", "minProperties": 1}))
)

// suite reads a case file from its root.
func (f *file) suite(root *yaml.Node) []*Case {
	r := &reader{file: f, dialect: wire.RFC6455}
	s := suite{dialect: wire.RFC6455}
	suiteTable.read(r, root, &s)
	if base := strings.TrimSuffix(filepath.Base(f.name), filepath.Ext(f.name)); s.name != "" && s.name != base {
		f.problem(child(root, "suite"), "suite %q is in a file named %q; the two names must be the same", s.name, base)
	}
	data := f.data(s.data)
	f.ownRules(s.rules, s.name)
	var list []*Case
	ids := map[string]int{}
	for _, n := range s.cases {
		cases := f.cases(&s, n, data)
		if f.uniqueID(n, ids) {
			list = append(list, cases...)
		}
	}
	for _, d := range data.names {
		if !d.used && len(s.cases) > 0 && f.left >= 0 {
			f.problem(d.key, "nothing uses $%s", d.key.Value)
		}
	}
	if len(s.cases) > 0 && f.left >= 0 {
		f.unusedRules()
	}
	return list
}

// uniqueID notes a case whose id an earlier one has.
func (f *file) uniqueID(n *yaml.Node, ids map[string]int) bool {
	id := child(n, "id")
	if id == nil || id.Kind != yaml.ScalarNode {
		return true
	}
	line, twice := ids[id.Value]
	if twice {
		f.problem(id, "the case in line %d has the id %q already", line, cut(id.Value))
	} else {
		ids[id.Value] = id.Line
	}
	return !twice
}

// data reads the values under data:. One may use those above it.
func (f *file) data(n *yaml.Node) *scope {
	s := &scope{names: map[string]*definition{}}
	if n == nil {
		return s
	}
	r := &reader{file: f, scope: s, dialect: wire.RFC6455}
	for key, value := range r.members(n, "names with values") {
		if !f.definable(key) {
			continue
		}
		value = f.expand(value, s)
		r.noUnknown(value, n)
		s.names[key.Value] = &definition{key: key, value: value}
	}
	return s
}

// definable notes a key that cannot be a name.
func (f *file) definable(key *yaml.Node) bool {
	switch {
	case !simpleName.MatchString(key.Value):
		f.problem(key, "%q cannot be a name: letters, digits, _ and -, a letter first", cut(key.Value))
	case key.Value == "target" || key.Value == "play":
		f.problem(key, "%s is taken, for %s", key.Value, "$"+strings.Join(proberNames, ", $"))
	default:
		return true
	}
	return false
}

// noUnknown notes the names in a value that nothing above it in data has.
func (r *reader) noUnknown(n, data *yaml.Node) {
	for _, child := range n.Content {
		r.noUnknown(child, data)
	}
	if n.Kind != yaml.ScalarNode || !strings.Contains(n.Value, "$") {
		return
	}
	for _, t := range tokens(n.Value) {
		first, _, _ := strings.Cut(t.name, ".")
		switch {
		case t.name == "" || r.captured(t.name):
		case child(data, first) != nil:
			r.problem(n, "$%s is not defined yet; a value may use the names above it", first)
		default:
			r.unknownName(n, t.name)
		}
	}
}
