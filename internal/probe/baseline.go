package probe

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"wsprobe/report"
)

// standing is what a run has to say of a case to its line in the baseline.
type standing int

const (
	unknown standing = iota // left out, skipped, or not to be looked at
	passes
	fails
)

func standingOf(c *report.Case, strict bool) standing {
	switch c.Verdict {
	case report.Fail:
		return fails
	case report.Pass, report.Info:
		return passes
	case report.NonStrict:
		if strict {
			return fails
		}
		return passes
	}
	return unknown
}

// baseline is a file of known failures in the making.
type baseline struct {
	ids     map[string]standing // every case that there is
	blocks  []block
	covered []*Pattern // the patterns in it
	renewal Renewal
}

// block is a comment and the lines that it is about, or one of the two alone. A
// blank line in front belongs to it.
type block struct {
	blank   int
	comment []string // as written, with their #
	lines   []string
	emptied bool // it had lines, and none is true
}

// read takes over what the file has, without the lines that are no longer true.
func (b *baseline) read(text string) {
	var now block
	end := func() {
		if now.comment != nil || now.lines != nil || now.emptied {
			b.blocks = append(b.blocks, now)
		}
		now = block{}
	}
	for raw := range strings.SplitSeq(strings.TrimRight(text, "\n"), "\n") {
		line := strings.TrimSpace(raw)
		switch {
		case line == "":
			if now.comment != nil || now.lines != nil || now.emptied {
				end()
			}
			now.blank++
		case line[0] == '#':
			if now.lines != nil || now.emptied {
				end()
			}
			now.comment = append(now.comment, raw)
		default:
			kept := b.keep(line)
			now.lines = append(now.lines, kept...)
			now.emptied = len(now.lines) == 0
		}
	}
	end()
	b.blocks = slices.DeleteFunc(b.blocks, func(bl block) bool { return bl.emptied })
}

// keep returns what stays of a line: all of it, nothing, or in place of a
// pattern that fits cases that pass the cases that do not.
func (b *baseline) keep(line string) []string {
	text, flaky := strings.CutPrefix(line, "~")
	pattern, err := NewPattern(strings.TrimSpace(text))
	if err != nil {
		return []string{line} // ReadKnown would have refused it
	}
	by := map[standing][]string{}
	for _, id := range b.sorted() {
		if pattern.Match(id) {
			by[b.ids[id]] = append(by[b.ids[id]], id)
		}
	}
	left := slices.Concat(by[fails], by[unknown])
	switch {
	case len(left)+len(by[passes]) == 0:
		b.renewal.Dropped++
		return nil
	case len(by[passes]) == 0 || flaky:
		b.covered = append(b.covered, pattern)
		return []string{line}
	}
	b.renewal.Dropped++
	lines := b.patterns(left)
	b.renewal.Added += len(lines)
	return lines
}

func (b *baseline) sorted() []string {
	var ids []string
	for id := range b.ids {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	return ids
}

// add adds the failures that no line covers, those of one rule together.
func (b *baseline) add(r *report.Results) {
	groups := map[string][]*report.Case{}
	var order []string
	for i := range r.Cases {
		c := &r.Cases[i]
		if b.ids[c.ID] != fails || slices.ContainsFunc(b.covered, func(p *Pattern) bool { return p.Match(c.ID) }) {
			continue
		}
		rule := c.Worst().Rule
		if groups[rule] == nil {
			order = append(order, rule)
		}
		groups[rule] = append(groups[rule], c)
	}
	for _, rule := range order {
		b.addGroup(groups[rule])
	}
}

func (b *baseline) addGroup(list []*report.Case) {
	var ids, flaky []string
	for _, c := range list {
		if c.Differs() {
			flaky = append(flaky, "~"+c.ID)
		} else {
			ids = append(ids, c.ID)
		}
	}
	lines := append(b.patterns(ids), flaky...)
	b.renewal.Added += len(lines)
	head, reason := reasonOf(list)
	for i := range b.blocks {
		if bl := &b.blocks[i]; len(bl.comment) > 0 && strings.HasPrefix(strings.TrimLeft(bl.comment[0], "# "), head) {
			bl.lines = append(bl.lines, lines...)
			return
		}
	}
	bl := block{blank: min(1, len(b.blocks)), lines: lines}
	for _, line := range report.Wrap(head+reason, commentWidth) {
		bl.comment = append(bl.comment, "# "+line)
	}
	b.blocks = append(b.blocks, bl)
}

// commentWidth is how long the lines of a comment are.
const commentWidth = 98

// reasonOf says why these cases, which broke the same rule, are known: where the
// rule stands, and what was seen.
func reasonOf(list []*report.Case) (head, reason string) {
	f := list[0].Worst()
	head = fmt.Sprintf("%s, %s:", f.Source(), f.Rule)
	reason = " " + short(cmp.Or(f.Seen(), "wanted "+f.Wanted))
	for _, c := range list {
		if g := c.Worst(); g.Seen() != f.Seen() || g.Wanted != f.Wanted {
			return head, " in " + list[0].ID + ":" + reason
		}
	}
	return head, reason
}

// short keeps of what was seen what a comment has room for.
func short(text string) string {
	const most = 240
	text = strings.Join(strings.Fields(text), " ")
	if runes := []rune(text); len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return text
}

// patterns writes ids as the lines of a file: where all cases of a matrix are
// among them, as one line.
func (b *baseline) patterns(ids []string) []string {
	var lines []string
	done := map[string]bool{}
	for _, id := range ids {
		if done[id] {
			continue
		}
		line, whole := b.matrixOf(id, ids)
		for _, id := range whole {
			done[id] = true
		}
		lines = append(lines, line)
		if pattern, err := NewPattern(line); err == nil {
			b.covered = append(b.covered, pattern)
		}
	}
	return lines
}

// matrixOf returns the widest pattern for the matrix that a case is of, or for
// what it shares one label with, that fits none but these; else the id alone.
func (b *baseline) matrixOf(id string, among []string) (line string, whole []string) {
	base, labels, matrix := strings.Cut(strings.TrimSuffix(id, "]"), "[")
	if !matrix {
		return id, nil
	}
	first, _, _ := strings.Cut(labels, ",")
	last := labels[strings.LastIndex(labels, ",")+1:]
	for _, wide := range []string{base + "[*]", base + "[" + first + ",*]", base + "[*," + last + "]"} {
		if whole := b.fitsOnly(wide, among); len(whole) > 1 {
			return wide, whole
		}
	}
	return id, nil
}

// fitsOnly returns the cases that a pattern fits, or none if one is not among these.
func (b *baseline) fitsOnly(text string, among []string) (list []string) {
	pattern, err := NewPattern(text)
	if err != nil {
		return nil
	}
	for id := range b.ids {
		if !pattern.Match(id) {
			continue
		}
		if !slices.Contains(among, id) {
			return nil
		}
		list = append(list, id)
	}
	return list
}

// String returns the file.
func (b *baseline) String() string {
	var out strings.Builder
	for i, bl := range b.blocks {
		if i > 0 {
			out.WriteString(strings.Repeat("\n", bl.blank))
		}
		for _, line := range slices.Concat(bl.comment, bl.lines) {
			out.WriteString(line + "\n")
		}
	}
	return out.String()
}
