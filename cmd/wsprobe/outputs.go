package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"wsprobe/report"
)

// outputs are the flags that say how results are told.
type outputs struct {
	format         string
	reports        []string
	verbose, quiet bool
}

const outputUsage = `  --format FORMAT        what standard output gets: text (if left out), json, junit, tap, sarif, markdown, html
  --report FORMAT=FILE   write a report to a file as well; more than once if need be
  -v, --verbose          every case, with the whole conversation
  -q, --quiet            the summary line only, and no talk
`

func (o *outputs) define(fs *pflag.FlagSet) {
	fs.StringVar(&o.format, "format", "text", "")
	fs.StringArrayVar(&o.reports, "report", nil, "")
	fs.BoolVarP(&o.verbose, "verbose", "v", false, "")
	fs.BoolVarP(&o.quiet, "quiet", "q", false, "")
}

// check finds mistakes before a run rather than after it.
func (o *outputs) check() error {
	if err := checkFormat("--format", o.format); err != nil {
		return err
	}
	for _, r := range o.reports {
		format, file, ok := strings.Cut(r, "=")
		if !ok || file == "" {
			return usageError("as in --report junit=results.xml", "--report %q is not FORMAT=FILE", r)
		}
		if err := checkFormat("--report", format); err != nil {
			return err
		}
	}
	return nil
}

func checkFormat(flag, format string) error {
	names := report.FormatNames()
	if slices.Contains(names, format) {
		return nil
	}
	return usageError(didYouMean(format, names, "the formats are "+strings.Join(names, ", ")), "%s: there is no format %q", flag, format)
}

// write tells the results on standard output and in every report. A report that
// cannot be written does not keep the others from being written.
func (o *outputs) write(a *app, r *report.Results) error {
	options := report.Options{Verbose: o.verbose, Quiet: o.quiet}
	var failed []error
	for _, target := range o.reports {
		format, file, _ := strings.Cut(target, "=")
		failed = append(failed, writeFile(format, file, r, options))
	}
	options.Width, options.Color = a.screen.width, a.screen.color
	// What goes wrong with standard output itself is told at the end of the program.
	if o.format != "text" || len(r.Cases) > 0 || r.Trouble == "" {
		report.Write(o.format, a.out, r, options)
	}
	if err := errors.Join(failed...); err != nil {
		return trouble("", "%w", err)
	}
	return nil
}

// writeFile renders first: a file is not emptied for a report that fails.
func writeFile(format, file string, r *report.Results, o report.Options) error {
	var b bytes.Buffer
	if err := report.Write(format, &b, r, o); err != nil {
		return err
	}
	if err := os.WriteFile(file, b.Bytes(), 0o666); err != nil {
		return fmt.Errorf("writing the %s report: %w", format, err)
	}
	return nil
}
