package casefile

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"

	"gopkg.in/yaml.v3"
)

// String returns the place as file:line:col.
func (p Pos) String() string { return fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Col) }

// String returns the problem as an editor or a terminal can jump to it.
func (p Problem) String() string { return p.Pos.String() + ": " + p.Text }

// problems are those of one file. The combinations of a matrix are read one by
// one, so what is wrong with their common text would be found once for each;
// after newRound, places that were spoken of already are not spoken of again.
type problems struct {
	list  []Problem
	old   map[Pos]bool
	found int // how many there were, the unspoken ones too
}

// maxProblems is how many problems of a file are told; nobody reads more.
const maxProblems = 200

func (p *problems) add(pos Pos, format string, args ...any) {
	p.found++
	if p.old[pos] || len(p.list) > maxProblems {
		return
	}
	next := Problem{Pos: pos, Text: fmt.Sprintf(format, args...)}
	if len(p.list) == maxProblems {
		next.Text = "there are more problems; these are the first " + strconv.Itoa(maxProblems)
	}
	if !slices.Contains(p.list, next) {
		p.list = append(p.list, next)
	}
}

func (p *problems) newRound() {
	if p.old == nil {
		p.old = map[Pos]bool{}
	}
	for _, each := range p.list {
		p.old[each.Pos] = true
	}
}

// sorted returns the problems by place.
func (p *problems) sorted() []Problem {
	slices.SortStableFunc(p.list, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(a.Pos.Line, b.Pos.Line), cmp.Compare(a.Pos.Col, b.Pos.Col))
	})
	return p.list
}

// pos returns the place of a node.
func (f *file) pos(n *yaml.Node) Pos { return Pos{File: f.name, Line: n.Line, Col: n.Column} }

// problem notes what is wrong with a node.
func (f *file) problem(n *yaml.Node, format string, args ...any) {
	f.problems.add(f.pos(n), format, args...)
}
