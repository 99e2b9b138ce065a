package chatserver

import (
	"bytes"
	"context"
	"flag"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp"
)

var shots = flag.String("shots", "", "`folder` to write a picture of the page to")

// program finds one of the programs. Where none is installed, the test fails on
// CI and says so elsewhere.
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

// browser starts a headless Chromium for the test.
func browser(t *testing.T) (context.Context, bool) {
	t.Helper()
	path, ok := program(t, "chromium", "chromium-browser", "google-chrome")
	if !ok {
		return nil, false
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path), chromedp.UserDataDir(t.TempDir()), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.NoFirstRun, chromedp.Flag("disable-quic", true), chromedp.Flag("disable-background-networking", true),
		chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true))
	ctx, cancel := context.WithTimeout(t.Context(), 3*patience)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewExecAllocator(ctx, options...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	must(t, chromedp.Do(ctx)) // starts it
	return ctx, true
}

// window is a window of the browser with the page in it.
type window struct {
	t   *testing.T
	ctx context.Context
}

func open(t *testing.T, ctx context.Context, width, height int64, address string) *window {
	t.Helper()
	ctx, cancel := chromedp.NewContext(ctx, chromedp.WithNewBrowserContext())
	t.Cleanup(cancel)
	w := &window{t, ctx}
	options := []chromedp.EmulateViewportOption{}
	if width < 500 {
		options = append(options, chromedp.EmulateMobile)
	}
	w.do(chromedp.EmulateViewport(width, height, options...), chromedp.Navigate(address))
	return w
}

func (w *window) do(actions ...chromedp.Action[chromedp.Void]) {
	w.t.Helper()
	if err := chromedp.Do(w.ctx, actions...); err != nil {
		w.t.Fatal(err)
	}
}

// until waits until a condition in JavaScript holds.
func (w *window) until(condition string) {
	w.t.Helper()
	w.do(chromedp.Poll[chromedp.Void](condition))
}

func (w *window) sees(text string) {
	w.t.Helper()
	w.until("document.body.innerText.indexOf(" + quote(text) + ") >= 0")
}

func (w *window) say(text string) {
	w.t.Helper()
	w.do(chromedp.SendKeys(chromedp.CSS("#text"), text), chromedp.Click(chromedp.CSS("#send")))
}

// sayByKey sends with the Enter key instead of the button.
func (w *window) sayByKey(text string) {
	w.t.Helper()
	w.do(chromedp.SendKeys(chromedp.CSS("#text"), text))
	w.until(`!document.querySelector('#text').dispatchEvent(
		new KeyboardEvent('keydown', {keyCode: 13, bubbles: true, cancelable: true}))`)
}

func quote(s string) string {
	return "decodeURIComponent('" + url.PathEscape(s) + "')"
}

// TestBrowser lets two windows chat, one of them on a phone.
func TestBrowser(t *testing.T) {
	ctx, ok := browser(t)
	if !ok {
		return
	}
	address := "http://" + start(t, Config{}) + "/"

	desk := open(t, ctx, 900, 720, address)
	desk.do(
		chromedp.SetValue(chromedp.CSS("#room"), "tea room"), chromedp.SendKeys(chromedp.CSS("#nick"), "alice"), chromedp.Click(chromedp.CSS("#enter")),
		chromedp.WaitVisible(chromedp.CSS("#text")))
	phone := open(t, ctx, 390, 720, address+"?room=tea%20room&nick=bob")
	phone.do(chromedp.WaitVisible(chromedp.CSS("#text")))

	desk.sees("bob joined")
	phone.say("Hi alice! Is anyone still on hixie-76?")
	desk.sees("Is anyone still on hixie-76?")
	desk.say("Someone always is. <script>alert(1)</script> κόσμε 😀")
	desk.sayByKey("This room speaks five dialects.")
	phone.sees("Someone always is. <script>alert(1)</script> κόσμε 😀")
	phone.sees("This room speaks five dialects.")
	for _, w := range []*window{desk, phone} {
		w.until(`document.querySelectorAll('#people li').length === 2`)
		w.until(`document.querySelectorAll('#log script').length === 0`)
	}
	desk.until(`document.querySelectorAll('.message.own').length === 2`)
	phone.until(`document.querySelectorAll('.message.own').length === 1`)
	phone.until(`document.documentElement.scrollWidth <= innerWidth`)
	phone.until(`document.querySelector('#say').getBoundingClientRect().bottom <= innerHeight`)
	phone.until(`location.search === '?room=tea%20room&nick=bob'`)
	if *shots != "" {
		phone.say("And nobody can tell who speaks which.")
		desk.sees("nobody can tell")
		picture(t, filepath.Join(*shots, "chat.png"), desk, phone)
	}
	phone.do(chromedp.Click(chromedp.CSS("#leave")), chromedp.WaitVisible(chromedp.CSS("#enter")))
	desk.sees("bob left")
}

// TestBrowserErrors shows what the server refuses.
func TestBrowserErrors(t *testing.T) {
	ctx, ok := browser(t)
	if !ok {
		return
	}
	addr := start(t, Config{TextLimit: 10})
	alice := enter(t, addr, "gorilla")
	alice.name = "alice"
	gather("lobby", alice)

	w := open(t, ctx, 900, 720, "http://"+addr+"/?room=lobby&nick=Alice")
	w.sees("someone in this room is called Alice")
	w.do(chromedp.SetValue(chromedp.CSS("#nick"), "bob"), chromedp.Click(chromedp.CSS("#enter")), chromedp.WaitVisible(chromedp.CSS("#text")))
	w.say("far too long a text")
	w.sees("the text has more than 10 characters")
}

// TestBrowserReconnects does so when the server comes back.
func TestBrowserReconnects(t *testing.T) {
	ctx, ok := browser(t)
	if !ok {
		return
	}
	s, addr := run(t, Config{})
	w := open(t, ctx, 900, 720, "http://"+addr+"/?room=lobby&nick=alice")
	w.sees("You joined as alice")
	s.cutOff()
	w.sees("Offline, again in")
	w.do(chromedp.Click(chromedp.CSS("#again")))
	w.sees("You are back")
	w.say("still here")
	w.until(`document.querySelectorAll('.message.own').length === 1`)
}

// picture puts pictures of the windows side by side.
func picture(t *testing.T, path string, windows ...*window) {
	t.Helper()
	const gap, height = 24, 720
	width := gap
	var parts []image.Image
	for _, w := range windows {
		w.until(`document.getAnimations().length === 0`)
		shot, err := chromedp.Run(w.ctx, chromedp.CaptureScreenshot())
		must(t, err)
		part, err := png.Decode(bytes.NewReader(shot))
		must(t, err)
		parts = append(parts, part)
		width += part.Bounds().Dx() + gap
	}
	all := image.NewRGBA(image.Rect(0, 0, width, height+2*gap))
	draw.Draw(all, all.Bounds(), image.NewUniform(color.RGBA{0xcf, 0xda, 0xd8, 0xff}), image.Point{}, draw.Src)
	x := gap
	for _, part := range parts {
		draw.Draw(all, part.Bounds().Add(image.Pt(x, gap)), part, image.Point{}, draw.Src)
		x += part.Bounds().Dx() + gap
	}
	var out bytes.Buffer
	must(t, png.Encode(&out, all))
	must(t, os.MkdirAll(filepath.Dir(path), 0o755))
	must(t, os.WriteFile(path, out.Bytes(), 0o644))
}
