package report

import (
	"bytes"
	"testing"
	"time"

	"github.com/joshdk/go-junit"
)

func run(edit func(*Results), verdicts ...Verdict) *Results {
	r := &Results{}
	for i, v := range verdicts {
		r.Cases = append(r.Cases, Case{ID: "s/" + string(rune('a'+i)), Suite: "s", Verdict: v})
	}
	if edit != nil {
		edit(r)
	}
	return r
}

var exitTests = []struct {
	name string
	run  *Results
	want int
}{
	{"nothing", run(nil), 0},
	{"all well", run(nil, Pass, Info, NonStrict, Skip), 0},
	{"a MUST broken", run(nil, Pass, Fail), 1},
	{"a SHOULD under strict", run(func(r *Results) { r.Strict = true }, NonStrict), 1},
	{"a MAY under strict", run(func(r *Results) { r.Strict = true }, Info), 0},
	{"a known failure", run(func(r *Results) { r.Cases[0].Known = "s/a" }, Fail, Pass), 0},
	{"a known SHOULD under strict", run(func(r *Results) { r.Strict, r.Cases[0].Known = true, "s/*" }, NonStrict), 0},
	{"one known, one not", run(func(r *Results) { r.Cases[0].Known = "s/a" }, Fail, Fail), 1},
	{"a stale baseline", run(func(r *Results) { r.Stale = []Stale{{Text: "s/a"}} }, Pass), 1},
	{"we could not look", run(nil, Pass, Error), 3},
	{"an error is not known away", run(func(r *Results) { r.Cases[0].Known = "s/a" }, Error), 3},
	{"trouble", run(func(r *Results) { r.Trouble = "dead" }), 3},
	{"trouble does not hide a failure", run(func(r *Results) { r.Trouble = "dead" }, Fail, Error), 1},
	{"interrupted", run(func(r *Results) { r.Interrupted = true }, Pass), 130},
	{"interrupted with a failure", run(func(r *Results) { r.Interrupted, r.Trouble = true, "dead" }, Fail), 130},
}

func TestExitCode(t *testing.T) {
	for _, tt := range exitTests {
		if got := tt.run.ExitCode(); got != tt.want {
			t.Errorf("%s: exit code %d, want %d", tt.name, got, tt.want)
		}
	}
}

// TestJUnitIsRedWithTheExitCode reads the file as a CI service does, with a
// reader that is not ours.
func TestJUnitIsRedWithTheExitCode(t *testing.T) {
	for _, tt := range exitTests {
		var b bytes.Buffer
		if err := Write("junit", &b, tt.run, Options{}); err != nil {
			t.Fatal(err)
		}
		suites, err := junit.Ingest(b.Bytes())
		if err != nil {
			t.Fatalf("%s: %v", tt.name, err)
		}
		red := 0
		for _, s := range suites {
			red += s.Totals.Failed + s.Totals.Error
		}
		if (red > 0) != (tt.want != 0) {
			t.Errorf("%s: %d red testcases with exit code %d", tt.name, red, tt.want)
		}
	}
}

func TestTally(t *testing.T) {
	tests := []struct {
		run  *Results
		want string
	}{
		{run(nil), "0 cases in 0.0 s"},
		{run(nil, Pass), "1 case: 1 pass in 0.0 s"},
		{run(func(r *Results) { r.Duration = 2140 * time.Millisecond }, Skip, Fail, Error, Pass, NonStrict, Info, Pass),
			"7 cases: 2 pass, 1 info, 1 non-strict, 1 fail, 1 skip, 1 error in 2.1 s"},
		{run(func(r *Results) { r.Cases[0].Known = "x" }, Fail, Fail), "2 cases: 2 fail (1 known) in 0.0 s"},
	}
	for _, tt := range tests {
		if got := tt.run.Tally().String(); got != tt.want {
			t.Errorf("got %q, want %q", got, tt.want)
		}
	}
}
