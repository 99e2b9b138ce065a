package main

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"regexp"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/rogpeppe/go-internal/testscript"

	"wsprobe/internal/browsertest"
)

// TestMain lends this binary as wsproxy itself to tests that need it as a process
// of its own.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"wsproxy": main})
}

// running is a wsproxy of any mode that runs in this process.
type running struct {
	addr        string
	shown, said bytes.Buffer // what it wrote; to be looked at after stop
	stop        func()
}

var address = regexp.MustCompile(`(\d+\.\d+\.\d+\.\d+|\[[0-9a-f:]+\]):\d+`)

// started starts one.
func started(t *testing.T, args ...string) *running {
	t.Helper()
	r := &running{}
	ctx, cancel := context.WithCancel(context.Background())
	out, talk := io.Pipe()
	code, read := make(chan int, 1), make(chan struct{})
	go func() {
		code <- run(ctx, args, &r.shown, talk)
		talk.Close()
	}()
	lines := bufio.NewReader(out)
	first, err := lines.ReadString('\n')
	if err != nil {
		t.Fatalf("%s%v", first, err)
	}
	r.addr = address.FindString(first)
	r.said.WriteString(first)
	go func() {
		io.Copy(&r.said, lines)
		close(read)
	}()
	r.stop = func() {
		cancel()
		if code := <-code; code != 0 {
			t.Errorf("wsproxy ended with %d", code)
		}
		<-read
	}
	return r
}

// shows fails the test unless everything is in what was shown, however that is
// laid out.
func (r *running) shows(t *testing.T, texts ...string) {
	t.Helper()
	plain := func(s string) string { return strings.Join(strings.Fields(s), " ") }
	for _, text := range texts {
		if !strings.Contains(plain(r.shown.String()), plain(text)) {
			t.Errorf("%q is not shown", text)
		}
	}
	if t.Failed() {
		t.Logf("shown:\n%s\nsaid:\n%s", r.shown.String(), r.said.String())
	}
}

// Pages in a real browser reach the chat through the proxy, of either kind, and
// what they say there is shown.
func TestForwardChromium(t *testing.T) {
	for _, scheme := range []string{"http", "socks5"} {
		t.Run(scheme, func(t *testing.T) {
			proxy, server := started(t, "forward"), bundled(t)
			ctx, ok := browsertest.Start(t, chromedp.ProxyServer(scheme+"://"+proxy.addr), chromedp.Flag("proxy-bypass-list", "<-loopback>"))
			if !ok {
				proxy.stop()
				return
			}
			chat := browsertest.Open(t, ctx, 1000, 700, "http://"+server+"/")
			chat.Until("document.readyState === 'complete'")
			chat.Do(chromedp.SendKeys("#nick", "ada"), chromedp.Click("#enter"), chromedp.WaitVisible("#text"),
				chromedp.SendKeys("#text", "through the proxy"), chromedp.Click("#send"))
			chat.Sees("through the proxy")
			proxy.stop()
			proxy.shows(t, "GET /chat HTTP/1.1", "HTTP/1.1 101 ", "through the proxy", "GET /chat.js HTTP/1.1")
		})
	}
}
