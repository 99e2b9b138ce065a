package webview

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"wsprobe/internal/browsertest"
	"wsprobe/internal/lint"
	"wsprobe/internal/record"
)

// told has connections open, each with a frame that says which it is.
func told(v *View, ids ...uint64) {
	for _, id := range ids {
		c := aConn(id)
		v.Open(c)
		plainFrame(v, c, time.Duration(id)*time.Second, fmt.Sprintf("from %d;", id))
	}
}

// looked opens the page of a view at two connections.
func looked(t *testing.T, ctx context.Context, v *View) *browsertest.Window {
	t.Helper()
	told(v, 1, 2)
	w := browsertest.Open(t, ctx, 1280, 800, v.URL())
	w.Until(`document.querySelector('#conns-count').textContent === '2' && ` + shown + `.some((r) => r.includes('from 2;'))`)
	return w
}

// at clicks on the connection of a row.
func at(w *browsertest.Window, row int) {
	w.T.Helper()
	w.Until(fmt.Sprintf(`document.querySelectorAll('#conns-list .row')[%d].click(), true`, row))
}

// What came while the page was paused is there when it goes on, also where another
// connection was looked at meanwhile.
func TestLooksWhilePaused(t *testing.T) {
	ctx, ok := browsertest.Start(t)
	if !ok {
		return
	}
	v := serve(t)
	w := looked(t, ctx, v)
	w.Do(chromedp.Click(chromedp.CSS("#pause")))
	told(v, 3)
	w.Until(`document.querySelector('#state').textContent === 'paused, 2 more since'`)
	w.Holds(`document.querySelector('#conns-count').textContent === '2'`)
	at(w, 0)
	w.Until(`document.querySelector('#frames-of').textContent === 'of #1' && ` + shown + `.some((r) => r.includes('from 1;'))`)
	w.Do(chromedp.Click(chromedp.CSS("#pause")))
	w.Until(`document.querySelector('#conns-count').textContent === '3'`)
}

// Whose frames are listed is what the page says, also with a mistake in the filter.
func TestLooksWithMistake(t *testing.T) {
	ctx, ok := browsertest.Start(t)
	if !ok {
		return
	}
	w := looked(t, ctx, serve(t))
	w.Do(chromedp.SendKeys(chromedp.CSS("#filter"), "opcod==text\r"))
	w.Until(`document.querySelector('#filter-said').textContent.includes('did you mean "opcode"?')`)
	at(w, 1)
	w.Until(`document.querySelector('#frames-of').textContent === 'of #2' && document.querySelector('#frames-count').textContent === '2'`)
	w.Until(shown + `.every((r) => !r.includes('from 1;'))`)
	w.Holds(`!document.querySelector('#filter-said').hidden`)
	w.Do(chromedp.SendKeys(chromedp.CSS("#filter"), "\b\b\b\b\b\b\b\b\b\b\bopcode==ping\r"))
	w.Sees("Nothing fits the filter.")
	w.Holds(`document.querySelector('#frames-count').textContent === '0 of 2'`)
}

// A page finds out that wsproxy was started anew, which is not the one that it knew.
func TestStartedAnew(t *testing.T) {
	ctx, ok := browsertest.Start(t)
	if !ok {
		return
	}
	listen := func(addr string) (*View, context.CancelFunc) {
		v, err := Listen(addr, nil)
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan struct{})
		go func() { v.Serve(ctx, nil); close(done) }()
		stop := func() { cancel(); <-done }
		t.Cleanup(stop)
		return v, stop
	}
	v, stop := listen("127.0.0.1:0")
	w := looked(t, ctx, v)
	at(w, 1)
	w.Until(`document.querySelector('#frames-of').textContent === 'of #2'`)
	stop()
	w.Sees("wsproxy has ended, or cannot be reached")
	again, _ := listen(v.guard.addr.String())
	w.Sees("wsproxy was started anew: open the address that it printed")
	w.Until(`fetch('` + again.URL() + `'), true`)
	w.Until(`document.querySelector('#state').textContent === 'live'`)
	w.Until(`document.querySelector('#conns-count').textContent === '0' && document.querySelector('#frames-of').textContent === 'of all connections'`)
	w.Sees("Nothing has passed yet.")
}

