package casefile

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"wsprobe/cases"
)

var update = flag.Bool("update", false, "write the golden files")

// golden compares text with a file of testdata, or writes the file.
func golden(t *testing.T, file, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s differs (-update writes it)\n got:\n%s\nwant:\n%s", file, got, want)
	}
}

// Each file of testdata/bad gets all its problems at once, in the order of the file.
func TestProblems(t *testing.T) {
	files, err := filepath.Glob("testdata/bad/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatal("no files in testdata/bad", err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			_, problems, err := Load([]string{file})
			if err != nil {
				t.Fatal(err)
			}
			var b strings.Builder
			for _, p := range problems {
				p.Pos.File = filepath.Base(p.Pos.File)
				b.WriteString(p.String() + "\n")
			}
			golden(t, strings.TrimSuffix(file, ".yaml")+".problems", b.String())
		})
	}
}

// The cases that the grammar was drawn up with load.
func TestLoadGood(t *testing.T) {
	loaded, problems, err := Load([]string{"testdata/good"})
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range problems {
		t.Error(p)
	}
	var b strings.Builder
	for _, c := range loaded {
		fmt.Fprintf(&b, "%s %s %s %s, %d steps\n", c.Pos, c.ID, c.Dialect, c.Rule, len(c.Steps))
	}
	golden(t, "testdata/good.txt", filepath.ToSlash(b.String()))
}

// The cases that are built in load, and their ids are all different.
func TestLoadBuiltIn(t *testing.T) {
	loaded, problems, err := LoadFS(cases.FS, "cases")
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range problems {
		t.Error(p)
	}
	ids := map[string]bool{}
	for _, c := range loaded {
		if ids[c.ID] {
			t.Error(c.Pos, "has the id of another:", c.ID)
		}
		ids[c.ID] = true
		if !strings.HasPrefix(c.Pos.File, "cases/") {
			t.Error(c.ID, "is at", c.Pos)
		}
	}
}

// write makes files in a new folder.
func write(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		file := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// suiteText is a small suite with cases of those ids.
func suiteText(name string, ids ...string) string {
	text := "suite: " + name + "\nabout: A suite.\ncases:\n"
	for _, id := range ids {
		text += "  - {id: " + id + ", about: A case., rule: ping.answered, steps: [send: {ping: a}]}\n"
	}
	return text
}

// Paths are read in the order given, and what is in a folder by name.
func TestLoadPaths(t *testing.T) {
	dir := write(t, map[string]string{
		"b.yaml": suiteText("b", "one", "two"), "a/z.yml": suiteText("z", "one"), "a/y.yaml": suiteText("y", "one"),
		"a/README.md": "no case file", ".hidden/x.yaml": suiteText("x", "one"), "last.txt": suiteText("last", "one"),
	})
	in := func(name string) string { return filepath.Join(dir, name) }
	for _, tt := range []struct {
		paths []string
		want  string
	}{
		{[]string{dir}, "y/one z/one b/one b/two"},
		{[]string{in("b.yaml"), in("a")}, "b/one b/two y/one z/one"},
		{[]string{in("b.yaml"), dir, in("a/../b.yaml")}, "b/one b/two y/one z/one"},
		{[]string{in("last.txt")}, "last/one"},
	} {
		loaded, problems, err := Load(tt.paths)
		if err != nil || len(problems) > 0 {
			t.Error(tt.paths, problems, err)
		}
		var ids []string
		for _, c := range loaded {
			ids = append(ids, c.ID)
		}
		if got := strings.Join(ids, " "); got != tt.want {
			t.Errorf("%q: got %s, want %s", tt.paths, got, tt.want)
		}
	}
}

func TestLoadErrors(t *testing.T) {
	dir := write(t, map[string]string{"empty/README.md": "nothing"})
	for _, tt := range []struct{ path, want string }{
		{filepath.Join(dir, "not-there"), "finding case files: stat "},
		{filepath.Join(dir, "empty"), "finding case files: no *.yaml in "},
	} {
		if _, _, err := Load([]string{tt.path}); err == nil || !strings.HasPrefix(err.Error(), tt.want) {
			t.Errorf("%s: %v", tt.path, err)
		}
	}
}

// A case that is wrong does not take the others with it.
func TestLoadWhatCanBe(t *testing.T) {
	text := strings.Replace(suiteText("mixed", "bad", "good"), "ping: a", "pnig: a", 1)
	loaded, problems, err := Load([]string{filepath.Join(write(t, map[string]string{"mixed.yaml": text}), "mixed.yaml")})
	if err != nil || len(problems) != 1 || len(loaded) != 1 || loaded[0].ID != "mixed/good" {
		t.Error(loaded, problems, err)
	}
}

// Ids are unique over all files.
func TestLoadSameSuiteTwice(t *testing.T) {
	dir := write(t, map[string]string{"a/same.yaml": suiteText("same", "one"), "b/same.yaml": suiteText("same", "two")})
	_, problems, err := Load([]string{dir})
	want := filepath.Join(dir, "b/same.yaml") + ":1:1: suite \"same\" is in " + filepath.Join(dir, "a/same.yaml") + " already"
	if err != nil || len(problems) != 1 || problems[0].String() != want {
		t.Error(problems, err)
	}
}
