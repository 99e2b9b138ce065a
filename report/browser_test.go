package report

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"wsprobe/internal/browsertest"
)

// onDisk writes a page to a file and returns its address.
func onDisk(t *testing.T, html string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "page.html")
	if err := os.WriteFile(file, []byte(html), 0o666); err != nil {
		t.Fatal(err)
	}
	return (&url.URL{Scheme: "file", Path: file}).String()
}

// press presses keys one after the other, wherever the focus is.
func press(w *browsertest.Window, keys ...string) {
	w.T.Helper()
	for _, key := range keys {
		w.Do(chromedp.KeyEvent(key))
	}
}

// taken presses a key that the page takes. A key of the protocol's does not learn
// of that, and would be typed or pressed where the focus is by then as well.
func taken(w *browsertest.Window, key string) {
	w.T.Helper()
	w.Until(fmt.Sprintf(`!document.activeElement.dispatchEvent(new KeyboardEvent('keydown', {key: %q, bubbles: true, cancelable: true}))`, key))
}

func click(w *browsertest.Window, selector string) {
	w.T.Helper()
	w.Do(chromedp.Click(chromedp.CSS(selector)))
}

// shows waits until exactly these cases can be seen.
func shows(w *browsertest.Window, ids ...string) {
	w.T.Helper()
	w.Until(fmt.Sprintf(`[...document.querySelectorAll('.suite[open]:not([hidden]) > .case:not([hidden])')].map(c => c.id).join() === %q`, strings.Join(ids, ",")))
}

// focus waits until the head of that case has the focus.
func focus(w *browsertest.Window, id string) {
	w.T.Helper()
	w.Until(fmt.Sprintf(`document.activeElement.matches('summary') && document.activeElement.parentElement.id === %q`, id))
}

// TestPages tries every page in one browser.
func TestPages(t *testing.T) {
	ctx, ok := browsertest.Start(t)
	if !ok {
		return
	}
	for name, try := range map[string]func(*testing.T, context.Context){
		"run": tryRun, "run on a phone": tryRunOnAPhone, "run without scripts": tryRunWithoutScripts,
		"matrix": tryMatrix, "matrix on a phone": tryMatrixOnAPhone,
		"run of many cases": tryManyCases, "matrix of many targets": tryManyTargets,
	} {
		t.Run(name, func(t *testing.T) { try(t, ctx) })
	}
}

func tryRun(t *testing.T, ctx context.Context) {
	w := browsertest.Open(t, ctx, 1200, 900, onDisk(t, write(t, "html", sample(), Options{})))
	broken := []string{"utf8/fail-fast", "close/last", "close/unplayed", "framing/mask[unmasked]"}

	// It begins with what broke.
	shows(w, broken...)
	w.Sees("4 of 9 cases")

	// It filters.
	click(w, ".chip.error")
	shows(w, "utf8/fail-fast", "framing/mask[unmasked]")
	click(w, ".chip.fail")
	w.Until(`document.querySelectorAll('.case:not([hidden])').length === 9`)
	click(w, ".chip.known")
	shows(w, "utf8/surrogates")
	click(w, "[data-reset]")
	w.Do(chromedp.SetValue(chromedp.CSS("#rule"), "utf8.text-valid"))
	w.Until(`document.querySelector('#filters').dispatchEvent(new Event('input'))`)
	shows(w, "utf8/fail-fast", "utf8/surrogates")
	click(w, "[data-reset]")
	click(w, "[data-pick='fail.close-frame']")
	shows(w, "close/one-byte-body")
	click(w, "[data-reset]")
	taken(w, "/")
	press(w, "r", "o", "o", "m", "s", " ", "m", "a", "s", "k")
	shows(w, "framing/mask[unmasked]")
	press(w, kb.Escape)
	w.Until(`document.querySelectorAll('.case:not([hidden])').length === 9`)

	// It walks by keys.
	taken(w, "/")
	press(w, "f", "a", "s", "t")
	taken(w, "Enter")
	focus(w, "utf8/fail-fast")
	press(w, kb.Enter)
	w.Sees("that endpoint MUST _Fail the WebSocket Connection_.")
	w.Sees("κ\u1f79σμε")
	w.Sees("0000  ce ba e1 bd b9 cf 83 ce bc ce b5")
	w.Sees("the connection failed with 1007")
	w.Sees("- expect: {fail: 1007}")
	w.Until(`document.querySelector('.source .missed').textContent.includes('fail: 1007')`)
	w.Until(`decodeURIComponent(location.hash) === '#utf8/fail-fast'`)
	press(w, kb.Escape)
	w.Until(`!document.getElementById('utf8/fail-fast').open`)
	press(w, kb.Escape)
	focus(w, "utf8/fail-fast")
	press(w, "j")
	focus(w, "utf8/surrogates")
	press(w, kb.ArrowUp)
	focus(w, "utf8/fail-fast")
	press(w, "k") // there is none before it
	focus(w, "utf8/fail-fast")

	// It copies.
	w.Until(`document.getElementById('utf8/fail-fast').open = true`)
	w.Until(`(window.copied = '', document.addEventListener('copy', () => { copied = String(getSelection()) || document.activeElement.value; }), true)`)
	w.Until(`(Object.defineProperty(navigator, 'clipboard', {value: undefined}), true)`)
	click(w, "[id='utf8/fail-fast'] [data-copy]")
	w.Until(`copied === 'wsprobe run cases/ --url ws://127.0.0.1:9001/ --only utf8/fail-fast -v'`)

	// It changes colours.
	for _, want := range []string{"light", "dark", ""} {
		click(w, "#theme")
		w.Until(fmt.Sprintf(`(document.documentElement.dataset.theme || '') === %q`, want))
	}

	// Nothing of the target's became an element.
	w.Until(`document.scripts.length === 2 && !document.querySelector('img, iframe, a[href]')`)
}

