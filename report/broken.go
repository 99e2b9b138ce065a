package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// brokenRule is a rule that cases broke, and how many did.
type brokenRule struct {
	Finding     // one of them, for its copy of the rule
	Cases   int // that broke the rule
	Known   int // those of them that the baseline expects
	About   string
}

// brokenRules lists the rules that cases broke, the gravest first, and of those
// the most often broken.
func brokenRules(r *Results) []brokenRule {
	by := map[string]*brokenRule{}
	for i := range r.Cases {
		c := &r.Cases[i]
		for _, f := range onePerRule(c.Findings) {
			b := by[f.Rule]
			if b == nil {
				b = &brokenRule{Finding: f, About: r.Rules[f.Rule].About}
				by[f.Rule] = b
			}
			b.Cases++
			b.Known += btoi(c.Known != "")
		}
	}
	var list []brokenRule
	for _, b := range by {
		list = append(list, *b)
	}
	slices.SortFunc(list, func(a, b brokenRule) int {
		return cmp.Or(severity(b.Verdict)-severity(a.Verdict), b.Cases-a.Cases, strings.Compare(a.Rule, b.Rule))
	})
	return list
}

// breaches lists the rules that were broken without those that leave the choice.
func breaches(r *Results) []brokenRule {
	return slices.DeleteFunc(brokenRules(r), func(b brokenRule) bool { return b.Verdict == Info })
}

// AllKnown reports whether the baseline expects every breach of the rule.
func (b brokenRule) AllKnown() bool { return b.Known == b.Cases }

// Count says how many cases broke the rule: "36 cases (2 known)".
func (b brokenRule) Count() string {
	if b.Known == 0 {
		return count(b.Cases, "case")
	}
	return fmt.Sprintf("%s (%d known)", count(b.Cases, "case"), b.Known)
}

// onePerRule returns the gravest finding of each rule, the gravest first.
func onePerRule(findings []Finding) []Finding {
	var list []Finding
	for _, f := range bySeverity(findings) {
		if !slices.ContainsFunc(list, func(has Finding) bool { return has.Rule == f.Rule }) {
			list = append(list, f)
		}
	}
	return list
}

func bySeverity(fs []Finding) []Finding {
	fs = slices.Clone(fs)
	slices.SortStableFunc(fs, func(a, b Finding) int { return severity(b.Verdict) - severity(a.Verdict) })
	return fs
}

func severity(v Verdict) int { return slices.Index(Verdicts(), v) }
