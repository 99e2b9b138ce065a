package main

import (
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"

	"wsprobe/cases"
	"wsprobe/internal/casefile"
	"wsprobe/internal/rules"
	"wsprobe/report"
)

// casesNamed returns the cases of that id, that alias, or that id before the
// labels of a matrix.
func casesNamed(name string, all []*casefile.Case) []*casefile.Case {
	exact := slices.DeleteFunc(slices.Clone(all), func(c *casefile.Case) bool { return !slices.Contains(namesOf(c), name) })
	if len(exact) > 0 {
		return exact
	}
	return slices.DeleteFunc(slices.Clone(all), func(c *casefile.Case) bool { return base(c.ID) != name })
}

// explainCase tells about a case, or about those of one matrix, and shows it as
// its file has it.
func explainCase(a *app, found []*casefile.Case, paths []string) error {
	c := found[0]
	place := report.Place(c.Pos.File, c.Pos.Line)
	if len(found) == 1 {
		fmt.Fprintf(a.out, "%s  %s\n", c.ID, place)
	} else {
		fmt.Fprintf(a.out, "%s  %s  (%d cases)\n", base(c.ID), place, len(found))
	}
	a.paragraph(c.About)
	for _, id := range rulesOf(c) {
		if r, ok := c.FindRule(rules.ID(id)); ok {
			fmt.Fprintf(a.out, "\n  %s  %s  %s", r.ID, r.Level, report.Source(r.Document, r.Section))
			a.quote(r.Quote)
			a.room(r)
		}
	}
	if len(c.Needs) > 0 {
		a.paragraph("Needs " + strings.Join(c.Needs, ", ") + ".")
	}
	if aliases := aliasesOf(found); len(aliases) > 0 {
		a.paragraph("Also called " + strings.Join(aliases, ", ") + ".")
	}
	text, err := sourceOf(c, paths)
	if err != nil {
		return usageError("", "reading the case: %w", err)
	}
	fmt.Fprintln(a.out)
	for line := range strings.Lines(text) {
		fmt.Fprint(a.out, "    ", line)
	}
	return nil
}

// aliasesOf lists what others call these cases, a matrix's from the first to the last.
func aliasesOf(found []*casefile.Case) []string {
	var list []string
	for _, c := range found {
		list = append(list, c.Aliases...)
	}
	if n := len(list); n > 8 {
		return []string{list[0], "…", list[n-1]}
	}
	return list
}

// sourceOf returns the lines of a case from its file.
func sourceOf(c *casefile.Case, paths []string) (string, error) {
	read := os.ReadFile
	if len(paths) == 0 {
		read = func(name string) ([]byte, error) { return fs.ReadFile(cases.FS, strings.TrimPrefix(name, "cases/")) }
	}
	data, err := read(c.Pos.File)
	if err != nil {
		return "", err
	}
	lines := strings.Split(string(data), "\n")
	if c.Pos.Line > len(lines) {
		return "", fmt.Errorf("%s has become shorter", c.Pos.File)
	}
	return excerpt(lines[c.Pos.Line-1:]), nil
}

// excerpt returns the first list item of these lines, moved to the margin: up to
// the next line that is not further in than its hyphen.
func excerpt(lines []string) string {
	margin := depth(lines[0])
	end := 1
	for end < len(lines) && (strings.TrimSpace(lines[end]) == "" || depth(lines[end]) > margin) {
		end++
	}
	var b strings.Builder
	for _, line := range lines[:end] {
		line = line[min(margin, depth(line)):]
		b.WriteString(strings.TrimRight(report.Clean(strings.TrimRight(line, "\r")), " ") + "\n")
	}
	return strings.TrimRight(b.String(), "\n") + "\n"
}

func depth(line string) int { return len(line) - len(strings.TrimLeft(line, " ")) }
