package report

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
)

func TestDiff(t *testing.T) {
	before := run(nil, Pass, Fail, Pass, Fail, Skip, Pass, Info, Error, Fail)
	after := run(nil, Fail, Pass, Pass, Fail, Fail, Skip, NonStrict, Pass, Skip)
	before.Cases[2].ID, after.Cases[3].ID = "s/old", "s/new"
	want := Changes{
		Broken:  []Change{{"s/a", Pass, Fail, ""}, {"s/e", Skip, Fail, ""}},
		Fixed:   []Change{{"s/b", Fail, Pass, ""}},
		Changed: []Change{{"s/f", Pass, Skip, ""}, {"s/g", Info, NonStrict, ""}, {"s/h", Error, Pass, ""}, {"s/i", Fail, Skip, ""}},
		New:     []Change{{ID: "s/c", New: Pass}, {ID: "s/new", New: Fail}},
		Gone:    []Change{{ID: "s/old", Old: Pass}, {ID: "s/d", Old: Fail}},
	}
	if got := Diff(before, after); !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
	after.Strict = true
	if got := Diff(before, after); len(got.Broken) != 3 {
		t.Errorf("under strict %d cases broke, want 3: %+v", len(got.Broken), got.Broken)
	}
	if got := Diff(before, before); !got.Empty() {
		t.Errorf("a run differs from itself: %+v", got)
	}
}

func TestDiffMatrix(t *testing.T) {
	matrix := func(names ...string) *Matrix {
		m := &Matrix{}
		for _, name := range names {
			what, verdict, _ := strings.Cut(name, " ")
			m.Add(&Results{Target: Target{Name: what}, Cases: []Case{{ID: "a/b", Verdict: Verdict(verdict)}}})
		}
		return m
	}
	list := DiffMatrix(matrix("one pass", "two fail", "old pass"), matrix("two pass", "new fail", "one fail"))
	var got []string
	for _, d := range list {
		got = append(got, fmt.Sprint(d.Name, len(d.Fixed), len(d.Broken), d.OnlyOld, d.OnlyNew))
	}
	if want := "two1 0 false false, new0 0 false true, one0 1 false false, old0 0 true false"; strings.Join(got, ", ") != want {
		t.Errorf("got %s, want %s", strings.Join(got, ", "), want)
	}
}
