package report

import (
	"fmt"
	"slices"
	"strings"
)

// Differs reports whether a case that was played several times came to
// different verdicts.
func (c *Case) Differs() bool {
	return slices.ContainsFunc(c.Rounds, func(v Verdict) bool { return v != c.Rounds[0] })
}

// Played says what a case that was played several times came to, the worst
// first: "fail 3 of 20 times, pass 17". It is empty for one that was played once.
func (c *Case) Played() string {
	if len(c.Rounds) < 2 {
		return ""
	}
	by := map[Verdict]int{}
	for _, v := range c.Rounds {
		by[v]++
	}
	var parts []string
	for _, v := range slices.Backward(Verdicts()) {
		switch n := by[v]; {
		case n == 0:
		case len(parts) == 0:
			parts = append(parts, fmt.Sprintf("%s %d of %d times", v, n, len(c.Rounds)))
		default:
			parts = append(parts, fmt.Sprintf("%s %d", v, n))
		}
	}
	return strings.Join(parts, ", ")
}

// differing names the cases that came to different verdicts, in at most one note.
func differing(r *Results) []string {
	const most = 10
	var ids []string
	for i := range r.Cases {
		if c := &r.Cases[i]; c.Differs() {
			ids = append(ids, c.ID)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	list := strings.Join(ids[:min(len(ids), most)], ", ")
	if len(ids) > most {
		list += ", …"
	}
	return []string{fmt.Sprintf("not the same in every round: %s: %s", count(len(ids), "case"), list)}
}
