// Command wsproxy forwards WebSocket traffic byte for byte, and shows and records
// every handshake and frame.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/spf13/pflag"

	"wsprobe/internal/spell"
	"wsprobe/internal/version"
	"wsprobe/report"
)

func main() {
	signal.Ignore(syscall.SIGPIPE) // its writer is told, see reader
	ctx, stop := signal.NotifyContext(context.Background(), ending()...)
	code := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// ending returns the signals that end a command as it should, with everything
// recorded. A terminal that goes away is one, but not for nohup.
func ending() []os.Signal {
	signals := []os.Signal{os.Interrupt, syscall.SIGTERM}
	if !signal.Ignored(syscall.SIGHUP) {
		signals = append(signals, syscall.SIGHUP)
	}
	return signals
}

// app is what a command works with.
type app struct {
	out  io.Writer // standard output: what is shown of the traffic
	talk io.Writer // standard error: everything else
}

// command is one of the commands. Its setup defines the flags and returns what
// is done once they are parsed.
type command struct {
	name  string
	most  int // arguments that it takes
	usage string
	setup func(*pflag.FlagSet) func(ctx context.Context, a *app, args []string) error
}

// commands lists the commands. The first has no name: it is what an argument that
// names no other is for.
func commands() []command {
	return []command{
		{"", 1, reverseUsage, setupReverse},
		{"forward", 0, forwardUsage("forward", "socks"), setupForward},
		{"socks", 0, forwardUsage("socks", "forward"), setupForward},
		{"ca", 0, caUsage, setupCA},
		{"transparent", 0, transparentUsage, setupTransparent},
		{"read", unlimited, readUsage, setupRead},
		{"sniff", 1, sniffUsage, setupSniff},
		{"replay", 1, replayUsage, setupReplay},
		{"case", 1, caseUsage, setupCase},
		{"help", 1, helpUsage, setupHelp},
		{"version", 0, versionUsage, setupVersion},
	}
}

// mistake is an error in how a command is called.
type mistake struct{ error }

// hinted is an error with what to do about it.
type hinted struct {
	error
	hint string
}

func (h hinted) Unwrap() error { return h.error }

// run does everything but end the process. Its exit codes are 0, 1 where the
// command fails, and 2 for flags that make no sense.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	cmd, rest := find(args)
	err := cmd.run(ctx, &app{stdout, stderr}, rest)
	if err == nil {
		return 0
	}
	fmt.Fprintf(stderr, "wsproxy: error: %s\n", report.Clean(err.Error()))
	if h := (hinted{}); errors.As(err, &h) {
		fmt.Fprintf(stderr, "wsproxy: hint: %s\n", h.hint)
		return 1
	}
	if errors.As(err, &mistake{}) {
		fmt.Fprintf(stderr, "wsproxy: hint: %s --help lists the flags\n", strings.TrimSpace("wsproxy "+strings.TrimPrefix(cmd.name, "help")))
		return 2
	}
	return 1
}

// run parses the flags of a command and does it.
func (cmd *command) run(ctx context.Context, a *app, args []string) error {
	flags := pflag.NewFlagSet("wsproxy", pflag.ContinueOnError)
	flags.SetOutput(io.Discard)
	flags.Usage = func() {}
	act := cmd.setup(flags)
	switch err := flags.Parse(args); {
	case errors.Is(err, pflag.ErrHelp):
		_, err := io.WriteString(a.out, cmd.usage)
		return err
	case err != nil:
		return mistake{err}
	}
	if flags.NArg() > cmd.most {
		if err := misspelled(flags.Arg(0)); cmd.name == "" && err != nil {
			return mistake{err}
		}
		return mistake{fmt.Errorf("unexpected argument %q", flags.Arg(cmd.most))}
	}
	return act(ctx, a, flags.Args())
}

// misspelled says which command was perhaps meant by a word that is no server.
func misspelled(word string) error {
	var names []string
	for _, c := range commands()[1:] {
		names = append(names, c.name)
	}
	if near := spell.Nearest(word, names); near != "" && !strings.Contains(word, ":") {
		return fmt.Errorf("there is no command %q, did you mean %q?", word, near)
	}
	return nil
}

const helpUsage = `wsproxy help prints how a command is used, as its --help does.

    wsproxy help [COMMAND]
`

// setupHelp is the command for those who look for help before they know a flag.
func setupHelp(*pflag.FlagSet) func(context.Context, *app, []string) error {
	return func(_ context.Context, a *app, args []string) error {
		c, rest := find(args)
		if len(rest) > 0 {
			return mistake{fmt.Errorf("there is no command %q", rest[0])}
		}
		_, err := io.WriteString(a.out, c.usage)
		return err
	}
}

const versionUsage = `wsproxy version prints the version, and the commit that it was built from where
that is known.

    wsproxy version
`

// setupVersion is the command that says which wsproxy this is.
func setupVersion(*pflag.FlagSet) func(context.Context, *app, []string) error {
	return func(_ context.Context, a *app, _ []string) error {
		_, err := fmt.Fprintln(a.out, "wsproxy "+version.Number+version.Commit())
		return err
	}
}

// find returns the command that the arguments name, and the rest of them.
func find(args []string) (command, []string) {
	all := commands()
	if len(args) > 0 && args[0] == "--version" {
		args = append([]string{"version"}, args[1:]...)
	}
	for _, c := range all[1:] {
		if len(args) > 0 && args[0] == c.name {
			return c, args[1:]
		}
	}
	return all[0], args
}
