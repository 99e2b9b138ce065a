package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"
)

// The examples of the README, as they stand there, hold a server that nobody
// here wrote to its list of known failures, and to nothing less or more.
func TestCIExamples(t *testing.T) {
	known := readFile(t, "../../targets/known/gorilla.txt")
	workspace := newWorkspace(t)
	for name, tt := range map[string]struct {
		run   func(t *testing.T, workspace string) (int, string)
		known string
		code  int
		says  string
	}{
		"GitHub, as listed":       {runGitHub, known, 0, ` known\)`},
		"GitHub, a line too few":  {runGitHub, without(t, known, "utf8/fail-fast"), 1, `(?m)^FAIL +utf8/fail-fast`},
		"GitLab, as listed":       {runGitLab, known, 0, ` known\)`},
		"GitLab, a line too many": {runGitLab, known + "\nping/no-such-case\n", 1, `(?m)^STALE +ping/no-such-case`},
	} {
		t.Run(name, func(t *testing.T) {
			writeFile(t, filepath.Join(workspace, "known.txt"), tt.known)
			code, out := tt.run(t, workspace)
			if code != tt.code || !regexp.MustCompile(tt.says).MatchString(out) {
				t.Errorf("exit code %d, want %d, and output that matches %s:\n%s", code, tt.code, tt.says, out)
			}
		})
	}
}

// without returns a list less a line.
func without(t *testing.T, list, line string) string {
	t.Helper()
	shorter := strings.Replace(list, "\n"+line+"\n", "\n", 1)
	if shorter == list {
		t.Fatalf("the list has no line %s", line)
	}
	return shorter
}

// newWorkspace makes what a CI system checks out: a server and a copy of wsprobe.
func newWorkspace(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	const root = "../.."
	for _, folder := range []string{"cases", "chatserver", "cmd/wsprobe", "internal", "report"} {
		if err := os.CopyFS(filepath.Join(dir, "wsprobe", folder), os.DirFS(filepath.Join(root, folder))); err != nil {
			t.Fatal(err)
		}
	}
	for _, file := range []string{"go.mod", "go.sum", "action.yml"} {
		writeFile(t, filepath.Join(dir, "wsprobe", file), readFile(t, filepath.Join(root, file)))
	}
	writeFile(t, filepath.Join(dir, "server"), "#!/bin/sh\nexec ./gorilla 127.0.0.1:$2\n")
	goBuild(t, filepath.Join(dir, "gorilla"), filepath.Join(root, "targets/go/gorilla"))
	return dir
}

// runGitLab runs the script of the example for GitLab.
func runGitLab(t *testing.T, workspace string) (int, string) {
	var pipeline map[string]struct {
		Script    []string
		Artifacts struct {
			Reports struct{ JUnit string }
		}
	}
	example(t, "script:", &pipeline)
	job := pipeline["websocket"]
	if !strings.Contains(strings.Join(job.Script, "\n"), "--report junit="+job.Artifacts.Reports.JUnit) {
		t.Errorf("no line of %q writes the report %q", job.Script, job.Artifacts.Reports.JUnit)
	}
	return bash(t, workspace, strings.Join(job.Script, "\n"))
}

// githubStep is a step of a job, or of an action.
type githubStep struct {
	Uses, Run, Shell string
	Dir              string `yaml:"working-directory"`
	With, Env        map[string]string
}

// runGitHub runs the action that the example for GitHub uses.
func runGitHub(t *testing.T, workspace string) (int, string) {
	var workflow struct {
		Jobs map[string]struct {
			Steps []struct {
				Uses string
				With map[string]string
			}
		}
	}
	example(t, "uses: ./wsprobe", &workflow)
	steps := workflow.Jobs["websocket"].Steps
	used := steps[len(steps)-1]
	var action struct {
		Inputs map[string]struct{ Default string }
		Runs   struct{ Steps []githubStep }
	}
	unmarshal(t, readFile(t, filepath.Join(workspace, used.Uses, "action.yml")), &action)
	values := map[string]string{"github.action_path": filepath.Join(workspace, used.Uses)}
	for name, input := range action.Inputs {
		values["inputs."+name] = input.Default
	}
	for name, value := range used.With {
		if _, ok := values["inputs."+name]; !ok {
			t.Errorf("the action has no input %s", name)
		}
		values["inputs."+name] = value
	}
	summary := filepath.Join(t.TempDir(), "summary.md")
	code, out := runSteps(t, workspace, action.Runs.Steps, values, "GITHUB_STEP_SUMMARY="+summary)
	if !strings.HasPrefix(readFile(t, summary), "## ") {
		t.Error("the summary of the job is no report")
	}
	return code, out
}

// runSteps runs the steps of an action up to one that fails; what another
// action would do, to install Go, has been done.
func runSteps(t *testing.T, workspace string, steps []githubStep, values map[string]string, env ...string) (code int, out string) {
	fill := func(s string) string {
		return expression.ReplaceAllStringFunc(s, func(e string) string {
			value, ok := values[expression.FindStringSubmatch(e)[1]]
			if !ok {
				t.Errorf("nobody knows %s", e)
			}
			return value
		})
	}
	for _, step := range slices.DeleteFunc(steps, func(s githubStep) bool { return s.Run == "" }) {
		dir := workspace
		if step.Dir != "" {
			dir = fill(step.Dir)
		}
		vars := env
		for name, value := range step.Env {
			vars = append(vars, name+"="+fill(value))
		}
		if code, out = bash(t, dir, fill(step.Run), vars...); code != 0 {
			break
		}
	}
	return code, out
}

var expression = regexp.MustCompile(`\$\{\{ *([a-z_.]+) *\}\}`)

// example reads the block of YAML in the README that has that text.
func example(t *testing.T, with string, into any) {
	t.Helper()
	for _, block := range regexp.MustCompile("(?s)```yaml\n(.*?)```").FindAllStringSubmatch(readFile(t, "../../README.md"), -1) {
		if strings.Contains(block[1], with) {
			unmarshal(t, block[1], into)
			return
		}
	}
	t.Fatalf("the README has no example with %q", with)
}

// bash runs a script as runners do: it ends with the first command that fails.
func bash(t *testing.T, dir, script string, env ...string) (int, string) {
	t.Helper()
	cmd := exec.Command("bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script)
	cmd.Dir, cmd.Env = dir, append(os.Environ(), env...)
	out, err := cmd.CombinedOutput()
	var failed *exec.ExitError
	if err != nil && !errors.As(err, &failed) {
		t.Fatal(err)
	}
	return cmd.ProcessState.ExitCode(), string(out)
}

func goBuild(t *testing.T, binary, pkg string) {
	t.Helper()
	if out, err := exec.Command("go", "build", "-o", binary, "./"+pkg).CombinedOutput(); err != nil {
		t.Fatalf("go build %s: %v\n%s", pkg, err, out)
	}
}

func unmarshal(t *testing.T, text string, into any) {
	t.Helper()
	if err := yaml.Unmarshal([]byte(text), into); err != nil {
		t.Fatal(fmt.Errorf("%w in:\n%s", err, text))
	}
}

func readFile(t *testing.T, path string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func writeFile(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o777); err != nil {
		t.Fatal(err)
	}
}
