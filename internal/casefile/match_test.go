package casefile

import (
	"encoding/json"
	"reflect"
	"regexp"
	"strings"
	"testing"
)

var quotedCapture = regexp.MustCompile(`^\$[a-z]+$`)

// jsonOf decodes a JSON text; a string "$id" is a capture.
func jsonOf(text string) any {
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		panic(err)
	}
	return withCaptures(v)
}

func withCaptures(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for name := range v {
			v[name] = withCaptures(v[name])
		}
	case []any:
		for i := range v {
			v[i] = withCaptures(v[i])
		}
	case string:
		if quotedCapture.MatchString(v) {
			return Capture(v[1:])
		}
	}
	return v
}

func TestMatchJSON(t *testing.T) {
	tests := []struct{ pattern, doc, why string }{
		{`{}`, `{"a": 1}`, ""},
		{`{"a": 1}`, `{"a": 1, "b": 2}`, ""},
		{`{"a": 1}`, `{"b": 1}`, `the message has no member "a"`},
		{`{"a": {"b": 1}}`, `{"a": {"b": 2}}`, "a.b is 2, not 1"},
		{`{"a": {"b": 1}}`, `{"a": [1]}`, "a is [1], not an object"},
		{`{"a": [1, {"b": 2}]}`, `{"a": [1, {"b": 2, "c": 3}]}`, ""},
		{`{"a": [1, 2]}`, `{"a": [2, 1]}`, "a.0 is 2, not 1"},
		{`{"a": [1]}`, `{"a": [1, 2]}`, "a has 2 elements, not 1"},
		{`{"a": []}`, `{"a": {}}`, "a is {}, not an array"},
		{`1`, `1.0`, ""},
		{`100`, `1e2`, ""},
		{`0`, `-0`, ""},
		{`1`, `"1"`, `the message is "1", not 1`},
		{`12345678901234567890`, `12345678901234567891`, "the message is 12345678901234567891, not 12345678901234567890"},
		{`1`, `1e999999999`, "the message is 1e999999999, not 1"},
		{`null`, `null`, ""},
		{`null`, `false`, "the message is false, not null"},
		{`{"a": null}`, `{}`, `the message has no member "a"`},
		{`true`, `true`, ""},
		{`"<é>"`, `"<é>"`, ""},
		{`{"a": "$id", "b": "$id"}`, `{"a": 5, "b": 5.0}`, ""},
		{`{"a": "$id", "b": "$id"}`, `{"a": 5, "b": 6}`, "b is 6, not 5, which is $id"},
		{`{"a": "$id"}`, `{}`, `the message has no member "a"`},
		{`{"a": "$known"}`, `{"a": {"x": [1]}}`, ""},
		{`{"a": "$known"}`, `{"a": {"x": [1], "y": 2}}`, `a is {"x":[1],"y":2}, not {"x":[1]}, which is $known`},
	}
	for _, tt := range tests {
		vars := Vars{"known": jsonOf(`{"x": [1]}`)}
		ok, why := MatchJSON(jsonOf(tt.pattern), jsonOf(tt.doc), vars)
		if ok != (tt.why == "") || why != tt.why {
			t.Errorf("%s of %s: %v, %q; want %q", tt.pattern, tt.doc, ok, why, tt.why)
		}
	}
}

// What is captured is kept where the whole pattern holds, and only there.
func TestMatchJSONKeeps(t *testing.T) {
	vars := Vars{}
	if ok, _ := MatchJSON(jsonOf(`{"a": "$id", "b": 1}`), jsonOf(`{"a": "x", "b": 2}`), vars); ok || len(vars) > 0 {
		t.Errorf("a miss left %v behind", vars)
	}
	if ok, why := MatchJSON(jsonOf(`{"a": "$id"}`), jsonOf(`{"a": {"deep": [1]}}`), vars); !ok {
		t.Error(why)
	}
	if want := (Vars{"id": jsonOf(`{"deep": [1]}`)}); !reflect.DeepEqual(vars, want) {
		t.Errorf("kept %v, want %v", vars, want)
	}
}

// A pattern's strings may have captures inside.
func TestMatchJSONText(t *testing.T) {
	room := Text{Parts: []TextPart{{Literal: "room "}, {Capture: "id"}}}
	pattern := map[string]any{"room": room}
	if ok, why := MatchJSON(pattern, jsonOf(`{"room": "room 7"}`), Vars{"id": json.Number("7")}); !ok {
		t.Error(why)
	}
	if got, want := JSONText(pattern), `{"room":"room ${id}"}`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func FuzzMatchJSON(f *testing.F) {
	f.Add(`{"a": ["$id", 1.0]}`, `{"a": [1, 1]}`)
	f.Fuzz(func(t *testing.T, pattern, doc string) {
		if !json.Valid([]byte(pattern)) || !json.Valid([]byte(doc)) {
			return
		}
		MatchJSON(jsonOf(pattern), jsonOf(doc), Vars{})
		if ok, why := MatchJSON(jsonOf(pattern), jsonOf(pattern), Vars{}); !ok && !strings.Contains(pattern, "$") {
			t.Errorf("%s is not itself: %s", pattern, why)
		}
	})
}
