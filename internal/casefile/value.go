package casefile

import (
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"gopkg.in/yaml.v3"

	"wsprobe/internal/rules"
	"wsprobe/internal/wire"
)

// The limits of durations and of how often a frame is sent.
const (
	maxDuration = time.Hour
	maxTimes    = 1_000_000
)

// boolValue is true or false, and none of the other words of YAML.
var boolValue = value[bool]{
	schema: orName(schema{"type": "boolean"}),
	read: func(r *reader, n *yaml.Node) bool {
		s, ok := r.scalar(n, "true or false")
		switch {
		case !ok:
		case quoted(n) && (s == "true" || s == "false"):
			r.problem(n, "%q is a text; without the quotes it is %s", s, s)
		case s != "true" && s != "false":
			r.problem(n, "%q is neither true nor false", cut(s))
		}
		return s == "true"
	},
}

var (
	decimal     = regexp.MustCompile(`^(0|[1-9][0-9]*)$`)
	hexadecimal = regexp.MustCompile(`^0x[0-9a-fA-F]+$`)
)

const aNumber = "a whole number such as 8"

// number is a whole number in decimal; wanted says what it is.
func number(wanted string, low, high uint64) value[uint64] {
	return value[uint64]{
		schema: orName(schema{"type": "integer", "minimum": low, "maximum": high}),
		read: func(r *reader, n *yaml.Node) uint64 {
			s, ok := r.scalar(n, wanted)
			switch {
			case !ok:
			case quoted(n):
				r.problem(n, "%q is a text; a number has no quotes", cut(s))
			case !decimal.MatchString(s):
				r.problem(n, "%q is not %s", cut(s), wanted)
			default:
				return r.between(n, s, 10, low, high)
			}
			return low
		},
	}
}

// between notes a number that is out of its bounds.
func (r *reader) between(n *yaml.Node, digits string, base int, low, high uint64) uint64 {
	v, err := strconv.ParseUint(digits, base, 64)
	switch {
	case err == nil && v >= low && v <= high:
		return v
	case high == math.MaxUint64:
		r.problem(n, "%s does not fit 64 bits", cut(n.Value))
	default:
		r.problem(n, "%s is not between %d and %d", cut(n.Value), low, high)
	}
	return low
}

// bits is a number whose bits matter, so that it may be written in hexadecimal.
func bits(wanted string, high uint64) value[uint64] {
	plain := number(wanted, 0, high)
	return value[uint64]{
		schema: plain.schema,
		read: func(r *reader, n *yaml.Node) uint64 {
			if s, isHex := strings.CutPrefix(n.Value, "0x"); isHex && !quoted(n) && hexadecimal.MatchString(n.Value) {
				return r.between(n, s, 16, 0, high)
			}
			return plain.read(r, n)
		},
	}
}

var durationForm = regexp.MustCompile(`^[0-9]{1,9}(\.[0-9]{1,9})?(us|ms|s|m)$`)

// durationValue is a length of time with its unit.
var durationValue = value[time.Duration]{
	schema: orName(schema{"type": "string", "pattern": durationForm.String()}),
	read: func(r *reader, n *yaml.Node) time.Duration {
		s, ok := r.scalar(n, "a duration")
		if !ok {
			return 0
		}
		d, err := time.ParseDuration(s)
		switch {
		case err != nil || !durationForm.MatchString(s):
			r.problem(n, "%q is not a duration such as 200ms or 2s", cut(s))
		case d <= 0 || d > maxDuration:
			r.problem(n, "%s is not between 1us and 60m", s)
		}
		return d
	},
}

// stringValue is a text that is known before the case runs.
func stringValue(wanted string) value[string] {
	return value[string]{
		schema: textSchema,
		read: func(r *reader, n *yaml.Node) string {
			s, ok := r.scalar(n, wanted)
			if ok && s == "" {
				r.problem(n, "wanted %s, not an empty text", wanted)
			}
			return s
		},
	}
}

// textValue is a text that may hold captures.
func textValue(wanted string) value[Text] {
	return value[Text]{
		schema: textSchema,
		read: func(r *reader, n *yaml.Node) Text {
			text, _ := r.parts(n, wanted)
			return text
		},
	}
}

// wordValue is one of a closed list of words.
func wordValue(wanted string, words []string) value[string] {
	return value[string]{
		schema: orName(enum(words)),
		read: func(r *reader, n *yaml.Node) string {
			s, ok := r.scalar(n, wanted)
			if !ok {
				return ""
			}
			if slices.Contains(words, s) {
				return s
			}
			r.problem(n, "%q is not %s (%s)%s", cut(s), wanted, enumerate(words, "or"), suggest(s, words))
			return ""
		},
	}
}

// oneOrMore is a value or a list of such values.
func oneOrMore[T any](wanted string, v value[T]) value[[]T] {
	return value[[]T]{
		schema: anyOf(v.schema, schema{"type": "array", "minItems": 1, "items": v.schema}),
		read: func(r *reader, n *yaml.Node) []T {
			if n.Kind != yaml.SequenceNode {
				return []T{v.read(r, n)}
			}
			return listOf(wanted, v).read(r, n)
		},
	}
}

// listOf is a list of one or more values.
func listOf[T any](wanted string, v value[T]) value[[]T] {
	return value[[]T]{
		schema: orName(schema{"type": "array", "minItems": 1, "items": v.schema}),
		read: func(r *reader, n *yaml.Node) []T {
			var list []T
			for _, item := range r.items(n, wanted) {
				list = append(list, v.read(r, item))
			}
			return list
		},
	}
}

// rawValue is a node that is interpreted later.
func rawValue(described schema) value[*yaml.Node] {
	return value[*yaml.Node]{schema: described, read: func(_ *reader, n *yaml.Node) *yaml.Node { return n }}
}

// dialectValue is the name of a dialect.
var dialectValue = value[wire.Dialect]{
	schema: dialectWords.schema,
	read: func(r *reader, n *yaml.Node) wire.Dialect {
		d, _ := wire.ParseDialect(dialectWords.read(r, n))
		return d
	},
}

var dialectWords = wordValue("a dialect", dialectNames())

func dialectNames() []string {
	var names []string
	for _, d := range wire.Dialects() {
		names = append(names, d.String())
	}
	return names
}

// ruleValue is the id of a rule of the catalogue, or of the suite's own.
var ruleValue = value[rules.ID]{
	schema: orName(ref("rule")),
	read: func(r *reader, n *yaml.Node) rules.ID {
		s, ok := r.scalar(n, "the id of a rule")
		if !ok {
			return ""
		}
		if !r.findRule(rules.ID(s)) {
			r.problem(n, "the catalogue has no rule %q%s", cut(s), suggest(s, r.ruleIDs()))
		}
		return rules.ID(s)
	},
}

var knownRules = ruleIDs()

func ruleIDs() []string {
	var ids []string
	for _, rule := range rules.All() {
		ids = append(ids, string(rule.ID))
	}
	return ids
}
