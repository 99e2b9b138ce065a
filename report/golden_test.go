package report

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the golden files")

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(file, got, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s differs (go test -update writes it anew); got:\n%s", file, got)
	}
}

func write(t *testing.T, format string, r *Results, o Options) string {
	t.Helper()
	var b bytes.Buffer
	if err := Write(format, &b, r, o); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestGolden(t *testing.T) {
	tests := []struct {
		file, format string
		options      Options
	}{
		{"text.txt", "text", Options{}},
		{"verbose.txt", "text", Options{Verbose: true}},
		{"narrow.txt", "text", Options{Width: 44}},
		{"color.txt", "text", Options{Color: true}},
		{"quiet.txt", "text", Options{Quiet: true}},
		{"sample.json", "json", Options{}},
		{"junit.xml", "junit", Options{}},
		{"sample.tap", "tap", Options{}},
		{"sample.sarif", "sarif", Options{}},
		{"sample.md", "markdown", Options{}},
	}
	for _, tt := range tests {
		golden(t, tt.file, []byte(write(t, tt.format, sample(), tt.options)))
	}
}

// TestReadmeFailure holds the text to the look that README promises.
func TestReadmeFailure(t *testing.T) {
	r := &Results{Cases: []Case{failFast()}}
	// The accent is the one of RFC 3629's and Autobahn's Greek word, U+1F79.
	want := strings.ReplaceAll(`FAIL  utf8/fail-fast                                          cases/rfc6455/utf8.yaml:12
      Bad bytes in the second of three fragments fail the connection.

      utf8.text-valid  MUST  RFC 6455 §8.1
      "... that endpoint MUST _Fail the WebSocket Connection_."

      0.000  →  text    fin=0  11  κόσμε
      0.201  →  cont    fin=0   4  f4 90 80 80
      0.703  →  cont    fin=1   6  edited
      0.704  ←  text    fin=1  21  κόσμε\xf4\x90\x80\x80edited
             wanted: the connection failed with 1007 (utf8.yaml:23)

      again: wsprobe run cases/ --url ws://127.0.0.1:9001/ --only utf8/fail-fast -v

1 case: 1 fail in 0.0 s
`, "\u03cc", "\u1f79")
	if got := write(t, "text", r, Options{}); got != want {
		t.Errorf("got:\n%s\nwant:\n%s", got, want)
	}
}

// TestNothingForTheTerminal looks for bytes that a terminal would obey in
// everything that people read.
func TestNothingForTheTerminal(t *testing.T) {
	for _, f := range Formats() {
		if f.Name == "json" || f.Name == "sarif" {
			continue // JSON's own escapes hold there
		}
		for _, verbose := range []bool{false, true} {
			out := write(t, f.Name, sample(), Options{Verbose: verbose})
			for _, bad := range []string{"\x1b", "\a", "\x00", "\r", "\u202e", "\xff"} {
				if strings.Contains(out, bad) {
					t.Errorf("%s (verbose %v) passes %q on", f.Name, verbose, bad)
				}
			}
		}
	}
}

func TestNarrowKeepsToItsWidth(t *testing.T) {
	for _, width := range []int{56, 60, 80, 120} {
		for line := range strings.Lines(write(t, "text", sample(), Options{Width: width})) {
			line = strings.TrimRight(line, "\n")
			oneWord := !strings.Contains(strings.TrimSpace(line), " ")
			if w := textWidth(line); w > width && !oneWord && !strings.Contains(line, "again: ") {
				t.Errorf("width %d: a line of %d columns: %s", width, w, line)
			}
		}
	}
}

func TestUnknownFormat(t *testing.T) {
	err := Write("yaml", &bytes.Buffer{}, sample(), Options{})
	if err == nil || !strings.Contains(err.Error(), "junit") {
		t.Errorf("error is %v, want one that names the formats", err)
	}
}

type fullDisk struct{}

func (fullDisk) Write([]byte) (int, error) { return 0, os.ErrClosed }

func TestWriteErrorIsReported(t *testing.T) {
	for _, f := range Formats() {
		if err := Write(f.Name, fullDisk{}, sample(), Options{}); err == nil {
			t.Errorf("%s swallows a write error", f.Name)
		}
	}
}
