package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/spf13/pflag"

	"wsprobe/internal/transcribe"
)

const caseUsage = `wsproxy case writes recorded conversations as a case file for wsprobe.

    wsproxy case [flags] FILE

FILE is what wsproxy read reads. The clients do in the case what they did, and the
server is expected to answer as it did; wsprobe check takes the file, and wsprobe run
plays it: its second line says how. Connections that overlap are one case, with a
client each. Where the server broke a rule, that rule is what the case looks for. What
is perhaps secret is named.

    --out FILE.yaml       write there (standard output)
    --conn N              connection N alone
    --loose               do not expect times, ids and the like in JSON to be the same; where a
                          client says one again, it says the one of its own server
`

// caseFlags are those of case.
type caseFlags struct {
	out   string
	conn  uint64
	loose bool
}

// setupCase is the command that writes case files.
func setupCase(flags *pflag.FlagSet) func(context.Context, *app, []string) error {
	var c caseFlags
	flags.StringVar(&c.out, "out", "", "")
	flags.Uint64Var(&c.conn, "conn", 0, "")
	flags.BoolVar(&c.loose, "loose", false, "")
	return func(ctx context.Context, a *app, args []string) error {
		if len(args) == 0 {
			return mistake{errors.New("which file? wsproxy case FILE")}
		}
		suite := suiteName(args[0])
		if c.out != "" {
			if suite = suiteName(c.out); suite+".yaml" != filepath.Base(c.out) {
				return mistake{fmt.Errorf("%s: a case file is named in lower case, with digits and hyphens, such as %s.yaml", c.out, suite)}
			}
		}
		talks, err := gather(ctx, a, args[0], c.conn)
		if err != nil {
			return err
		}
		text, warnings, err := transcribe.Write(talks, transcribe.Options{Suite: suite, Source: filepath.Base(args[0]), Loose: c.loose})
		for _, warning := range warnings {
			fmt.Fprintf(a.talk, "wsproxy: %s\n", warning)
		}
		if err != nil {
			return err
		}
		if c.out == "" {
			_, err = a.out.Write(text)
			return err
		}
		return os.WriteFile(c.out, text, 0o666)
	}
}

var notKebab = regexp.MustCompile(`[^a-z0-9]+`)

// suiteName makes the name of a suite of that of a file.
func suiteName(file string) string {
	base := filepath.Base(file)
	base = strings.TrimSuffix(base, filepath.Ext(base))
	if name := strings.Trim(notKebab.ReplaceAllString(strings.ToLower(base), "-"), "-"); name != "" {
		return name
	}
	return "recorded"
}
