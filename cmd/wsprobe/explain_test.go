package main

import (
	"strings"
	"testing"
)

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
