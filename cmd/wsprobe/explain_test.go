package main

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"wsprobe/internal/rules"
)

func TestCloseCodesCoverAll(t *testing.T) {
	next := 0
	for _, c := range rules.CloseStatuses {
		if c.Low != next || c.High < c.Low {
			t.Errorf("the row from %d to %d does not follow on %d", c.Low, c.High, next-1)
		}
		next = c.High + 1
	}
	if next != 1<<16 {
		t.Errorf("the last row ends with %d", next-1)
	}
}

// TestCloseCodeQuotes finds each quote in the RFC.
func TestCloseCodeQuotes(t *testing.T) {
	text, err := os.ReadFile("../../../shared/specs/rfc6455.txt")
	if err != nil {
		t.Log("the documents are not here, so that the quotes are not checked:", err)
		return
	}
	pageBreak := regexp.MustCompile(`\n[^\n]*\[Page \d+\]\n\f?\n?RFC 6455[^\n]*\n`)
	rfc := strings.Join(strings.Fields(string(pageBreak.ReplaceAll(text, []byte("\n")))), " ")
	for _, c := range rules.CloseStatuses {
		if !strings.Contains(rfc, c.Quote) {
			t.Errorf("%d: the RFC does not say %q", c.Low, c.Quote)
		}
	}
}

func TestExcerpt(t *testing.T) {
	tests := []struct{ in, want string }{
		{"  - id: a\n    about: x\n\n    steps:\n      - pause: 1s\n\n  - id: b", "- id: a\n  about: x\n\n  steps:\n    - pause: 1s\n"},
		{"- id: a\n  about: x", "- id: a\n  about: x\n"},
		{"  - id: a\r\n    about: \x1b[2J\r\n# end", "- id: a\n  about: \\x1b[2J\n"},
	}
	for _, tt := range tests {
		if got := excerpt(strings.Split(tt.in, "\n")); got != tt.want {
			t.Errorf("excerpt(%q) = %q, want %q", tt.in, got, tt.want)
		}
	}
}
