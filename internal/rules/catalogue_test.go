package rules

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var (
	idForm = regexp.MustCompile(`^[a-z][a-z0-9]*\.[a-z0-9]+(-[a-z0-9]+)*$`)
	folded = regexp.MustCompile(`^\S+( \S+)*$`)
)

func TestRulesAreWhole(t *testing.T) {
	seen := map[ID]bool{}
	for _, r := range All() {
		if seen[r.ID] {
			t.Errorf("%s is there twice", r.ID)
		}
		seen[r.ID] = true
		if !idForm.MatchString(string(r.ID)) {
			t.Errorf("%s is no topic.what in lower case", r.ID)
		}
		if r.Level != Must && r.Level != Should && r.Level != May {
			t.Errorf("%s: level %q", r.ID, r.Level)
		}
		if _, ok := documents[r.Document]; !ok {
			t.Errorf("%s: document %q", r.ID, r.Document)
		}
		if r.Section == "" || !folded.MatchString(r.Quote) || !folded.MatchString(r.About) {
			t.Errorf("%s: section, quote and about must be there, white space folded", r.ID)
		}
		if !strings.HasSuffix(r.About, ".") || r.Room != "" && !strings.HasSuffix(r.Room, ".") {
			t.Errorf("%s: about and room are sentences", r.ID)
		}
		if got, ok := Get(r.ID); !ok || got.Quote != r.Quote {
			t.Errorf("Get(%s) = %v, %v", r.ID, got, ok)
		}
	}
	if _, ok := Get("no.such"); ok {
		t.Error("Get finds a rule that is not there")
	}
}

// A quote that says MUST and a level that says less need a reason, and a MAY
// always does: it is the text that leaves something open.
func TestMildLevelsSayWhy(t *testing.T) {
	for _, r := range All() {
		mild := r.Level == May || r.Level == Should && strings.Contains(r.Quote, "MUST")
		if mild && r.Room == "" {
			t.Errorf("%s is a %s and does not say what the text leaves open", r.ID, r.Level)
		}
		if r.Level == Must && r.Room != "" {
			t.Errorf("%s is a MUST and leaves room", r.ID)
		}
	}
}

// The names that case files and the prober count on.
func TestNamedElsewhere(t *testing.T) {
	for _, id := range strings.Fields(`
		fragment.control-between control.not-fragmented utf8.text-valid utf8.fail-fast hixie76.challenge hixie76.key-spaces
		deflate.agreed-parameters deflate.decline-invalid-offer chat.broadcast mask.server fail.close-frame fail.close-code
		fail.no-processing close.answer close.tcp close.tcp-prompt handshake.accepts handshake.http-response frame.echo
		server.survives hixie76.closing`) {
		if _, ok := Get(ID(id)); !ok {
			t.Errorf("there is no rule %s", id)
		}
	}
}

// Topics stand together, so that the catalogue reads as one text.
func TestTopicsStandTogether(t *testing.T) {
	done := map[string]bool{}
	last := ""
	for _, r := range All() {
		topic, _, _ := strings.Cut(string(r.ID), ".")
		if topic != last && done[topic] {
			t.Errorf("%s stands apart from the other rules of its topic", r.ID)
		}
		last, done[topic] = topic, true
	}
}

// The testable requirements, by the list that they were numbered in: servers'
// handshakes, frames, closes, deflate, hixie-76, hixie-75, drafts, clients, and HTTP/2.
var requirementRanges = []struct {
	prefix      string
	first, last int
}{
	{"HS", 1, 64}, {"FR", 1, 42}, {"CL", 1, 22}, {"PM", 1, 40},
	{"X6", 1, 20}, {"X5", 1, 8}, {"DR", 1, 6}, {"CC", 1, 9}, {"CC", 20, 20}, {"CC", 38, 39}, {"CC", 45, 46},
	{"H2", 4, 4}, {"H2", 10, 10},
}

func TestEveryRequirementHasARule(t *testing.T) {
	ruled := map[string]ID{}
	for _, r := range All() {
		if len(r.Requirements) == 0 && r.Document != chatProtocol {
			t.Errorf("%s stands for no requirement", r.ID)
		}
		for _, q := range r.Requirements {
			ruled[q] = r.ID
		}
	}
	known := map[string]bool{}
	for _, s := range requirementRanges {
		for n := s.first; n <= s.last; n++ {
			q := fmt.Sprintf("%s-%03d", s.prefix, n)
			known[q] = true
			if (ruled[q] == "") == (Unruled[q] == "") {
				t.Errorf("%s: rule %q, reason for having none %q", q, ruled[q], Unruled[q])
			}
		}
	}
	for q, id := range ruled {
		if !known[q] {
			t.Errorf("%s: there is no requirement %s", id, q)
		}
	}
}

// An id without a row would be a rule that Get does not find.
func TestEveryIDHasARow(t *testing.T) {
	constant := regexp.MustCompile(`(?m)^\t[A-Z]\w+ +ID = "(.+)"$`)
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, name := range files {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range constant.FindAllStringSubmatch(string(data), -1) {
			n++
			if _, ok := Get(ID(m[1])); !ok {
				t.Errorf("%s: %s has no row", name, m[1])
			}
		}
	}
	if n != len(All()) {
		t.Errorf("%d ids and %d rows", n, len(All()))
	}
}
