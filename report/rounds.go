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
