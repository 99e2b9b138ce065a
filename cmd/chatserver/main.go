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
	flags.SortFlags = false
	flags.Usage = func() { fmt.Fprint(stderr, usage+"flags:\n"+flags.FlagUsages()) }
	flags.StringVar(&o.addr, "addr", "127.0.0.1:8080", "`host:port` to listen on; port 0 picks a free one")
	flags.StringVar(&o.cert, "cert", "", "`file` with a certificate, to serve wss and https")
	flags.StringVar(&o.key, "key", "", "`file` with the certificate's key")
	flags.StringSliceVar(&o.config.AllowedOrigins, "origin", nil, "`origin` whose pages may connect, such as https://example.com; repeatable (default any, or with --require-cookie this server's own)")
	flags.StringVar(&o.config.RequireCookie, "require-cookie", "", "`name[=value]` of a cookie without which nobody may connect")
	flags.BoolVar(&o.config.NoCompression, "no-compression", false, "decline permessage-deflate")
	flags.Int64Var(&o.config.EchoLimit, "echo-limit", 64<<20, "`bytes` of the largest message to /echo")
	flags.Int64Var(&o.config.ChatLimit, "chat-limit", 32<<10, "`bytes` of the largest message to /chat")
	flags.IntVar(&o.config.MaxConnections, "max-connections", 10000, "`number` of connections at a time")
	flags.DurationVar(&o.config.PingInterval, "ping", 0, "`time` between two pings (default 30s)")
	flags.DurationVar(&o.config.IdleTimeout, "idle", 0, "`time` after which a silent connection is dropped (default 60s)")
	flags.BoolVarP(&o.verbose, "verbose", "v", false, "log every connection, not the failed ones only")
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
