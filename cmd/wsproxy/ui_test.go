package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/google/gopacket/pcapgo"
	"github.com/gorilla/websocket"

	"wsprobe/internal/browsertest"
	"wsprobe/internal/wire"
)

var shots = flag.String("shots", "", "`folder` to write pictures of the web view to")

// spoken runs wsproxy and returns what it said of each: what follows "ws://",
// "watch at " and "metrics at ".
func spoken(t *testing.T, target string, flags ...string) (addr, ui, counts string) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	said, talk := io.Pipe()
	done := make(chan int, 1)
	go func() {
		done <- run(ctx, append(flags, "--quiet", target), io.Discard, talk)
		talk.Close()
	}()
	t.Cleanup(func() {
		cancel()
		if code := <-done; code != 0 {
			t.Errorf("wsproxy ended with %d", code)
		}
	})
	lines := bufio.NewScanner(said)
	want := 1
	if flags[0] == "read" {
		want = 0
	}
	for _, f := range flags {
		if strings.HasPrefix(f, "--ui") || f == "--metrics" {
			want++
		}
	}
	for ; want > 0 && lines.Scan(); want-- {
		_, rest, _ := strings.Cut(lines.Text(), "//")
		switch {
		case strings.Contains(lines.Text(), "watch at "):
			ui = "http://" + rest
		case strings.Contains(lines.Text(), "metrics at "):
			counts = "http://" + rest
		default:
			addr, _, _ = strings.Cut(rest, "/")
		}
	}
	go io.Copy(io.Discard, said)
	return addr, ui, counts
}

// guest is somebody in the chat.
type guest struct {
	*testing.T
	*websocket.Conn
}

