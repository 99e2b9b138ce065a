package report

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// runPage is what the template of a run is filled from.
type runPage struct {
	*Results
	Outcome  verdictText // what the run came to, as one verdict and its words
	Chips    []chip
	Bar      bar
	Suites   []suiteView
	Breaches []brokenRule
	Broken   []brokenRule // those, and the rules that leave a choice
	Kept     []ruleCount  // all others that cases are about
}

// AllNotes are the notes, and which cases came to different verdicts.
func (p *runPage) AllNotes() []string { return slices.Concat(p.Notes, differing(p.Results)) }

// ruleCount is a rule and how many cases are about it.
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
	Talk []entry
	run  *Results
}

func newRunPage(r *Results) *runPage {
	p := &runPage{Results: r, Outcome: outcome(r), Bar: barOf(r.Tally()), Chips: chips(r)}
	for _, name := range suites(r) {
		p.Suites = append(p.Suites, newSuiteView(r, name))
	}
	p.Breaches, p.Broken = breaches(r), brokenRules(r)
	p.Kept = keptRules(r, p.Broken)
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
		s.Cases = append(s.Cases, caseView{c, conversation(c), r})
		s.Open = s.Open || !slices.Contains([]Verdict{Pass, Info, Skip}, c.Verdict)
	}
	s.Tally = tally(cases, 0)
	s.Bar = barOf(s.Tally)
	return s
}

// Counts says what the cases of the suite came to.
func (s suiteView) Counts() []verdictText { return verdictCounts(s.Tally) }

// Broken reports whether the run fails for the case.
func (c caseView) Broken() bool { return c.Case.Broken(c.run.Strict) }

// Key returns the key of the chip that leaves the case.
func (c caseView) Key() string {
	if c.Case.KnownFailure(true) {
		return knownKey
	}
	return string(c.Verdict)
}

// sourceLine is a line of a case's source, and whether a finding is about it.
type sourceLine struct {
	Text   string
	Missed bool
}

// Source returns the case as its file has it, line by line.
func (c caseView) Source() []sourceLine {
	text := c.run.Sources[Place(c.File, c.Line)]
	var list []sourceLine
	for line := range strings.Lines(text) {
		at := c.Line + len(list)
		missed := slices.ContainsFunc(c.Findings, func(f Finding) bool { return f.File == c.File && f.Line == at })
		list = append(list, sourceLine{strings.TrimRight(line, "\n"), missed})
	}
	return list
}

// longSource is how many lines of a case's source are too many to be shown unasked.
const longSource = 17

// Head says in a line what is wrong with the case; it is empty for a pass.
func (c caseView) Head() string {
	if c.Verdict == Pass {
		return ""
	}
	f := c.Worst()
	switch {
	case f.Rule == "":
		return c.Reason
	case f.Detail != "":
		return f.Rule + ": " + f.Seen()
	case f.Wanted != "":
		return f.Rule + ": wanted " + f.Wanted
	}
	return f.Rule
}

// Rules lists the rules that the case broke, the gravest first, then the one
// that it is about if that is another.
func (c caseView) Rules() []ruleView {
	list := onePerRule(c.Findings)
	has := slices.ContainsFunc(list, func(f Finding) bool { return f.Rule == c.Case.Rule })
	if r, ok := c.run.Rules[c.Case.Rule]; ok && !has {
		f := Finding{Rule: c.Case.Rule, Level: r.Level, Document: r.Document, Section: r.Section, Quote: r.Quote}
		if c.Verdict == Pass {
			f.Verdict = Pass
		}
		list = append(list, f)
	}
	var views []ruleView
	for _, f := range list {
		views = append(views, ruleView{f, c.run.Rules[f.Rule].Room})
	}
	return views
}

// ruleView is a rule as a page shows it, with what the text leaves open.
type ruleView struct {
	Finding
	Room string
}

// RuleIDs lists the rules that a filter finds the case by.
func (c caseView) RuleIDs() string {
	var ids []string
	for _, r := range c.Rules() {
		ids = append(ids, r.Rule)
	}
	if !slices.Contains(ids, c.Case.Rule) {
		ids = append(ids, c.Case.Rule)
	}
	return strings.Join(ids, " ")
}

// keptRules counts for each rule that no case broke the cases that are about it.
func keptRules(r *Results, broken []brokenRule) []ruleCount {
	about := map[string]int{}
	for i := range r.Cases {
		about[r.Cases[i].Rule]++
	}
	delete(about, "")
	for _, b := range broken {
		delete(about, b.Rule)
	}
	var list []ruleCount
	for _, id := range slices.Sorted(maps.Keys(about)) {
		list = append(list, ruleCount{id, about[id]})
	}
	return list
}
