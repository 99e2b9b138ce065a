package report

import (
	"fmt"
	"io"
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
	ByRule  []rowGroup // with the numbers of theirs: a script makes them when they are asked for
	Details details
}

// manyColumns is how many targets get columns so narrow that a cell has a sign
// in place of a word.
const manyColumns = 8

// Dense reports whether the columns are narrow.
func (p *matrixPage) Dense() bool { return len(p.Columns) >= manyColumns }

// columnView is a target as a page shows it.
type columnView struct {
	*Column
	Short string // the name up to what stands in brackets, where that is enough to know it by
	Tally Tally
	Bar   bar
}

// Counts says what the cases came to.
func (c columnView) Counts() []verdictText { return verdictCounts(c.Tally) }

// Troubled reports whether there is something to say about the run before
// anything that it found.
func (c columnView) Troubled() bool { return c.Trouble != "" || c.Interrupted || len(c.Stale) > 0 }

func newMatrixPage(m *Matrix) *matrixPage {
	p := &matrixPage{Matrix: m, Chips: matrixChips(m), Suites: bySuite(m), ByRule: byRule(m), Details: newDetails(m)}
	short := map[string]int{}
	for i := range m.Targets {
		short[shortName(&m.Targets[i])]++
	}
	for i := range m.Targets {
		c := columnView{Column: &m.Targets[i], Short: shortName(&m.Targets[i]), Tally: m.Tally(i)}
		if short[c.Short] > 1 {
			c.Short = c.Target.Name
		}
		c.Bar = barOf(c.Tally)
		p.Columns = append(p.Columns, c)
	}
	return p
}

func shortName(c *Column) string {
	short, _, _ := strings.Cut(c.Target.Name, " (")
	return short
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
	Room   string `json:"room,omitempty"`
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
		d.Rules[Clean(id)] = ruleDetail{Clean(r.Level), Clean(Source(r.Document, r.Section)), Clean(r.Quote), Clean(r.Room)}
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