func join(t *testing.T, addr, nick string) *guest {
	t.Helper()
	dialer := websocket.Dialer{Subprotocols: []string{"chat"}, EnableCompression: nick == "carol"}
	c, _, err := dialer.Dial("ws://"+addr+"/chat", nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	g := &guest{t, c}
	g.say(map[string]any{"type": "join", "room": "tea room", "nick": nick})
	g.hear("joined")
	return g
}

func (g *guest) say(v any) {
	g.Helper()
	if err := g.WriteJSON(v); err != nil {
		g.Fatal(err)
	}
}

// hear reads until a message of that type comes.
func (g *guest) hear(kind string) {
	g.Helper()
	for {
		var m struct{ Type string }
		if err := g.ReadJSON(&m); err != nil {
			g.Fatal(err)
		}
		if m.Type == kind {
			return
		}
	}
}

// unmasked is a client that forgets to mask, which no library does.
func unmasked(t *testing.T, addr string) {
	t.Helper()
	c, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	h := wire.Handshake{Dialect: wire.RFC6455, Target: "/echo", Host: addr, Key: "dGhlIHNhbXBsZSBub25jZQ=="}
	c.Write(h.Append(nil))
	if _, err := c.Read(make([]byte, 4096)); err != nil {
		t.Fatal(err)
	}
	text := `{"order":1017,"side":"buy","price":101.50}`
	c.Write(wire.AppendFrame(nil, wire.Header{Fin: true, Opcode: wire.OpText, Length: uint64(len(text))}, []byte(text)))
	io.Copy(io.Discard, c)
}

// afternoon has several clients talk to the bundled server.
func afternoon(t *testing.T, addr string) {
	t.Helper()
	alice, bob, carol := join(t, addr, "alice"), join(t, addr, "bob"), join(t, addr, "carol")
	alice.say(map[string]any{"type": "say", "text": "Is anyone still on hixie-76?"})
	alice.hear("said")
	bob.say(map[string]any{"type": "say", "text": "Someone always is. κόσμε 😀"})
	bob.hear("said")
	carol.say(map[string]any{"type": "who", "ref": "r-1"})
	carol.hear("people")
	talk(t, "ws://"+addr+"/echo", true, `{"symbol":"ACME","bids":[[101.50,12],[101.25,40]],"asks":[[101.75,9]],"seq":9007199254740993,"open":true}`, strings.Repeat("tick ", 400))
	c, _, err := websocket.DefaultDialer.Dial("ws://"+addr+"/echo", nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	c.WriteMessage(websocket.BinaryMessage, []byte{0, 1, 2, 0xf4, 0x90, 0x80, 0x80, 0xff})
	c.WriteControl(websocket.PingMessage, []byte("still there?"), time.Time{})
	c.WriteMessage(websocket.TextMessage, []byte(`{"type":"subscribe","channels":["trades","book"],"depth":25}`))
	for range 2 {
		if _, _, err := c.ReadMessage(); err != nil {
			t.Fatal(err)
		}
	}
	unmasked(t, addr)
	for i := range 12 {
		alice.say(map[string]any{"type": "say", "text": fmt.Sprintf("Cup number %d, please.", i+1), "ref": fmt.Sprintf("cup-%d", i)})
		alice.hear("said")
	}
}

// eachRow counts the rows of a list for which a condition on r, their text, holds.
func eachRow(list, condition string) string {
	return `[...document.querySelectorAll('#` + list + ` .row')].filter((e) => !e.hidden).map((e) => e.textContent).filter((r) => ` + condition + `).length`
}

// Real traffic of real clients through wsproxy is there to be seen, searched,
// filtered, held and saved.
func TestWebView(t *testing.T) {
	ctx, ok := browsertest.Start(t)
	if !ok {
		return
	}
	addr, ui, _ := spoken(t, bundled(t), "--ui")
	w := browsertest.Open(t, ctx, 1280, 800, ui)
	w.Until(`location.search === '' && document.querySelector('#state').textContent === 'live'`)
	afternoon(t, addr)
	w.Until(eachRow("conns-list", `r.includes('/chat') && r.includes('rfc6455')`) + ` === 3`)
	w.Until(eachRow("frames-list", `r.includes('Cup number 12')`) + ` > 0`)
	w.Until(eachRow("conns-list", `r.includes('! ')`) + ` >= 1`)
	opened(w)
	if *shots != "" {
		picture(t, w, ctx, ui)
	}
	searched(w)
	filtered(w)
	paused(w, addr)
	exported(t, w)
	w.Holds(`document.documentElement.scrollWidth <= innerWidth`)
}

// typed types into a field, in place of what is there.
func typed(w *browsertest.Window, field, text string) {
	w.T.Helper()
	w.Until("document.querySelector('" + field + "').value = '', true")
	w.Do(chromedp.SendKeys(chromedp.CSS(field), text+"\r"))
}

// click clicks on a row of a list once there is one for which a condition on r, its
// text, holds.
func click(w *browsertest.Window, list, condition string) {
	w.T.Helper()
	w.Until(`(() => {
		const e = [...document.querySelectorAll('#` + list + ` .row')].filter((e) => !e.hidden).find((e) => ((r) => ` + condition + `)(e.textContent));
		if (e) e.click();
		return Boolean(e);
	})()`)
}

// What is in a file can be looked at, and saved once more.
func TestWebViewOfFile(t *testing.T) {
	name := filepath.Join(t.TempDir(), "talk.jsonl")
	addr, stop := proxied(t, bundled(t), io.Discard, "--write", name)
	talk(t, "ws://"+addr+"/echo", true, "Hello, file")
	stop()
	har := filepath.Join(t.TempDir(), "talk.har")
	if code := run(t.Context(), []string{"read", name, "--quiet", "--write", har}, io.Discard, io.Discard); code != 0 {
		t.Fatal(code)
	}
	_, ui, _ := spoken(t, name, "read", "--ui")
	jar, _ := cookiejar.New(nil)
	client := http.Client{Jar: jar}
	if _, err := client.Get(ui); err != nil {
		t.Fatal(err)
	}
	address, _, _ := strings.Cut(ui, "?")
	for !bytes.Contains(get(t, &client, address+"export?conn=0&format=.jsonl"), []byte(`"type":"close"`)) {
		runtime.Gosched() // it is still being read
	}
	want, err := os.ReadFile(name)
	if got := get(t, &client, address+"export?conn=0&format=.jsonl"); err != nil || string(got) != string(want) {
		t.Errorf("%v; saved:\n%s\nread:\n%s", err, got, want)
	}
	want, err = os.ReadFile(har)
	if got := get(t, &client, address+"export?conn=0&format=.har"); err != nil || string(got) != string(want) || !bytes.Contains(got, []byte("Hello, file")) {
		t.Errorf("%v; saved:\n%s\nwritten:\n%s", err, got, want)
	}
	if got := get(t, &client, address+"export?conn=0&format=.jsonl&filter=opcode==close"); bytes.Contains(got, []byte("Hello")) || !bytes.Contains(got, []byte(`"opcode":"close"`)) {
		t.Errorf("of what closes:\n%s", got)
	}
}

// What is saved as HAR has no secrets, unless one wants it so.
func TestWebViewRedacts(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(leaky))
	defer server.Close()
	for _, flags := range [][]string{{"--ui"}, {"--ui", "--no-redact"}} {
		addr, ui, _ := spoken(t, server.Listener.Addr().String(), flags...)
		leak(t, addr)
		jar, _ := cookiejar.New(nil)
		client := http.Client{Jar: jar}
		if _, err := client.Get(ui); err != nil {
			t.Fatal(err)
		}
		address, _, _ := strings.Cut(ui, "?")
		var got []byte
		for bytes.Count(got, []byte(`"opcode":8`)) < 4 { // two connections, of both sides
			got = get(t, &client, address+"export?conn=0&format=.har")
		}
		var a archive
		if err := json.Unmarshal(got, &a); err != nil || !bytes.Contains(got, []byte("see-me")) {
			t.Errorf("%v: %s", err, got)
		}
		found := finds(string(got))
		if len(flags) == 1 && found != nil || len(flags) == 2 && len(found) < len(secrets)-1 {
			t.Errorf("%v: %v", flags, found)
		}
	}
}

func get(t *testing.T, client *http.Client, address string) []byte {
	t.Helper()
	res, err := client.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	p, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusOK {
		t.Fatalf("%s: %v\n%s", res.Status, err, p)
	}
	return p
}

// opened opens frames: one that breaks a rule, and one with JSON whose numbers
// JavaScript cannot hold.
func opened(w *browsertest.Window) {
	typed(w, "#filter", "rule==mask.client")
	click(w, "frames-list", `r.includes('mask.client')`)
	w.Sees("RFC 6455 §5")
	w.Sees(`"price": 101.50`)
	typed(w, "#filter", "text contains ACME")
	click(w, "frames-list", `r.includes('inflated')`)
	w.Sees(`"seq": 9007199254740993`)
	typed(w, "#filter", "")
	w.Until(eachRow("frames-list", `r.includes('Cup number 12')`) + ` > 0`)
}

func searched(w *browsertest.Window) {
	typed(w, "#search", "cup number 7")
	w.Until(`/^1 of \d+$/.test(document.querySelector('#hits').firstElementChild.textContent)`)
	w.Until(`document.querySelector('#frames-list .selected')?.textContent.includes('Cup number 7,')`)
	typed(w, "#search", "")
	w.Until(`document.querySelector('#hits').hidden`)
}

func filtered(w *browsertest.Window) {
	typed(w, "#filter", "opcode=text")
	w.Until(`document.querySelector('#filter-said').textContent.startsWith('Filter: ')`)
	typed(w, "#filter", `json.type=="who"`)
	w.Until(`document.querySelector('#filter-said').hidden && ` + eachRow("frames-list", `true`) + ` > 0`)
	w.Until(eachRow("frames-list", `!r.includes('"who"')`) + ` === 0`)
	typed(w, "#filter", "")
	w.Until(eachRow("frames-list", `r.includes('Cup')`) + ` > 0`)
}

// paused holds what is shown while more comes.
func paused(w *browsertest.Window, addr string) {
	w.Do(chromedp.Click(chromedp.CSS("#pause")))
	w.Until(`document.querySelector('#state').textContent.startsWith('paused')`)
	talk(w.T, "ws://"+addr+"/echo", false, "while you were away")
	w.Until(`/, [1-9]\d* more/.test(document.querySelector('#state').textContent)`)
	w.Holds(eachRow("frames-list", `r.includes('away')`) + ` === 0`)
	w.Do(chromedp.Click(chromedp.CSS("#pause")), chromedp.Click(chromedp.CSS("#frames-title")), chromedp.KeyEvent("G"))
	w.Until(eachRow("frames-list", `r.includes('away')`) + ` > 0`)
}

// exported saves one connection, and reads what was saved.
func exported(t *testing.T, w *browsertest.Window) {
	dir := t.TempDir()
	w.Do(chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		return target.Call(ctx, "Page.setDownloadBehavior", map[string]string{"behavior": "allow", "downloadPath": dir}, nil)
	}))
	click(w, "conns-list", `r.startsWith('1')`)
	w.Until(`document.querySelector('#frames-of').textContent === 'of #1'`)
	for format, whole := range map[string]func(string) bool{".jsonl": cups, ".pcapng": packets, ".har": archived} {
		w.Until("document.querySelector('#format').value = '" + format + "'")
		w.Do(chromedp.Click(chromedp.CSS("#save")))
		saved(w, filepath.Join(dir, "wsproxy-1"+format), whole)
	}
}

