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
	if len(problems) == 0 {
		return list, nil
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s in the case files", plural(len(problems), "mistake"))
	for _, p := range problems {
		b.WriteString("\n" + p.String())
	}
	return nil, usageError("", "%s", b.String())
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
