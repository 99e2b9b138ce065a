package report

import "fmt"

// Judged returns how many of the rules that the cases are about came to a
// verdict. A rule whose cases were all skipped, or could not be looked at, did not.
func (r *Results) Judged() (judged, all int) {
	seen := map[string]bool{}
	for i := range r.Cases {
		c := &r.Cases[i]
		seen[c.Rule] = seen[c.Rule] || c.Verdict != Skip && c.Verdict != Error
	}
	for _, yes := range seen {
		if yes {
			judged++
		}
	}
	return judged, len(seen)
}

// Extent says how much of the whole a run has seen; it is empty where that is all.
func (r *Results) Extent() string {
	n, all := r.Judged()
	if n == all {
		return ""
	}
	return fmt.Sprintf("%d of %d rules judged", n, all)
}

func (t *textWriter) judged(r *Results) {
	if text := r.Extent(); text != "" {
		t.row(0, say(text))
	}
}
