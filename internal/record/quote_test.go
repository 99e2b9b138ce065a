package record

import (
	"bytes"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"
)

func FuzzQuote(f *testing.F) {
	f.Add([]byte(`{"say":"a\\b"}`))
	f.Add([]byte("\x00\x1f\x7f\b\f\n\r\t/<>&\u2028κόσμε\U0001F600"))
	f.Fuzz(func(t *testing.T, text []byte) {
		if !utf8.Valid(text) {
			return
		}
		want, err := jsontext.AppendQuote([]byte("x"), text)
		if got := appendQuoted([]byte("x"), text); err != nil || !bytes.Equal(got, want) {
			t.Errorf("%q is quoted as %s, not as %s (%v)", text, got, want, err)
		}
	})
}

func BenchmarkQuote(b *testing.B) {
	for name, text := range map[string]string{
		"words": strings.Repeat("Hello, wire! ", 5), "json": `{"id":12345,"say":"Hello everyone, how is it over there today?"}`,
		"dense": strings.Repeat(`{"a":"b"}, `, 6),
	} {
		var dst []byte
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				dst = appendQuoted(dst[:0], []byte(text))
			}
		})
		b.Run(name+"/jsontext", func(b *testing.B) {
			for b.Loop() {
				dst, _ = jsontext.AppendQuote(dst[:0], []byte(text))
			}
		})
	}
}
