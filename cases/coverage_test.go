package cases_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"wsprobe/cases"
	"wsprobe/internal/casefile"
	"wsprobe/internal/rules"
)

// TestEveryRuleIsUsed looks for each rule of the catalogue in the cases, in
// lint, and in what the prober judges by itself. Which requirements the rules
// stand for is tested beside the catalogue.
func TestEveryRuleIsUsed(t *testing.T) {
	used := inCases(t)
	names := constants(t)
	use := regexp.MustCompile(`\brules\.([A-Z]\w+)`)
	for _, dir := range []string{"lint", "probe"} {
		for _, source := range sources(t, dir) {
			for _, m := range use.FindAllStringSubmatch(source, -1) {
				used[names[m[1]]] = true
			}
		}
	}
	for _, r := range rules.All() {
		if !used[r.ID] {
			t.Errorf("nothing plays %s, and nothing looks for it", r.ID)
		}
	}
}

func inCases(t *testing.T) map[rules.ID]bool {
	t.Helper()
	all, problems, err := casefile.LoadFS(cases.FS, "cases")
	if err != nil || len(problems) > 0 {
		t.Fatal(err, problems)
	}
	used := map[rules.ID]bool{}
	for _, c := range all {
		used[c.Rule] = true
		for _, s := range c.Steps {
			used[s.Rule] = true
		}
	}
	return used
}

// constants returns the ids of the rules by the names of their constants.
func constants(t *testing.T) map[string]rules.ID {
	t.Helper()
	constant := regexp.MustCompile(`(?m)^\t([A-Z]\w+)\s+ID = "([^"]+)"`)
	names := map[string]rules.ID{}
	for _, source := range sources(t, "rules") {
		for _, m := range constant.FindAllStringSubmatch(source, -1) {
			names[m[1]] = rules.ID(m[2])
		}
	}
	return names
}

// sources returns the code of a package, without its tests.
func sources(t *testing.T, dir string) (list []string) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("..", "internal", dir, "*.go"))
	if err != nil || len(files) == 0 {
		t.Fatal(err, "no code in ", dir)
	}
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		b, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, string(b))
	}
	return list
}
