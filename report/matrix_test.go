package report

import (
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"
)

// sideBySide is the sample, a server that broke nothing, one that has less, and
// one that could not be reached.
func sideBySide() *Matrix {
	first := sample()
	first.Target.Name, first.Target.Start = "demo <1.0>", "demo {port}"
	for i := range first.Cases {
		first.Cases[i].Needs = map[string][]string{"chat": {"chat"}}[first.Cases[i].Suite]
		if first.Cases[i].Known != "" {
			first.Cases[i].KnownWhy = "It leaves UTF-8 to <the> application\u202e (§8.1)."
		}
	}
	second := sample()
	second.Target.Name, second.Stale, second.Notes = "right", nil, nil
	for i := range second.Cases {
		second.Cases[i] = Case{ID: second.Cases[i].ID, Suite: second.Cases[i].Suite, Verdict: Pass, Duration: time.Second}
	}
	third := sample()
	third.Target.Name, third.Cases, third.Stale, third.Interrupted = "early", third.Cases[:2], nil, true
	fourth := &Results{Tool: "wsprobe 0.1.0", Target: Target{Name: "gone", URL: "ws://127.0.0.1:1/"}, Trouble: "nothing listens"}
	m := &Matrix{}
	for _, r := range []*Results{first, second, third, fourth} {
		m.Add(r)
	}
	return m
}

func TestMatrixGolden(t *testing.T) {
	for file, format := range map[string]string{"matrix.txt": "text", "matrix.json": "json", "matrix.md": "markdown"} {
		golden(t, file, []byte(writeMatrix(t, format, sideBySide())))
	}
	golden(t, "matrix.html", []byte(elided.ReplaceAllString(writeMatrix(t, "html", sideBySide()), "$1…$2")))
}

func writeMatrix(t *testing.T, format string, m *Matrix) string {
	t.Helper()
	var b strings.Builder
	if err := WriteMatrix(format, &b, m, Options{}); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestMatrixAdd(t *testing.T) {
	m := sideBySide()
	if m.Targets[0].Target.URL != "" || m.Targets[1].Target.URL == "" {
		t.Error("the URL of a target that we started is kept, or one of another is not")
	}
	tests := []struct {
		id       string
		outcomes []Outcome
		differs  bool
	}{
		{"ping/answered", []Outcome{{Verdict: Pass}, {Verdict: Pass}, {Verdict: Pass}, {}}, false},
		{"utf8/fail-fast", []Outcome{
			{Verdict: Fail, Rules: []string{"utf8.text-valid"}, Wanted: "the connection failed with 1007"}, {Verdict: Pass},
			{Verdict: Fail, Rules: []string{"utf8.text-valid"}, Wanted: "the connection failed with 1007"}, {},
		}, true},
		{"utf8/surrogates", []Outcome{
			{Verdict: Fail, Known: "utf8/s*  # gorilla leaves UTF-8 to the application", Rules: []string{"utf8.text-valid"},
				Wanted: "the connection failed with 1007"}, {Verdict: Pass}, {}, {},
		}, true},
		{"chat/join", []Outcome{{Verdict: Skip}, {Verdict: Pass}, {}, {}}, false},
		{"close/last", []Outcome{{Verdict: Error, Reason: "reading: too many open files"}, {Verdict: Pass}, {}, {}}, false},
	}
	rows := map[string]Row{}
	for _, r := range m.Cases {
		rows[r.ID] = r
	}
	for _, tt := range tests {
		r := rows[tt.id]
		if !reflect.DeepEqual(r.Outcomes, tt.outcomes) || r.Differs() != tt.differs {
			t.Errorf("%s: got %+v, differs %v", tt.id, r.Outcomes, r.Differs())
		}
	}
	if got, want := m.Tally(0).String(), "9 cases: 1 pass, 1 non-strict, 3 fail (1 known), 2 skip, 2 error in 2.1 s"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if got := m.Rules["fail.close-frame"].Section; got != "7.1.7" {
		t.Errorf("a rule that was only broken is not copied: section %q", got)
	}
}

func TestMatrixReadsBack(t *testing.T) {
	m := sideBySide()
	for i := range m.Cases {
		m.Cases[i].Outcomes[0].Seen = "" // text that is no UTF-8 does not survive JSON
	}
	text := writeMatrix(t, "json", m)
	r, got, err := ReadFile(strings.NewReader(text))
	if err != nil || r != nil {
		t.Fatal(r, err)
	}
	if again := writeMatrix(t, "json", got); again != text {
		t.Errorf("what is read is not what was written:\n%s\n%s", text, again)
	}
	if _, err := ReadJSON(strings.NewReader(text)); !errors.Is(err, ErrMatrix) {
		t.Errorf("as one run: error %v, want ErrMatrix", err)
	}
	if r, m, err := ReadFile(strings.NewReader(write(t, "json", sample(), Options{}))); r == nil || m != nil || err != nil {
		t.Errorf("one run reads as %v, %v, %v", r, m, err)
	}
}

func TestOutcomeAsJSON(t *testing.T) {
	tests := []struct {
		o    Outcome
		text string
	}{
		{Outcome{}, `""`},
		{Outcome{Verdict: NonStrict}, `"non-strict"`},
		{Outcome{Verdict: Fail, Rules: []string{"a.b"}, Seen: "<x>"}, `{"verdict":"fail","rules":["a.b"],"seen":"<x>"}`},
	}
	for _, tt := range tests {
		text, err := compactJSON(tt.o)
		if err != nil || text != tt.text {
			t.Errorf("got %s, want %s (%v)", text, tt.text, err)
		}
		var back Outcome
		if err := json.Unmarshal([]byte(tt.text), &back); err != nil || !reflect.DeepEqual(back, tt.o) {
			t.Errorf("%s reads as %+v (%v)", tt.text, back, err)
		}
	}
}

func TestReadMatrixErrors(t *testing.T) {
	tests := []struct{ in, want string }{
		{`{"version": 2, "targets": []}`, "the file has version 2"},
		{`{"version": 1, "targets": 7}`, "reading a matrix: json: cannot unmarshal number"},
		{`{"version": 1, "targets": [], "cases": [{}]}`, "case 1 has no id"},
		{`{"version": 1, "targets": [{}], "cases": [{"id": "a/b", "outcomes": []}]}`, "case a/b has 0 outcomes, and there are 1 target"},
		{`{"version": 1, "targets": [{}], "cases": [{"id": "a/b", "outcomes": ["ok"]}]}`, `case a/b has the unknown verdict "ok"`},
		{`{"version": 1, "targets": [{}], "cases": [{"id": "a/b", "outcomes": [7]}]}`, "cannot unmarshal number"},
	}
	for _, tt := range tests {
		_, _, err := ReadFile(strings.NewReader(tt.in))
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: error %v, want %q", tt.in, err, tt.want)
		}
	}
}

