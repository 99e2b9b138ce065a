package main

import (
	"context"
	"io"
	"net"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"wsprobe/cases"
	"wsprobe/chatserver"
	"wsprobe/internal/casefile"
	"wsprobe/internal/probe"
	"wsprobe/report"
)

// patience bounds waits for what is certain to come. No test measures time.
const patience = 2 * time.Minute

// proxied runs wsproxy in front of a server and returns the address to connect to
// instead, and what ends it.
func proxied(t *testing.T, target string, stdout io.Writer, flags ...string) (addr string, stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	said, talk := io.Pipe()
	done := make(chan int, 1)
	go func() {
		done <- run(ctx, append(flags, target), stdout, talk)
		talk.Close()
	}()
	line := make([]byte, 200)
	n, err := said.Read(line)
	if err != nil {
		t.Fatal(err)
	}
	go io.Copy(io.Discard, said)
	_, rest, _ := strings.Cut(string(line[:n]), "ws://")
	addr, _, _ = strings.Cut(rest, "/")
	stop = sync.OnceFunc(func() {
		cancel()
		if code := <-done; code != 0 {
			t.Errorf("wsproxy ended with %d", code)
		}
	})
	t.Cleanup(stop) // where the test gives up before
	return addr, stop
}

// bundled serves the reference server.
func bundled(t *testing.T) (addr string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		chatserver.Serve(ctx, l, chatserver.Config{})
	}()
	t.Cleanup(func() { cancel(); <-done })
	return l.Addr().String()
}

// verdicts plays the built-in cases but the slow ones and Autobahn's, which
// make cases-proxy plays.
func verdicts(t *testing.T, url string) map[string]report.Verdict {
	t.Helper()
	all, problems, err := casefile.LoadFS(cases.FS, "cases")
	if err != nil || len(problems) > 0 {
		t.Fatal(err, problems)
	}
	all = slices.DeleteFunc(all, func(c *casefile.Case) bool { return slices.Contains(c.Tags, "slow") || strings.HasPrefix(c.ID, "ab-") })
	res, err := probe.Run(t.Context(), probe.Options{URL: url, Cases: all})
	if err != nil || res.Trouble != "" {
		t.Fatal(err, res.Trouble)
	}
	out := map[string]report.Verdict{}
	for i := range res.Cases {
		out[res.Cases[i].ID] = res.Cases[i].Verdict
	}
	return out
}

// differ fails the test for each case that comes to something else.
func differ(t *testing.T, without, through map[string]report.Verdict) {
	t.Helper()
	for id, want := range without {
		if got := through[id]; got != want {
			t.Errorf("%s: %s, through the proxy %s", id, want, got)
		}
	}
}

// Every case comes to the same through the proxy: against the server that does
// everything right, and against one that does much wrong.
func TestCorpusThroughProxy(t *testing.T) {
	wrong := httptest.NewServer(echo)
	defer wrong.Close()
	for name, server := range map[string]string{
		"right": bundled(t) + "/echo",
		"wrong": wrong.Listener.Addr().String() + "/",
	} {
		t.Run(name, func(t *testing.T) {
			host, path, _ := strings.Cut(server, "/")
			addr, stop := proxied(t, host, io.Discard)
			defer stop()
			without, through := verdicts(t, "ws://"+server), verdicts(t, "ws://"+addr+"/"+path)
			differ(t, without, through)
			failed := 0
			for _, want := range without {
				if want == report.Fail {
					failed++
				}
			}
			if len(without) < 800 || (failed > 0) != (name == "wrong") {
				t.Errorf("%d cases, %d failed", len(without), failed)
			}
		})
	}
}
