package main

import (
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"wsprobe/internal/browsertest"
	"wsprobe/internal/wire"
)

// What wsproxy writes of a conversation, DevTools imports as it does what it exports
// of the same conversation itself.
func TestDevTools(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(inPieces))
	defer server.Close()
	name, began := filepath.Join(t.TempDir(), "talk.har"), time.Now()
	addr, stop := proxied(t, server.Listener.Addr().String(), io.Discard, "-q", "--write", name)
	d, ok := openDevTools(t, "http://"+addr+"/index")
	if !ok {
		stop()
		return
	}
	defer d.close()
	fromPage(d.page, addr)
	d.panel.Until(fmt.Sprintf("log.requests().some((r) => r.frames().length === %d)", 2*len(messages)))
	own := d.exports()
	fromClient(t, addr)
	stop()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	want, all := requestFor(t, d.imports(own), "/page"), d.imports(text)
	page, client, index := requestFor(t, all, "/page"), requestFor(t, all, "/client"), requestFor(t, all, "/index")
	same(t, page, want)
	if index.Type != "document" || index.Status != 200 {
		t.Errorf("the page is %+v", index)
	}
	if page.Connection == client.Connection || page.Connection == "" {
		t.Errorf("connections %q and %q", page.Connection, client.Connection)
	}
	for _, r := range []shownRequest{page, client} {
		if r.Type != "websocket" || r.Status != 101 || r.Remote != server.Listener.Addr().String() {
			t.Errorf("%s is %s %d of %s", r.URL, r.Type, r.Status, r.Remote)
		}
		r.holdsMessages(t, began)
	}
	if i := slices.IndexFunc(client.Frames, func(f shownFrame) bool { return f.OpCode == wire.OpPing }); i < 0 || client.Frames[i].Text != base64.StdEncoding.EncodeToString([]byte("still there?")) {
		t.Error("the ping is not there")
	}
}

// requestFor returns the request for a path.
func requestFor(t *testing.T, all []shownRequest, path string) shownRequest {
	t.Helper()
	i := slices.IndexFunc(all, func(r shownRequest) bool { return strings.Contains(r.URL, path) })
	if i < 0 {
		t.Fatalf("nothing of %s in %+v", path, all)
	}
	return all[i]
}

// same fails the test where DevTools shows something else of a request than of its
// own. The order of its heads is not that on the wire, its times are those of its
// own process, and it has neither control frames nor where it connected to.
func same(t *testing.T, got, own shownRequest) {
	t.Helper()
	for _, r := range []*shownRequest{&got, &own} {
		for _, head := range [][]shownField{r.Asked, r.Answered} {
			slices.SortFunc(head, func(a, b shownField) int { return strings.Compare(a.Name, b.Name) })
		}
		r.Frames = r.data()
		for i := range r.Frames {
			r.Frames[i].Time = 0
		}
		r.Remote, r.Connection, r.Start, r.End = "", "", 0, 0
	}
	if a, b := fmt.Sprintf("%+v", got), fmt.Sprintf("%+v", own); a != b {
		t.Errorf("DevTools shows\n%s\nand of its own\n%s", a, b)
	}
}

// data returns the frames that are messages, each side's by itself.
func (r *shownRequest) data() (all []shownFrame) {
	for _, side := range []string{"send", "receive"} {
		for _, f := range r.Frames {
			if f.Type == side && !f.OpCode.Control() {
				all = append(all, f)
			}
		}
	}
	return all
}