func TestMatrixFormats(t *testing.T) {
	if got := strings.Join(MatrixFormatNames(), " "); got != "text json html markdown" {
		t.Errorf("the formats are %s", got)
	}
	for _, format := range []string{"junit", "yaml"} {
		if err := WriteMatrix(format, &strings.Builder{}, sideBySide(), Options{}); err == nil || !strings.Contains(err.Error(), "only text, json") {
			t.Errorf("%s: error %v, want one that names the formats", format, err)
		}
	}
	for _, format := range MatrixFormatNames() {
		if err := WriteMatrix(format, fullDisk{}, sideBySide(), Options{}); err == nil {
			t.Errorf("%s swallows a write error", format)
		}
		for _, bad := range []string{"\x1b", "\a", "\x00", "\r", "\u202e", "\xff"} {
			if format != "json" && strings.Contains(writeMatrix(t, format, sideBySide()), bad) {
				t.Errorf("%s passes %q on", format, bad)
			}
		}
	}
}

// FuzzReadMatrix checks that whatever is read can be told in every format.
func FuzzReadMatrix(f *testing.F) {
	text, err := compactJSON(sideBySide())
	if err != nil {
		f.Fatal(err)
	}
	f.Add(text)
	f.Add(`{"version":1,"targets":[{},{}],"cases":[{"id":"a/b","outcomes":["",{"verdict":"fail","known":"x"}]}]}`)
	f.Fuzz(func(t *testing.T, text string) {
		_, m, err := ReadFile(strings.NewReader(text))
		if err != nil || m == nil {
			return
		}
		for _, format := range MatrixFormatNames() {
			writeMatrix(t, format, m)
		}
	})
}

func TestWorstExit(t *testing.T) {
	tests := []struct {
		codes []int
		want  int
	}{
		{nil, ExitOK},
		{[]int{ExitOK, ExitOK}, ExitOK},
		{[]int{ExitOK, ExitTrouble}, ExitTrouble},
		{[]int{ExitTrouble, ExitBroken, ExitOK}, ExitBroken},
		{[]int{ExitBroken, ExitInterrupted}, ExitInterrupted},
	}
	for _, tt := range tests {
		if got := WorstExit(tt.codes...); got != tt.want {
			t.Errorf("%v: got %d, want %d", tt.codes, got, tt.want)
		}
	}
}