// saved waits until the browser has saved all of the first guest's conversation:
// what it writes is there before it is whole.
func saved(w *browsertest.Window, name string, whole func(file string) bool) {
	w.T.Helper()
	for !whole(name) {
		if w.Context.Err() != nil {
			w.T.Fatalf("%s: it was not saved whole", name)
		}
		runtime.Gosched()
	}
}

// cups reports whether a recording has the twelve cups that alice asked for.
func cups(name string) bool {
	text, _ := os.ReadFile(name)
	n := 0
	for l := range strings.Lines(string(text)) {
		var v line
		if json.Unmarshal([]byte(l), &v) != nil || v.Conn != 1 {
			return false
		}
		if v.Side == "client" && strings.Contains(v.payload(), "Cup number") {
			n++
		}
	}
	return n == 12
}

// archived reports whether a HAR has the same.
func archived(name string) bool {
	var a archive
	text, _ := os.ReadFile(name)
	if json.Unmarshal(text, &a) != nil || len(a.Log.Entries) != 1 {
		return false
	}
	n := 0
	for _, m := range a.Log.Entries[0].Messages {
		if m.Type == "send" && strings.Contains(m.Data, "Cup number") {
			n++
		}
	}
	return n == 12
}

// packets reports whether a capture can be read to its end.
func packets(name string) bool {
	f, err := os.Open(name)
	if err != nil {
		return false
	}
	defer f.Close()
	r, err := pcapgo.NewNgReader(f, pcapgo.DefaultNgReaderOptions)
	for n := 0; err == nil; n++ {
		if _, _, err = r.ReadPacketData(); err == io.EOF {
			return n > 30
		}
	}
	return false
}

