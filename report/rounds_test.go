package report

import (
	"strings"
	"testing"
)

func TestPlayed(t *testing.T) {
	tests := []struct {
		rounds  []Verdict
		want    string
		differs bool
	}{
		{nil, "", false},
		{[]Verdict{Skip}, "", false},
		{[]Verdict{Pass, Pass, Pass}, "pass 3 of 3 times", false},
		{[]Verdict{Pass, Fail, Pass, Info}, "fail 1 of 4 times, info 1, pass 2", true},
	}
	for _, tt := range tests {
		c := Case{Rounds: tt.rounds}
		if got := c.Played(); got != tt.want || c.Differs() != tt.differs {
			t.Errorf("%v: got %q, differs %v", tt.rounds, got, c.Differs())
		}
	}
}

// TestDiffering looks for what differs between rounds in everything people read.
func TestDiffering(t *testing.T) {
	c := failFast()
	c.Rounds = []Verdict{Pass, Fail, Pass}
	r := &Results{Cases: []Case{c}}
	for _, format := range []string{"text", "html", "markdown", "junit", "tap"} {
		if out := write(t, format, r, Options{}); !strings.Contains(out, "fail 1 of 3 times, pass 2") {
			t.Errorf("%s does not say how often it failed:\n%s", format, out)
		}
	}
	if out := write(t, "text", r, Options{}); !strings.Contains(out, "note: not the same in every round: 1 case: utf8/fail-fast\n") {
		t.Errorf("the text has no note:\n%s", out)
	}
}
