package main

import (
	"debug/elf"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"
)

// What the Containerfile builds needs nothing else in its image, and is not
// run as root there.
func TestContainerfile(t *testing.T) {
	text := readFile(t, "../../Containerfile")
	stages := regexp.MustCompile(`(?m)^FROM `).Split(text, -1)
	last := stages[len(stages)-1]
	if !strings.HasPrefix(last, "scratch\n") {
		t.Errorf("the last stage does not begin with nothing: %s", last)
	}
	if !regexp.MustCompile(`(?m)^USER [1-9][0-9]*:[1-9][0-9]*$`).MatchString(last) {
		t.Error("its user is root, or one with a name, which nothing can look up")
	}
	if !strings.Contains(last, `ENTRYPOINT ["/wsprobe"]`) || !strings.Contains(last, "/out/wsprobe /\n") {
		t.Error("what it runs is not what was copied")
	}
	command := regexp.MustCompile(`(?m)^RUN (.*go build .*)$`).FindStringSubmatch(text)
	if command == nil {
		t.Fatal("nothing is built")
	}
	out := t.TempDir() + "/"
	code, said := bash(t, "../..", strings.Replace(command[1], "/out/", out, 1))
	if code != 0 {
		t.Fatalf("%s: exit code %d: %s", command[1], code, said)
	}
	isStatic(t, filepath.Join(out, "wsprobe"))
}

// isStatic wants a program that runs, and that no other file is loaded for.
func isStatic(t *testing.T, program string) {
	t.Helper()
	run := exec.Command(program, "run", "--quiet", "--only", "control/**")
	run.Env, run.Dir = []string{}, t.TempDir()
	if said, err := run.CombinedOutput(); err != nil {
		t.Errorf("%v: %s", err, said)
	}
	if runtime.GOOS != "linux" {
		return
	}
	binary, err := elf.Open(program)
	if err != nil {
		t.Fatal(err)
	}
	defer binary.Close()
	for _, p := range binary.Progs {
		if p.Type == elf.PT_INTERP || p.Type == elf.PT_DYNAMIC {
			t.Errorf("it is not static: it has a segment %v", p.Type)
		}
	}
}
