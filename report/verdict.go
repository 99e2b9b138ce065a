package report

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// The exit codes of wsprobe. Code 2, a mistake in the command line or in a case
// file, never comes from results: there are none then.
const (
	ExitOK          = 0   // as required, and as the baseline says
	ExitBroken      = 1   // a MUST is broken, or the baseline is stale
	ExitUsage       = 2   // a mistake in the command line or in a case file
	ExitTrouble     = 3   // the target could not be reached, or we failed
	ExitInterrupted = 130 // stopped by a signal, with what was done reported
)

// Verdicts lists the verdicts in the order in which a summary counts them.
func Verdicts() []Verdict { return []Verdict{Pass, Info, NonStrict, Fail, Skip, Error} }

// breaks reports whether the verdict is one that a run fails for: a MUST, or
// under strict a SHOULD.
func (c *Case) breaks(strict bool) bool {
	return c.Verdict == Fail || strict && c.Verdict == NonStrict
}

// Broken reports whether the case makes a run fail: it breaks what it must not,
// and no line of the baseline expects that.
func (c *Case) Broken(strict bool) bool { return c.breaks(strict) && c.Known == "" }

// KnownFailure reports whether the case fails as the baseline says.
func (c *Case) KnownFailure(strict bool) bool { return c.breaks(strict) && c.Known != "" }

// ExitCode returns what the run comes to as an exit code. An interrupted run
// says so whatever it had found by then. A broken rule comes before trouble:
// what was seen stays true when the rest could not be looked at.
func (r *Results) ExitCode() int {
	switch {
	case r.Interrupted:
		return ExitInterrupted
	case r.broken():
		return ExitBroken
	case r.Trouble != "" || r.Tally().By[Error] > 0:
		return ExitTrouble
	}
	return ExitOK
}

// WorstExit returns the exit code of several runs: the first that one of them
// came to in the order in which ExitCode looks for them.
func WorstExit(codes ...int) int {
	for _, code := range []int{ExitInterrupted, ExitBroken, ExitTrouble} {
		if slices.Contains(codes, code) {
			return code
		}
	}
	return ExitOK
}

func (r *Results) broken() bool {
	for i := range r.Cases {
		if r.Cases[i].Broken(r.Strict) {
			return true
		}
	}
	return len(r.Stale) > 0
}

// Tally is how many cases came to what.
type Tally struct {
	Cases int
	By    map[Verdict]int
	Known map[Verdict]int // of the fail and the non-strict, those that the baseline expects
	Time  time.Duration
}

// Tally counts the cases of the run.
func (r *Results) Tally() Tally { return tally(r.Cases, r.Duration) }

func tally(cases []Case, took time.Duration) Tally {
	t := newTally(took)
	for i := range cases {
		c := &cases[i]
		t.count(c.Verdict, c.KnownFailure(true))
	}
	return t
}

func newTally(took time.Duration) Tally {
	return Tally{By: map[Verdict]int{}, Known: map[Verdict]int{}, Time: took}
}

func (t *Tally) count(v Verdict, known bool) {
	t.Cases++
	t.By[v]++
	if known {
		t.Known[v]++
	}
}

// String returns the summary line: "212 cases: 211 pass, 1 fail in 2.1 s".
// A verdict that no case came to is left out.
func (t Tally) String() string {
	var parts []string
	for _, v := range Verdicts() {
		if n := t.By[v]; n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s%s", n, v, t.known(v)))
		}
	}
	head := count(t.Cases, "case")
	if len(parts) > 0 {
		head += ": " + strings.Join(parts, ", ")
	}
	return head + " in " + seconds(t.Time)
}

func (t Tally) known(v Verdict) string {
	if t.Known[v] == 0 {
		return ""
	}
	return fmt.Sprintf(" (%d known)", t.Known[v])
}

func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

func seconds(d time.Duration) string { return fmt.Sprintf("%.1f s", d.Seconds()) }
