package main

import (
	"io"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gorilla/websocket"

	"wsprobe/internal/casefile"
	"wsprobe/internal/probe"
	"wsprobe/internal/recordtest"
	"wsprobe/report"
)

// recordedTo has clients talk to a server through the proxy, and returns the file.
func recordedTo(t *testing.T, name, server string, clients func(addr string)) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), name)
	addr, stop := proxied(t, server, io.Discard, "--write", file, "--lossless", "--snaplen", "1000000")
	clients(addr)
	stop()
	return file
}

// The same server answers the same, over TLS too; another one does not.
func TestReplay(t *testing.T) {
	good, bad := httptest.NewServer(echo), httptest.NewServer(recordtest.Echoing(websocket.Upgrader{}, strings.ToUpper))
	defer good.Close()
	defer bad.Close()
	secure := httptest.NewTLSServer(echo)
	defer secure.Close()
	file := recordedTo(t, "talk.jsonl", good.Listener.Addr().String(), func(addr string) {
		talk(t, "ws://"+addr+"/", false, "one", strings.Repeat("two ", 20000))
		talk(t, "ws://"+addr+"/", true, "three three three")
	})
	for _, to := range [][]string{{good.Listener.Addr().String()}, {"wss://" + secure.Listener.Addr().String(), "--insecure"}} {
		if code, out, talk := called(append([]string{"replay", file, "--to"}, to...)...); code != 0 || strings.Count(out, " the same, 0 different, 0 missing, 0 extra") != 2 {
			t.Errorf("%s: %d\n%s%s", to, code, out, talk)
		}
	}
	code, out, talk := called("replay", file, "--to", bad.Listener.Addr().String(), "--speed", "max", "--conn", "1")
	if code != 1 || !strings.Contains(talk, "1 of 1 connections went otherwise") || !strings.Contains(out, "3  one\n+ ") || !strings.Contains(out, "3  ONE") {
		t.Errorf("%d\n%s%s", code, out, talk)
	}
}

// Two people in the bundled chat: what they said passes as a case, and again.
func TestChatAgain(t *testing.T) {
	for _, name := range []string{"two-people.jsonl", "two-people.pcapng"} {
		t.Run(name, func(t *testing.T) { chatAgain(t, name) })
	}
}

func chatAgain(t *testing.T, name string) {
	server := bundled(t)
	file := recordedTo(t, name, server, func(addr string) { recordtest.Chat(t, addr) })
	if code, out, talk := called("replay", file, "--to", server, "--ignore", "json.time"); code != 0 {
		t.Errorf("%d\n%s%s", code, out, talk)
	}
	if _, _, talk := called("case", file); !strings.Contains(talk, `"time" looks as if it were another each time; --loose`) {
		t.Errorf("said %q", talk)
	}
	suite := filepath.Join(t.TempDir(), "two-people.yaml")
	if code, out, talk := called("case", file, "--loose", "--out", suite); code != 0 {
		t.Fatalf("%d %s%s", code, out, talk)
	}
	if c := playedOn(t, suite, server+"/chat"); c.Verdict != report.Pass {
		t.Errorf("%s %+v", c.Verdict, c.Findings)
	}
	if c := playedOn(t, suite, server+"/echo"); c.Verdict != report.Fail && c.Verdict != report.Pass {
		t.Errorf("%s %+v", c.Verdict, c.Findings)
	}
}

// playedOn loads a suite of one case and plays it.
func playedOn(t *testing.T, suite, addr string) report.Case {
	t.Helper()
	all, problems, err := casefile.Load([]string{suite})
	if err != nil || len(problems) > 0 || len(all) != 1 {
		text, _ := os.ReadFile(suite)
		t.Fatalf("%v %v %d\n%s", err, problems, len(all), text)
	}
	res, err := probe.Run(t.Context(), probe.Options{URL: "ws://" + addr, Cases: all})
	if err != nil || len(res.Cases) != 1 {
		t.Fatal(err, res)
	}
	return res.Cases[0]
}

// A bug that was seen live is what its case looks for: it fails while the bug is
// there, by its rule, and passes on a server without it.
func TestBugBecomesCase(t *testing.T) {
	server := bundled(t)
	wrong, stop := proxied(t, server, io.Discard, "--fault", "corrupt=0,dir=server", "--seed", "1")
	defer stop()
	file := recordedTo(t, "bug.jsonl", wrong, func(addr string) {
		c, _, err := websocket.DefaultDialer.Dial("ws://"+addr+"/echo", nil)
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		c.WriteMessage(websocket.TextMessage, []byte("one"))
		if _, _, err := c.ReadMessage(); err == nil {
			t.Fatal("the client has not noticed")
		}
	})
	suite := filepath.Join(t.TempDir(), "bug.yaml")
	if code, out, talk := called("case", file, "--out", suite); code != 0 {
		t.Fatalf("%d %s%s", code, out, talk)
	}
	text, _ := os.ReadFile(suite)
	if !strings.Contains(string(text), "# it broke rsv.sent: a text frame has RSV bits 001\n      - expect: {text: one}\n        rule: rsv.sent") {
		t.Errorf("%s", text)
	}
	if c := playedOn(t, suite, wrong+"/echo"); c.Verdict != report.Fail {
		t.Errorf("with the bug: %s", c.Verdict)
	}
	if c := playedOn(t, suite, server+"/echo"); c.Verdict != report.Pass {
		t.Errorf("without: %s %+v", c.Verdict, c.Findings)
	}
}

func TestAgainMistakes(t *testing.T) {
	empty := filepath.Join(t.TempDir(), "empty.jsonl")
	os.WriteFile(empty, []byte(`{"type":"lost"}`+"\n"), 0o666)
	for args, want := range map[string]string{
		"replay x.jsonl":                 "where to?",
		"replay --to x:1":                "which file",
		"replay /nowhere --to x:1":       "no such file",
		"replay x --to x:1 --speed fast": "10x, or max",
		"replay x --to x:1 --ignore (":   "missing closing",
		"replay x --to x:1 --insecure":   "for wss://",
		"replay x --to x:1 --timeout 0s": "more than nothing",
		"replay " + empty + " --to x:1":  "has no connection in it",
		"case " + empty + " --conn 3":    "has no connection 3",
		"case":                           "which file?",
		"case x.jsonl --out Talk.yaml":   "such as talk.yaml",
		"case /nowhere":                  "no such file",
	} {
		if code, _, talk := called(strings.Fields(args)...); code == 0 || !strings.Contains(talk, want) {
			t.Errorf("%q: %d %s", args, code, talk)
		}
	}
}
