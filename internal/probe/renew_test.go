package probe

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"wsprobe/report"
)

// broke is a case that failed by a rule.
func broke(id, rule, seen string) report.Case {
	return report.Case{ID: id, Verdict: report.Fail, Findings: []report.Finding{{
		Rule: rule, Level: "MUST", Document: "RFC 6455", Section: "8.1", Verdict: report.Fail, Detail: seen,
	}}}
}

func cameTo(id string, v report.Verdict, rounds ...report.Verdict) report.Case {
	return report.Case{ID: id, Verdict: v, Rounds: rounds}
}

func TestRenew(t *testing.T) {
	flaky := broke("close/now-and-then", "utf8.sent", "late")
	flaky.Rounds = []report.Verdict{report.Pass, report.Fail}
	tests := []struct {
		name      string
		old, want string
		cases     []report.Case
		unplayed  []string
		strict    bool
	}{
		{"a new file", "",
			"# RFC 6455 §8.1, utf8.sent: in utf8/a[1]: one\nutf8/a[*]\nutf8/b[x,*]\nutf8/c[3]\n~close/now-and-then\n\n" +
				"# RFC 6455 §8.1, utf8.complete: cut\nutf8/d\n",
			[]report.Case{
				broke("utf8/a[1]", "utf8.sent", "one"), broke("utf8/a[2]", "utf8.sent", "two"),
				broke("utf8/b[x,1]", "utf8.sent", "one"), broke("utf8/b[x,2]", "utf8.sent", "one"), cameTo("utf8/b[y,1]", report.Pass),
				broke("utf8/c[3]", "utf8.sent", "one"), cameTo("utf8/c[4]", report.NonStrict), flaky,
				broke("utf8/d", "utf8.complete", "cut"), cameTo("utf8/e", report.Error),
			}, nil, false},
		{"comments, flaky lines and what was left out stay",
			"# About this file.\n\n# It is old.\nutf8/a\n~ utf8/f*\nutf8/left-out\n\n# Gone.\nutf8/gone\nutf8/no-more\n\nutf8/skipped\n",
			"# About this file.\n\n# It is old.\nutf8/a\n~ utf8/f*\nutf8/left-out\n\nutf8/skipped\n",
			[]report.Case{broke("utf8/a", "utf8.sent", "one"), cameTo("utf8/flaky", report.Pass), cameTo("utf8/no-more", report.Info), cameTo("utf8/skipped", report.Skip)},
			[]string{"utf8/left-out"}, false},
		{"a pattern that is too wide becomes what is true of it", "utf8/*\n", "utf8/a\nutf8/left-out\n",
			[]report.Case{broke("utf8/a", "utf8.sent", "one"), cameTo("utf8/b", report.Pass)}, []string{"utf8/left-out"}, false},
		{"a comment of ours is added to", "# RFC 6455 §8.1, utf8.sent: one\nutf8/a\n", "# RFC 6455 §8.1, utf8.sent: one\nutf8/a\nutf8/b\n",
			[]report.Case{broke("utf8/a", "utf8.sent", "one"), broke("utf8/b", "utf8.sent", "two")}, nil, false},
		{"strict", "utf8/a\n", "utf8/a\n", []report.Case{cameTo("utf8/a", report.NonStrict)}, nil, true},
		{"what was seen is not long, and without the last words of the target", "",
			"# RFC 6455 §8.1, utf8.sent:\n# " + strings.Repeat("x", 98) + "\n# " + strings.Repeat("x", 98) + "\n# " + strings.Repeat("x", 240-2*98) + "…\nutf8/a\n\n" +
				"# RFC 6455 §8.1, server.survives: the target ended: exit status 1\nutf8/b\n",
			[]report.Case{broke("utf8/a", "utf8.sent", strings.Repeat("x", 500)), broke("utf8/b", "server.survives", "the target ended: exit status 1; it printed:\n  panic")}, nil, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) { renew(t, tt.old, tt.want, tt.cases, tt.unplayed, tt.strict) })
	}
}

// renew wants a file to become another, and the run to be as it says.
func renew(t *testing.T, old, want string, cases []report.Case, unplayed []string, strict bool) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "known.txt")
	k := NewKnown(path)
	if old != "" {
		if err := os.WriteFile(path, []byte(old), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	r := &report.Results{Cases: cases, Strict: strict}
	for range 2 { // the second time there is nothing left to do
		if _, err := k.Renew(r, unplayed, strict); err != nil {
			t.Fatal(err)
		}
		got, err := os.ReadFile(path)
		if err != nil || string(got) != want {
			t.Fatalf("got %v\n%s\nwant\n%s", err, got, want)
		}
		if len(r.Stale) > 0 {
			t.Errorf("stale after that: %v", r.Stale)
		}
		for i := range r.Cases {
			if r.Cases[i].Broken(strict) {
				t.Errorf("%s is not known after that", r.Cases[i].ID)
			}
		}
	}
}

func TestRenewCannotWrite(t *testing.T) {
	k := NewKnown(filepath.Join(t.TempDir(), "no", "such", "folder.txt"))
	if _, err := k.Renew(&report.Results{}, nil, false); err == nil {
		t.Error("no error for a folder that is not there")
	}
}

// FuzzBaseline brings any file up to date: what comes of it is a file that is.
func FuzzBaseline(f *testing.F) {
	f.Add("# why\nutf8/a\n\n~utf8/*\n# gone\nutf8/gone[*]\n")
	f.Fuzz(func(t *testing.T, text string) {
		renewed := func(text string) string {
			b := &baseline{ids: map[string]standing{"utf8/a": fails, "utf8/b[1]": fails, "utf8/b[2]": passes, "close/c": unknown}}
			b.read(text)
			return b.String()
		}
		once := renewed(text)
		if twice := renewed(once); twice != once {
			t.Errorf("%q becomes %q, and that %q", text, once, twice)
		}
	})
}