// A handshake that was refused can be told by its status, also when all is over, and a
// row says what began.
func TestRefusedSays(t *testing.T) {
	ctx, ok := browsertest.Start(t)
	if !ok {
		return
	}
	v := serve(t)
	c := aConn(1)
	c.ServerTLS = &record.TLS{Version: "TLS 1.3", ServerName: "example.com"}
	v.Open(c)
	s := lint.New(lint.Options{Keep: 1 << 10})
	for side, head := range []string{"GET /x HTTP/1.1\r\nHost: h\r\n\r\n", "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n"} {
		for _, e := range s.Feed(lint.Side(side), 1, []byte(head)) {
			v.Event(c, &e)
		}
	}
	v.Close(c, 2)
	w := browsertest.Open(t, ctx, 1024, 700, v.URL())
	w.Until(`document.querySelector('#conns-list .row .state')?.textContent === 'HTTP 403'`)
	w.Sees("192.0.2.7:40000 connected, on to 192.0.2.1:9001 over TLS 1.3, SNI example.com")
	w.Holds(`[...document.querySelectorAll('.top *')].every((e) => e.getBoundingClientRect().right <= innerWidth)`)
}

// Where something was lost last, the list says so, and does not ask for it again and again.
func TestLostLast(t *testing.T) {
	ctx, ok := browsertest.Start(t)
	if !ok {
		return
	}
	v := serve(t)
	w := looked(t, ctx, v)
	w.Until(`(() => {
		const send = WebSocket.prototype.send;
		window.asked = 0;
		WebSocket.prototype.send = function (p) { window.asked++; send.call(this, p); };
		return true;
	})()`)
	v.Lost(record.Loss{Events: 7})
	w.Sees("7 frames not recorded")
	v.Lost(record.Loss{Events: 3})
	w.Sees("10 frames not recorded")
	w.Until(`(() => { window.was ??= [performance.now(), window.asked]; return performance.now() > window.was[0] + 1000 })()`)
	w.Holds(`window.asked < window.was[1] + 3`)
}

// What was cleared away is neither listed nor saved.
func TestClear(t *testing.T) {
	ctx, ok := browsertest.Start(t)
	if !ok {
		return
	}
	v := serve(t)
	w := looked(t, ctx, v)
	v.Close(aConn(1), 3*time.Second)
	w.Until(`document.querySelector('#frames-count').textContent === '5'`)
	w.Do(chromedp.Click(chromedp.CSS("#clear")))
	w.Sees("Nothing has passed since this was cleared.")
	w.Until(`document.querySelector('#conns-count').textContent === '1'`)
	told(v, 3)
	plainFrame(v, aConn(2), 4*time.Second, "more of 2;")
	w.Until(shown + `.some((r) => r.includes('more of 2;')) && ` + shown + `.every((r) => !r.includes('from 1;') && !r.includes('no longer kept'))`)
	w.Holds(`document.querySelector('#frames-count').textContent === '3' && document.querySelector('#conns-count').textContent === '2'`)
	at(w, 0)
	w.Until(`document.querySelector('#frames-of').textContent === 'of #2' && document.querySelector('#frames-count').textContent === '1'`)
	w.Until(`(() => {
		if (!window.saved) HTMLAnchorElement.prototype.click = function () { window.saved = fetch(this.href).then((r) => r.text()).then((t) => { window.saved = t; }); };
		if (!window.saved) document.querySelector('#save').click();
		return typeof window.saved === 'string';
	})()`)
	w.Holds(`window.saved.includes('more of 2;') && !window.saved.includes('from 2;')`)
}
