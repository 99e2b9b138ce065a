package fault

import (
	"errors"
	"strings"
	"testing"
	"time"
)

func TestParse(t *testing.T) {
	f, err := Parse("latency=100ms,jitter=30ms,bandwidth=64KB/s,chop=7,every=2ms,after=10s,dir=client,conn=3,probability=0.5,when=a,b=c", isText)
	if err != nil {
		t.Fatal(err)
	}
	want := pace{100 * time.Millisecond, 30 * time.Millisecond, 64000, 7, 2 * time.Millisecond}
	if f.pace != want || f.after != (extent{time: 10 * time.Second}) || f.side != [2]bool{true, false} || f.conn != 3 || f.probability != 0.5 || f.when == nil {
		t.Errorf("%+v", f)
	}
	for spec, want := range map[string]extent{
		"reset,after=3": {frames: 3}, "reset,after=3 frames": {frames: 3}, "reset,after=1 frame": {frames: 1},
		"reset,after=1MB": {bytes: 1e6}, "reset,after=1KiB": {bytes: 1024}, "reset,after=1m30s": {time: 90 * time.Second},
	} {
		if f, err := Parse(spec, nil); err != nil || f.after != want {
			t.Errorf("%s: %+v %v", spec, f, err)
		}
	}
}

func TestParseMistakes(t *testing.T) {
	for spec, want := range map[string]string{
		"":                        "nothing that can go wrong",
		"lag=3":                   `"lag" is nothing that can go wrong`,
		"latency":                 "invalid duration",
		"latency=2h":              "more than an hour",
		"latency=":                "of nothing",
		"dir=client":              "nothing goes wrong in it",
		"drop=3,drop=4":           "given twice",
		"drop=3,latency=1s":       "several faults",
		"drop=3,duplicate=3":      "several faults",
		"drop=0":                  "a number from 1 on",
		"corrupt=2/1":             "a share such as",
		"corrupt=x":               "invalid syntax",
		"close=70000":             "out of range",
		"close=1000,reason=\xff":  "UTF-8",
		"drop,reason=x":           "is for close=CODE",
		"reset=now":               "takes no value",
		"latency=1s,every=1ms":    "is for chop=",
		"bandwidth=64":            "a size such as 64KB",
		"reset,dir=up":            "client or server",
		"reset,after=3 elephants": "such as 3, 10s or 1MB",
		"drop,probability=0":      "above 0",
		"drop,when=(":             "when: no such expression",
		"close,reason=" + strings.Repeat("x", 124): "123 bytes",
	} {
		_, err := Parse(spec, func(string) (Match, error) { return nil, errors.New("no such expression") })
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v", spec, err)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add("latency=100ms,jitter=30ms,dir=client,after=1MB,when=x")
	f.Add("corrupt=1/1000,probability=.5")
	f.Fuzz(func(t *testing.T, spec string) {
		if got, err := Parse(spec, isText); err == nil && got.Text != spec {
			t.Error(got.Text)
		}
	})
}
