package main

import (
	"fmt"
	"strings"

	"github.com/spf13/pflag"

	"wsprobe/internal/version"
)

// usage returns what wsprobe says of itself.
func usage() string {
	var b strings.Builder
	b.WriteString("wsprobe plays WebSocket conversations against a server, and says what it breaks.\n\n")
	b.WriteString("usage: wsprobe COMMAND [ARGUMENT...]\n\n")
	for _, c := range commands() {
		fmt.Fprintf(&b, "  %-9s %s\n", c.name, c.about)
	}
	b.WriteString(`
Start with:

  wsprobe run                                all cases against the bundled server
  wsprobe run --url ws://127.0.0.1:9001/     against a server that runs
  wsprobe run --start './server -p {port}'   against one that wsprobe starts and stops
  wsprobe help run                           everything else

exit codes: 0 all is as required, and as the baseline says; 1 a MUST is broken, or the baseline is
stale; 2 a mistake in the command line or a case file; 3 the target could not be reached, or wsprobe
failed; 130 interrupted, with what was done reported
`)
	return b.String()
}

const helpUsage = `usage: wsprobe help [COMMAND]

Prints how a command is used.
`

func setupHelp(*pflag.FlagSet) func(*app, []string) error {
	return func(a *app, args []string) error {
		if len(args) == 0 {
			a.out.WriteString(usage())
			return nil
		}
		c, err := findCommand(args[0])
		if err != nil {
			return err
		}
		a.out.WriteString(c.usage)
		return nil
	}
}

const versionUsage = `usage: wsprobe version

Prints the version, and the commit that it was built from where that is known.
`

func setupVersion(*pflag.FlagSet) func(*app, []string) error {
	return func(a *app, args []string) error {
		fmt.Fprintln(a.out, toolName()+version.Commit())
		return nil
	}
}

// toolName is how results name the program that made them.
func toolName() string { return "wsprobe " + version.Number }
