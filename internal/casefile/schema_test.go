package casefile

import (
	"bytes"
	"encoding/json"
	"io/fs"
	"os"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"gopkg.in/yaml.v3"

	"wsprobe/cases"
)

// compiled returns the schema; compiling checks it against the metaschema, and
// that every reference in it leads somewhere.
func compiled(t *testing.T) *jsonschema.Schema {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(Schema()))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("case-file.json", doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("case-file.json")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// asJSON turns YAML into what an editor checks.
func asJSON(t *testing.T, text []byte) any {
	t.Helper()
	var doc yaml.Node
	if err := yaml.Unmarshal(text, &doc); err != nil {
		t.Fatal(err)
	}
	return nodeAsJSON(doc.Content[0])
}

func nodeAsJSON(n *yaml.Node) any {
	switch n.Kind {
	case yaml.MappingNode:
		object := map[string]any{}
		for key, value := range pairs(n) {
			object[key.Value] = nodeAsJSON(value)
		}
		return object
	case yaml.SequenceNode:
		array := []any{}
		for _, item := range n.Content {
			array = append(array, nodeAsJSON(item))
		}
		return array
	}
	var v any
	if err := n.Decode(&v); err != nil || n.Tag == "!!timestamp" {
		return n.Value
	}
	if text, err := json.Marshal(v); err == nil {
		v, _ = jsonschema.UnmarshalJSON(bytes.NewReader(text))
	}
	return v
}

// Whatever the loader takes, the schema takes.
func TestSchemaTakesCases(t *testing.T) {
	s := compiled(t)
	for name, fsys := range map[string]fs.FS{"cases": cases.FS, "testdata/good": os.DirFS("testdata/good")} {
		files, err := walk(fsys)
		if err != nil || len(files) == 0 {
			t.Fatal(files, err)
		}
		for _, file := range files {
			text, err := fs.ReadFile(fsys, file)
			if err != nil {
				t.Fatal(err)
			}
			if err := s.Validate(asJSON(t, text)); err != nil {
				t.Errorf("%s/%s: %v", name, file, err)
			}
		}
	}
}

func TestSchemaTakesReadme(t *testing.T) {
	page, err := os.ReadFile("../../cases/README.md")
	if err != nil {
		t.Fatal(err)
	}
	s := compiled(t)
	for _, example := range exampleForm.FindAllStringSubmatch(string(page), -1) {
		_, text := asFile(example[1])
		if err := s.Validate(asJSON(t, []byte(text))); err != nil {
			t.Errorf("%v\n%s", err, text)
		}
	}
}

// What a schema can tell of a mistake, it tells.
func TestSchemaRefuses(t *testing.T) {
	s := compiled(t)
	for _, step := range []string{
		"{exspect: {text: x}}",
		"{quiet: 200ms, expect: {text: x}}",
		"{}",
		"{within: 5s}",
		"{send: {text: x}, within: 5s}",
		"{send: {text: x}, every: 5ms}",
		"{expect: {text: x}, within: 2 seconds}",
		"{expect: {text: x}, rule: utf8.text-vaild}",
		"{send: {text: x, fin: flase}}",
		"{send: {text: x, binary: y}}",
		"{send: {text: x, payload: y}}",
		"{send: {text: x, rsv: 8}}",
		"{send: {text: x, length: {}}}",
		"{send: []}",
		"{send: {repeat: x, size: 3}}",
		"{write: {repeat: x}}",
		"{write: {random: 5, size: 3}}",
		"{write: {hexa: x}}",
		"{close: 65536}",
		"{tcp: closed}",
		"{expect: {fail: none}}",
		"{expect: {status: 4x}}",
		"{expect: {text: {match: /x/, hex: '00'}}}",
		"{expect-any: []}",
		"{expect-frame: {text: x, mask: true}}",
		"{open: {body: x}}",
		"{response: {}}",
		"{alice: {exspect: {text: x}}}",
		"{alice: {send: {text: x}}, quiet: 1s}",
	} {
		_, text := asFile("- " + step + "\n")
		if s.Validate(asJSON(t, []byte(text))) == nil {
			t.Errorf("the schema takes %s", step)
		}
	}
}

// An editor shows what a key means.
func TestSchemaDescribes(t *testing.T) {
	var doc struct {
		Properties map[string]struct{ Description string }
		Defs       map[string]struct {
			Description string
			Properties  map[string]struct{ Description string }
		} `json:"$defs"`
	}
	if err := json.Unmarshal(Schema(), &doc); err != nil {
		t.Fatal(err)
	}
	for name, def := range doc.Defs {
		if def.Description == "" {
			t.Errorf("%s has no description", name)
		}
		for key, p := range def.Properties {
			if !strings.HasSuffix(p.Description, ".") {
				t.Errorf("%s of %s is described as %q", key, name, p.Description)
			}
		}
	}
	if len(doc.Properties) == 0 || len(doc.Defs) == 0 {
		t.Error("the schema is empty")
	}
}
