package main

import (
	"fmt"

	"github.com/spf13/pflag"

	"wsprobe/report"
)

const checkUsage = `usage: wsprobe check [PATH...]

Reads case files and folders, or the built-in ones, plays nothing, and names every mistake as
file:line:col. The exit code is 2 if there is one.
`

func setupCheck(*pflag.FlagSet) func(*app, []string) error {
	return func(a *app, paths []string) error {
		list, problems, err := readCases(paths)
		if err != nil {
			return err
		}
		for _, p := range problems {
			fmt.Fprintln(a.out, report.Clean(p.String()))
		}
		if len(problems) > 0 {
			return exit(report.ExitUsage)
		}
		files := map[string]bool{}
		for _, c := range list {
			files[c.Pos.File] = true
		}
		a.say("checked", fmt.Sprintf("%s in %s, and no mistake", plural(len(list), "case"), plural(len(files), "file")))
		return nil
	}
}
