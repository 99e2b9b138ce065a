package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"

	"github.com/spf13/pflag"

	"wsprobe/internal/metrics"
	"wsprobe/internal/record"
	"wsprobe/internal/webview"
)

const uiUsage = `    --ui[=HOST:PORT]      show everything to a browser, too (127.0.0.1:0)
`

const metricsUsage = `    --metrics HOST:PORT   counts for Prometheus at /metrics; --ui has them, too
`

// uiFlags say whether there is a web view.
type uiFlags struct {
	listen string
	view   *webview.View // once it is open
}

func (u *uiFlags) define(flags *pflag.FlagSet) {
	flags.StringVar(&u.listen, "ui", "", "")
	flags.Lookup("ui").NoOptDefVal = "127.0.0.1:0"
}

// open begins to listen where a web view is asked for, and adds it to the sinks.
// It has a filter of its own, and so gets everything, but secrets where files says so.
func (u *uiFlags) open(sinks []record.Sink, files *fileFlags) ([]record.Sink, error) {
	if u.listen == "" {
		return sinks, nil
	}
	formats := map[string]func(io.Writer) record.Sink{}
	for _, ending := range []string{".jsonl", ".pcapng"} { // a HAR takes a file of its own
		formats[ending] = func(w io.Writer) record.Sink { return recorder(ending)(nil, w) }
	}
	var err error
	if u.view, err = webview.Listen(u.listen, formats); err != nil {
		return nil, err
	}
	return append(sinks, files.redacted(u.view, false)), nil
}

// serve answers until ctx ends, and says where. counts may be nil.
func (u *uiFlags) serve(ctx context.Context, talk io.Writer, counts http.Handler) {
	if u.view == nil {
		return
	}
	fmt.Fprintf(talk, "wsproxy: watch at %s\n", u.view.URL())
	if !u.view.Local() {
		fmt.Fprintf(talk, "wsproxy: warning: others can reach the web view, without TLS: whoever has or overhears the token sees everything\n")
	}
	go func() {
		if err := u.view.Serve(ctx, counts); err != nil {
			fmt.Fprintf(talk, "wsproxy: %v\n", err)
		}
	}()
}

// linger waits until ctx ends where there is a web view: what came from a file
// stays to be looked at.
func (u *uiFlags) linger(ctx context.Context) {
	if u.view != nil {
		<-ctx.Done()
	}
}

// metricsFlags say whether there are metrics on an address of their own.
type metricsFlags struct{ listen string }

func (m *metricsFlags) define(flags *pflag.FlagSet) { flags.StringVar(&m.listen, "metrics", "", "") }

// serve answers at /metrics until ctx ends, without a token, as a scraper asks.
func (m *metricsFlags) serve(ctx context.Context, talk io.Writer, source metrics.Source) (http.Handler, error) {
	counts := metrics.Handler(source)
	if m.listen == "" {
		return counts, nil
	}
	l, err := net.Listen("tcp", m.listen)
	if err != nil {
		return nil, fmt.Errorf("metrics: %w", err)
	}
	fmt.Fprintf(talk, "wsproxy: metrics at http://%s/metrics\n", l.Addr())
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", counts)
	s := &http.Server{Handler: mux, ReadHeaderTimeout: 10 * time.Second, MaxHeaderBytes: 64 << 10}
	context.AfterFunc(ctx, func() { s.Close() })
	go func() {
		if err := s.Serve(l); !errors.Is(err, http.ErrServerClosed) {
			fmt.Fprintf(talk, "wsproxy: metrics: %v\n", err)
		}
	}()
	return counts, nil
}
