package report

import (
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"
	"testing/iotest"
)

func TestJSONReadsBack(t *testing.T) {
	want := sample()
	// Text that is no UTF-8 does not survive JSON; payloads, as bytes, do.
	want.Cases[3].Findings[0].Detail, want.Cases[3].Transcript[1].Note = "", ""
	got, err := ReadJSON(strings.NewReader(write(t, "json", want, Options{})))
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(got, want) {
		t.Error("what is read is not what was written")
	}
}

func TestJSONHasNoNullLists(t *testing.T) {
	out := write(t, "json", &Results{}, Options{})
	if strings.Contains(out, "null") {
		t.Errorf("an empty run has a null:\n%s", out)
	}
}

func TestReadJSONErrors(t *testing.T) {
	tests := []struct{ in, want string }{
		{``, "unexpected end of JSON input"},
		{`[]`, "cannot unmarshal array"},
		{`{}`, "not a results file"},
		{`{"version": 2, "cases": 7}`, "the file has version 2, and this wsprobe reads 1"},
		{`{"version": 1, "cases": 7}`, "cannot unmarshal number"},
		{`{"version": 1} {"version": 1}`, "after top-level value"},
		{`{"version": 1, "cases": [{"verdict": "pass"}]}`, "case 1 has no id"},
		{`{"version": 1, "cases": [{"id": "a/b", "verdict": "ok"}]}`, `case a/b has the unknown verdict "ok"`},
	}
	for _, tt := range tests {
		_, err := ReadJSON(strings.NewReader(tt.in))
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: error %v, want %q", tt.in, err, tt.want)
		}
	}
	if _, err := ReadJSON(iotest.ErrReader(errors.New("bad disk"))); err == nil {
		t.Error("a read error is swallowed")
	}
}

// FuzzReadJSON checks that whatever is read can be told in every format, and
// reads back from the JSON as the same.
func FuzzReadJSON(f *testing.F) {
	seed, err := json.Marshal(sample())
	if err != nil {
		f.Fatal(err)
	}
	f.Add(seed)
	f.Add([]byte(`{"version":1,"cases":[{"id":"a","verdict":"fail","findings":[{"after":-7}],"transcript":[{"kind":"close","payload":"AA=="}]}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		r, err := ReadJSON(strings.NewReader(string(data)))
		if err != nil {
			return
		}
		for _, format := range Formats() {
			write(t, format.Name, r, Options{Verbose: true, Width: 50})
		}
		again, err := ReadJSON(strings.NewReader(write(t, "json", r, Options{})))
		if err != nil || len(again.Cases) != len(r.Cases) {
			t.Errorf("does not read back: %v", err)
		}
	})
}
