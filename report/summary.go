package report

import "strings"

// broken lists the rules that were broken, where more than one case broke any.
// What the baseline expects is not told again.
func (t *textWriter) broken(r *Results) {
	var list []brokenRule
	id, level, cases := 0, 0, 0
	for _, b := range breaches(r) {
		if b.AllKnown() {
			continue
		}
		list = append(list, b)
		id, level, cases = max(id, textWidth(Clean(b.Rule))), max(level, textWidth(Clean(b.Level))), max(cases, len(b.Count()))
	}
	if notAsRequired(r) < 2 {
		return
	}
	t.row(0, span{"rules that were broken", bold})
	for _, b := range list {
		text := pad(Clean(b.Rule), id) + "  " + pad(Clean(b.Level), level) + "  " + pad(b.Count(), cases)
		if source := "  " + b.Source(); 2+textWidth(text+Clean(source)) <= t.o.width() {
			text += source
		}
		t.row(2, span{strings.TrimRight(text, " "), verdictStyles[b.Verdict]})
	}
	t.gap()
}

// notAsRequired counts the cases that broke a MUST or a SHOULD, save those that
// the baseline expects.
func notAsRequired(r *Results) int {
	n := 0
	for i := range r.Cases {
		n += btoi(r.Cases[i].Broken(true))
	}
	return n
}

// stale writes the lines of the baseline that are no longer true.
func (t *textWriter) stale(list []Stale) {
	for _, s := range list {
		t.placed(span{"STALE", red}, s.Text, Place(s.File, s.Line))
		t.prose(s.Reason, plain)
	}
	if len(list) > 0 {
		t.gap()
	}
}

// unplayed counts the cases that were not played, by the reason.
func (t *textWriter) unplayed(r *Results) {
	var reasons []string
	by := map[string]int{}
	for i := range r.Cases {
		c := &r.Cases[i]
		if t.o.Verbose || c.Verdict != Skip && !c.untold() {
			continue
		}
		reason := string(c.Verdict) + ": " + c.Reason
		if by[reason] == 0 {
			reasons = append(reasons, reason)
		}
		by[reason]++
	}
	for _, reason := range reasons {
		verdict, why, _ := strings.Cut(reason, ": ")
		t.row(0, span{strings.ToUpper(verdict), verdictStyles[Verdict(verdict)]}, say("  "+count(by[reason], "case")+": "+why))
	}
}

// untold reports whether a case failed for reasons of ours before anything
// happened in it: there may be hundreds, all with the same reason.
func (c *Case) untold() bool { return c.Verdict == Error && len(c.Transcript) == 0 }

// summary writes the last line, and in front of it what it leaves out.
func (t *textWriter) summary(r *Results) {
	if r.Trouble != "" {
		t.row(0, span{"not finished: ", magenta}, say(r.Trouble))
	}
	if r.Interrupted {
		t.row(0, span{"interrupted", magenta}, say(": this is what was done so far"))
	}
	t.judged(r)
	for _, line := range Wrap(r.Tally().String(), t.o.width()) {
		t.row(0, say(line))
	}
}
