package wire

import (
	"reflect"
	"strings"
	"testing"
)

func TestParseExtensions(t *testing.T) {
	for _, c := range []struct {
		value string
		want  []Extension
	}{
		{"foo", []Extension{{Name: "foo"}}},
		{"foo, bar; baz=2", []Extension{{Name: "foo"}, {Name: "bar", Params: []Param{{Name: "baz", Value: "2", HasValue: true}}}}},
		{"mux; max-channels=4; flow-control,\tdeflate-stream", []Extension{
			{Name: "mux", Params: []Param{{Name: "max-channels", Value: "4", HasValue: true}, {Name: "flow-control"}}},
			{Name: "deflate-stream"}}},
		{`a ; b = "c" `, []Extension{{Name: "a", Params: []Param{{Name: "b", Value: "c", HasValue: true, Quoted: true}}}}},
		{`a;b="1\0"`, []Extension{{Name: "a", Params: []Param{{Name: "b", Value: "10", HasValue: true, Quoted: true}}}}},
		{",, a ,\t,b,", []Extension{{Name: "a"}, {Name: "b"}}},
		{"a;b;b", []Extension{{Name: "a", Params: []Param{{Name: "b"}, {Name: "b"}}}}},
	} {
		got, ok := ParseExtensions(c.value)
		if !ok || !reflect.DeepEqual(got, c.want) {
			t.Errorf("%q: %+v, ok %v", c.value, got, ok)
		}
	}
}

func TestParseExtensionsBreaks(t *testing.T) {
	for value, before := range map[string]int{
		"": 0, " ": 0, ",": 0, " , ,": 0, ";a": 0, "a;": 0, "a;;b": 0, "a; =1": 0, "a;b=": 0, "a;b=,c": 0,
		"a b": 1, "a, b c": 2, "x, a;b=1 2": 2, "x, @": 1, "x, a;b=\"": 1, `x, a;b="1`: 1, `x, a;b="1\`: 1,
		`a;b=""`: 0, `a;b="1 2"`: 0, `a;b="1,2"`: 0, `a;b="\""`: 0, `a;b="é"`: 0, `a;b="1"2`: 1, `a;"b"`: 0, `"a"`: 0,
		"a=1": 1, "a\x00": 1, "a\r\n": 1, "é": 0, "a;b='c d'": 1, "a/b": 1,
	} {
		if got, ok := ParseExtensions(value); ok || len(got) != before {
			t.Errorf("%q: %+v, ok %v, want %d before the break", value, got, ok, before)
		}
	}
}

func TestExtensionString(t *testing.T) {
	e := Extension{Name: "a", Params: []Param{{Name: "b"}, {Name: "c", Value: "1", HasValue: true}, {Name: "d", Value: `x"\`, HasValue: true, Quoted: true}}}
	if got, want := e.String(), `a; b; c=1; d="x\"\\"`; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

func TestParseTokens(t *testing.T) {
	for _, c := range []struct {
		value string
		want  []string
		ok    bool
	}{
		{"chat", []string{"chat"}, true},
		{"chat, superchat", []string{"chat", "superchat"}, true},
		{" ,chat,,\tv1.2+x!", []string{"chat", "v1.2+x!"}, true},
		{"", nil, false},
		{",", nil, false},
		{"a b", []string{"a"}, false},
		{"a, b/c", []string{"a", "b"}, false},
		{`a, "b"`, []string{"a"}, false},
	} {
		if got, ok := ParseTokens(c.value); ok != c.ok || !reflect.DeepEqual(got, c.want) {
			t.Errorf("%q: %q, ok %v", c.value, got, ok)
		}
	}
}

func TestIsToken(t *testing.T) {
	const separators = "()<>@,;:\\\"/[]?={} \t" // RFC 2616 §2.2
	for i := range 256 {
		want := i > 31 && i < 127 && !strings.ContainsRune(separators, rune(i))
		if s := string([]byte{'a', byte(i)}); IsToken(s) != want {
			t.Errorf("IsToken(%q) is %v", s, !want)
		}
	}
	if IsToken("") {
		t.Error("nothing is a token")
	}
}

func FuzzParseExtensions(f *testing.F) {
	f.Add(`permessage-deflate; client_max_window_bits; server_max_window_bits="10", x`)
	f.Add(`, a; b = "c\d" ,,`)
	f.Add(`a;b="`)
	f.Fuzz(func(t *testing.T, value string) {
		list, ok := ParseExtensions(value)
		var written []string
		for _, e := range list {
			written = append(written, e.String())
		}
		again, okAgain := ParseExtensions(strings.Join(written, ", "))
		if !reflect.DeepEqual(again, list) || okAgain != (len(list) > 0) {
			t.Fatalf("%q: %+v comes back as %+v", value, list, again)
		}
		if ok && !okAgain {
			t.Fatalf("%q is taken and %q is not", value, written)
		}
		ParseTokens(value)
	})
}