// tryRunOnAPhone looks whether anything stands out at the side, and whether an
// address leads to its case.
func tryRunOnAPhone(t *testing.T, ctx context.Context) {
	r := sample()
	r.Cases[4].ID += "[" + r.Cases[4].ID + "]" // and what has to be escaped in an address
	w := browsertest.Open(t, ctx, 390, 844, onDisk(t, write(t, "html", r, Options{}))+"#"+url.PathEscape(r.Cases[4].ID))
	focus(w, r.Cases[4].ID)
	w.Until(`document.activeElement.parentElement.open`)
	w.Until(`(document.querySelectorAll('details').forEach(d => { d.open = true; }), true)`)
	w.Until(`document.documentElement.scrollWidth <= innerWidth`)
	w.Until(`[...document.querySelectorAll('.talk, .source, .again, .rule')].every(e => e.getBoundingClientRect().right <= innerWidth)`)
}

// tryRunWithoutScripts finds everything told all the same.
func tryRunWithoutScripts(t *testing.T, ctx context.Context) {
	w := browsertest.OpenWithoutScripts(t, ctx, 1200, 900, onDisk(t, write(t, "html", sample(), Options{})))
	w.Holds(`document.querySelectorAll('.suite[open] > .case').length === 6`)
	w.Holds(`getComputedStyle(document.querySelector('.fields')).display === 'none'`)
	click(w, "[id='utf8/fail-fast'] > summary")
	w.Holds(`document.body.innerText.includes('0000  ce ba e1 bd b9 cf 83 ce bc ce b5')`)
}

// tryManyCases opens a page of thousands of cases: what a case opens to is not
// made before somebody opens it.
func tryManyCases(t *testing.T, ctx context.Context) {
	r := &Results{}
	for i := range 6000 {
		c := failFast()
		c.ID, c.Suite = fmt.Sprintf("suite-%d/case-%d", i/200, i), fmt.Sprintf("suite-%d", i/200)
		r.Cases = append(r.Cases, c)
	}
	w := browsertest.Open(t, ctx, 1200, 900, onDisk(t, write(t, "html", r, Options{})))
	w.Until(`document.querySelectorAll('.case').length === 6000 && document.querySelectorAll('*').length < 12 * 6000`)
	w.Do(chromedp.SetValue(chromedp.CSS("#text"), "case-5999"))
	w.Until(`document.querySelector('#filters').dispatchEvent(new Event('input'))`)
	shows(w, "suite-29/case-5999")
	click(w, "[id='suite-29/case-5999'] > summary")
	w.Sees("0000  ce ba e1 bd b9 cf 83 ce bc ce b5")
}
