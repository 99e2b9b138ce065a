// Chatserver runs the reference server: a chat at /chat, an echo at /echo and a
// page for the chat at /, in every WebSocket dialect.
package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/pflag"

	"wsprobe/chatserver"
)

const usage = `chatserver serves a chat in rooms at /chat, an echo at /echo and a page at /.

    chatserver [flags]

It speaks RFC 6455 with permessage-deflate, hybi-08, hybi-07, hixie-76 and
hixie-75, all on one port. An interrupt closes every connection with 1001.

    --addr HOST:PORT               listen there; port 0 picks a free one (127.0.0.1:8080)
    --cert FILE, --key FILE        serve wss and https with this certificate
    --origin ORIGIN                let pages of this origin connect, such as
                                   https://example.com; may be given again (any;
                                   with --require-cookie this server's own)
    --require-cookie NAME[=VALUE]  let nobody connect without this cookie
    --no-compression               decline permessage-deflate
    --echo-limit BYTES             of the largest message to /echo (67108864)
    --chat-limit BYTES             of the largest message to /chat (32768)
    --max-connections N            take so many at a time (10000)
    --ping TIME                    ping so often; -1s never (30s)
    --idle TIME                    drop a connection that is silent so long (60s)
    -v, --verbose                  log every connection, not the failed ones only
`

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// run does everything but end the process. Its exit codes are 0, 1 where the
// server cannot run, and 2 for flags that make no sense.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	o, err := parse(args, stderr)
	switch {
	case errors.Is(err, pflag.ErrHelp):
		return 0
	case err != nil:
		fmt.Fprintf(stderr, "chatserver: error: %v\nchatserver: hint: chatserver --help lists the flags\n", err)
		return 2
	}
	if err := serve(ctx, o, stdout, stderr); err != nil {
		fmt.Fprintf(stderr, "chatserver: error: %v\n", err)
		return 1
	}
	return 0
}

// options are the flags.
type options struct {
	addr      string
	cert, key string
	verbose   bool
	config    chatserver.Config
}

func parse(args []string, stderr io.Writer) (*options, error) {
	o := &options{}
	flags := pflag.NewFlagSet("chatserver", pflag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.Usage = func() { fmt.Fprint(stderr, usage) }
	flags.StringVar(&o.addr, "addr", "127.0.0.1:8080", "")
	flags.StringVar(&o.cert, "cert", "", "")
	flags.StringVar(&o.key, "key", "", "")
	flags.StringSliceVar(&o.config.AllowedOrigins, "origin", nil, "")
	flags.StringVar(&o.config.RequireCookie, "require-cookie", "", "")
	flags.BoolVar(&o.config.NoCompression, "no-compression", false, "")
	flags.Int64Var(&o.config.EchoLimit, "echo-limit", 0, "")
	flags.Int64Var(&o.config.ChatLimit, "chat-limit", 0, "")
	flags.IntVar(&o.config.MaxConnections, "max-connections", 0, "")
	flags.DurationVar(&o.config.PingInterval, "ping", 0, "")
	flags.DurationVar(&o.config.IdleTimeout, "idle", 0, "")
	flags.BoolVarP(&o.verbose, "verbose", "v", false, "")
	if err := flags.Parse(args); err != nil {
		return nil, err
	}
	if flags.NArg() > 0 {
		return nil, fmt.Errorf("unexpected argument %q", flags.Arg(0))
	}
	if (o.cert == "") != (o.key == "") {
		return nil, errors.New("--cert and --key go together")
	}
	return o, nil
}

// serve runs the server until ctx ends.
func serve(ctx context.Context, o *options, stdout, stderr io.Writer) error {
	level := slog.LevelInfo
	if o.verbose {
		level = slog.LevelDebug
	}
	o.config.Log = slog.New(slog.NewTextHandler(stderr, &slog.HandlerOptions{Level: level}))
	listener, err := net.Listen("tcp", o.addr)
	if err != nil {
		return err
	}
	defer listener.Close()
	scheme := ""
	if o.cert != "" {
		pair, err := tls.LoadX509KeyPair(o.cert, o.key)
		if err != nil {
			return fmt.Errorf("loading certificate: %w", err)
		}
		listener = tls.NewListener(listener, &tls.Config{Certificates: []tls.Certificate{pair}})
		scheme = "s"
	}
	fmt.Fprintf(stdout, "chatserver: http%[1]s://%[2]s/ ws%[1]s://%[2]s/chat ws%[1]s://%[2]s/echo\n", scheme, listener.Addr())
	return chatserver.Serve(ctx, listener, o.config)
}
