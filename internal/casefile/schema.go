package casefile

// schema is a JSON Schema.
type schema = map[string]any

// textSchema describes a text. YAML reads some texts as numbers or booleans
// where nothing quotes them; the loader takes them as they are written.
var textSchema = schema{"type": []string{"string", "number", "boolean"}}

// anyOf describes a value that is one of several kinds.
func anyOf(kinds ...schema) schema { return schema{"anyOf": kinds} }

// orName describes a value in whose place a $name may stand.
func orName(s schema) schema { return anyOf(s, ref("name")) }

// ref refers to a definition of the schema.
func ref(name string) schema { return schema{"$ref": "#/$defs/" + name} }
