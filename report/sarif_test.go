package report

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif"
	"github.com/santhosh-tekuri/jsonschema/v6"
)

// TestSARIFSchema holds what we write to the schema of the standard.
func TestSARIFSchema(t *testing.T) {
	schema := sarifSchema(t)
	noPlace := &Results{Cases: []Case{{ID: "a/b", Verdict: Fail, Findings: []Finding{{Rule: "x.y", Verdict: Fail}}}}}
	for name, r := range map[string]*Results{"sample": sample(), "nothing": {}, "no place": noPlace} {
		doc, err := jsonschema.UnmarshalJSON(strings.NewReader(write(t, "sarif", r, Options{})))
		if err != nil {
			t.Fatal(err)
		}
		if err := schema.Validate(doc); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, bad := range []string{`{"version":"2.1.0"}`, `{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"x"}},"results":[{"message":{"text":"x"},"level":"fatal"}]}]}`} {
		if doc, _ := jsonschema.UnmarshalJSON(strings.NewReader(bad)); schema.Validate(doc) == nil {
			t.Errorf("the schema takes %s", bad)
		}
	}
}

// sarifSchema returns the schema that OASIS published: go-sarif keeps it in a
// constant that it does not export.
func sarifSchema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	dir, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/owenrumney/go-sarif/v3").Output()
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(strings.TrimSpace(string(dir)), "pkg", "report", "v210", "sarif", "schema.go")
	code, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	text, err := strconv.Unquote(code.Decls[0].(*ast.GenDecl).Specs[0].(*ast.ValueSpec).Values[0].(*ast.BasicLit).Value)
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("sarif.json", doc); err != nil {
		t.Fatal(err)
	}
	schema, err := c.Compile("sarif.json")
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

// TestSARIFReadBack reads the sample with a reader that is not ours.
func TestSARIFReadBack(t *testing.T) {
	log, err := sarif.FromString(write(t, "sarif", sample(), Options{}))
	if err != nil {
		t.Fatal(err)
	}
	type result struct {
		rule, level, file string
		line              int
		known             bool
	}
	want := []result{
		{"utf8.text-valid", "error", "cases/rfc6455/utf8.yaml", 23, false},
		{"fail.close-frame", "warning", "cases/rfc6455/close.yaml", 46, false},
		{"frame.length-minimal", "error", "cases/rfc6455/framing.yaml", 7, false},
		{"close.reason", "note", "cases/rfc6455/framing.yaml", 7, false},
		{"utf8.text-valid", "error", "cases/rfc6455/utf8.yaml", 23, true},
	}
	run := log.Runs[0]
	if len(run.Results) != len(want) {
		t.Fatalf("%d results, want %d", len(run.Results), len(want))
	}
	for i, r := range run.Results {
		at := r.Locations[0].PhysicalLocation
		got := result{*r.RuleID, r.Level, *at.ArtifactLocation.URI, *at.Region.StartLine, len(r.Suppressions) > 0}
		if got != want[i] {
			t.Errorf("got %v, want %v", got, want[i])
		}
		if rule := run.Tool.Driver.Rules[r.RuleIndex]; *rule.ID != got.rule {
			t.Errorf("the index of %s is that of %s", got.rule, *rule.ID)
		}
	}
	if notes := run.Invocations[0].ToolExecutionNotifications; len(notes) != 3 {
		t.Errorf("%d notifications, want 3: two errors and a stale line", len(notes))
	}
}
