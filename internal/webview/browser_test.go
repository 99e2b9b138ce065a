package webview

import (
	"bytes"
	"compress/flate"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"wsprobe/internal/browsertest"
	"wsprobe/internal/wire"

	"wsprobe/internal/lint"
)

// shown is the texts of the rows of a list that can be seen.
const shown = `[...document.querySelectorAll('#frames-list .row')].filter((e) => !e.hidden).map((e) => e.textContent)`

// A million frames are scrolled through, from end to end, with no more elements
// than can be seen.
func TestMillion(t *testing.T) {
	ctx, ok := browsertest.Start(t)
	if !ok {
		return
	}
	v := serve(t)
	c := aConn(1)
	v.Open(c)
	const frames = 1_000_000
	for i := range frames {
		plainFrame(v, c, time.Duration(i)*time.Microsecond, fmt.Sprintf("frame %d;", i+1))
	}
	w := browsertest.Open(t, ctx, 1280, 800, v.URL())
	w.Until(shown + `.some((r) => r.includes('frame 1000000;'))`)
	few := `document.querySelectorAll('#frames-list .row').length < 60`
	w.Holds(few)
	w.Until(`document.querySelector('#frames-list').scrollTop = 0, ` + shown + `.some((r) => r.includes('frame 1;'))`)
	w.Holds(`document.querySelector('#tail').getAttribute('aria-pressed') === 'false'`)
	w.Until(`(() => { const l = document.querySelector('#frames-list'); l.scrollTop = (l.scrollHeight - l.clientHeight) / 2; return true })()`)
	w.Until(shown + `.some((r) => /frame (499|500)\d{3};/.test(r))`)
	// Those in sight follow each other, without a gap.
	w.Until(`(() => {
		const n = ` + shown + `.map((r) => Number((/frame (\d+);/.exec(r) || [])[1]));
		n.sort((a, b) => a - b);
		return n.length > 10 && n.every((x, i) => i === 0 || x === n[i - 1] + 1);
	})()`)
	w.Do(chromedp.Click(chromedp.CSS("#frames-title")), chromedp.KeyEvent("G"))
	w.Until(`document.querySelector('#frames-list .selected')?.textContent.includes('frame 1000000;')`)
	w.Do(chromedp.KeyEvent("k"))
	w.Until(`document.querySelector('#frames-list .selected')?.textContent.includes('frame 999999;')`)
	w.Holds(few)
	w.Do(chromedp.SendKeys(chromedp.CSS("#search"), "FRAME 777\r"))
	w.Do(chromedp.SendKeys(chromedp.CSS("#search"), "\b\b\b\b\b\b\b\b\bframe 777777;\r"))
	w.Until(`document.querySelector('#hits').textContent.startsWith('1 of 1')`)
	w.Until(`document.querySelector('#frames-list .selected')?.textContent.includes('frame 777777;')`)
	w.Holds(few)
}

// hostile is what nobody should have to be shown as it is.
var hostile = []string{
	`<script>document.title='broken'</script><img src=x onerror="document.title='broken'">`,
	"turned \u202e around \u2066 and \u200b unseen",
	"\x1b[31mred\x1b[0m \x00\x07 bell",
	`{"__proto__":{"x":1},"</script>":"<b>bold</b>","\u202e":"\u2028"}`,
	strings.Repeat("long", 50_000),
	"\xff\xfe\x80 no UTF-8 \xf4\x90",
}

// What peers send is text, whatever it says: in rows, opened, in heads and in
// reasons.
func TestHostile(t *testing.T) {
	ctx, ok := browsertest.Start(t)
	if !ok {
		return
	}
	v := serve(t)
	c := aConn(1)
	c.URL = "ws://<img src=x onerror=alert(1)>"
	v.Open(c)
	session := lint.New(lint.Options{Keep: 64 << 10})
	h := wire.Handshake{Dialect: wire.RFC6455, Target: "/<script>document.title='broken'</script>", Host: "h", Key: "dGhlIHNhbXBsZSBub25jZQ=="}
	bytes := h.Append(nil)
	for _, p := range hostile {
		bytes = wire.AppendFrame(bytes, wire.Header{Fin: true, Opcode: wire.OpText, Masked: true, Bits: wire.BitsFor(uint64(len(p))), Length: uint64(len(p))}, []byte(p))
	}
	answer := "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Protocol: <b>x</b>\u202e\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n"
	events := session.Feed(lint.Client, 0, bytes)
	events = append(events, session.Feed(lint.Server, 1, []byte(answer))...)
	events = append(events, session.End(lint.Client, 2, lint.EndFIN)...)
	for i := range events {
		v.Event(c, &events[i])
	}
	v.Note(c, 3, "<script>document.title='broken'</script>\u202e")
	w := browsertest.Open(t, ctx, 1280, 800, v.URL())
	w.Until(shown + `.some((r) => r.includes("<script>document.title='broken'</script>"))`)
	w.Do(chromedp.Click(chromedp.CSS("#frames-title")), chromedp.KeyEvent("g"))
	const unseen = `!/[\u202a-\u202e\u2066-\u2069\u200b\u2028\x00-\x08\x1b]/.test(document.body.textContent)`
	for range 16 {
		w.Do(chromedp.KeyEvent("j"))
		w.Until(`!document.querySelector('#detail').hidden`)
		w.Until(unseen)
	}
	click := `(() => { const e = [...document.querySelectorAll('#frames-list .row')].find((e) => !e.hidden && e.textContent.includes('__proto__')); if (e) e.click(); return Boolean(e) })()`
	w.Until(click)
	w.Sees(`"<b>bold</b>"`)
	w.Holds(`document.title === 'wsproxy'`)
	w.Holds(`document.querySelectorAll('main script, main img, main b:not(.level)').length === 0`)
	w.Holds(`document.documentElement.scrollWidth <= innerWidth`)
}

