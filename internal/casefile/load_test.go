package casefile

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
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
