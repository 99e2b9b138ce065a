package report

import (
	"context"
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"wsprobe/internal/browsertest"
)

// rows waits until exactly these rows of cases can be seen.
func rows(w *browsertest.Window, ids ...string) {
	w.T.Helper()
	w.Until(fmt.Sprintf(`[...document.querySelectorAll('tbody:not([hidden]).open > tr[data-i]:not([hidden])')].map(r => r.id).join() === %q`, strings.Join(ids, ",")))
}

// cell waits until the cell of that row and column has the focus.
func cell(w *browsertest.Window, id string, column int) {
	w.T.Helper()
	w.Until(fmt.Sprintf(`document.activeElement.cellIndex === %d && document.activeElement.parentElement.id === %q`, column, id))
}

// group groups the rows by something else.
func group(w *browsertest.Window, by string) {
	w.T.Helper()
	w.Do(chromedp.SetValue(chromedp.CSS("#group"), by))
	w.Until(`document.querySelector('#group').dispatchEvent(new Event('change', {bubbles: true}))`)
}

// lines waits until exactly these lines stand below rules: "id: key key".
func lines(w *browsertest.Window, want ...string) {
	w.T.Helper()
	w.Until(fmt.Sprintf(`[...document.querySelectorAll('tbody[data-rule].open > tr[data-i]')].map(r => r.cells[0].textContent + ': ' + [...r.cells].slice(1).map(c => c.className).join(' ')).join() === %q`, strings.Join(want, ",")))
}

func tryMatrix(t *testing.T, ctx context.Context) {
	w := browsertest.Open(t, ctx, 1400, 900, onDisk(t, writeMatrix(t, "html", sideBySide())))

	// It begins with a row a suite.
	w.Until(`document.querySelectorAll('tbody[data-suite]:not([hidden]) > tr.group').length === 5`)
	rows(w)

	// It filters.
	click(w, "#differ")
	rows(w, "utf8/fail-fast", "utf8/surrogates", "close/one-byte-body", "framing/mask[unmasked]")
	click(w, ".chip.known")
	rows(w, "utf8/surrogates")
	click(w, "[data-reset]")
	taken(w, "/")
	press(w, "1", "0", "0", "7")
	rows(w)
	w.Sees("No case is like that")
	press(w, kb.Escape)
	taken(w, "/")
	press(w, "t", "o", "o", " ", "m", "a", "n", "y")
	rows(w, "close/last", "close/unplayed")
	press(w, kb.Escape)

	// It groups by rule, and back.
	group(w, "rule")
	w.Until(`document.querySelectorAll('tbody[data-rule]:not([hidden])').length === 7`)
	click(w, "tbody[data-rule='utf8.text-valid'] button")
	lines(w, "utf8/fail-fast: fail pass fail none", "utf8/surrogates: known pass none none")
	click(w, "tbody[data-rule='utf8.text-valid'] button")
	click(w, "tbody[data-rule='frame.masked'] button") // what it broke is another's
	lines(w, "framing/mask[unmasked]: none pass none none")
	group(w, "broken")
	w.Until(`document.querySelector('tbody[data-rule]').dataset.rule === 'utf8.text-valid'`)
	group(w, "suite")

	// It tells about a cell.
	click(w, "tbody[data-suite='utf8'] button")
	click(w, "[id='utf8/fail-fast'] td.fail")
	w.Sees("the connection failed with 1007")
	w.Sees("that endpoint MUST _Fail the WebSocket Connection_.")
	w.Until(`decodeURIComponent(location.hash) === '#utf8/fail-fast@demo <1.0>'`)

	// It goes about by keys, and tells on the way.
	press(w, "j")
	cell(w, "utf8/surrogates", 1)
	w.Sees(`It leaves UTF-8 to <the> application\u202e (§8.1).`)
	press(w, kb.ArrowRight)
	cell(w, "utf8/surrogates", 2)
	press(w, kb.ArrowUp)
	cell(w, "utf8/fail-fast", 2)
	press(w, kb.Escape)
	w.Until(`document.querySelector('#panel').hidden`)
	press(w, "k")
	cell(w, "", 2)
	taken(w, "Enter")
	rows(w)
}

// tryMatrixOnAPhone follows an address to its cell.
func tryMatrixOnAPhone(t *testing.T, ctx context.Context) {
	w := browsertest.Open(t, ctx, 390, 844, onDisk(t, writeMatrix(t, "html", sideBySide()))+"#"+url.PathEscape("framing/mask[unmasked]@demo <1.0>"))
	cell(w, "framing/mask[unmasked]", 1)
	w.Sees("frame of 5 bytes has a 16-bit length")
	w.Until(`document.documentElement.scrollWidth <= innerWidth`)
	w.Until(`document.activeElement.getBoundingClientRect().bottom <= document.querySelector('#panel').getBoundingClientRect().top`)
}

// tryManyTargets looks whether many columns fit a screen, and whether their heads
// and the names of the rows stay in sight.
func tryManyTargets(t *testing.T, ctx context.Context) {
	m := &Matrix{}
	for i := range 27 {
		r := sample()
		r.Target.Name = fmt.Sprintf("server-%d 1.0.%d (a package of many words)", i, i)
		for j := range 40 {
			r.Cases = append(r.Cases, Case{ID: fmt.Sprintf("more-%d/case", j), Verdict: Pass})
		}
		m.Add(r)
	}
	w := browsertest.Open(t, ctx, 1440, 800, onDisk(t, writeMatrix(t, "html", m)))
	w.Until(`document.documentElement.scrollWidth <= innerWidth`)
	w.Until(`(pane => pane.scrollWidth <= pane.clientWidth)(document.querySelector('.pane'))`)
	w.Until(`document.querySelectorAll('thead th')[27].innerText.trim() === 'server-26 1.0.26'`)
	click(w, "#unfold")
	w.Until(`document.querySelector('[id="utf8/fail-fast"] td').textContent.trim() === 'fail'`) // for who hears or copies it
	w.Until(`getComputedStyle(document.querySelector('[id="utf8/fail-fast"] td'), '::before').content.startsWith('"✕"')`)
	w.Until(`(pane => { pane.scrollTop = 800; return pane.scrollTop === 800 && Math.abs(document.querySelector('thead th').getBoundingClientRect().top - pane.getBoundingClientRect().top) < 3; })(document.querySelector('.pane'))`)
}
