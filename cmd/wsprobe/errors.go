package main

import (
	"errors"
	"fmt"
	"strings"

	"wsprobe/report"
)

// failure is an error that knows its exit code and what can be done about it.
type failure struct {
	code int
	err  error
	hint string
}

func (f *failure) Error() string { return f.err.Error() }
func (f *failure) Unwrap() error { return f.err }

// usageError is a mistake in the command line or in a file that it names.
func usageError(hint, format string, args ...any) error {
	return &failure{report.ExitUsage, fmt.Errorf(format, args...), hint}
}

// trouble is something that kept us from doing what was asked.
func trouble(hint, format string, args ...any) error {
	return &failure{report.ExitTrouble, fmt.Errorf(format, args...), hint}
}

// exit is an exit code with nothing more to say.
type exit int

func (e exit) Error() string { return fmt.Sprintf("exit code %d", int(e)) }

// exitWith returns the error of an exit code, which is none for success.
func exitWith(code int) error {
	if code == report.ExitOK {
		return nil
	}
	return exit(code)
}

// tell prints an error and its hint to standard error and returns its exit code.
func (a *app) tell(err error) int {
	var silent exit
	var f *failure
	switch {
	case err == nil:
		return report.ExitOK
	case errors.As(err, &silent):
		return int(silent)
	case !errors.As(err, &f):
		f = &failure{report.ExitTrouble, err, ""}
	}
	a.say("error", f.err.Error())
	if f.hint != "" {
		a.say("hint", f.hint)
	}
	return f.code
}

// say prints a line of talk. Further lines of a text stand in.
func (a *app) say(kind, text string) {
	for i, line := range strings.Split(strings.TrimRight(text, "\n"), "\n") {
		lead := "  "
		if i == 0 {
			lead = "wsprobe: " + kind + ": "
		}
		fmt.Fprintln(a.talk, lead+report.Clean(line))
	}
}
