package transcribe

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"wsprobe/chatserver"
	"wsprobe/internal/casefile"
	"wsprobe/internal/probe"
	"wsprobe/internal/record"
	"wsprobe/internal/recordtest"
	"wsprobe/report"
)

// suiteOf writes a suite and loads it.
func suiteOf(t *testing.T, talks []*record.Talk, loose bool) ([]*casefile.Case, string) {
	t.Helper()
	text, warnings, err := Write(talks, Options{Suite: "talk", Source: "talk.jsonl", Loose: loose})
	if err != nil || len(warnings) > 0 {
		t.Fatal(err, warnings)
	}
	file := filepath.Join(t.TempDir(), "talk.yaml")
	if err := os.WriteFile(file, text, 0o666); err != nil {
		t.Fatal(err)
	}
	all, problems, err := casefile.Load([]string{file})
	if err != nil || len(problems) > 0 {
		t.Fatalf("%v %v\n%s", err, problems, text)
	}
	return all, string(text)
}

// played plays cases against a server.
func played(t *testing.T, all []*casefile.Case, addr string) []report.Case {
	t.Helper()
	res, err := probe.Run(t.Context(), probe.Options{URL: "ws://" + addr, Cases: all})
	if err != nil || res.Trouble != "" {
		t.Fatal(err, res.Trouble)
	}
	return res.Cases
}

// talk says all kinds of things to an echo.
func talk(t *testing.T, addr string, compressed bool) {
	t.Helper()
	dialer := websocket.Dialer{EnableCompression: compressed, WriteBufferSize: 64, Subprotocols: []string{"echo"}}
	c, _, err := dialer.Dial("ws://"+addr+"/any?x=$y", http.Header{"X-Kind": {"odd: one"}})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	for i, text := range []string{"one", strings.Repeat("fragments ", 50), `{"n": 3, "of": ["a", null, 1.5e3], "$x": "${y} $$"}`, "κόσμε \"\\\n\x00", "any", ""} {
		kind := 1 + i%2
		c.WriteMessage(kind, []byte(text))
		if i == 2 {
			c.WriteControl(websocket.PingMessage, []byte("there?"), time.Now().Add(time.Minute))
		}
		if _, p, err := c.ReadMessage(); err != nil || len(p) != len(text) && compressed {
			t.Fatal(err)
		}
	}
	c.WriteMessage(websocket.BinaryMessage, []byte{0xff})
	c.ReadMessage()
	c.WriteMessage(websocket.CloseMessage, websocket.FormatCloseMessage(1000, "bye"))
	for err == nil {
		_, _, err = c.ReadMessage()
	}
}

// What is recorded passes against the same server, and not against another.
func TestSameServer(t *testing.T) {
	upgrader := websocket.Upgrader{EnableCompression: true, Subprotocols: []string{"echo"}}
	server, loud := recordtest.Echo(t, upgrader, recordtest.As), recordtest.Echo(t, upgrader, strings.ToUpper)
	for _, compressed := range []bool{false, true} {
		talks := recordtest.Record(t, server, func(addr string) { talk(t, addr, compressed) })
		all, text := suiteOf(t, talks, false)
		for _, c := range played(t, all, server+"/") {
			if c.Verdict != report.Pass {
				t.Errorf("%s: %s %+v\n%s", c.ID, c.Verdict, c.Findings, text)
			}
		}
		for _, c := range played(t, all, loud+"/") {
			if c.Verdict != report.Fail || c.Worst().Rule != rule || c.Worst().Quote == "" {
				t.Errorf("%s: %s %+v\n%s", c.ID, c.Verdict, c.Findings, text)
			}
		}
		if how := "# Play it: wsprobe run talk.yaml --url 'ws://" + server + "/any?x=$y' --protocol echo\n"; !strings.Contains(text, how) {
			t.Errorf("%q is not in it:\n%s", how, text)
		}
		if compressed != strings.Contains(text, "compress: true") || compressed == strings.Contains(text, "fin: false") {
			t.Error(text)
		}
	}
}

// Connections that overlap are one case, and the chat goes on in it as it did.
func TestChat(t *testing.T) {
	server := recordtest.Serve(t, chatserver.New(chatserver.Config{}))
	talks := recordtest.Record(t, server, func(addr string) { recordtest.Chat(t, addr) })
	all, text := suiteOf(t, talks, true)
	if len(all) != 1 || len(all[0].Clients) != 2 {
		t.Fatal(text)
	}
	for _, c := range played(t, all, server+"/chat") {
		if c.Verdict != report.Pass {
			t.Errorf("%s %+v\n%s", c.Verdict, c.Findings, text)
		}
	}
}
