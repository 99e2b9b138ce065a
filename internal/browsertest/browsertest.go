// Package browsertest drives a headless Chromium for the tests of our pages.
package browsertest

import (
	"context"
	"net/url"
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// patience bounds waits for what is certain to come. No test measures time.
const patience = 3 * time.Minute

// Start starts a browser for the test, with options of the test's own. Where none
// is installed the test fails on CI; elsewhere that is said, and ok is false.
func Start(t *testing.T, own ...chromedp.ExecAllocatorOption) (ctx context.Context, ok bool) {
	t.Helper()
	path, ok := program(t, "chromium", "chromium-browser", "google-chrome")
	if !ok {
		return nil, false
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path), chromedp.UserDataDir(t.TempDir()), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.NoFirstRun, chromedp.Flag("disable-quic", true), chromedp.Flag("disable-background-networking", true),
		chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true))
	options = append(options, own...)
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewExecAllocator(ctx, options...)
	cleanup(t, cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	cleanup(t, cancel)
	if err := chromedp.Do(ctx); err != nil { // starts it
		t.Fatal(err)
	}
	return ctx, true
}

// cleanup has cancel called after the test. It waits for what it ends, which a browser
// that hangs may never do.
func cleanup(t *testing.T, cancel context.CancelFunc) {
	t.Cleanup(func() {
		done := make(chan struct{})
		go func() { cancel(); close(done) }()
		select {
		case <-done:
		case <-time.After(patience):
			t.Error("the browser does not end")
		}
	})
}

// program finds one of the programs.
func program(t *testing.T, names ...string) (path string, ok bool) {
	t.Helper()
	for _, name := range names {
		if path, err := exec.LookPath(name); err == nil {
			return path, true
		}
	}
	const text = "none of %v is installed: the page was not tried in it"
	if os.Getenv("CI") != "" {
		t.Fatalf(text, names)
	}
	t.Logf(text, names)
	return "", false
}

// Window is a window of the browser with a page in it.
type Window struct {
	T       *testing.T
	Context context.Context
}

// Open opens a window on its own; a narrow one is a phone's.
func Open(t *testing.T, ctx context.Context, width, height int64, address string) *Window {
	t.Helper()
	w := open(t, ctx, width, height)
	w.Do(chromedp.Navigate(address))
	return w
}

// OpenWithoutScripts opens a window that obeys no script of the page. What waits
// for the page needs one; Holds does not.
func OpenWithoutScripts(t *testing.T, ctx context.Context, width, height int64, address string) *Window {
	t.Helper()
	w := open(t, ctx, width, height)
	w.Do(chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		_, err := cdp.Call(ctx, target, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
		return err
	}), chromedp.Navigate(address))
	return w
}

func open(t *testing.T, ctx context.Context, width, height int64) *Window {
	t.Helper()
	ctx, cancel := chromedp.NewContext(ctx, chromedp.WithNewBrowserContext())
	cleanup(t, cancel)
	w := &Window{t, ctx}
	options := []chromedp.EmulateViewportOption{}
	if width < 500 {
		options = append(options, chromedp.EmulateMobile)
	}
	w.Do(chromedp.EmulateViewport(width, height, options...))
	return w
}

// Holds fails the test unless a condition in JavaScript holds now.
func (w *Window) Holds(condition string) {
	w.T.Helper()
	if ok, err := chromedp.Run(w.Context, chromedp.Evaluate[bool](condition)); err != nil || !ok {
		w.T.Fatalf("%s does not hold: %v", condition, err)
	}
}

// Do does these things in the window.
func (w *Window) Do(actions ...chromedp.Action[chromedp.Void]) {
	w.T.Helper()
	if err := chromedp.Do(w.Context, actions...); err != nil {
		w.T.Fatal(err)
	}
}

// Until waits until a condition in JavaScript holds.
func (w *Window) Until(condition string) {
	w.T.Helper()
	if err := chromedp.Do(w.Context, chromedp.Poll[chromedp.Void](condition)); err != nil {
		w.T.Fatalf("waiting for %s: %v", condition, err)
	}
}

// Sees waits until the page shows a text.
func (w *Window) Sees(text string) {
	w.T.Helper()
	w.Until("document.body.innerText.indexOf(decodeURIComponent('" + url.PathEscape(text) + "')) >= 0")
}
