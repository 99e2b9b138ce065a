package casefile

import (
	"encoding/json"
	"maps"
	"regexp"
	"slices"
	"strconv"
)

// schema is a JSON Schema.
type schema = map[string]any

// Schema returns the JSON Schema of a case file, made from the loader's tables.
func Schema() []byte {
	root := suiteTable.schema()
	maps.Copy(root, schema{
		"$schema": "https://json-schema.org/draft/2020-12/schema",
		"title":   "wsprobe case file",
		"$defs":   definitions(),
	})
	text, err := json.MarshalIndent(root, "", "  ")
	if err != nil {
		panic(err) // the tables hold nothing that JSON cannot
	}
	return append(text, '\n')
}

func definitions() schema {
	return schema{
		"name": schema{"type": "string", "pattern": `\$`,
			"description": "$name: a value of data or matrix, or a capture. ${name} inside a longer text."},
		"rule": described(anyOf(enum(knownRules), ownSchema),
			"The id of a rule of the catalogue, or of the suite's own."),
		"case":            caseTable.schema(),
		"step":            stepSchema(),
		"action":          stepTable.schema(),
		"opening":         openTable.schema(),
		"request":         requestTable.schema(),
		"response":        responseTable.schema(),
		"frame":           frameTable.schema(),
		"echo":            echoTable.schema(),
		"length":          lengthTable.schema(),
		"close-body":      closeBodyTable.schema(),
		"close-step":      closeStepTable.schema(),
		"payload":         payloadTable.schema(),
		"repeated":        repeatedTable.schema(),
		"match":           matchTable.schema(),
		"event":           eventTable.schema(),
		"expected-close":  closeMatchTable.schema(),
		"expected-frame":  expectFrameTable.schema(),
		"expected-length": expectLengthTable.schema(),
	}
}

// stepSchema describes a step, whose verb may stand behind a client's name.
func stepSchema() schema {
	s := stepTable.schema()
	modifiers := stepTable.namesWhere(func(k *key[Step]) bool { return !k.alternative })
	verbs := requireEach(stepTable.alternatives())
	byClient := schema{"not": anyOf(append(slices.Clone(verbs), schema{"propertyNames": schema{"enum": modifiers}})...)}
	s["additionalProperties"] = described(orName(ref("action")), "What a client of that name does.")
	s["oneOf"] = append(slices.Clone(verbs), byClient)
	s["if"] = anyOf(verbs...)
	s["then"] = schema{"propertyNames": schema{"enum": stepTable.names()}}
	return s
}

// schema describes the mapping that the table reads.
func (t *table[T]) schema() schema {
	properties, dependent, required := schema{}, schema{}, []string{}
	for i := range t.keys {
		k := &t.keys[i]
		properties[k.name] = described(k.schema, k.about)
		if k.required {
			required = append(required, k.name)
		}
		if apart := t.apart(k); len(apart) > 0 {
			dependent[k.name] = schema{"not": anyOf(apart...)}
		}
		if k.with != "" {
			dependent[k.name] = require(k.with)
		}
	}
	s := schema{"type": "object", "description": t.about, "properties": properties, "additionalProperties": false}
	if len(required) > 0 {
		s["required"] = required
	}
	if len(dependent) > 0 {
		s["dependentSchemas"] = dependent
	}
	if t.some {
		s["minProperties"] = 1
	}
	if t.one != "" {
		s["oneOf"] = requireEach(t.alternatives())
	}
	return s
}

// apart describes the mappings in which a key cannot be: those with an
// alternative that it does not go with.
func (t *table[T]) apart(k *key[T]) []schema {
	if k.beside == nil {
		return nil
	}
	var others []schema
	for _, name := range t.alternatives() {
		if !k.goesWith(name) {
			others = append(others, require(name))
		}
	}
	return others
}

func require(name string) schema { return schema{"required": []string{name}} }

func requireEach(names []string) []schema {
	var list []schema
	for _, name := range names {
		list = append(list, require(name))
	}
	return list
}

// described adds a description to a schema that others use too.
func described(s schema, about string) schema {
	s = maps.Clone(s)
	s["description"] = about
	return s
}

// textSchema describes a text. YAML reads some texts as numbers or booleans
// where nothing quotes them; the loader takes them as they are written.
var textSchema = schema{"type": []string{"string", "number", "boolean"}}

// named describes a mapping whose keys are free within a pattern.
func named(keys *regexp.Regexp, values schema) schema {
	return schema{"type": "object", "minProperties": 1, "propertyNames": schema{"pattern": keys.String()}, "additionalProperties": values}
}

// anyOf describes a value that is one of several kinds.
func anyOf(kinds ...schema) schema { return schema{"anyOf": kinds} }

// enum describes one of some words, of which YAML may read one as a number.
func enum(words []string) schema {
	var values []any
	for _, word := range words {
		values = append(values, word)
		if n, err := strconv.Atoi(word); err == nil {
			values = append(values, n)
		}
	}
	return schema{"enum": values}
}

// orName describes a value in whose place a $name may stand.
func orName(s schema) schema { return anyOf(s, ref("name")) }

// ref refers to a definition of the schema.
func ref(name string) schema { return schema{"$ref": "#/$defs/" + name} }
