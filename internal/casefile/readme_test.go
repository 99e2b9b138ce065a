package casefile

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var exampleForm = regexp.MustCompile("(?ms)^```yaml\n(.*?)^```")

// asFile makes a case file of an example, which may be nothing but steps.
func asFile(example string) (name, text string) {
	if m := regexp.MustCompile(`^suite: (\S+)`).FindStringSubmatch(example); m != nil {
		return m[1], example
	}
	steps := regexp.MustCompile(`(?m)^`).ReplaceAllString(example, "      ")
	return "example", "suite: example\nabout: An example.\ncases:\n  - id: example\n    about: An example.\n" +
		"    rule: ping.answered\n    steps:\n" + steps
}

// The page that explains the grammar shows nothing that the loader refuses.
func TestReadmeExamples(t *testing.T) {
	page, err := os.ReadFile("../../cases/README.md")
	if err != nil {
		t.Fatal(err)
	}
	examples := exampleForm.FindAllStringSubmatch(string(page), -1)
	if len(examples) < 4 {
		t.Fatalf("only %d examples", len(examples))
	}
	for _, example := range examples {
		name, text := asFile(example[1])
		cases, problems := parse([]byte(text), name+".yaml", nil)
		for _, p := range problems {
			t.Errorf("%s\n%s", p, text)
		}
		if len(cases) == 0 {
			t.Errorf("no cases in\n%s", text)
		}
	}
}

// The page names every key and every word that the loader knows.
func TestReadmeKeys(t *testing.T) {
	page, err := os.ReadFile("../../cases/README.md")
	if err != nil {
		t.Fatal(err)
	}
	code := strings.Join(regexp.MustCompile("`[^`]+`|(?s)```.*?```").FindAllString(string(page), -1), " ")
	named := regexp.MustCompile(`[A-Za-z0-9_.-]+`).FindAllString(code, -1)
	for kind, keys := range allKeys() {
		for _, key := range keys {
			if !slices.Contains(named, key) {
				t.Errorf("cases/README.md does not name the key %q of a %s", key, kind)
			}
		}
	}
	for _, word := range slices.Concat(Needs(), dialectNames(), proberNames) {
		if !slices.Contains(named, word) {
			t.Errorf("cases/README.md does not name %q", word)
		}
	}
}

func allKeys() map[string][]string {
	return map[string][]string{
		"suite": suiteTable.names(), "case": caseTable.names(), "step": stepTable.names(),
		"request": requestTable.names(), "response": responseTable.names(), "close step": closeStepTable.names(),
		"frame": frameTable.names(), "length": lengthTable.names(), "close body": closeBodyTable.names(),
		"payload": payloadTable.names(), "repeated": repeatedTable.names(), "match": matchTable.names(),
		"event": eventTable.names(), "expected close": closeMatchTable.names(),
		"expected frame": expectFrameTable.names(), "expected length": expectLengthTable.names(),
	}
}
