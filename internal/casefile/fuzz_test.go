package casefile

import (
	"os"
	"path/filepath"
	"testing"
	"testing/fstest"
)

// Whatever is in a file: the loader comes back, every problem has a place in
// the file, a file without problems has cases, and their payloads can be built.
func FuzzParse(f *testing.F) {
	for _, pattern := range []string{"testdata/good/*.yaml", "testdata/bad/*.yaml", "../../cases/*/*.yaml"} {
		files, err := filepath.Glob(pattern)
		if err != nil {
			f.Fatal(err)
		}
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(text)
		}
	}
	f.Add([]byte(matrixFile))
	dir := fstest.MapFS{"x.bin": {Data: []byte{1, 2, 3}}}
	f.Fuzz(func(t *testing.T, text []byte) {
		cases, problems := parse(text, "example.yaml", dir)
		if len(cases) == 0 && len(problems) == 0 {
			t.Fatal("neither cases nor problems")
		}
		for _, p := range problems {
			if p.Pos.Line < 1 || p.Pos.Col < 1 || p.Text == "" {
				t.Errorf("%+v", p)
			}
		}
		for _, c := range cases {
			for _, s := range c.Steps {
				build(t, s)
			}
		}
	})
}

// build builds the payloads of a step, unless they are large.
func build(t *testing.T, s Step) {
	payloads := []Payload{s.Bytes}
	for _, f := range s.Frames {
		payloads = append(payloads, f.Payload)
	}
	for _, p := range payloads {
		if p.Size() >= 1<<16 {
			continue
		}
		b := p.Append(nil, nil)
		if len(b) != p.Size() || p.Length(nil) != len(b) || p.Differs(b, nil) != -1 {
			t.Errorf("%+v has another size than %d, or differs from itself", p, p.Size())
		}
	}
	if s.Verb == "" {
		t.Error("a step with no verb")
	}
}
