package casefile

import (
	"regexp"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"wsprobe/internal/rules"
)

// A suite about a protocol of its user's own has rules of its own: the catalogue
// quotes specifications that everyone knows. It is still a rule's level that decides
// verdicts, and a rule's text that a report quotes, never a case.

// ownRule is a rule that a suite defines.
type ownRule struct {
	rules.Rule
	key  *yaml.Node
	used bool
}

var ruleTable = table[rules.Rule]{
	name: "rule", like: "level: MUST, text: ...", about: "A rule of the suite's own.",
	keys: []key[rules.Rule]{
		field("level", "What a miss comes to: MUST is fail, SHOULD non-strict, MAY info.",
			wordValue("a level", []string{string(rules.Must), string(rules.Should), string(rules.May)}),
			func(r *rules.Rule, v string) { r.Level = rules.Level(v) }).must(),
		field("text", "The sentence that a good server keeps to.", stringValue("a sentence"),
			func(r *rules.Rule, v string) { r.Quote, r.About = v, v }).must(),
		field("source", "Where that is written; the suite, if left out.", stringValue("a document"),
			func(r *rules.Rule, v string) { r.Document = v }),
	},
}

// ruleName is the form of a rule's id.
var ruleName = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*\.[a-z0-9]+(-[a-z0-9]+)*$`)

// knownTopic finds the ids whose topic is one of the catalogue's, and theirs alone:
// a misspelled id is never taken for somebody's own.
var knownTopic = regexp.MustCompile(`^(` + strings.Join(topics(), "|") + `)\.`)

func topics() (list []string) {
	for _, id := range knownRules {
		topic, _, _ := strings.Cut(id, ".")
		list = append(list, regexp.QuoteMeta(topic))
	}
	slices.Sort(list)
	return slices.Compact(list)
}

var (
	ownSchema   = schema{"type": "string", "pattern": ruleName.String(), "not": schema{"pattern": knownTopic.String()}}
	rulesSchema = schema{"type": "object", "minProperties": 1, "propertyNames": ownSchema, "additionalProperties": ruleTable.schema()}
)

// ownRules reads the rules of a suite.
func (f *file) ownRules(n *yaml.Node, suite string) {
	if n == nil {
		return
	}
	r := &reader{file: f, scope: &scope{}}
	f.rules = map[rules.ID]*ownRule{}
	for key, value := range r.members(n, "rules, such as {shop.price: {level: MUST, text: ...}}") {
		own := &ownRule{Rule: rules.Rule{ID: rules.ID(key.Value), Document: "suite " + suite}, key: key}
		ruleTable.read(r, value, &own.Rule)
		switch {
		case !ruleName.MatchString(key.Value):
			r.problem(key, "%q cannot be a rule: two names with a dot between them, such as shop.price", cut(key.Value))
		case knownTopic.MatchString(key.Value):
			topic, _, _ := strings.Cut(key.Value, ".")
			r.problem(key, "the rules of %s are the catalogue's; one's own have another first name", topic)
		default:
			f.rules[own.ID] = own
		}
	}
}

// unusedRules notes the rules that no case is about.
func (f *file) unusedRules() {
	var unused []*ownRule
	for _, own := range f.rules {
		if !own.used {
			unused = append(unused, own)
		}
	}
	slices.SortFunc(unused, func(a, b *ownRule) int { return a.key.Line - b.key.Line })
	for _, own := range unused {
		f.problem(own.key, "nothing uses the rule %s", own.ID)
	}
}

// findRule finds a rule of the suite's own, or of the catalogue.
func (f *file) findRule(id rules.ID) bool {
	if own := f.rules[id]; own != nil {
		own.used = true
		return true
	}
	_, known := rules.Get(id)
	return known
}

// ruleIDs lists the ids that a case can have: those of the suite first.
func (f *file) ruleIDs() []string {
	var ids []string
	for id := range f.rules {
		ids = append(ids, string(id))
	}
	slices.Sort(ids)
	return append(ids, knownRules...)
}

// keep gives a case the suite's own rules that it is about.
func (f *file) keep(c *Case) {
	note := func(id rules.ID) {
		if own := f.rules[id]; own != nil && !slices.ContainsFunc(c.Rules, func(r rules.Rule) bool { return r.ID == id }) {
			c.Rules = append(c.Rules, own.Rule)
		}
	}
	note(c.Rule)
	for i := range c.Steps {
		note(c.Steps[i].Rule)
	}
}

// FindRule finds a rule that the case is about: one of its suite's own, or of the
// catalogue.
func (c *Case) FindRule(id rules.ID) (rules.Rule, bool) {
	for _, r := range c.Rules {
		if r.ID == id {
			return r, true
		}
	}
	return rules.Get(id)
}
