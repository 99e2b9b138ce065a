package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
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
	destinations   []destination // the reports, once check has read them
}

const outputUsage = `  --format FORMAT        what standard output gets: text (if left out), json, junit, tap, sarif, markdown, html
  --report FORMAT=FILE   write a report to a file as well; more than once if need be; {target} in it
                         stands for the name of the target file, and makes a report for each of several
  -v, --verbose          every case, with the whole conversation
  -q, --quiet            the summary line only, and no talk
`

func (o *outputs) define(fs *pflag.FlagSet) {
	fs.StringVar(&o.format, "format", "text", "")
	fs.StringArrayVar(&o.reports, "report", nil, "")
	fs.BoolVarP(&o.verbose, "verbose", "v", false, "")
	fs.BoolVarP(&o.quiet, "quiet", "q", false, "")
}

// destination is a file that a report goes to.
type destination struct{ format, file string }

// runName is what stands for the name of a run in the name of a file.
const runName = "{target}"

// each reports whether every run of several gets a file of its own.
func (d destination) each() bool { return strings.Contains(d.file, runName) }

// nameOf is what a run is called after the file that it comes from.
func nameOf(file string) string {
	return strings.TrimSuffix(filepath.Base(file), filepath.Ext(file))
}

// check finds mistakes before a run rather than after it. It is told the names
// of the runs; one that comes from no file has the name "".
func (o *outputs) check(names []string) error {
	if err := checkFormat("--format", o.format, len(names)); err != nil {
		return err
	}
	o.destinations = nil
	for _, text := range o.reports {
		format, file, ok := strings.Cut(text, "=")
		if !ok || file == "" {
			return usageError("as in --report junit=results.xml", "--report %q is not FORMAT=FILE", text)
		}
		d := destination{format, file}
		if err := d.check(names); err != nil {
			return err
		}
		if slices.ContainsFunc(o.destinations, func(has destination) bool { return has.file == file }) {
			return usageError("", "two reports would go to %s", file)
		}
		o.destinations = append(o.destinations, d)
	}
	return nil
}

// check finds a format that does not fit, and files that would not be one a run.
func (d destination) check(names []string) error {
	if !d.each() {
		return checkFormat("--report", d.format, len(names))
	}
	for i, name := range names {
		if name == "" {
			return usageError("give the target by --target", "--report %s: no target file lends its name to %s", d.format, d.file)
		}
		if slices.Contains(names[:i], name) {
			return usageError("rename one of the files", "--report %s: two targets are called %s", d.format, name)
		}
	}
	return checkFormat("--report", d.format, 1)
}

// checkFormat looks for a format that can tell so many runs at once.
func checkFormat(flag, format string, runs int) error {
	names := report.FormatNames()
	if !slices.Contains(names, format) {
		return usageError(didYouMean(format, names, "the formats are "+strings.Join(names, ", ")), "%s: there is no format %q", flag, format)
	}
	if together := report.MatrixFormatNames(); runs > 1 && !slices.Contains(together, format) {
		hint := fmt.Sprintf("--report %s=FILE with %s in the FILE writes one for each; %s tell several at once", format, runName, strings.Join(together, ", "))
		return usageError(hint, "%s: the format %s tells one run", flag, format)
	}
	return nil
}

func (o *outputs) options() report.Options {
	return report.Options{Verbose: o.verbose, Quiet: o.quiet}
}

// screenOptions are those for standard output.
func (o *outputs) screenOptions(a *app) report.Options {
	options := o.options()
	options.Width, options.Color = a.screen.width, a.screen.color
	return options
}

// write tells the results on standard output and in every report.
func (o *outputs) write(a *app, name string, r *report.Results) error {
	err := o.writeFiles(func(destination) bool { return true }, name, r)
	// What goes wrong with standard output itself is told at the end of the program.
	if o.format != "text" || len(r.Cases) > 0 || r.Trouble == "" {
		report.Write(o.format, a.out, r, o.screenOptions(a))
	}
	return err
}

// writeOne tells one run of several: in the reports that it has for itself, and
// as text on standard output, where that is wanted.
func (o *outputs) writeOne(a *app, name string, r *report.Results) error {
	err := o.writeFiles(destination.each, name, r)
	switch {
	case o.format == "text" && o.verbose:
		report.Write("text", a.out, r, o.screenOptions(a))
	case o.format == "text":
		alone := &report.Matrix{}
		alone.Add(r)
		report.WriteMatrix("text", a.out, alone, o.screenOptions(a))
	}
	a.out.Flush()
	return err
}

// writeFiles writes the reports of one run. One that cannot be written does not
// keep the others from being written.
func (o *outputs) writeFiles(which func(destination) bool, name string, r *report.Results) error {
	var failed []error
	for _, d := range o.destinations {
		if which(d) {
			d.file = strings.ReplaceAll(d.file, runName, name)
			failed = append(failed, d.write(func(w io.Writer) error { return report.Write(d.format, w, r, o.options()) }))
		}
	}
	return unwritten(failed)
}

// writeMatrix writes the reports that tell several runs side by side, and
// standard output unless it is text and was written run by run.
func (o *outputs) writeMatrix(a *app, m *report.Matrix) error {
	var failed []error
	for _, d := range o.destinations {
		if !d.each() {
			failed = append(failed, d.write(func(w io.Writer) error { return report.WriteMatrix(d.format, w, m, o.options()) }))
		}
	}
	if o.format != "text" {
		report.WriteMatrix(o.format, a.out, m, o.screenOptions(a))
	}
	return unwritten(failed)
}

// write renders first: a file is not emptied for a report that fails. A folder
// that is not there is made.
func (d destination) write(render func(io.Writer) error) error {
	var b bytes.Buffer
	if err := render(&b); err != nil {
		return err
	}
	err := os.MkdirAll(filepath.Dir(d.file), 0o777)
	if err == nil {
		err = os.WriteFile(d.file, b.Bytes(), 0o666)
	}
	if err != nil {
		return fmt.Errorf("writing the %s report: %w", d.format, err)
	}
	return nil
}

func unwritten(failed []error) error {
	if err := errors.Join(failed...); err != nil {
		return trouble("", "%w", err)
	}
	return nil
}
