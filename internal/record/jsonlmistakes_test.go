package record_test

import (
	"strings"
	"testing"

	"wsprobe/internal/record"
)

func TestReadJSONLMistakes(t *testing.T) {
	const open = `{"type":"open","conn":1,"version":1,"at":"2026-01-02T03:04:05Z","client":"127.0.0.1:1","server":"127.0.0.1:2"}` + "\n"
	for text, want := range map[string]string{
		"{\n":                        "1:2: ",
		"":                           "",
		`{"a":1}` + "\n":             "JSON, but no recording of wsproxy",
		`{"a":1}`:                    "JSON, but no recording of wsproxy",
		`{"a":1}` + "\n" + `{"b":`:   "JSON, but no recording of wsproxy",
		`{"type":"module"}`:          "JSON, but no recording of wsproxy",
		open + `{"type":"frame","co`: "",
		`{"type":"open","conn":1,"version":9}` + "\n":                                          "1:1: version 9 of the format; this program reads 1",
		`{"type":"close","conn":1}` + "\n":                                                     "connection 1 was not opened",
		open + `{"type":"frame","conn":1,"side":"up"}` + "\n":                                  `2:1: side is client or server, not "up"`,
		open + `{"type":"frame","conn":1,"side":"client","opcode":"x"}` + "\n":                 `2:1: no opcode is "x"`,
		open + `{"type":"frame","conn":1,"side":"client","opcode":"text","mask":"1"}` + "\n":   `2:1: a mask is eight hex digits, not "1"`,
		open + `{"type":"request","conn":1,"side":"client","text":"\u0000"}` + "\n":            "2:1: no head of a request",
		open + `{"type":"news","conn":1,"side":"client"}` + "\n" + `{"type":"close","conn":1}`: "",
	} {
		err := record.ReadJSONL(strings.NewReader(text), record.NewGather(0))
		if want == "" != (err == nil) || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%s%v", text, err)
		}
	}
}
