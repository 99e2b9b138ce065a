package replay

import (
	"bytes"
	"fmt"
	"io"

	"wsprobe/report"
)

// around is how many rows are shown on either side of a difference.
const around = 3

// Show writes the comparison as a transcript. Each line begins with a blank where it
// is the same, "-" where it came then and not now, and "+" where it came now. With
// all, what is far from any difference is shown too.
func (d *Difference) Show(w io.Writer, o report.Options, all bool) {
	lines := report.NewTranscript(o, 0)
	left := 0
	for i, r := range d.rows {
		if !all && !d.near(i) {
			left++
			continue
		}
		left = skipped(w, left)
		var b bytes.Buffer
		lines.Print(&b, r.line)
		for text := range bytes.Lines(b.Bytes()) {
			fmt.Fprintf(w, "%s%s%s", paint(r.mark, o.Color), text[:len(text)-1], unpaint(r.mark, o.Color))
		}
	}
	skipped(w, left)
}

// near reports whether there is a difference close to a row.
func (d *Difference) near(i int) bool {
	for _, r := range d.rows[max(0, i-around):min(len(d.rows), i+around+1)] {
		if r.mark != markSame {
			return true
		}
	}
	return false
}

func skipped(w io.Writer, n int) int {
	if n > 0 {
		fmt.Fprintf(w, "  … %d %s the same\n", n, map[bool]string{true: "line that is", false: "lines that are"}[n == 1])
	}
	return 0
}

func paint(m mark, color bool) string {
	switch {
	case color && m == markMissing:
		return "\x1b[31m- "
	case color && m == markExtra:
		return "\x1b[32m+ "
	}
	return string(m) + " "
}

func unpaint(m mark, color bool) string {
	if color && m != markSame {
		return "\x1b[0m\n"
	}
	return "\n"
}
