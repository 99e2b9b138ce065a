package casefile

import (
	"slices"
	"time"

	"gopkg.in/yaml.v3"

	"wsprobe/internal/rules"
	"wsprobe/internal/wire"
)

// draft is a case while it is read.
type draft struct {
	Case
	dialect wire.Dialect
	clients *yaml.Node
	steps   []*yaml.Node
}

var caseTable = table[draft]{
	name: "case", like: "id: ping-empty, about: ..., rule: ..., steps: [...]", about: "A story of one connection, or of several named ones.",
	keys: []key[draft]{
		field("id", "The case's name in the suite.", kebabValue("an id"), func(d *draft, v string) { d.ID = v }).must(),
		field("about", "One sentence: what is true of a good server.", stringValue("what the case is about"),
			func(d *draft, v string) { d.About = v }).must(),
		field("rule", "The rule that every expectation stands for that has none of its own.", ruleValue,
			func(d *draft, id rules.ID) { d.Rule = id }).must(),
		field("alias", "What others call the case: autobahn 6.4.1.", oneOrMore("aliases", stringValue("an alias")),
			func(d *draft, v []string) { d.Aliases = v }),
		field("tags", "Words to pick the case by, beside the suite's.", tagsValue, func(d *draft, v []string) { d.Tags = v }),
		field("needs", "What a target must have, beside what the suite needs.", needsValue, func(d *draft, v []string) { d.Needs = v }),
		field("dialect", "The dialect, where not the suite's.", dialectValue, func(d *draft, v wire.Dialect) { d.dialect = v }),
		field("matrix", "Axes: lists of values, or labels with values. The case is played for each combination.", rawValue(matrixSchema),
			func(*draft, *yaml.Node) {}),
		field("clients", "Named connections, in place of the suite's.", rawValue(clientsSchema),
			func(d *draft, n *yaml.Node) { d.clients = n }),
		field("timeout", "How long the case may take.", durationValue, func(d *draft, v time.Duration) { d.Timeout = v }),
		field("steps", "What is done and expected, in order.", stepsValue, func(d *draft, n []*yaml.Node) { d.steps = n }).must(),
	},
}

// cases reads a case, once for each combination of its matrix.
func (f *file) cases(s *suite, n *yaml.Node, data *scope) []*Case {
	f.problems.newRound()
	axes, ok := f.matrix(n, data)
	if !ok {
		return nil
	}
	var list []*Case
	for combination := range combinations(axes) {
		f.problems.newRound()
		found := f.problems.found
		c := f.combination(s, n, &scope{names: combination.names, outer: data})
		c.ID += combination.suffix
		if f.problems.found == found {
			list = append(list, c)
		}
		if f.left < 0 {
			return nil
		}
	}
	for _, axis := range axes {
		if !axis.used() {
			f.problem(axis.key, "nothing uses $%s", axis.key.Value)
			return nil
		}
	}
	return list
}

// combination reads a case with the values of one combination filled in.
func (f *file) combination(s *suite, n *yaml.Node, names *scope) *Case {
	r := &reader{file: f, scope: names, dialect: s.dialect, requests: map[string]bool{}}
	d := draft{dialect: s.dialect, clients: s.clients}
	d.Timeout = s.timeout
	caseTable.read(r, r.expandCase(n, names), &d)
	if d.clients == s.clients && s.clients != nil {
		d.clients = r.expand(s.clients, names)
	}
	d.Pos, d.Suite, d.ID = f.pos(n), s.name, s.name+"/"+d.ID
	d.Needs, d.Tags = union(s.needs, d.Needs), union(s.tags, d.Tags)
	r.dialect, d.Dialect = d.dialect, d.dialect
	d.Clients = r.namedClients(d.clients)
	for _, step := range d.steps {
		d.Steps = append(d.Steps, r.step(step, d.Rule))
	}
	r.slips()
	f.keep(&d.Case)
	return &d.Case
}

// expandCase fills the names into a case, its id and matrix left as they are.
func (r *reader) expandCase(n *yaml.Node, names *scope) *yaml.Node {
	if n.Kind != yaml.MappingNode {
		return n
	}
	filled := clone(n)
	for i := 0; i+1 < len(n.Content); i += 2 {
		if key := n.Content[i].Value; key != "matrix" && key != "id" {
			filled.Content[i+1] = r.expand(n.Content[i+1], names)
		}
	}
	return filled
}

// union returns the words of both lists, each once.
func union(a, b []string) []string {
	var list []string
	for _, word := range slices.Concat(a, b) {
		if !slices.Contains(list, word) {
			list = append(list, word)
		}
	}
	return list
}

// namedClients reads the clients of a case.
func (r *reader) namedClients(n *yaml.Node) []Client {
	if n == nil {
		return []Client{{}}
	}
	var list []Client
	for key, value := range r.members(n, "clients, such as {alice: {path: /chat}}") {
		if !kebab.MatchString(key.Value) || slices.Contains(stepTable.names(), key.Value) {
			r.problem(key, "%q cannot be a client: lower case and digits with hyphens, and no key of a step", cut(key.Value))
			continue
		}
		r.clients = append(r.clients, key.Value)
		list = append(list, Client{Name: key.Value, Request: *openValue.read(r, value)})
	}
	return list
}
