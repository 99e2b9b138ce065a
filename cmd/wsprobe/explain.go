package main

import (
	"encoding/binary"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/pflag"

	"wsprobe/internal/casefile"
	"wsprobe/internal/rules"
	"wsprobe/internal/wire"
	"wsprobe/report"
)

const explainUsage = `usage: wsprobe explain WORD [PATH...]

Tells about a rule (utf8.text-valid), a case (utf8/fail-fast, or a number of Autobahn's such as
6.4.1), or a close code (1007): the sentence of the specification, what it leaves open, and which
cases play it, of those in these files and folders or of the built-in ones. A suite (utf8), a topic
of rules (close), a section (§7.4.1), a requirement (CL-012) or a pattern ('close/*') lists what is
of it.
`

func setupExplain(*pflag.FlagSet) func(*app, []string) error {
	return func(a *app, args []string) error {
		if len(args) == 0 || args[0] == "" {
			return usageError("wsprobe list --rules prints the rules", "explain needs the id of a rule or a case, or a close code")
		}
		what, paths := args[0], args[1:]
		// The name has a space in it, and so needs no quotes.
		if what == "autobahn" && len(paths) > 0 {
			what, paths = what+" "+paths[0], paths[1:]
		}
		all, err := loadCases(paths)
		if err != nil {
			return err
		}
		return explain(a, what, all, paths)
	}
}

func explain(a *app, what string, all []*casefile.Case, paths []string) error {
	if code, err := strconv.Atoi(what); err == nil {
		return explainCode(a, code, all)
	}
	if r, ok := rules.Get(rules.ID(what)); ok {
		return explainRule(a, r, all)
	}
	if found := casesNamed(what, all); len(found) > 0 {
		return explainCase(a, found, paths)
	}
	if list, found := meant(what, all); len(list)+len(found) > 0 {
		if len(list) == 1 && len(found) == 0 {
			return explainRule(a, list[0], all)
		}
		return explainMany(a, list, found, paths)
	}
	if reason := rules.Unruled[strings.ToUpper(what)]; reason != "" {
		fmt.Fprintf(a.out, "%s  no rule stands for it\n", strings.ToUpper(what))
		a.paragraph(reason)
		return nil
	}
	known := ruleIDs()
	for _, c := range all {
		known = append(known, namesOf(c)...)
		known = append(known, base(c.ID))
	}
	return usageError(didYouMean(what, known, "wsprobe list prints the cases, wsprobe list --rules the rules"),
		"%q is no rule, case or close code", what)
}

// explainCode tells about a status code of a Close.
func explainCode(a *app, code int, all []*casefile.Case) error {
	c, ok := rules.FindCloseStatus(code)
	if !ok {
		return usageError("a code has two bytes: 0 to 65535", "%d is no close code", code)
	}
	fmt.Fprintf(a.out, "%d  %s  %s\n", code, c.Name, c.Source)
	if c.Quote != "" {
		a.quote(c.Quote)
	}
	fmt.Fprintf(a.out, "\n  May be sent by %s.\n", c.Sent)
	players := slices.DeleteFunc(slices.Clone(all), func(c *casefile.Case) bool { return !speaksOf(c, uint16(code)) })
	a.players(players, "No case sends or expects it.")
	return nil
}

// speaksOf reports whether a case sends a Close with that code, or expects one.
func speaksOf(c *casefile.Case, code uint16) bool {
	in := func(m *casefile.CloseMatch) bool { return m != nil && slices.Contains(m.Codes, code) }
	for _, s := range c.Steps {
		if in(s.Close) {
			return true
		}
		for _, e := range s.Events {
			if slices.Contains(e.Codes, code) || in(e.Close) {
				return true
			}
		}
		for _, f := range s.Frames {
			if body := firstBytes(f.Payload); f.Opcode == wire.OpClose && len(body) >= 2 && binary.BigEndian.Uint16(body) == code {
				return true
			}
		}
	}
	return false
}

func firstBytes(p casefile.Payload) []byte {
	if len(p.Parts) == 0 {
		return nil
	}
	return p.Parts[0].Bytes
}

// explainRule tells about a rule.
func explainRule(a *app, r rules.Rule, all []*casefile.Case) error {
	fmt.Fprintf(a.out, "%s  %s  %s\n", r.ID, r.Level, report.Source(r.Document, r.Section))
	a.quote(r.Quote)
	a.paragraph(r.About)
	a.room(r)
	if len(r.Requirements) > 0 {
		a.paragraph("Requirements: " + strings.Join(r.Requirements, ", ") + ".")
	}
	players := slices.DeleteFunc(slices.Clone(all), func(c *casefile.Case) bool { return !slices.Contains(rulesOf(c), string(r.ID)) })
	otherwise := "No case is about it alone: it is looked for in whatever a target sends."
	switch {
	case r.Client:
		otherwise = "Only a client can break it; wsproxy looks for that."
	case r.HTTP2():
		otherwise = "It is broken in HTTP/2 alone; wsproxy looks for that."
	}
	a.players(players, otherwise)
	return nil
}

// room says what the text leaves open.
func (a *app) room(r rules.Rule) {
	if r.Room != "" {
		a.paragraph("What is left open: " + r.Room)
	}
}

// players lists the cases that play something, those of one matrix in one line.
func (a *app) players(list []*casefile.Case, otherwise string) {
	if len(list) == 0 {
		a.paragraph(otherwise)
		return
	}
	fmt.Fprint(a.out, "\nplayed by\n")
	var names []string
	count := map[string]int{}
	for _, c := range list {
		name := base(c.ID)
		if count[name] == 0 {
			names = append(names, name)
		}
		count[name]++
	}
	for _, name := range names {
		if n := count[name]; n > 1 {
			fmt.Fprintf(a.out, "  %s  (%d cases)\n", name, n)
		} else {
			fmt.Fprintf(a.out, "  %s\n", name)
		}
	}
}

// base returns the id of a case without the labels of its matrix.
func base(id string) string {
	name, _, _ := strings.Cut(id, "[")
	return name
}

func (a *app) quote(text string) { a.paragraph(`"` + text + `"`) }

// paragraph prints a wrapped text with a blank line above it.
func (a *app) paragraph(text string) {
	fmt.Fprintln(a.out)
	for _, line := range report.Wrap(text, a.proseWidth()-2) {
		fmt.Fprintln(a.out, "  "+line)
	}
}

func (a *app) proseWidth() int {
	if a.screen.width > 0 {
		return min(max(a.screen.width, 40), 100)
	}
	return report.DefaultWidth
}
