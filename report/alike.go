package report

import "strings"

// A fault of a target shows in many cases of one matrix, all with the same
// finding. The formats for people show the first of them whole, and the others
// in a line.

// alike remembers which kinds of failure have been shown.
type alike map[string]string

// before returns the case that was shown before and that c is like: of the same
// matrix, with the same rules broken. The first of a kind is like none.
func (a alike) before(c *Case) string {
	if len(c.Findings) == 0 {
		return ""
	}
	kind := c.base() + " " + string(c.Verdict)
	for _, f := range onePerRule(c.Findings) {
		kind += " " + f.Rule
	}
	if first, ok := a[kind]; ok {
		return first
	}
	a[kind] = c.ID
	return ""
}

// base returns the id without the labels of a matrix.
func (c *Case) base() string {
	id, _, _ := strings.Cut(c.ID, "[")
	return id
}
