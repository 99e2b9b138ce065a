package casefile

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// firstProblem reads a case file that must be refused.
func firstProblem(t *testing.T, text string) string {
	t.Helper()
	loaded, problems := parse([]byte(text), "example.yaml", nil)
	if len(problems) == 0 {
		t.Fatalf("no problem, and %d cases", len(loaded))
	}
	return problems[0].String()
}

// A file that is too large is refused before it is read as a whole.
func TestLargeFile(t *testing.T) {
	name := filepath.Join(t.TempDir(), "huge.yaml")
	f, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Truncate(100 << 20); err != nil { // holes, no disk is used
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	allocated := testing.AllocsPerRun(1, func() {
		if _, problems, err := Load([]string{name}); err != nil || len(problems) != 1 || problems[0].Text != "the file is larger than 1 MiB" {
			t.Error(problems, err)
		}
	})
	if allocated > 1000 {
		t.Errorf("%v allocations", allocated)
	}
}

// What expands, nests or repeats without end comes to a problem.
func TestBombs(t *testing.T) {
	aliases := "a: &a [x, x, x, x, x, x, x, x, x]\n"
	for name := 'b'; name < 'z'; name++ {
		aliases += fmt.Sprintf("%c: &%c [%s*%c]\n", name, name, strings.Repeat(fmt.Sprintf("*%c, ", name-1), 8), name-1)
	}
	names := "data:\n  a: [x, x, x, x, x, x, x, x, x]\n"
	for name := 'b'; name < 'z'; name++ {
		names += fmt.Sprintf("  %c: [%s$%c]\n", name, strings.Repeat(fmt.Sprintf("$%c, ", name-1), 8), name-1)
	}
	texts := "data:\n  a: xxxxxxxxx\n"
	for name := 'b'; name < 'z'; name++ {
		texts += fmt.Sprintf("  %c: \"%s\"\n", name, strings.Repeat(fmt.Sprintf("${%c}", name-1), 9))
	}
	digits := "[0, 1, 2, 3, 4, 5, 6, 7, 8, 9]"
	matrix := fmt.Sprintf("    matrix: {a: %s, b: %[1]s, c: %[1]s, d: %[1]s}\n", digits)
	_, big := asFile("- send: [" + strings.Repeat("{text: $a}, {text: $b}, {text: $c}, {text: $d}, ", 2000) + "]\n")
	_, steps := asFile("- send: {ping: a}\n")
	for name, tt := range map[string]struct{ text, want string }{
		"aliases":      {aliases, "case files have no anchors"},
		"names":        {names + steps, "expand to more than 64 MiB"},
		"texts":        {texts + steps, "expand to more than 64 MiB"},
		"combinations": {strings.Replace(big, "    steps:\n", matrix+"    steps:\n", 1), "expand to more than 64 MiB"},
		"lists":        {strings.Repeat("[", maxFile/2), "this is not YAML"},
		"closed lists": {strings.Repeat("[", 9000) + strings.Repeat("]", 9000), "more than 64 mappings and lists inside each other"},
		"mappings":     {strings.Repeat("{a: ", maxFile/4), "this is not YAML"},
		"dashes":       {strings.Repeat("- ", maxFile/2), "this is not YAML"},
		"comments":     {strings.Repeat("#\n", maxFile/2), "the file is empty"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := firstProblem(t, tt.text); !strings.Contains(got, tt.want) {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
}

// Many problems are told only in part, the first ones.
func TestManyProblems(t *testing.T) {
	_, text := asFile(strings.Repeat("- {rule: no.such, sned: {text: x}}\n", 20_000))
	_, problems := parse([]byte(text), "example.yaml", nil)
	if len(problems) != maxProblems+1 || !strings.HasPrefix(problems[maxProblems].Text, "there are more") {
		t.Errorf("%d problems, the last %v", len(problems), problems[len(problems)-1])
	}
}
