package main

import (
	"errors"
	"io"
	"os"

	"github.com/spf13/pflag"

	"wsprobe/report"
)

const reportUsage = `usage: wsprobe report [FLAG...] RESULTS.json...

Tells a finished run once more, from the file that wsprobe run --report json=RESULTS.json has
written; - is standard input. Several files are told side by side, as a matrix; so is the JSON of a
matrix. The exit code says whether that could be done, not what the runs came to.

` + outputUsage

func setupReport(fs *pflag.FlagSet) func(*app, []string) error {
	var o outputs
	o.define(fs)
	return func(a *app, args []string) error {
		switch len(args) {
		case 0:
			return usageError("wsprobe run --report json=FILE writes one", "report needs a results file")
		case 1:
			return o.tell(a, args[0])
		}
		return o.tellTogether(a, args)
	}
}

// tell tells what is in one file: a run, or a matrix.
func (o *outputs) tell(a *app, path string) error {
	name := nameOf(path)
	if err := o.check([]string{name}); err != nil {
		return err
	}
	r, m, err := readAny(path)
	if err != nil {
		return err
	}
	if m == nil {
		return o.write(a, name, r)
	}
	if err := o.check(make([]string, max(2, len(m.Targets)))); err != nil {
		return err
	}
	if o.format == "text" {
		report.WriteMatrix("text", a.out, m, o.screenOptions(a))
	}
	return o.writeMatrix(a, m)
}

// tellTogether tells the runs of several files side by side.
func (o *outputs) tellTogether(a *app, paths []string) error {
	var names []string
	for _, path := range paths {
		names = append(names, nameOf(path))
	}
	if err := o.check(names); err != nil {
		return err
	}
	m := &report.Matrix{}
	var failed []error
	for i, path := range paths {
		r, err := readResults(path)
		if err != nil {
			return err
		}
		m.Add(r)
		failed = append(failed, o.writeOne(a, names[i], r))
	}
	return errors.Join(append(failed, o.writeMatrix(a, m))...)
}

// readResults reads the results file of one run.
func readResults(path string) (*report.Results, error) {
	r, m, err := readAny(path)
	if m != nil {
		return nil, usageError("wsprobe run --report json="+runName+".json writes a file for each", "%s: this is %w", path, report.ErrMatrix)
	}
	return r, err
}

// readAny reads a results file, of one run or of several.
func readAny(path string) (*report.Results, *report.Matrix, error) {
	var in io.Reader = os.Stdin
	if path != "-" {
		file, err := os.Open(path)
		if err != nil {
			return nil, nil, usageError("", "reading results: %w", err)
		}
		defer file.Close()
		in = file
	}
	r, m, err := report.ReadFile(in)
	if err != nil {
		return nil, nil, usageError("wsprobe run --report json=FILE writes such a file", "%s: %w", path, err)
	}
	return r, m, nil
}
