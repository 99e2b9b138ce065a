package report

import "testing"

func TestJudged(t *testing.T) {
	r := &Results{Cases: []Case{
		{Rule: "a", Verdict: Skip}, {Rule: "a", Verdict: Pass},
		{Rule: "b", Verdict: Fail}, {Rule: "b", Verdict: Error},
		{Rule: "c", Verdict: Info}, {Rule: "d", Verdict: NonStrict},
		{Rule: "e", Verdict: Skip}, {Rule: "f", Verdict: Error},
	}}
	if judged, all := r.Judged(); judged != 4 || all != 6 {
		t.Errorf("%d of %d rules judged, want 4 of 6", judged, all)
	}
}
