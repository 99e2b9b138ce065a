package main

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"github.com/gorilla/websocket"
	"github.com/vmihailenco/msgpack/v5"
)

const said = `{"type":"say","text":"the quick brown fox jumps over the lazy dog, and again over the lazy dog","on":true,"n":[1,2,3]}`

// shownOf returns what the flags show of a conversation with an echo.
func shownOf(t *testing.T, flags ...string) string {
	t.Helper()
	var shown bytes.Buffer
	addr, stop := proxied(t, bundled(t), &shown, flags...)
	talk(t, "ws://"+addr+"/echo", false, "Hello", said)
	talk(t, "ws://"+addr+"/echo", true, "second")
	stop()
	return shown.String()
}

func TestViews(t *testing.T) {
	for flags, tt := range map[string]struct{ has, not string }{
		"":                                {`the quick brown f…","on":true,"n":[1,2,3]}|GET /echo HTTP/1.1|1000 bye (normal closure)|second (inflated)|#2`, "\x1b"},
		"--one-line":                      {`request   GET /echo  127.0.0.1|response  101 Switching Protocols|permessage-deflate|second (inflated)`, "Sec-WebSocket-Key|rsv=4"},
		"--filter kind==frame --one-line": {"→  #2  text      fin=1 rsv=4  |←  #2  text      fin=1 rsv=4  ", "(inflated)"},
		"-v":                              {"  \"on\": true,|00000000  |\nSec-WebSocket-Key", "f…"},
		"--time clock":                    {`:`, "0.000  "},
		"--time delta":                    {`+0.0`, "\n0.0"},
		"--grep fox":                      {`"text":"the|GET /echo`, "Hello|#2"},
		"--follow 2":                      {`second`, "Hello|#1"},
		"--filter json.type=='say'&&dir==client&&size>100B": {`→  #1  text      fin=1  118|#1  request`, "←  #1  text|#2|Hello"},
		"--filter compressed&&text==second":                 {"second (inflated)|#2  response", "#1|rsv=4"},
		"--filter code==1000 --one-line":                    {"close", "Hello|second"},
		"--no-heartbeats --format json":                     {`"opcode":"text"`, "#1"},
	} {
		got := shownOf(t, strings.Fields(flags)...)
		for want := range strings.SplitSeq(tt.has, "|") {
			if want = strings.TrimPrefix(want, "\n"); !strings.Contains(got, want) {
				t.Errorf("%s: %q is not shown in\n%s", flags, want, got)
			}
		}
		for bad := range strings.SplitSeq(tt.not, "|") {
			if strings.Contains(got, bad) {
				t.Errorf("%s: %q is shown in\n%s", flags, bad, got)
			}
		}
	}
}

// What another encoder made of a value, with no subprotocol agreed on.
func TestMessagePack(t *testing.T) {
	var shown bytes.Buffer
	addr, stop := proxied(t, bundled(t), &shown, "--filter", `name=="MessagePack"`)
	c, _, err := websocket.DefaultDialer.Dial("ws://"+addr+"/echo", nil)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	p, err := msgpack.Marshal(map[string]any{"type": "say", "n": map[int]bool{}})
	if err != nil {
		t.Fatal(err)
	}
	c.WriteMessage(websocket.BinaryMessage, p)
	if _, _, err := c.ReadMessage(); err != nil {
		t.Fatal(err)
	}
	stop()
	if got := shown.String(); strings.Count(got, "MessagePack  {") != 2 || !strings.Contains(got, `"type": "say"`) && !strings.Contains(got, `"type":"say"`) {
		t.Error(got)
	}
}

// Nobody reads what is shown any more: the traffic passes as before.
func TestReaderIsGone(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	r.Close()
	defer w.Close()
	for _, format := range []string{"text", "json"} {
		addr, stop := proxied(t, bundled(t), w, "--format", format)
		talk(t, "ws://"+addr+"/echo", false, "one", "two")
		stop() // with exit code 0
	}
}
