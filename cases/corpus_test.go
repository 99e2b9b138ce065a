package cases_test

import (
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"wsprobe/cases"
	"wsprobe/internal/casefile"
)

// corpus is how many cases each subsection of the Autobahn Testsuite 25.10.1
// has. Where a section has none, its cases are numbered 2.1, 2.2 and so on.
var corpus = []struct {
	section string
	counts  []int // of the subsections, the first being first
	first   int   // 0: the section has no subsections
}{
	{"1", []int{8, 8}, 1},
	{"2", []int{11}, 0},
	{"3", []int{7}, 0},
	{"4", []int{5, 5}, 1},
	{"5", []int{20}, 0},
	{"6", []int{3, 4, 2, 4, 5, 11, 4, 2, 4, 3, 5, 8, 5, 10, 1, 3, 5, 5, 5, 7, 8, 34, 7}, 1},
	{"7", []int{6, 0, 6, 0, 1, 0, 13, 0, 9, 0, 0, 0, 2}, 1},
	{"9", []int{6, 6, 9, 9, 6, 6, 6, 6}, 1},
	{"10", []int{1}, 1},
	{"12", []int{18, 18, 18, 18, 18}, 1},
	{"13", []int{18, 18, 18, 18, 18, 18, 18}, 1},
}

const corpusSize = 517

// corpusNumbers lists the numbers of all cases: "1.1.1", "2.1", ...
func corpusNumbers() []string {
	var list []string
	for _, s := range corpus {
		for i, count := range s.counts {
			prefix := s.section
			if s.first > 0 {
				prefix = fmt.Sprintf("%s.%d", s.section, s.first+i)
			}
			for n := range count {
				list = append(list, fmt.Sprintf("%s.%d", prefix, n+1))
			}
		}
	}
	return list
}

// load reads the built-in cases.
func load(t *testing.T) []*casefile.Case {
	t.Helper()
	list, problems, err := casefile.LoadFS(cases.FS, "cases")
	if err != nil || len(problems) > 0 {
		t.Fatal(err, problems)
	}
	return list
}

// Each case of Autobahn is one of ours, and found by its number.
func TestAutobahnNumbers(t *testing.T) {
	numbers := corpusNumbers()
	if len(numbers) != corpusSize {
		t.Fatalf("the corpus has %d cases, the table %d", corpusSize, len(numbers))
	}
	found := map[string][]string{}
	for _, c := range load(t) {
		for _, alias := range c.Aliases {
			if number, ok := strings.CutPrefix(alias, "autobahn "); ok {
				found[number] = append(found[number], c.ID)
			}
		}
	}
	for _, number := range numbers {
		if len(found[number]) != 1 {
			t.Errorf("autobahn %s is %q; want one case", number, found[number])
		}
		delete(found, number)
	}
	for number, ids := range found {
		t.Errorf("%q are autobahn %s, which does not exist", ids, number)
	}
}

// What the vectors are said to be is what another decoder makes of them.
func TestTextVectors(t *testing.T) {
	seen := map[string]int{}
	for _, c := range load(t) {
		var text []byte
		switch c.Suite {
		case "ab-utf8-accepted":
			text = c.Steps[0].Echo.Payload.Append(nil, nil)
		case "ab-utf8-refused":
			text = c.Steps[0].Frames[0].Payload.Append(nil, nil)
		default:
			continue
		}
		seen[c.Suite]++
		if utf8.Valid(text) != (c.Suite == "ab-utf8-accepted") {
			t.Errorf("%s: % x", c.ID, text)
		}
	}
	if seen["ab-utf8-accepted"] == 0 || seen["ab-utf8-refused"] == 0 {
		t.Errorf("vectors: %v", seen)
	}
}
