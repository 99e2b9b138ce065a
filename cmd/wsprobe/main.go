// Command wsprobe plays WebSocket conversations against a server and says which
// rules of the specifications it breaks.
package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/spf13/pflag"

	"wsprobe/internal/spell"
	"wsprobe/report"
)

func main() { os.Exit(run(os.Args[1:])) }

// command is one of the commands. Its setup defines the flags and returns what
// is done once they are parsed.
type command struct {
	name  string
	about string
	most  int // arguments that it takes
	usage string
	setup func(*pflag.FlagSet) func(a *app, args []string) error
}

// anyNumber is the number of arguments of a command that takes as many as there are.
const anyNumber = 1 << 30

// commands lists the commands in the order of the help.
func commands() []command {
	return []command{
		{"run", "play cases against a target", anyNumber, runUsage, setupRun},
		{"check", "read case files and name every mistake", anyNumber, checkUsage, setupCheck},
		{"list", "list case ids, or with --rules the catalogue", anyNumber, listUsage, setupList},
		{"explain", "tell about a rule, a case or a close code", anyNumber, explainUsage, setupExplain},
		{"report", "make other reports of finished runs", anyNumber, reportUsage, setupReport},
		{"diff", "compare two runs: fixed, broken, new, gone", 2, diffUsage, setupDiff},
		{"selftest", "prove that every rule can be seen broken", 0, selftestUsage, setupSelftest},
		{"schema", "print the JSON Schema of a case file", 0, schemaUsage, setupSchema},
		{"version", "print the version", 0, versionUsage, setupVersion},
		{"help", "print how a command is used", 1, helpUsage, setupHelp},
	}
}

// app is what a command works with.
type app struct {
	out    *bufio.Writer // standard output; results only. Its errors are told at the end
	talk   io.Writer     // standard error; everything else
	screen screen
}

// run is the whole program save its exit.
func run(args []string) int {
	// A reader that goes away, such as head, is told to us by EPIPE and must not
	// kill us: a target that we started is still to be stopped.
	signal.Notify(make(chan os.Signal, 1), syscall.SIGPIPE)
	a := &app{out: bufio.NewWriter(os.Stdout), talk: os.Stderr, screen: look()}
	return a.finish(a.dispatch(args))
}

// dispatch finds the command, parses its flags and runs it.
func (a *app) dispatch(args []string) error {
	if len(args) == 0 {
		a.out.WriteString(usage())
		return nil
	}
	name, rest := args[0], args[1:]
	switch name {
	case "-h", "--help":
		name = "help"
	case "--version":
		name = "version"
	}
	cmd, err := findCommand(name)
	if err != nil {
		return err
	}
	fs := pflag.NewFlagSet(cmd.name, pflag.ContinueOnError)
	fs.SetOutput(io.Discard)
	fs.SortFlags = false
	fs.Usage = func() {}
	act := cmd.setup(fs)
	switch err := fs.Parse(rest); {
	case errors.Is(err, pflag.ErrHelp):
		a.out.WriteString(cmd.usage)
		return nil
	case err != nil:
		return flagError(fs, cmd, err)
	}
	if fs.NArg() > cmd.most {
		return usageError("", "one argument too many: %q", fs.Arg(cmd.most))
	}
	return act(a, fs.Args())
}

func findCommand(name string) (command, error) {
	var names []string
	for _, c := range commands() {
		if c.name == name {
			return c, nil
		}
		names = append(names, c.name)
	}
	what := fmt.Sprintf("there is no command %q", name)
	if strings.HasPrefix(name, "-") {
		what = fmt.Sprintf("flags stand behind the command, not before it: %s", name)
	}
	return command{}, usageError(didYouMean(name, names, "the commands are "+strings.Join(names, ", ")), "%s", what)
}

// flagError says what is wrong with the flags.
func flagError(fs *pflag.FlagSet, cmd command, err error) error {
	hint := "wsprobe " + cmd.name + " --help lists the flags"
	var unknown *pflag.NotExistError
	if errors.As(err, &unknown) && unknown.GetSpecifiedShortnames() == "" {
		var names []string
		fs.VisitAll(func(f *pflag.Flag) { names = append(names, "--"+f.Name) })
		hint = didYouMean("--"+unknown.GetSpecifiedName(), names, hint)
	}
	return usageError(hint, "%w", err)
}

// didYouMean is the hint for a word that is not one of the known.
func didYouMean(word string, known []string, otherwise string) string {
	if near := spell.Nearest(word, known); near != "" {
		return "did you mean " + near + "?"
	}
	return otherwise
}

// finish writes out what is left, tells the error and returns the exit code. A
// standard output that cannot be written is trouble, save when its reader has
// had enough; it never hides what a command came to.
func (a *app) finish(err error) int {
	flushed := a.out.Flush()
	code := a.tell(err)
	if flushed != nil && !errors.Is(flushed, syscall.EPIPE) {
		a.tell(trouble("", "writing standard output: %w", flushed))
		if code == report.ExitOK {
			code = report.ExitTrouble
		}
	}
	return code
}
