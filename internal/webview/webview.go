// Package webview shows what passes to a browser: connections, their frames, what
// is in them and which rules they break. It is a record.Sink that keeps what it is
// told within bounds, and a server of one page that looks at it.
//
//	record.Sink → store (rows, spill) ← session, one a page ⇄ WebSocket ⇄ page/*.js
package webview

import (
	"context"
	"crypto/rand"
	"embed"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"sync/atomic"
	"time"

	"wsprobe/internal/record"
)

//go:embed page
var pageFiles embed.FS

// Formats are those in which what is selected can be saved, by the ending of a
// file's name: ".jsonl".
type Formats map[string]func(io.Writer) record.Sink

// View is the web view. It is a record.Sink.
type View struct {
	*store
	formats Formats
	guard   *guard
	run     string // which no other view has
	pages   atomic.Int32
	l       net.Listener
	ended   chan struct{} // closed when the server ends, which ends its pages
}

// Listen begins to listen on an address, for Serve to answer.
func Listen(addr string, f Formats) (*View, error) {
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("web view: %w", err)
	}
	at := l.Addr().(*net.TCPAddr).AddrPort()
	return &View{store: newStore(), formats: f, guard: newGuard(at), run: rand.Text(), l: l, ended: make(chan struct{})}, nil
}

// URL returns the address to open, with the token in it.
func (v *View) URL() string {
	host := v.l.Addr().String()
	if v.guard.addr.Addr().IsUnspecified() {
		host = v.guard.names[0]
	}
	return "http://" + host + "/?token=" + v.guard.token
}

// Local reports whether only this machine can reach the view.
func (v *View) Local() bool { return v.guard.addr.Addr().IsLoopback() }

// headTimeout is how long a request's head may take.
const headTimeout = 10 * time.Second

// Serve answers until ctx ends; metrics, where it is set, at /metrics.
func (v *View) Serve(ctx context.Context, metrics http.Handler) error {
	s := &http.Server{Handler: v.handler(metrics), ReadHeaderTimeout: headTimeout, MaxHeaderBytes: 64 << 10}
	stop := context.AfterFunc(ctx, func() {
		close(v.ended)
		s.Close()
	})
	defer stop()
	if err := s.Serve(v.l); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("web view: %w", err)
	}
	return nil
}

// handler answers everything, guarded.
func (v *View) handler(metrics http.Handler) http.Handler {
	files, err := fs.Sub(pageFiles, "page")
	if err != nil {
		panic(err) // the folder is embedded
	}
	mux := http.NewServeMux()
	mux.Handle("/", http.FileServerFS(files))
	mux.HandleFunc("/live", v.live)
	mux.HandleFunc("/export", v.export)
	mux.HandleFunc("/formats.json", v.listFormats)
	if metrics != nil {
		mux.Handle("/metrics", metrics)
	}
	return v.guard.wrap(mux)
}
