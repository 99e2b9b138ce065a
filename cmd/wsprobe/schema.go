package main

import (
	"github.com/spf13/pflag"

	"wsprobe/internal/casefile"
)

const schemaUsage = `usage: wsprobe schema

Prints the JSON Schema of a case file, for completion and hints in an editor.
`

func setupSchema(*pflag.FlagSet) func(*app, []string) error {
	return func(a *app, args []string) error {
		a.out.Write(casefile.Schema())
		return nil
	}
}