// picture writes how the page looks: wide, narrow and dark.
func picture(t *testing.T, w *browsertest.Window, ctx context.Context, ui string) {
	t.Helper()
	typed(w, "#search", "1017")
	w.Sees("101.50")
	w.Do(chromedp.Click(chromedp.CSS("#frames-title")))
	shoot(t, w, "wsproxy.png")
	for _, look := range []struct {
		name          string
		width, height int64
		dark          bool
	}{{"narrow.png", 700, 900, false}, {"dark.png", 1280, 800, true}} {
		v := browsertest.Open(t, ctx, look.width, look.height, ui)
		if look.dark {
			v.Do(chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
				_, err := cdp.Call(ctx, target, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: "dark"}}})
				return err
			}))
		}
		click(v, "conns-list", `r.includes('! ')`)
		click(v, "frames-list", `r.includes('mask.client')`)
		v.Sees("101.50")
		shoot(t, v, look.name)
	}
}

func shoot(t *testing.T, w *browsertest.Window, name string) {
	t.Helper()
	shot, err := chromedp.Run(w.Context, chromedp.CaptureScreenshot())
	if err == nil {
		err = os.WriteFile(filepath.Join(*shots, name), shot, 0o666)
	}
	if err != nil {
		t.Fatal(err)
	}
}
