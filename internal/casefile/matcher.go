package casefile

import (
	"regexp"
	"strings"

	"gopkg.in/yaml.v3"
)

// A regular expression can come to a program much larger than its text.
const (
	maxRegexp  = 200
	regexpCost = 32 << 10
)

var regexpForm = regexp.MustCompile(`(?s)^/(.*)/$`)

// regexpValue is a regular expression between slashes.
var regexpValue = value[*regexp.Regexp]{
	schema: schema{"type": "string"},
	read: func(r *reader, n *yaml.Node) *regexp.Regexp {
		s, ok := r.scalar(n, "a regular expression")
		if !ok {
			return nil
		}
		m := regexpForm.FindStringSubmatch(s)
		if m == nil || len(s) > maxRegexp {
			r.problem(n, "%q is not a regular expression between slashes, of at most %d bytes", cut(s), maxRegexp)
			return nil
		}
		if !r.spend(n, regexpCost) {
			return nil
		}
		re, err := regexp.Compile(m[1])
		if err != nil {
			r.problem(n, "%q is not a regular expression: %s", cut(s), strings.TrimPrefix(err.Error(), "error parsing regexp: "))
		}
		return re
	},
}

var matchTable = table[Match]{
	name: "match", like: "{match: /regex/}", about: "A regular expression that the bytes must match somewhere.",
	keys: []key[Match]{
		field("match", "A regular expression (RE2) between slashes.", regexpValue, func(m *Match, re *regexp.Regexp) { m.Regexp = re }).must(),
	},
}

// matchValue is what a payload or a field must be.
var matchValue = value[Match]{
	schema: anyOf(payloadValue.schema, ref("match")),
	read: func(r *reader, n *yaml.Node) Match {
		var m Match
		switch {
		case isWord(n, "any"):
			m.Any = true
		case child(n, "match") != nil:
			matchTable.read(r, n, &m)
		default:
			p := payloadValue.read(r, n)
			m.Exact = &p
		}
		return m
	},
}
