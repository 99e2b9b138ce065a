package main

import (
	"fmt"
	"io"
	"time"

	"wsprobe/report"
)

// progress is one line on a terminal that is drawn anew as cases end.
type progress struct {
	w       io.Writer
	columns int
	drawn   time.Time
	bad     int
}

// redrawAfter keeps a fast run from spending its time on the terminal.
const redrawAfter = 50 * time.Millisecond

// newProgress returns nil where there is nothing to draw on.
func newProgress(a *app, quiet bool) *progress {
	if quiet || !a.screen.progress {
		return nil
	}
	return &progress{w: a.talk, columns: a.screen.columns}
}

// show is called after each case.
func (p *progress) show(done, total int, c *report.Case) {
	if c.Verdict == report.Fail || c.Verdict == report.Error {
		p.bad++
	}
	if now := time.Now(); now.Sub(p.drawn) > redrawAfter {
		p.drawn = now
		line := fmt.Sprintf("%d/%d cases, %d failed  %s", done, total, p.bad, report.Clean(c.ID))
		fmt.Fprintf(p.w, "\r%s\x1b[K", firstRunes(line, p.columns-1))
	}
}

// clear takes the line away.
func (p *progress) clear() {
	if p != nil && !p.drawn.IsZero() {
		io.WriteString(p.w, "\r\x1b[K")
	}
}

func firstRunes(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n])
	}
	return s
}
