package replay

import (
	"fmt"
	"slices"

	"wsprobe/internal/lint"
	"wsprobe/internal/wire"
	"wsprobe/report"
)

// maxTable is how large the table may be in which two conversations are laid side by
// side. Longer ones are compared one message with one.
const maxTable = 16 << 20

// mark is what became of a row: the same in both, or only in one.
type mark byte

const (
	markSame    mark = ' '
	markMissing mark = '-'
	markExtra   mark = '+'
)

// row is a line of a comparison.
type row struct {
	item
	mark mark
}

// Difference is how a conversation went this time, beside how it went then.
type Difference struct {
	rows                            []row
	Same, Different, Missing, Extra int
}

// Equal reports whether all came that came then, and no more.
func (d *Difference) Equal() bool { return d.Different+d.Missing+d.Extra == 0 }

// String counts.
func (d *Difference) String() string {
	return fmt.Sprintf("%d the same, %d different, %d missing, %d extra", d.Same, d.Different, d.Missing, d.Extra)
}

// Compare lays what came this time beside what came then.
func Compare(p *Played, ig *Ignore) *Difference {
	then, now := items(p.Talk.Events, ig), items(p.Events, ig)
	if endUnseen(p.Talk.Events) {
		now = slices.DeleteFunc(now, func(it item) bool { return it.server && it.key == "end" })
	}
	c := &comparison{then: then, now: now, twin: none(len(then)), instead: none(len(then)), taken: make([]bool, len(now))}
	for s := range streams {
		a, b := places(then, s), places(now, s)
		c.match(a, b)
		c.replace(a, b)
	}
	return c.lay()
}

// endUnseen reports whether a recording stopped while its connection ended: the client
// was done, and so the server was about to close TCP, which says nothing now.
func endUnseen(then []lint.Event) bool {
	done := false
	for i := range then {
		switch e := &then[i]; {
		case e.Side == lint.Server && e.Kind == lint.KindEnd:
			return false
		case e.Side == lint.Client:
			done = done || e.Kind == lint.KindEnd || isControl(e, wire.OpClose)
		}
	}
	return done
}

// comparison is two conversations, and what of one is what of the other.
type comparison struct {
	then, now []item
	twin      []int // of an item then, the one now that is the same; -1: none
	instead   []int // of an item then, the one now that came instead
	taken     []bool
}

func none(n int) []int {
	list := make([]int, n)
	for i := range list {
		list[i] = -1
	}
	return list
}

// places returns where the items of a stream are.
func places(list []item, s stream) (at []int) {
	for i := range list {
		if list[i].server && list[i].stream == s {
			at = append(at, i)
		}
	}
	return at
}

// match finds the longest run of items that are the same, in order.
func (c *comparison) match(a, b []int) {
	same := func(i, k int) bool { return c.then[a[i]].key == c.now[b[k]].key }
	for len(a) > 0 && len(b) > 0 && same(0, 0) {
		c.tie(a[0], b[0])
		a, b = a[1:], b[1:]
	}
	for len(a) > 0 && len(b) > 0 && same(len(a)-1, len(b)-1) {
		c.tie(a[len(a)-1], b[len(b)-1])
		a, b = a[:len(a)-1], b[:len(b)-1]
	}
	if len(a)*len(b) > maxTable {
		for i := range min(len(a), len(b)) {
			if same(i, i) {
				c.tie(a[i], b[i])
			}
		}
		return
	}
	table := lengths(len(a), len(b), same)
	for i, k := 0, 0; i < len(a) && k < len(b); {
		switch {
		case same(i, k):
			c.tie(a[i], b[k])
			i, k = i+1, k+1
		case table[i+1][k] >= table[i][k+1]:
			i++
		default:
			k++
		}
	}
}

func (c *comparison) tie(i, k int) { c.twin[i], c.taken[k] = k, true }

// replace finds, between what is the same, what came instead of what: the first
// that is missing there and the first that is new there, and so on.
func (c *comparison) replace(a, b []int) {
	k := 0
	for _, i := range a {
		if t := c.twin[i]; t >= 0 {
			for k < len(b) && b[k] <= t {
				k++
			}
			continue
		}
		if k < len(b) && !c.taken[b[k]] {
			c.instead[i], c.taken[b[k]] = b[k], true
			k++
		}
	}
}

// lengths returns, for each two places, how much is the same from there on.
func lengths(n, m int, same func(i, k int) bool) [][]int32 {
	table := make([][]int32, n+1)
	for i := range table {
		table[i] = make([]int32, m+1)
	}
	for i := n - 1; i >= 0; i-- {
		for k := m - 1; k >= 0; k-- {
			if same(i, k) {
				table[i][k] = table[i+1][k+1] + 1
			} else {
				table[i][k] = max(table[i+1][k], table[i][k+1])
			}
		}
	}
	return table
}

// lay puts the rows into order: those of then, each with what came instead, and
// behind what came before it, what is new now.
func (c *comparison) lay() *Difference {
	d := &Difference{}
	next := 0
	for i := range c.then {
		it, k := c.then[i], max(c.twin[i], c.instead[i])
		if it.server && k >= 0 {
			next = c.extras(d, next, k)
		}
		switch {
		case !it.server:
			d.rows = append(d.rows, row{it, markSame})
		case c.twin[i] >= 0:
			d.rows = append(d.rows, row{it, markSame})
			d.Same++
		case k >= 0:
			other := c.now[k]
			other.line.Note = differs(&it, &other)
			d.rows = append(d.rows, row{it, markMissing}, row{other, markExtra})
			d.Different++
		default:
			d.rows = append(d.rows, row{it, markMissing})
			d.Missing++
		}
	}
	c.extras(d, next, len(c.now))
	return d
}

// extras adds what is new up to a place.
func (c *comparison) extras(d *Difference, from, to int) int {
	for k := from; k < to; k++ {
		if c.now[k].server && !c.taken[k] {
			d.rows = append(d.rows, row{c.now[k], markExtra})
			d.Extra++
		}
	}
	return max(from, to)
}

// maxShort is a payload that one line shows whole.
const maxShort = 40

// differs says where two long payloads differ.
func differs(a, b *item) string {
	p, q := a.line.Payload, b.line.Payload
	if a.line.Kind != b.line.Kind || len(p) <= maxShort && len(q) <= maxShort || a.line.Kind == "response" {
		return b.line.Note
	}
	i := 0
	for i < len(p) && i < len(q) && p[i] == q[i] {
		i++
	}
	return fmt.Sprintf("from byte %d: %s, was %s", i, excerpt(q, i), excerpt(p, i))
}

func excerpt(p []byte, at int) string {
	return `"` + report.Escape(p[at:min(len(p), at+maxShort/2)]) + `"`
}
