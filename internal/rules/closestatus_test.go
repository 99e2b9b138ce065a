package rules

import (
	"errors"
	"io/fs"
	"strings"
	"testing"
)

func TestCloseStatusesCoverAll(t *testing.T) {
	next := 0
	for _, c := range closeStatuses {
		if c.Low != next || c.High < c.Low {
			t.Errorf("the row from %d to %d does not follow on %d", c.Low, c.High, next-1)
		}
		next = c.High + 1
	}
	if next != 1<<16 {
		t.Errorf("the last row ends with %d", next-1)
	}
}

// TestCloseStatusQuotes finds each quote in the section that is its source.
func TestCloseStatusQuotes(t *testing.T) {
	sections, err := documents[rfc6455].sections()
	if errors.Is(err, fs.ErrNotExist) {
		t.Log("the documents are not here: quotes were not looked up in " + specs)
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range closeStatuses {
		text, ok := sections[strings.TrimPrefix(c.Source, rfc6455+" §")]
		if c.Quote != "" && !(ok && contains(text, c.Quote)) {
			t.Errorf("%d: %s does not say %q", c.Low, c.Source, c.Quote)
		}
	}
}
