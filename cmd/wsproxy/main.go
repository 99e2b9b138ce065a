// Command wsproxy forwards WebSocket traffic byte for byte, and shows and records
// every handshake and frame.
package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/pflag"
)

const usage = `wsproxy forwards to a server, byte for byte, and shows what passes.

    wsproxy [flags] URL

URL is ws://HOST:PORT, wss://HOST:PORT or HOST:PORT. A client connects to the
address that is printed, without TLS, as if it were the server.

    --listen HOST:PORT    listen there; port 0 picks a free one (127.0.0.1:0)
    --format FORMAT       text, or json: an object a line (text)
    --write FILE          record to FILE.jsonl or FILE.pcapng; may be given again
    --snaplen BYTES       of each payload that are shown and recorded (65536)
    --lossless            hold up the traffic rather than lose some of the record
    --cacert FILE         trust the certificates in it, for wss://
    --insecure            trust any certificate, for wss://
    -q, --quiet           show nothing
    -v, --verbose         show more of each payload
`

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// run does everything but end the process. Its exit codes are 0, 1 where the
// proxy cannot run, and 2 for flags that make no sense.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	o, err := parse(args, stdout)
	switch {
	case errors.Is(err, pflag.ErrHelp):
		return 0
	case err != nil:
		fmt.Fprintf(stderr, "wsproxy: error: %v\nwsproxy: hint: wsproxy --help lists the flags\n", err)
		return 2
	}
	if err := forward(ctx, o, stdout, stderr); err != nil {
		fmt.Fprintf(stderr, "wsproxy: error: %v\n", err)
		return 1
	}
	return 0
}

// options are the flags.
type options struct {
	listen   string
	target   string // host:port
	url      string
	format   string
	write    []string
	snaplen  int
	lossless bool
	cacert   string
	insecure bool
	tls      *tls.Config // to the server; nil: none
	quiet    bool
	verbose  bool
}

func parse(args []string, stdout io.Writer) (*options, error) {
	o := &options{}
	flags := pflag.NewFlagSet("wsproxy", pflag.ContinueOnError)
	flags.SetOutput(io.Discard)
	flags.Usage = func() { fmt.Fprint(stdout, usage) }
	flags.StringVar(&o.listen, "listen", "127.0.0.1:0", "")
	flags.StringVar(&o.format, "format", "text", "")
	flags.StringArrayVar(&o.write, "write", nil, "")
	flags.IntVar(&o.snaplen, "snaplen", 64<<10, "")
	flags.BoolVar(&o.lossless, "lossless", false, "")
	flags.StringVar(&o.cacert, "cacert", "", "")
	flags.BoolVar(&o.insecure, "insecure", false, "")
	flags.BoolVarP(&o.quiet, "quiet", "q", false, "")
	flags.BoolVarP(&o.verbose, "verbose", "v", false, "")
	if err := flags.Parse(args); err != nil {
		return nil, err
	}
	if o.format != "text" && o.format != "json" {
		return nil, fmt.Errorf("--format is text or json, not %q", o.format)
	}
	if o.snaplen < 0 {
		return nil, errors.New("--snaplen cannot be negative")
	}
	switch flags.NArg() {
	case 0:
		return nil, errors.New("where to? a URL or HOST:PORT is needed")
	case 1:
		return o, o.to(flags.Arg(0))
	}
	return nil, fmt.Errorf("unexpected argument %q", flags.Arg(1))
}
