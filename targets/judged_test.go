package targets

import (
	"context"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"wsprobe/internal/casefile"
	"wsprobe/internal/probe"
	"wsprobe/internal/rules"
	"wsprobe/report"
)

// sampled is how many cases of a rule are played; the first that is not skipped
// has the rule judged.
const sampled = 4

// A target that echoes nothing is judged by most rules all the same. A floor is
// a little below what it was when it was written down.
func TestJudgedWithoutEcho(t *testing.T) {
	build(t, "bin/chatserver", "./cmd/chatserver")
	for name, floor := range map[string]int{"nats": 100, "mosquitto": 88, "nginx": 130} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			target := readTarget(t, name)
			if slices.Contains(target.Have, "echo") {
				t.Fatal("it has an echo")
			}
			if lacks := missing(t, name); lacks != "" {
				if os.Getenv("CI") != "" {
					t.Fatalf("lacks %s", lacks)
				}
				t.Logf("not played: lacks %s", lacks)
				return
			}
			r := playSample(t, target)
			judged, all := r.Judged()
			t.Logf("%d of %d rules judged", judged, all)
			if judged < floor {
				t.Errorf("%d of %d rules judged, want %d", judged, all, floor)
			}
		})
	}
}

// playSample plays a few cases of each rule.
func playSample(t *testing.T, target *casefile.Target) *report.Results {
	t.Helper()
	r, err := probe.Run(context.Background(), probe.Options{
		URL: target.URL, Start: target.Start, Dir: target.Dir, Have: target.Have, Protocols: target.Protocols,
		Cases: sample(bundled(t), target.Have),
	})
	if err != nil || r.Trouble != "" {
		t.Fatal(err, r.Trouble)
	}
	return r
}

// sample picks of each rule the first cases whose needs the target has, or one
// case where it has none of them.
func sample(all []*casefile.Case, have []string) []*casefile.Case {
	picked := map[rules.ID]int{}
	var list, rest []*casefile.Case
	for _, c := range all {
		lacks := slices.ContainsFunc(c.Needs, func(need string) bool { return !slices.Contains(have, need) })
		switch {
		case lacks:
			rest = append(rest, c)
		case picked[c.Rule] < sampled:
			picked[c.Rule]++
			list = append(list, c)
		}
	}
	for _, c := range rest {
		if picked[c.Rule] == 0 {
			picked[c.Rule]++
			list = append(list, c)
		}
	}
	return list
}

// missing returns what a target is run with and the machine has not.
func missing(t *testing.T, name string) string {
	t.Helper()
	out, err := exec.Command("./setup", "--missing", name).Output()
	if err != nil {
		t.Fatalf("setup --missing %s: %v", name, err)
	}
	return strings.Join(strings.Fields(string(out)), " ")
}

// build builds a command of ours that a target is started with; paths are the
// repository's.
func build(t *testing.T, binary, pkg string) {
	t.Helper()
	cmd := exec.Command("go", "build", "-o", binary, pkg)
	cmd.Dir = ".."
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("go build %s: %v\n%s", pkg, err, out)
	}
}
