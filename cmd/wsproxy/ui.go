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

// open begins to listen where a web view is asked for. What is saved there has the
// secrets that files says.
func (u *uiFlags) open(files *fileFlags) (err error) {
	if u.listen == "" {
		return nil
	}
	formats := map[string]func(io.Writer) record.Sink{}
	for _, ending := range []string{".jsonl", ".pcapng"} {
		formats[ending] = func(w io.Writer) record.Sink { return known(ending, recorder(ending)(nil, w)) }
	}
	formats[".har"] = func(w io.Writer) record.Sink { return files.redacted(record.NewHARStream(w), true) }
	u.view, err = webview.Listen(u.listen, formats)
	return err
}

// after adds the web view to sinks. It has a filter of its own, and so gets everything,
// but secrets where files says so.
func (u *uiFlags) after(sinks []record.Sink, files *fileFlags) []record.Sink {
	if u.view == nil {
		return sinks
	}
	return append(sinks, files.redacted(u.view, false))
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
type metricsFlags struct {
	addr     string
	listener net.Listener // once it is open
}

func (m *metricsFlags) define(flags *pflag.FlagSet) { flags.StringVar(&m.addr, "metrics", "", "") }

// open begins to listen where metrics are asked for.
func (m *metricsFlags) open() (err error) {
	if m.addr == "" {
		return nil
	}
	if m.listener, err = net.Listen("tcp", m.addr); err != nil {
		return fmt.Errorf("metrics: %w", err)
	}
	return nil
}

// close ends what open began.
func (m *metricsFlags) close() {
	if m.listener != nil {
		m.listener.Close()
	}
}

// serve answers at /metrics until ctx ends, without a token, as a scraper asks, and
// says where. It returns what answers, for other places too.
func (m *metricsFlags) serve(ctx context.Context, talk io.Writer, source metrics.Source) http.Handler {
	counts := metrics.Handler(source)
	if m.listener == nil {
		return counts
	}
	fmt.Fprintf(talk, "wsproxy: metrics at http://%s/metrics\n", m.listener.Addr())
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", counts)
	s := &http.Server{Handler: mux, ReadHeaderTimeout: 10 * time.Second, MaxHeaderBytes: 64 << 10}
	context.AfterFunc(ctx, func() { s.Close() })
	go func() {
		if err := s.Serve(m.listener); !errors.Is(err, http.ErrServerClosed) && ctx.Err() == nil {
			fmt.Fprintf(talk, "wsproxy: metrics: %v\n", err)
		}
	}()
	return counts
}
