package probe

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"wsprobe/report"
)

func TestPattern(t *testing.T) {
	for _, tt := range []struct {
		pattern, id string
		want        bool
	}{
		{"utf8/fail-fast", "utf8/fail-fast", true},
		{"utf8/fail-fast", "utf8/fail-faster", false},
		{"utf8/*", "utf8/fail-fast", true},
		{"utf8/*", "utf8/valid[bom]", true},
		{"*/fail-fast", "utf8/fail-fast", true},
		{"*", "utf8/fail-fast", false},
		{"**", "utf8/fail-fast", true},
		{"utf8/**", "utf8/valid[a,b]", true},
		{"utf8/valid[*,b]", "utf8/valid[a,b]", true},
		{"utf8/valid[*,b]", "utf8/valid[a,c]", false},
		{"autobahn 6.4.*", "autobahn 6.4.1", true},
		{"autobahn 6.4.*", "autobahn 6x4.1", false},
	} {
		p, err := NewPattern(tt.pattern)
		if err != nil {
			t.Fatal(err)
		}
		if got := p.Match(tt.id); got != tt.want {
			t.Errorf("%q on %q: got %v", tt.pattern, tt.id, got)
		}
	}
}

func writeKnown(t *testing.T, text string) (*Known, error) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "known.txt")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return ReadKnown(path)
}

func TestKnownApply(t *testing.T) {
	k, err := writeKnown(t, `# a comment
utf8/**

~close/flaky
ping/none
left/out
`)
	if err != nil {
		t.Fatal(err)
	}
	cases := []report.Case{
		{ID: "utf8/a", Verdict: report.Fail},
		{ID: "utf8/b", Verdict: report.Pass},
		{ID: "utf8/c", Verdict: report.Skip},
		{ID: "utf8/d", Verdict: report.NonStrict},
		{ID: "close/flaky", Verdict: report.Pass},
		{ID: "other/a", Verdict: report.Pass},
	}
	stale := k.apply(cases, []string{"left/out"}, false)
	var got []string
	for _, s := range stale {
		got = append(got, s.Text+": "+s.Reason)
	}
	want := []string{"utf8/**: 2 of its 4 cases no longer fail (utf8/b, utf8/d): name the others alone", "ping/none: it matches no case: delete the line"}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got %q, want %q", got, want)
	}
	if cases[0].Known != "utf8/**" || cases[5].Known != "" {
		t.Errorf("known marks: %q, %q", cases[0].Known, cases[5].Known)
	}
	if stale := k.apply(cases, []string{"left/out"}, true); len(stale) != 2 {
		t.Errorf("strict: a missed SHOULD is a failure, got %v", stale)
	}
}

func TestReadKnownTellsEveryBadLine(t *testing.T) {
	_, err := writeKnown(t, "good/case\n~\n~ \n")
	if err == nil || !strings.Contains(err.Error(), ":2: the pattern is empty") || !strings.Contains(err.Error(), ":3: ") {
		t.Errorf("got %v", err)
	}
}

func TestKnownSaysWhy(t *testing.T) {
	k, err := writeKnown(t, `# The list of x.

# UTF-8 is left to
# the application (§8.1).
a/*
~b/*
# Another.
c/*

d/*
`)
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []string{"UTF-8 is left to the application (§8.1).", "UTF-8 is left to the application (§8.1).", "Another.", ""} {
		cases := []report.Case{{ID: string(rune('a'+i)) + "/x", Verdict: report.Fail}}
		k.apply(cases, nil, false)
		if got := cases[0].KnownWhy; got != want {
			t.Errorf("%s: got %q, want %q", cases[0].ID, got, want)
		}
	}
}
