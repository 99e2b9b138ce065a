package report

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"
)

// writeMatrixHTML writes a page that opens from disk: targets across, cases down.
func writeMatrixHTML(w io.Writer, m *Matrix, _ Options) error {
	return writePage(w, "matrix", newMatrixPage(m))
}

// matrixPage is what the template of a matrix is filled from.
type matrixPage struct {
	*Matrix
	Columns []columnView
	Chips   []chip
	Suites  []rowGroup // with their rows
	ByRule  []rowGroup // without: a script moves the rows there and back
	Details details
}

// columnView is a target as a page shows it.
type columnView struct {
	*Column
	Tally Tally
	Bar   bar
}

// Counts says what the cases came to.
func (c columnView) Counts() []verdictText { return verdictCounts(c.Tally) }

// rowGroup is the rows of a suite, or of a rule, with a row that sums them up.
type rowGroup struct {
	Name, Note string
	Cells      []groupCell
	Rows       []rowView
}

// groupCell sums up what the cases of a group came to: the key of the worst, how
// many passed of those played, and all counts.
type groupCell struct{ Key, Text, Counts string }

// rowView is a case as a page shows it.
type rowView struct {
	*Row
	Index int
}

// Label returns the id without the suite.
func (r rowView) Label() string { return strings.TrimPrefix(r.ID, r.Suite()+"/") }

// Key returns the key of the chip that an outcome belongs to.
func (o Outcome) Key() string {
	switch {
	case o.Known != "":
		return knownKey
	case o.Verdict == "":
		return "none"
	}
	return string(o.Verdict)
}

func newMatrixPage(m *Matrix) *matrixPage {
	p := &matrixPage{Matrix: m, Chips: matrixChips(m), Details: newDetails(m)}
	for i := range m.Targets {
		t := m.Tally(i)
		p.Columns = append(p.Columns, columnView{&m.Targets[i], t, barOf(t)})
	}
	p.Suites = groups(m, (*Row).Suite)
	p.ByRule = groups(m, func(r *Row) string { return r.Rule })
	slices.SortFunc(p.ByRule, func(a, b rowGroup) int { return cmp.Compare(a.Name, b.Name) })
	for i := range p.ByRule {
		g := &p.ByRule[i]
		r := m.Rules[g.Name]
		g.Note = strings.TrimSpace(r.Level + " " + Source(r.Document, r.Section))
		g.Rows = nil
		if g.Name == "" {
			g.Note = "no rule"
		}
	}
	return p
}

// groups puts the rows that have the same name together, in the order of the first.
func groups(m *Matrix, name func(*Row) string) []rowGroup {
	var list []rowGroup
	at := map[string]int{}
	for i := range m.Cases {
		n := name(&m.Cases[i])
		if _, ok := at[n]; !ok {
			at[n] = len(list)
			list = append(list, rowGroup{Name: n})
		}
		g := &list[at[n]]
		g.Rows = append(g.Rows, rowView{&m.Cases[i], i})
	}
	for i := range list {
		g := &list[i]
		g.Note = count(len(g.Rows), "case")
		for column := range m.Targets {
			g.Cells = append(g.Cells, g.sum(column))
		}
	}
	return list
}

// graveness orders the keys of chips, the worst first.
var graveness = []string{string(Fail), string(Error), knownKey, string(NonStrict), string(Info), string(Pass), string(Skip)}

func (g *rowGroup) sum(column int) groupCell {
	by := map[string]int{}
	t := newTally(0)
	for _, r := range g.Rows {
		if o := &r.Outcomes[column]; o.Verdict != "" {
			by[o.Key()]++
			t.count(o.Verdict, o.KnownFailure())
		}
	}
	c := groupCell{Key: "none"}
	for _, key := range slices.Backward(graveness) {
		if by[key] > 0 {
			c.Key = key
		}
	}
	var counts []string
	for _, v := range verdictCounts(t) {
		counts = append(counts, v.Text)
	}
	c.Counts = strings.Join(counts, ", ")
	switch played := t.Cases - t.By[Skip]; {
	case t.Cases == 0:
	case played == 0:
		c.Text = string(Skip)
	default:
		c.Text = fmt.Sprintf("%d/%d", t.By[Pass]+t.By[Info], played)
	}
	return c
}

// matrixChips counts the cells of each key. None is pressed: a matrix begins as
// a whole.
func matrixChips(m *Matrix) []chip {
	by := map[string]int{}
	for _, r := range m.Cases {
		for _, o := range r.Outcomes {
			by[o.Key()]++
		}
	}
	var list []chip
	for _, v := range Verdicts() {
		if n := by[string(v)]; n > 0 {
			list = append(list, chip{string(v), fmt.Sprintf("%d %s", n, v), false})
		}
	}
	if n := by[knownKey]; n > 0 {
		list = append(list, chip{knownKey, fmt.Sprintf("%d known", n), false})
	}
	return list
}

// details is what a page shows of a cell that was asked for. It goes into the
// page as JSON, every text in it made safe to show before.
type details struct {
	Targets []targetDetail        `json:"targets"`
	Rules   map[string]ruleDetail `json:"rules"`
	Cases   []caseDetail          `json:"cases"` // by the index of their row
}

type targetDetail struct {
	Name  string            `json:"name"`
	Have  []string          `json:"have"`
	Known map[string]string `json:"known,omitempty"`
}

type ruleDetail struct {
	Level  string `json:"level"`
	Source string `json:"source"`
	Quote  string `json:"quote"`
}

type caseDetail struct {
	Place    string          `json:"place,omitempty"`
	Rule     string          `json:"rule,omitempty"`
	Aliases  []string        `json:"aliases,omitempty"`
	Needs    []string        `json:"needs,omitempty"`
	Outcomes map[int]Outcome `json:"outcomes,omitempty"` // those of which there is more to say
}

func newDetails(m *Matrix) details {
	d := details{Rules: map[string]ruleDetail{}}
	for i := range m.Targets {
		c := &m.Targets[i]
		t := targetDetail{Name: Clean(c.Target.Name), Have: cleaned(c.Target.Have), Known: map[string]string{}}
		for line, why := range c.Known {
			t.Known[Clean(line)] = Clean(why)
		}
		d.Targets = append(d.Targets, t)
	}
	for id, r := range m.Rules {
		d.Rules[Clean(id)] = ruleDetail{Clean(r.Level), Clean(Source(r.Document, r.Section)), Clean(r.Quote)}
	}
	for i := range m.Cases {
		d.Cases = append(d.Cases, newCaseDetail(&m.Cases[i]))
	}
	return d
}

func newCaseDetail(r *Row) caseDetail {
	c := caseDetail{Place: Clean(Place(r.File, r.Line)), Rule: Clean(r.Rule), Aliases: cleaned(r.Aliases), Needs: cleaned(r.Needs)}
	for i, o := range r.Outcomes {
		if o.plain() {
			continue
		}
		if c.Outcomes == nil {
			c.Outcomes = map[int]Outcome{}
		}
		c.Outcomes[i] = Outcome{
			Verdict: o.Verdict, Known: Clean(o.Known), Reason: cleanLines(o.Reason), Rules: cleaned(o.Rules),
			Wanted: cleanLines(o.Wanted), Seen: cleanLines(o.Seen),
		}
	}
	return c
}

func cleaned(list []string) []string {
	var out []string
	for _, s := range list {
		out = append(out, Clean(s))
	}
	return out
}
