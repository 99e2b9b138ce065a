package report

// Change is a case whose verdict differs between two runs. Old is empty for a
// case that is new, New for one that is gone.
type Change struct {
	ID       string
	Old, New Verdict
	Why      string // what is wrong with the case now
}

// Changes is what became different from one run to the next.
type Changes struct {
	Fixed   []Change // broke a rule, and does no more
	Broken  []Change // broke none, and does now
	Changed []Change // any other change of verdict
	New     []Change // only in the new run
	Gone    []Change // only in the old run
}

// Empty reports whether nothing changed.
func (c *Changes) Empty() bool {
	return len(c.Fixed)+len(c.Broken)+len(c.Changed)+len(c.New)+len(c.Gone) == 0
}

// Diff compares two runs case by case. A MUST counts as broken, and a SHOULD
// too when the new run was strict. A broken case that is now skipped or could not be
// looked at has changed, and is not fixed.
func Diff(before, after *Results) Changes {
	var d Changes
	was := byID(before)
	for i := range after.Cases {
		now := &after.Cases[i]
		old, ok := was[now.ID]
		delete(was, now.ID)
		change := Change{ID: now.ID, New: now.Verdict, Why: headline(now)}
		if !ok {
			d.New = append(d.New, change)
			continue
		}
		change.Old = old.Verdict
		d.sort(change, old, now, after.Strict)
	}
	for i := range before.Cases {
		if c := &before.Cases[i]; was[c.ID] != nil {
			delete(was, c.ID)
			d.Gone = append(d.Gone, Change{ID: c.ID, Old: c.Verdict})
		}
	}
	return d
}

func (d *Changes) sort(change Change, old, now *Case, strict bool) {
	switch {
	case change.Old == change.New:
	case now.breaks(strict) && !old.breaks(strict):
		d.Broken = append(d.Broken, change)
	case old.breaks(strict) && !now.breaks(strict) && now.looked():
		d.Fixed = append(d.Fixed, change)
	default:
		d.Changed = append(d.Changed, change)
	}
}

// looked reports whether the verdict says something about the target.
func (c *Case) looked() bool { return c.Verdict != Skip && c.Verdict != Error }

func byID(r *Results) map[string]*Case {
	m := map[string]*Case{}
	for i := range r.Cases {
		m[r.Cases[i].ID] = &r.Cases[i]
	}
	return m
}

// TargetChanges is what became different for one target of a matrix.
type TargetChanges struct {
	Name string
	Changes
	OnlyOld, OnlyNew bool // one of the two matrices does not have it
}

// DiffMatrix compares two matrices target by target, as Diff does two runs. A
// target that only one of them has is told, and not compared.
func DiffMatrix(before, after *Matrix) []TargetChanges {
	var list []TargetChanges
	was := map[string]int{}
	for i := range before.Targets {
		was[before.Targets[i].Target.Name] = i
	}
	for i := range after.Targets {
		name := after.Targets[i].Target.Name
		j, ok := was[name]
		if !ok {
			list = append(list, TargetChanges{Name: name, OnlyNew: true})
			continue
		}
		delete(was, name)
		list = append(list, TargetChanges{Name: name, Changes: Diff(before.run(j), after.run(i))})
	}
	for i := range before.Targets {
		name := before.Targets[i].Target.Name
		if j, ok := was[name]; ok && i == j {
			list = append(list, TargetChanges{Name: name, OnlyOld: true})
		}
	}
	return list
}

// run returns a column as a run, as far as a comparison looks at it.
func (m *Matrix) run(column int) *Results {
	t := &m.Targets[column]
	r := &Results{Target: t.Target, Strict: t.Strict, Interrupted: t.Interrupted, Trouble: t.Trouble}
	for i := range m.Cases {
		if o := &m.Cases[i].Outcomes[column]; o.Verdict != "" {
			r.Cases = append(r.Cases, Case{ID: m.Cases[i].ID, Verdict: o.Verdict, Known: o.Known, Reason: o.Reason, Findings: m.findings(o)})
		}
	}
	return r
}

// findings returns what is kept of those of an outcome.
func (m *Matrix) findings(o *Outcome) []Finding {
	if len(o.Rules) == 0 {
		return nil
	}
	rule := m.Rules[o.Rules[0]]
	return []Finding{{
		Rule: o.Rules[0], Level: rule.Level, Document: rule.Document, Section: rule.Section,
		Verdict: o.Verdict, Wanted: o.Wanted, Detail: o.Seen,
	}}
}
