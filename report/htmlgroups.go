package report

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// rowGroup is the rows of a suite, or of a rule, with a row that sums them up.
type rowGroup struct {
	Name, Note string
	Cells      []groupCell
	Rows       []rowView
	Breakers   int // of a rule: how many targets break it
}

// groupCell sums up what the cases of a group came to: the key of the worst, how
// many came to that, and all counts.
type groupCell struct{ Key, Text, Counts string }

// rowView is a case as a page shows it.
type rowView struct {
	*Row
	Index int
}

// Label returns the id without the suite.
func (r rowView) Label() string { return strings.TrimPrefix(r.ID, r.Suite()+"/") }

// Numbers lists the rows of the group by their indices.
func (g *rowGroup) Numbers() string {
	var list []string
	for _, r := range g.Rows {
		list = append(list, strconv.Itoa(r.Index))
	}
	return strings.Join(list, " ")
}

// breakers names the targets that break the rule of the group.
func (g *rowGroup) breakers(m *Matrix) []string {
	var names []string
	for i, c := range g.Cells {
		if slices.Contains([]string{string(Fail), knownKey, string(NonStrict)}, c.Key) {
			names = append(names, shortName(&m.Targets[i]))
		}
	}
	return names
}

// Key returns the key of the chip that an outcome belongs to.
func (o Outcome) Key() string {
	switch {
	case o.Known != "":
		return knownKey
	case o.Verdict == "":
		return noKey
	}
	return string(o.Verdict)
}

// noKey is the key of what there is nothing to say of.
const noKey = "none"

// graveness orders the keys of chips, the worst first.
var graveness = []string{string(Fail), string(Error), knownKey, string(NonStrict), string(Info), string(Pass), string(Skip)}

// bySuite groups the rows by their suites, in the order of the first of each.
func bySuite(m *Matrix) []rowGroup {
	var list []rowGroup
	at := map[string]int{}
	for i := range m.Cases {
		name := m.Cases[i].Suite()
		if _, ok := at[name]; !ok {
			at[name] = len(list)
			list = append(list, rowGroup{Name: name})
		}
		g := &list[at[name]]
		g.Rows = append(g.Rows, rowView{&m.Cases[i], i})
	}
	for i := range list {
		g := &list[i]
		g.Note = count(len(g.Rows), "case")
		for column := range m.Targets {
			g.Cells = append(g.Cells, sumCell(g.Rows, column, Outcome.Key))
		}
	}
	return list
}

// byRule groups the rows by the rules that they are about, and by those that
// some target broke in them, the rules in the order of their names.
func byRule(m *Matrix) []rowGroup {
	rows := map[string][]rowView{}
	for i := range m.Cases {
		for _, id := range m.Cases[i].rules() {
			rows[id] = append(rows[id], rowView{&m.Cases[i], i})
		}
	}
	var list []rowGroup
	for id, members := range rows {
		g := rowGroup{Name: id, Rows: members}
		r := m.Rules[id]
		for column := range m.Targets {
			cell := sumCell(members, column, func(o Outcome) string { return o.ruleKey(id, r.Level) })
			g.Cells = append(g.Cells, cell)
		}
		g.Breakers = len(g.breakers(m))
		g.Note = strings.TrimSpace(r.Level + " " + Source(r.Document, r.Section))
		list = append(list, g)
	}
	slices.SortFunc(list, func(a, b rowGroup) int { return strings.Compare(a.Name, b.Name) })
	return list
}

// rules lists the rule that the case is about, and those that a target broke in it.
func (r *Row) rules() []string {
	var list []string
	add := func(id string) {
		if id != "" && !slices.Contains(list, id) {
			list = append(list, id)
		}
	}
	add(r.Rule)
	for _, o := range r.Outcomes {
		for _, id := range o.Rules {
			add(id)
		}
	}
	return list
}

// ruleKey returns what an outcome says of one rule. A case that failed for
// another one says nothing: it ended there. The page's script does the same.
func (o Outcome) ruleKey(id, level string) string {
	broken := slices.Contains(o.Rules, id)
	switch {
	case broken && level == "MUST" && o.Known != "":
		return knownKey
	case broken && levelVerdicts[level] != "":
		return string(levelVerdicts[level])
	case broken:
		return o.Key()
	case o.Verdict == Fail:
		return noKey
	case o.Verdict == Info, o.Verdict == NonStrict:
		return string(Pass)
	}
	return o.Key()
}

// levelVerdicts says what a breach of a rule comes to.
var levelVerdicts = map[string]Verdict{"MUST": Fail, "SHOULD": NonStrict, "MAY": Info}

// sumCell sums up what these rows came to in a column.
func sumCell(rows []rowView, column int, key func(Outcome) string) groupCell {
	by := map[string]int{}
	for _, r := range rows {
		by[key(r.Outcomes[column])]++
	}
	c := groupCell{Key: noKey}
	var counts []string
	for _, k := range graveness {
		if by[k] == 0 {
			continue
		}
		if c.Key == noKey {
			c.Key, c.Text = k, strconv.Itoa(by[k])
		}
		counts = append(counts, fmt.Sprintf("%d %s", by[k], k))
	}
	c.Counts = strings.Join(counts, ", ")
	if c.Key == string(Skip) {
		c.Text = "–"
	}
	return c
}
