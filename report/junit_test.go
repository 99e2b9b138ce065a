package report

import (
	"encoding/xml"
	"io"
	"strings"
	"testing"

	"github.com/joshdk/go-junit"
)

// TestJUnitReadBack reads the sample with a reader that is not ours.
func TestJUnitReadBack(t *testing.T) {
	suites, err := junit.Ingest([]byte(write(t, "junit", sample(), Options{})))
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]junit.Status{
		"ping answered":                junit.StatusPassed,
		"utf8 fail-fast":               junit.StatusFailed,
		"utf8 surrogates":              junit.StatusSkipped, // known
		"close one-byte-body":          junit.StatusPassed,  // a SHOULD
		"close last":                   junit.StatusError,
		"close unplayed":               junit.StatusError,
		"framing mask[unmasked]":       junit.StatusFailed,
		"chat join":                    junit.StatusSkipped,
		"chat say":                     junit.StatusSkipped,
		"wsprobe baseline known.txt:3": junit.StatusFailed,
	}
	for _, s := range suites {
		for _, c := range s.Tests {
			name := c.Classname + " " + c.Name
			if got := c.Status; got != want[name] {
				t.Errorf("%s is %s, want %s", name, got, want[name])
			}
			delete(want, name)
		}
	}
	for name := range want {
		t.Errorf("%s is not in the file", name)
	}
}

func TestJUnitFailureIsWhole(t *testing.T) {
	suites, err := junit.Ingest([]byte(write(t, "junit", &Results{Cases: []Case{failFast()}}, Options{})))
	if err != nil {
		t.Fatal(err)
	}
	e, ok := suites[0].Tests[0].Error.(junit.Error)
	if !ok {
		t.Fatalf("the failure is a %T", suites[0].Tests[0].Error)
	}
	if e.Type != "utf8.text-valid" || !strings.Contains(e.Message, "wanted: the connection failed with 1007") {
		t.Errorf("type %q, message %q", e.Type, e.Message)
	}
	if !strings.Contains(e.Body, `0.704  ←  text    fin=1  21`) || !strings.Contains(e.Body, "again: wsprobe run") {
		t.Errorf("the body lacks the conversation:\n%s", e.Body)
	}
}

func TestJUnitSaysWhatWasTested(t *testing.T) {
	suites, err := junit.Ingest([]byte(write(t, "junit", sample(), Options{})))
	if err != nil {
		t.Fatal(err)
	}
	s := suites[0]
	if s.Properties["target"] != "ws://127.0.0.1:9001/" || s.Properties["has"] != "echo, permessage-deflate" {
		t.Errorf("properties are %v", s.Properties)
	}
	if got := suites[1].Tests[0].Duration; got != 704*ms {
		t.Errorf("utf8/fail-fast took %v", got)
	}
}

// TestJUnitHasAnEnd gives a case more to say than a CI service keeps.
func TestJUnitHasAnEnd(t *testing.T) {
	c := failFast()
	c.Findings[0].Detail = strings.Repeat("its last words\n", 100000)
	text := write(t, "junit", &Results{Cases: []Case{c}}, Options{})
	if len(text) > 2*maxCaseText || !strings.Contains(text, "there is more than there is room for here") {
		t.Errorf("the file has %d bytes", len(text))
	}
}

// FuzzJUnitIsXML puts anything at all where text of a target may end up.
func FuzzJUnitIsXML(f *testing.F) {
	f.Add([]byte("]]>\x00\x1b[0m\xff\ufffe"), "a]]>b", "\x01")
	f.Fuzz(func(t *testing.T, payload []byte, id, detail string) {
		c := failFast()
		c.ID, c.Reason, c.About = "utf8/"+id, detail, detail
		c.Findings[0].Detail = detail
		c.Transcript[3].Payload = payload
		r := &Results{Target: Target{Name: detail}, Trouble: detail, Cases: []Case{c, {ID: id, Suite: id, Verdict: Skip, Reason: detail}}}
		for _, format := range []string{"junit", "text", "tap", "markdown", "html"} {
			out := write(t, format, r, Options{Verbose: true})
			if n := strings.Count(out, "</noscript"); format == "html" && n != len(r.Cases) {
				t.Errorf("%d ends of a noscript for %d cases", n, len(r.Cases))
			}
			if strings.ContainsAny(out, "\x1b\a\x00\r\x7f") {
				t.Errorf("%s passes control characters on: %q", format, out)
			}
			if format != "junit" {
				continue
			}
			for d := xml.NewDecoder(strings.NewReader(out)); ; {
				if _, err := d.Token(); err == io.EOF {
					break
				} else if err != nil {
					t.Fatalf("not XML: %v\n%s", err, out)
				}
			}
		}
	})
}
