package report

import (
	"strings"
	"time"
)

// Matrix is several runs of the same cases side by side. It keeps what each case
// came to and why, and no conversations: it is made to be looked at as a whole,
// and kept.
type Matrix struct {
	Version int    `json:"version"`
	Tool    string `json:"tool"`
	// Targets are the columns, one a run.
	Targets []Column `json:"targets"`
	// Cases are the rows, in the order in which the runs played them.
	Cases []Row `json:"cases"`
	// Rules are the rules that the cases are about and those that were broken, by
	// id: where they stand and what they say.
	Rules map[string]Rule `json:"rules,omitempty"`
}

// Column is one run of a matrix: all of it but its cases.
type Column struct {
	Target      Target        `json:"target"`
	Started     time.Time     `json:"started"`
	Duration    time.Duration `json:"duration_ns"`
	Strict      bool          `json:"strict,omitempty"`
	Interrupted bool          `json:"interrupted,omitempty"`
	Trouble     string        `json:"trouble,omitempty"`
	Notes       []string      `json:"notes,omitempty"`
	Stale       []Stale       `json:"stale,omitempty"`
	// Known are the lines of the baseline that some case is covered by, each with
	// the comment above it.
	Known map[string]string `json:"known,omitempty"`
}

// Row is one case of a matrix, and what it came to.
type Row struct {
	ID       string    `json:"id"` // the suite is its first part
	About    string    `json:"about"`
	File     string    `json:"file"`
	Line     int       `json:"line"`
	Rule     string    `json:"rule"`
	Aliases  []string  `json:"aliases,omitempty"`
	Needs    []string  `json:"needs,omitempty"`
	Outcomes []Outcome `json:"outcomes"` // one a target, in their order
}

// Outcome is what a case came to against one target. The verdict is empty where
// the run did not have the case. Of a skip nothing more is kept, since what the
// case needs and the target has says it all.
type Outcome struct {
	Verdict Verdict  `json:"verdict"`
	Known   string   `json:"known,omitempty"`  // the line of the baseline that expects it
	Reason  string   `json:"reason,omitempty"` // of an error
	Rules   []string `json:"rules,omitempty"`  // broken rules, the gravest first
	Wanted  string   `json:"wanted,omitempty"` // of the first of them
	Seen    string   `json:"seen,omitempty"`
}

// Add puts one more run beside the others. It keeps nothing of the run's
// conversations.
func (m *Matrix) Add(r *Results) {
	m.Version, m.Tool = Version, r.Tool
	if m.Rules == nil {
		m.Rules = map[string]Rule{}
	}
	for id, rule := range r.Rules {
		rule.About = ""
		m.Rules[id] = rule
	}
	m.Targets = append(m.Targets, newColumn(r))
	rows := map[string]int{}
	for i := range m.Cases {
		m.Cases[i].Outcomes = append(m.Cases[i].Outcomes, Outcome{})
		rows[m.Cases[i].ID] = i
	}
	for i := range r.Cases {
		m.add(rows, &r.Cases[i])
	}
}

func newColumn(r *Results) Column {
	c := Column{
		Target: r.Target, Started: r.Started, Duration: r.Duration, Strict: r.Strict,
		Interrupted: r.Interrupted, Trouble: r.Trouble, Notes: r.Notes, Stale: r.Stale, Known: map[string]string{},
	}
	if c.Target.Have == nil {
		c.Target.Have = []string{}
	}
	if c.Target.Start != "" {
		c.Target.URL = "" // its port was free by chance, and is gone
	}
	return c
}

// add puts what a case came to into the last column, and copies the rules that
// it broke.
func (m *Matrix) add(rows map[string]int, c *Case) {
	i, ok := rows[c.ID]
	if !ok {
		i = len(m.Cases)
		rows[c.ID] = i
		m.Cases = append(m.Cases, Row{
			ID: c.ID, About: c.About, File: c.File, Line: c.Line,
			Rule: c.Rule, Aliases: c.Aliases, Needs: c.Needs, Outcomes: make([]Outcome, len(m.Targets)),
		})
	}
	last := len(m.Targets) - 1
	o := newOutcome(c)
	m.Cases[i].Outcomes[last] = o
	if o.Known != "" {
		m.Targets[last].Known[o.Known] = c.KnownWhy
	}
	for _, f := range c.Findings {
		if _, ok := m.Rules[f.Rule]; !ok {
			m.Rules[f.Rule] = Rule{Level: f.Level, Document: f.Document, Section: f.Section, Quote: f.Quote}
		}
	}
}

func newOutcome(c *Case) Outcome {
	o := Outcome{Verdict: c.Verdict}
	if c.Verdict == Error {
		o.Reason = c.Reason
	}
	for _, f := range onePerRule(c.Findings) {
		o.Rules = append(o.Rules, f.Rule)
	}
	if c.KnownFailure(true) {
		o.Known = c.Known
	}
	f := c.Worst()
	o.Wanted, o.Seen = f.Wanted, f.Seen()
	return o
}

// KnownFailure reports whether the outcome is one that the baseline expects.
func (o *Outcome) KnownFailure() bool { return o.Known != "" }

// Broken reports whether the run fails for the outcome.
func (o *Outcome) Broken(strict bool) bool {
	return o.Known == "" && (o.Verdict == Fail || strict && o.Verdict == NonStrict)
}

// Suite returns the name of the suite that the case is of.
func (r *Row) Suite() string {
	suite, _, _ := strings.Cut(r.ID, "/")
	return suite
}

// Differs reports whether the case came to different verdicts. A target that
// could not be asked differs from none.
func (r *Row) Differs() bool {
	var first Verdict
	for _, o := range r.Outcomes {
		switch {
		case o.Verdict == "" || o.Verdict == Skip || o.Verdict == Error || o.Verdict == first:
		case first != "":
			return true
		default:
			first = o.Verdict
		}
	}
	return false
}

// Tally counts what the cases came to against the target of that column.
func (m *Matrix) Tally(column int) Tally {
	return tallyRows(m.Cases, column, m.Targets[column].Duration)
}

func tallyRows(rows []Row, column int, took time.Duration) Tally {
	t := newTally(took)
	for i := range rows {
		if o := &rows[i].Outcomes[column]; o.Verdict != "" {
			t.count(o.Verdict, o.KnownFailure())
		}
	}
	return t
}