// holdsMessages fails the test unless each message is there twice, at its time.
func (r *shownRequest) holdsMessages(t *testing.T, began time.Time) {
	t.Helper()
	all := r.data()
	if len(all) != 2*len(messages) {
		t.Fatalf("%s has %d messages", r.URL, len(all))
	}
	for i, f := range all {
		m := messages[i%len(messages)]
		want := m.text
		if m.op == wire.OpBinary {
			want = base64.StdEncoding.EncodeToString([]byte(m.text))
		}
		at := time.UnixMicro(int64(f.Time * 1e6))
		if f.OpCode != m.op || f.Text != want || f.Mask != (f.Type == "send") || at.Before(began.Add(-time.Millisecond)) || at.After(time.Now()) {
			t.Errorf("%s: message %d is %+v, at %v", r.URL, i, f, at)
		}
	}
	if seconds(began)-0.002 > r.Start || r.Start > all[0].Time || all[len(all)-1].Time > r.End+0.002 { // DevTools keeps milliseconds
		t.Errorf("%s from %f to %f", r.URL, r.Start, r.End)
	}
}

func seconds(t time.Time) float64 { return float64(t.UnixMicro()) / 1e6 }

// messages are what is said to a server that says it again.
var messages = []struct {
	op   wire.Opcode
	text string
}{
	{wire.OpText, "short"}, {wire.OpBinary, "\x00\x01\xfe\xff"}, {wire.OpText, ""}, {wire.OpText, "κόσμε 😀 \u2028 </script>\x01"},
	{wire.OpText, strings.Repeat("words that repeat ", 500)}, {wire.OpBinary, strings.Repeat("\xf4\x90", 2000)},
}

// inPieces says again what is said to it, in frames of 100 bytes, and has a page.
func inPieces(w http.ResponseWriter, r *http.Request) {
	if !websocket.IsWebSocketUpgrade(r) {
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprint(w, "<title>in pieces</title>")
		return
	}
	up := websocket.Upgrader{EnableCompression: true, WriteBufferSize: 100, Subprotocols: []string{"chat"}}
	c, err := up.Upgrade(w, r, nil)
	if err != nil {
		return
	}
	defer c.Close()
	for {
		kind, p, err := c.ReadMessage()
		if err != nil || inFrames(c, kind, p) != nil {
			return
		}
	}
}

// inFrames sends a message in as many frames as fill the buffer.
func inFrames(c *websocket.Conn, kind int, p []byte) error {
	w, err := c.NextWriter(kind)
	if err != nil {
		return err
	}
	w.Write(p)
	return w.Close()
}

// fromPage has a page say all messages and hear them again.
func fromPage(w *browsertest.Window, addr string) {
	w.T.Helper()
	said := ""
	for _, m := range messages {
		bytes := "Uint8Array.from(atob('" + base64.StdEncoding.EncodeToString([]byte(m.text)) + "'), (c) => c.charCodeAt(0))"
		if m.op == wire.OpText {
			bytes = "new TextDecoder().decode(" + bytes + ")"
		}
		said += "ws.send(" + bytes + ");\n"
	}
	script[bool](w, fmt.Sprintf(`
		const ws = new WebSocket('ws://%s/page?x=1&y=%%20', ['chat']);
		await new Promise((done) => { ws.onopen = done; });
		%s
		let heard = 0;
		await new Promise((done) => { ws.onmessage = () => { if (++heard === %d) done(); }; });
		ws.close(1000, 'bye');
		await new Promise((done) => { ws.onclose = done; });
		return true;`, addr, said, len(messages)))
}

// fromClient says all messages in pieces, and pings.
func fromClient(t *testing.T, addr string) {
	t.Helper()
	dialer := websocket.Dialer{WriteBufferSize: 100}
	c, _, err := dialer.Dial("ws://"+addr+"/client", nil)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	for _, m := range messages {
		if err := inFrames(c, int(m.op), []byte(m.text)); err != nil {
			t.Fatal(err)
		}
		if _, p, err := c.ReadMessage(); err != nil || string(p) != m.text {
			t.Fatal(err)
		}
	}
	c.WriteControl(websocket.PingMessage, []byte("still there?"), time.Time{})
	c.WriteMessage(websocket.CloseMessage, websocket.FormatCloseMessage(1000, ""))
	c.ReadMessage()
}
