package main

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/remote"

	"wsprobe/internal/browsertest"
	"wsprobe/internal/wire"
)

// devTools is the network panel of DevTools, beside the page that it looks at.
type devTools struct {
	panel, page *browsertest.Window
	browser     context.Context
}

// close closes the browser, which writes to its folder until then.
func (d devTools) close() {
	if err := chromedp.Cancel(d.browser); err != nil {
		d.page.T.Error(err)
	}
}

// shownRequest is a request as DevTools holds it, from whatever it knows of it.
type shownRequest struct {
	URL, Type, Method, Text, Remote, Connection string
	Status                                      int
	Asked, Answered                             []shownField // heads
	Start, End                                  float64
	Frames                                      []shownFrame
}

type shownField struct{ Name, Value string }

type shownFrame struct {
	Type, Text string
	Time       float64
	OpCode     wire.Opcode
	Mask       bool
}

// openDevTools opens a page, and beside it the DevTools that the browser itself serves,
// with its modules where scripts find them.
func openDevTools(t *testing.T, page string) (d devTools, ok bool) {
	t.Helper()
	dir := t.TempDir()
	browser, ok := browsertest.Start(t, chromedp.UserDataDir(dir), remote.WebSocket, chromedp.Flag("remote-allow-origins", "*"))
	if !ok {
		return d, false
	}
	d.browser = browser
	text, err := os.ReadFile(filepath.Join(dir, "DevToolsActivePort"))
	if err != nil {
		t.Fatal(err)
	}
	port, _, _ := strings.Cut(string(text), "\n")
	d.page = browsertest.Open(t, browser, 800, 600, page)
	id, err := chromedp.Run(d.page.Context, func(_ context.Context, target *chromedp.Target) (string, error) { return string(target.TargetID), nil })
	if err != nil {
		t.Fatal(err)
	}
	served := "http://127.0.0.1:" + port + "/devtools/"
	d.panel = browsertest.Open(t, browser, 1400, 900, served+"devtools_app.html?ws=127.0.0.1:"+port+"/devtools/page/"+id)
	d.panel.Until(`document.title.startsWith('DevTools - ')`) // it has the page
	script[bool](d.panel, `
		const at = (name) => import('`+served+`' + name);
		window.log = (await at('models/logs/logs.js')).NetworkLog.NetworkLog.instance();
		window.har = await at('models/har/har.js');
		await (await at('ui/legacy/legacy.js')).ViewManager.ViewManager.instance().showView('network');
		window.panel = (await at('panels/network/network.js')).NetworkPanel.NetworkPanel.instance();
		return true;`)
	return d, true
}

// script runs the body of an async function in a window.
func script[T any](w *browsertest.Window, body string) T {
	w.T.Helper()
	v, err := chromedp.Run(w.Context, chromedp.Evaluate[T]("(async () => {"+body+"})()", chromedp.EvalAwaitPromise))
	if err != nil {
		w.T.Fatalf("%v in %s", err, body)
	}
	return v
}

// imports has DevTools import a HAR, and returns what it holds then.
func (d devTools) imports(text []byte) []shownRequest {
	d.panel.T.Helper()
	quoted, _ := json.Marshal(string(text))
	return script[[]shownRequest](d.panel, `
		await panel.networkLogView.onLoadFromFile(new File([`+string(quoted)+`], 'talk.har'));
		return log.requests().map((r) => ({
			URL: r.url(), Type: r.resourceType().name(), Method: r.requestMethod, Text: r.statusText, Status: r.statusCode,
			Remote: r.remoteAddress(), Connection: r.connectionId, Asked: r.requestHeaders(), Answered: r.responseHeaders,
			Start: r.startTime, End: r.endTime, Frames: r.frames(),
		}));`)
}

// exports returns the HAR that DevTools itself makes of what it saw.
func (d devTools) exports() []byte {
	d.panel.T.Helper()
	return []byte(script[string](d.panel, `return JSON.stringify({log: await har.Log.Log.build(log.requests(), {sanitize: false})});`))
}
