package record_test

import (
	"bytes"
	"strings"
	"testing"

	"wsprobe/internal/record"
)

func TestReadJSONLMistakes(t *testing.T) {
	const open = `{"type":"open","conn":1,"version":1,"at":"2026-01-02T03:04:05Z","client":"127.0.0.1:1","server":"127.0.0.1:2"}` + "\n"
	for text, want := range map[string]string{
		"{\n": "line 1: not a line of a recording",
		`{"type":"open","conn":1,"version":9}` + "\n":                                          "newer than this program",
		`{"type":"close","conn":1}` + "\n":                                                     "connection 1 was not opened",
		open + `{"type":"frame","conn":1,"side":"up"}` + "\n":                                  `line 2: "up" is no side`,
		open + `{"type":"frame","conn":1,"side":"client","opcode":"x"}` + "\n":                 `"x" is no opcode`,
		open + `{"type":"frame","conn":1,"side":"client","opcode":"text","mask":"1"}` + "\n":   "no masking key",
		open + `{"type":"request","conn":1,"side":"client","text":"\u0000"}` + "\n":            "reading the request",
		open + `{"type":"news","conn":1,"side":"client"}` + "\n" + `{"type":"close","conn":1}`: "",
	} {
		err := record.ReadJSONL(strings.NewReader(text), record.NewGather(0))
		if want == "" != (err == nil) || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%s%v", text, err)
		}
	}
}

// FuzzReadJSONL has whatever can be read be written so that it reads the same again.
func FuzzReadJSONL(f *testing.F) {
	f.Add([]byte(`{"type":"open","conn":1,"version":1,"at":"2026-01-02T03:04:05Z","client":"127.0.0.1:1","server":"[::1]:2","url":"ws://h/"}
{"type":"frame","conn":1,"t_ns":5,"side":"client","offset":0,"size":11,"opcode":"text","fin":true,"mask":"01020304","length":5,"text":"hello"}
{"type":"frame","conn":1,"t_ns":5,"side":"server","offset":0,"size":5,"hixie_type":0,"length":3,"text":"abc"}
{"type":"end","conn":1,"side":"client","how":"reset"}
{"type":"lost","payloads":3}
`))
	f.Fuzz(func(t *testing.T, text []byte) {
		var first, second bytes.Buffer
		for _, b := range []*bytes.Buffer{&first, &second} {
			w := record.NewJSONL(b)
			err := record.ReadJSONL(bytes.NewReader(text), w, record.NewGather(0))
			w.End()
			if err != nil {
				if b == &second {
					t.Fatalf("%v: %s", err, text)
				}
				return
			}
			text = b.Bytes()
		}
		if !bytes.Equal(first.Bytes(), second.Bytes()) {
			t.Errorf("%s\nbecame\n%s", &first, &second)
		}
	})
}
