package report

import "strings"

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

// summary writes the last line, and in front of it why it is not the whole run.
func (t *textWriter) summary(r *Results) {
	if r.Trouble != "" {
		t.row(0, span{"not finished: ", magenta}, say(r.Trouble))
	}
	if r.Interrupted {
		t.row(0, span{"interrupted", magenta}, say(": this is what was done so far"))
	}
	for _, line := range Wrap(r.Tally().String(), t.o.width()) {
		t.row(0, say(line))
	}
}
