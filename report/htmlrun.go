package report

import (
	"fmt"
	"slices"
	"strings"
)

// runPage is what the template of a run is filled from.
type runPage struct {
	*Results
	Outcome verdictText // what the run came to, as one verdict and its words
	Chips   []chip
	Bar     bar
	Suites  []suiteView
	Broken  []ruleCount // rules that cases broke, most first
	Kept    []ruleCount // all others that cases are about
}

// ruleCount is a rule and how many cases are about it, or broke it.
type ruleCount struct {
	ID    string
	Cases int
}

// suiteView is a suite as a page shows it.
type suiteView struct {
	Name  string
	Tally Tally
	Bar   bar
	Open  bool // it holds what is neither kept nor skipped
	Cases []caseView
}

// caseView is a case as a page shows it.
type caseView struct {
	*Case
	Talk    []entry
	Strict  bool
	catalog map[string]Rule
}

func newRunPage(r *Results) *runPage {
	p := &runPage{Results: r, Outcome: outcome(r), Bar: barOf(r.Tally()), Chips: chips(r)}
	for _, name := range suites(r) {
		p.Suites = append(p.Suites, newSuiteView(r, name))
	}
	p.Broken, p.Kept = ruleCounts(r)
	return p
}

// outcome says in a few words what the exit code of the run means.
func outcome(r *Results) verdictText {
	broken := 0
	for i := range r.Cases {
		broken += btoi(r.Cases[i].Broken(r.Strict))
	}
	switch {
	case r.Interrupted:
		return verdictText{Error, "Interrupted: this is what was done so far"}
	case broken > 0 && r.Strict:
		return verdictText{Fail, count(broken, "case") + " broke a MUST or a SHOULD"}
	case broken > 0:
		return verdictText{Fail, count(broken, "case") + " broke a MUST"}
	case len(r.Stale) > 0:
		return verdictText{Fail, "The baseline is stale"}
	case r.ExitCode() == ExitTrouble:
		return verdictText{Error, "Not everything could be looked at"}
	case len(r.Tally().Known) > 0:
		return verdictText{Pass, "As required, but for what is known"}
	}
	return verdictText{Pass, "As required"}
}

// chips lists a chip for each key that some case has. A page of a run that broke
// something begins with what broke.
func chips(r *Results) []chip {
	var list []chip
	t := r.Tally()
	known := 0
	for _, v := range Verdicts() {
		if n := t.By[v] - t.Known[v]; n > 0 {
			on := v == Fail || v == Error || v == NonStrict && r.Strict
			list = append(list, chip{string(v), fmt.Sprintf("%d %s", n, v), on})
		}
		known += t.Known[v]
	}
	if known > 0 {
		list = append(list, chip{knownKey, fmt.Sprintf("%d known", known), false})
	}
	return list
}

func newSuiteView(r *Results, name string) suiteView {
	s := suiteView{Name: name}
	var cases []Case
	for i := range r.Cases {
		c := &r.Cases[i]
		if c.Suite != name {
			continue
		}
		cases = append(cases, *c)
		s.Cases = append(s.Cases, caseView{c, conversation(c), r.Strict, r.Rules})
		s.Open = s.Open || !slices.Contains([]Verdict{Pass, Info, Skip}, c.Verdict)
	}
	s.Tally = tally(cases, 0)
	s.Bar = barOf(s.Tally)
	return s
}

// Counts says what the cases of the suite came to.
func (s suiteView) Counts() []verdictText { return verdictCounts(s.Tally) }

// Broken reports whether the run fails for the case.
func (c caseView) Broken() bool { return c.Case.Broken(c.Strict) }

// Key returns the key of the chip that leaves the case.
func (c caseView) Key() string {
	if c.Case.KnownFailure(true) {
		return knownKey
	}
	return string(c.Verdict)
}

// Head says in a line what is wrong with the case; it is empty for a pass.
func (c caseView) Head() string {
	if c.Verdict == Pass {
		return ""
	}
	return headline(c.Case)
}

// Rules lists the rules that the case broke, the gravest first, then the one
// that it is about if that is another.
func (c caseView) Rules() []Finding {
	var list []Finding
	has := func(id string) bool {
		return slices.ContainsFunc(list, func(f Finding) bool { return f.Rule == id })
	}
	for _, f := range bySeverity(c.Findings) {
		if !has(f.Rule) {
			list = append(list, f)
		}
	}
	if r, ok := c.catalog[c.Case.Rule]; ok && !has(c.Case.Rule) {
		f := Finding{Rule: c.Case.Rule, Level: r.Level, Document: r.Document, Section: r.Section, Quote: r.Quote}
		if c.Verdict == Pass {
			f.Verdict = Pass
		}
		list = append(list, f)
	}
	return list
}

// RuleIDs lists the rules that a filter finds the case by.
func (c caseView) RuleIDs() string {
	ids := []string{c.Case.Rule}
	for _, f := range c.Findings {
		if !slices.Contains(ids, f.Rule) {
			ids = append(ids, f.Rule)
		}
	}
	return strings.Join(ids, " ")
}

// ruleCounts counts for each rule the cases that broke it, and for the others
// those that are about them.
func ruleCounts(r *Results) (broken, kept []ruleCount) {
	breaks, about := map[string]int{}, map[string]int{}
	for i := range r.Cases {
		c := &r.Cases[i]
		about[c.Rule]++
		seen := map[string]bool{}
		for _, f := range c.Findings {
			breaks[f.Rule] += btoi(!seen[f.Rule])
			seen[f.Rule] = true
		}
	}
	for id := range breaks {
		delete(about, id)
	}
	delete(about, "")
	broken, kept = counted(breaks), counted(about)
	slices.SortStableFunc(broken, func(a, b ruleCount) int { return b.Cases - a.Cases })
	return broken, kept
}

func counted(n map[string]int) []ruleCount {
	var list []ruleCount
	for id, cases := range n {
		list = append(list, ruleCount{id, cases})
	}
	slices.SortFunc(list, func(a, b ruleCount) int { return strings.Compare(a.ID, b.ID) })
	return list
}
