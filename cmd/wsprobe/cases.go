package main

import (
	"fmt"
	"strings"

	"wsprobe/cases"
	"wsprobe/internal/casefile"
)

// loadCases reads the case files at those paths, or the built-in ones. Any
// mistake in them is a usage error that names them all.
func loadCases(paths []string) ([]*casefile.Case, error) {
	list, problems, err := readCases(paths)
	if err != nil {
		return nil, err
	}
	return list, mistakes(problems, "in the case files")
}

// mistakes makes an error of what is wrong with a file, nil of nothing.
func mistakes(problems []casefile.Problem, where string) error {
	if len(problems) == 0 {
		return nil
	}
	lines := []string{plural(len(problems), "mistake") + " " + where}
	for _, p := range problems {
		lines = append(lines, p.String())
	}
	return usageError("", "%s", strings.Join(lines, "\n"))
}

// readCases reads the same and returns the mistakes apart.
func readCases(paths []string) ([]*casefile.Case, []casefile.Problem, error) {
	read := func() ([]*casefile.Case, []casefile.Problem, error) { return casefile.Load(paths) }
	if len(paths) == 0 {
		read = func() ([]*casefile.Case, []casefile.Problem, error) { return casefile.LoadFS(cases.FS, "cases") }
	}
	list, problems, err := read()
	if err != nil {
		return nil, nil, usageError("", "%w", err)
	}
	if len(list)+len(problems) == 0 {
		return nil, nil, usageError("a case file is *.yaml", "no cases in %s", strings.Join(paths, ", "))
	}
	return list, problems, nil
}

func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
