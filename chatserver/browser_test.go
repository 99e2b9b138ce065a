package chatserver

import (
	"bytes"
	"context"
	"flag"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp"

	"wsprobe/internal/browsertest"
)

var shots = flag.String("shots", "", "`folder` to write a picture of the page to")

// window is a window of the browser with the page in it.
type window struct{ *browsertest.Window }

func open(t *testing.T, ctx context.Context, width, height int64, address string) *window {
	t.Helper()
	return &window{browsertest.Open(t, ctx, width, height, address)}
}

func (w *window) say(text string) {
	w.T.Helper()
	w.Do(chromedp.SendKeys(chromedp.CSS("#text"), text), chromedp.Click(chromedp.CSS("#send")))
}

// sayByKey sends with the Enter key instead of the button.
func (w *window) sayByKey(text string) {
	w.T.Helper()
	w.Do(chromedp.SendKeys(chromedp.CSS("#text"), text))
	w.Until(`!document.querySelector('#text').dispatchEvent(
		new KeyboardEvent('keydown', {keyCode: 13, bubbles: true, cancelable: true}))`)
}

// TestBrowser lets two windows chat, one of them on a phone.
func TestBrowser(t *testing.T) {
	ctx, ok := browsertest.Start(t)
	if !ok {
		return
	}
	address := "http://" + start(t, Config{}) + "/"

	desk := open(t, ctx, 900, 720, address)
	desk.Do(
		chromedp.SetValue(chromedp.CSS("#room"), "tea room"), chromedp.SendKeys(chromedp.CSS("#nick"), "alice"), chromedp.Click(chromedp.CSS("#enter")),
		chromedp.WaitVisible(chromedp.CSS("#text")))
	phone := open(t, ctx, 390, 720, address+"?room=tea%20room&nick=bob")
	phone.Do(chromedp.WaitVisible(chromedp.CSS("#text")))

	desk.Sees("bob joined")
	phone.say("Hi alice! Is anyone still on hixie-76?")
	desk.Sees("Is anyone still on hixie-76?")
	desk.say("Someone always is. <script>alert(1)</script> κόσμε 😀")
	desk.sayByKey("This room speaks five dialects.")
	phone.Sees("Someone always is. <script>alert(1)</script> κόσμε 😀")
	phone.Sees("This room speaks five dialects.")
	for _, w := range []*window{desk, phone} {
		w.Until(`document.querySelectorAll('#people li').length === 2`)
		w.Until(`document.querySelectorAll('#log script').length === 0`)
	}
	desk.Until(`document.querySelectorAll('.message.own').length === 2`)
	phone.Until(`document.querySelectorAll('.message.own').length === 1`)
	phone.Until(`document.documentElement.scrollWidth <= innerWidth`)
	phone.Until(`document.querySelector('#say').getBoundingClientRect().bottom <= innerHeight`)
	phone.Until(`location.search === '?room=tea%20room&nick=bob'`)
	if *shots != "" {
		phone.say("And nobody can tell who speaks which.")
		desk.Sees("nobody can tell")
		picture(t, filepath.Join(*shots, "chat.png"), desk, phone)
	}
	phone.Do(chromedp.Click(chromedp.CSS("#leave")), chromedp.WaitVisible(chromedp.CSS("#enter")))
	desk.Sees("bob left")
}

// TestBrowserErrors shows what the server refuses.
func TestBrowserErrors(t *testing.T) {
	ctx, ok := browsertest.Start(t)
	if !ok {
		return
	}
	addr := start(t, Config{TextLimit: 10})
	alice := enter(t, addr, "gorilla")
	alice.name = "alice"
	gather("lobby", alice)

	w := open(t, ctx, 900, 720, "http://"+addr+"/?room=lobby&nick=Alice")
	w.Sees("someone in this room is called Alice")
	w.Do(chromedp.SetValue(chromedp.CSS("#nick"), "bob"), chromedp.Click(chromedp.CSS("#enter")), chromedp.WaitVisible(chromedp.CSS("#text")))
	w.say("far too long a text")
	w.Sees("the text has more than 10 characters")
}

// TestBrowserReconnects does so when the server comes back.
func TestBrowserReconnects(t *testing.T) {
	ctx, ok := browsertest.Start(t)
	if !ok {
		return
	}
	s, addr := run(t, Config{})
	w := open(t, ctx, 900, 720, "http://"+addr+"/?room=lobby&nick=alice")
	w.Sees("You joined as alice")
	s.cutOff()
	w.Sees("Offline, again in")
	w.Do(chromedp.Click(chromedp.CSS("#again")))
	w.Sees("You are back")
	w.say("still here")
	w.Until(`document.querySelectorAll('.message.own').length === 1`)
}

// picture puts pictures of the windows side by side.
func picture(t *testing.T, path string, windows ...*window) {
	t.Helper()
	const gap, height = 24, 720
	width := gap
	var parts []image.Image
	for _, w := range windows {
		w.Until(`document.getAnimations().length === 0`)
		shot, err := chromedp.Run(w.Context, chromedp.CaptureScreenshot())
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