// named are messages that their senders name as they like.
var named = []string{
	"CONNECT\n\n\x00",
	"SEND\ndestination:/q/<img src=x onerror=\"document.title='broken'\">\n\nbody one\x00",
	"SEND\ndestination:/turned \u202e around \u2066\x1b[31m\n\nbody two\x00",
	"SEND\ndestination:/" + strings.Repeat("long", 5000) + "\n\nbody three\x00",
	"SEND\ndestination:/" + strings.Repeat("packed ", 9) + "\n\nbody four\x00",
}

// Messages have names in the list and opened, by which they are found, whatever those
// say; also one that is compressed.
func TestNames(t *testing.T) {
	ctx, ok := browsertest.Start(t)
	if !ok {
		return
	}
	v := serve(t)
	c := aConn(1)
	v.Open(c)
	s := lint.New(lint.Options{Keep: 64 << 10, Inflate: 64 << 10})
	h := wire.Handshake{Dialect: wire.RFC6455, Target: "/", Host: "h", Key: "dGhlIHNhbXBsZSBub25jZQ==", Extensions: wire.DeflateName}
	tell := func(events []lint.Event) {
		for i := range events {
			v.Event(c, &events[i])
		}
	}
	tell(s.Feed(lint.Client, 0, h.Append(nil)))
	tell(s.Feed(lint.Server, 1, []byte("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Extensions: permessage-deflate\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n")))
	for i, text := range named {
		p, rsv := []byte(text), uint8(0)
		if i == len(named)-1 {
			p, rsv = deflated(t, p), wire.RSV1
		}
		n := uint64(len(p))
		tell(s.Feed(lint.Client, 2, wire.AppendFrame(nil, wire.Header{Fin: true, Rsv: rsv, Opcode: wire.OpText, Masked: true, Bits: wire.BitsFor(n), Length: n}, p)))
	}
	w := browsertest.Open(t, ctx, 1280, 800, v.URL())
	names := `[...document.querySelectorAll('#frames-list .row .name')].filter((e) => !e.parentElement.hidden && e.textContent).map((e) => e.textContent)`
	w.Until(names + `.length === 5`)
	w.Holds(names + `[0] === 'STOMP CONNECT'`)
	w.Holds(names + `[1].startsWith('STOMP SEND destination=/q/<img src=x onerror=')`)
	w.Holds(names + `[4].startsWith('STOMP SEND destination=/packed packed')`)
	w.Holds(names + `.every((n) => n.length < 1100)`)
	w.Holds(`!/[\u202a-\u202e\u2066-\u2069\x00-\x08\x1b]/.test(document.body.textContent)`)
	w.Do(chromedp.SendKeys(chromedp.CSS("#search"), "destination=/turned\r"))
	w.Until(`document.querySelector('#hits').textContent.startsWith('1 of 1')`)
	w.Until(`document.querySelector('#frames-list .selected .name')?.textContent.includes('destination=/turned')`)
	w.Do(chromedp.SendKeys(chromedp.CSS("#filter"), "name contains \"<img\"\r"))
	w.Until(names + `.length === 1`)
	w.Until(`(() => { const e = [...document.querySelectorAll('#frames-list .row')].find((e) => !e.hidden && e.textContent.includes('body one')); if (e) e.click(); return Boolean(e) })()`)
	w.Until(`document.querySelector('#detail .named')?.textContent.startsWith('STOMP SEND destination=/q/<img src=x')`)
	w.Holds(`document.title === 'wsproxy' && document.querySelectorAll('main script, main img').length === 0`)
	w.Holds(`document.documentElement.scrollWidth <= innerWidth`)
}

// deflated compresses a message.
func deflated(t *testing.T, p []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	z, err := flate.NewWriter(&b, flate.BestCompression)
	if err != nil {
		t.Fatal(err)
	}
	z.Write(p)
	z.Flush()
	return bytes.TrimSuffix(b.Bytes(), []byte{0, 0, 0xff, 0xff})
}

// A page that looked on sees that wsproxy has ended, and that the token is needed.
func TestWithoutToken(t *testing.T) {
	ctx, ok := browsertest.Start(t)
	if !ok {
		return
	}
	v := serve(t)
	address, _, _ := strings.Cut(v.URL(), "?")
	w := browsertest.Open(t, ctx, 700, 600, address)
	w.Sees("a token is needed")
	w.Holds(`document.scripts.length === 0`)
}
