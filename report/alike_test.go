package report

import (
	"strings"
	"testing"
)

// TestAlike has one failure of a matrix told whole and the next in a line, unless
// it broke another rule, is of another case, or everything was asked for.
func TestAlike(t *testing.T) {
	r := &Results{}
	for _, id := range []string{"utf8/x[1]", "utf8/x[2]", "utf8/y", "utf8/x[3]"} {
		c := failFast()
		c.ID = id
		r.Cases = append(r.Cases, c)
	}
	r.Cases[3].Findings[0].Rule = "utf8.sent"
	text := write(t, "text", r, Options{})
	if n := strings.Count(text, "0.000  →  text"); n != 3 || !strings.Contains(text, "utf8/x[2]") || strings.Count(text, "like utf8/x[1] above") != 1 {
		t.Errorf("%d conversations, want 3, and one failure that is like another:\n%s", n, text)
	}
	if text := write(t, "text", r, Options{Verbose: true}); strings.Contains(text, "like utf8/x[1] above") {
		t.Errorf("-v does not tell all:\n%s", text)
	}
}
