package main

import (
	"os"

	"golang.org/x/term"
)

// screen is what standard output and standard error are connected to.
type screen struct {
	width    int  // of the terminal on standard output; 0: there is none
	color    bool // on standard output
	progress bool // standard error is a terminal that can redraw a line
	columns  int  // of that terminal
}

// look finds out. Colour needs a terminal that has some, and no NO_COLOR
// (https://no-color.org) in the environment.
func look() screen {
	var s screen
	dumb := os.Getenv("TERM") == "dumb"
	if out := int(os.Stdout.Fd()); term.IsTerminal(out) {
		s.width, _, _ = term.GetSize(out)
		s.color = !dumb && os.Getenv("NO_COLOR") == ""
	}
	if err := int(os.Stderr.Fd()); term.IsTerminal(err) && !dumb {
		s.columns, _, _ = term.GetSize(err)
		s.progress = s.columns > 20
	}
	return s
}
