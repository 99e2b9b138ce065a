// Package targets holds no code but this test: the target files, the lists of
// known failures and needs.txt agree with each other and with the cases. It
// starts none of the servers; make peers does.
package targets

import (
	"bufio"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"wsprobe/cases"
	"wsprobe/internal/casefile"
	"wsprobe/internal/probe"
)

func TestTargetFiles(t *testing.T) {
	for _, name := range names(t) {
		t.Run(name, func(t *testing.T) {
			target := readTarget(t, name)
			if target.Name == "" {
				t.Error("has no name")
			}
			if !strings.Contains(target.URL, "{port}") || !strings.Contains(target.Start, "{port}") {
				t.Error("url and start do not both have {port}")
			}
			// TLS changes nothing of what a server gets wrong.
			if want := filepath.Join("known", strings.TrimSuffix(name, "-tls")+".txt"); target.Known != want {
				t.Errorf("known is %q, want %q", target.Known, want)
			}
		})
	}
}

// A case that is renamed takes its line in every list of known failures along.
func TestKnownFailuresNameCases(t *testing.T) {
	all := bundled(t)
	for _, name := range names(t) {
		for _, line := range lines(t, readTarget(t, name).Known) {
			pattern, err := probe.NewPattern(strings.TrimPrefix(line, "~"))
			if err != nil {
				t.Errorf("%s: %v", name, err)
				continue
			}
			matches := func(c *casefile.Case) bool { return pattern.Match(c.ID) }
			if !slices.ContainsFunc(all, matches) {
				t.Errorf("%s: %s matches no case", name, line)
			}
		}
	}
}

// Whatever does not start with Go says in needs.txt what it starts with.
func TestNeeds(t *testing.T) {
	all := names(t)
	var listed []string
	for _, line := range lines(t, "needs.txt") {
		listed = append(listed, strings.Fields(line)[0])
	}
	for _, name := range listed {
		if name != "tests" && name != "bench-proxy" && !slices.Contains(all, name) {
			t.Errorf("needs.txt has %s, which is no target", name)
		}
	}
	for _, name := range all {
		inGo := strings.HasPrefix(readTarget(t, name).Start, "go run ")
		if slices.Contains(listed, name) == inGo {
			t.Errorf("%s: in Go %v, listed in needs.txt %v", name, inGo, !inGo)
		}
	}
}

// names returns the names of the target files.
func names(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob("*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no target files: %v", err)
	}
	for i, file := range files {
		files[i] = strings.TrimSuffix(file, ".yaml")
	}
	return files
}

func readTarget(t *testing.T, name string) *casefile.Target {
	t.Helper()
	target, problems, err := casefile.LoadTarget(name + ".yaml")
	if err != nil || len(problems) > 0 {
		t.Fatalf("loading %s.yaml: %v %v", name, err, problems)
	}
	return target
}

// lines returns the lines of a file but the empty ones and the comments.
func lines(t *testing.T, file string) []string {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var lines []string
	scanner := bufio.NewScanner(f)
	for scanner.Scan() {
		if line := strings.TrimSpace(scanner.Text()); line != "" && line[0] != '#' {
			lines = append(lines, line)
		}
	}
	if err := scanner.Err(); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	return lines
}

// bundled returns the cases that come with wsprobe.
func bundled(t *testing.T) []*casefile.Case {
	t.Helper()
	all, problems, err := casefile.LoadFS(cases.FS, "cases")
	if err != nil || len(problems) > 0 {
		t.Fatalf("loading the cases: %v %v", err, problems)
	}
	return all
}
