package main

import (
	"io"
	"os"

	"github.com/spf13/pflag"

	"wsprobe/report"
)

const reportUsage = `usage: wsprobe report [FLAG...] RESULTS.json

Tells a finished run once more, from the file that wsprobe run --report json=RESULTS.json has
written; - is standard input. The exit code says whether that could be done, not what the run came to.

` + outputUsage

func setupReport(fs *pflag.FlagSet) func(*app, []string) error {
	var o outputs
	o.define(fs)
	return func(a *app, args []string) error {
		if len(args) == 0 {
			return usageError("wsprobe run --report json=FILE writes one", "report needs a results file")
		}
		if err := o.check(); err != nil {
			return err
		}
		r, err := readResults(args[0])
		if err != nil {
			return err
		}
		return o.write(a, r)
	}
}

// readResults reads a results file.
func readResults(path string) (*report.Results, error) {
	var in io.Reader = os.Stdin
	if path != "-" {
		file, err := os.Open(path)
		if err != nil {
			return nil, usageError("", "reading results: %w", err)
		}
		defer file.Close()
		in = file
	}
	r, err := report.ReadJSON(in)
	if err != nil {
		return nil, usageError("wsprobe run --report json=FILE writes such a file", "%s: %w", path, err)
	}
	return r, nil
}
