package replay

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"wsprobe/chatserver"
	"wsprobe/internal/lint"
	"wsprobe/internal/record"
	"wsprobe/internal/recordtest"
	"wsprobe/internal/wire"
	"wsprobe/report"
)

// converse says things to an echo, with a ping and a message in fragments.
func converse(t *testing.T, addr string, compressed bool) {
	t.Helper()
	dialer := websocket.Dialer{EnableCompression: compressed, WriteBufferSize: 64}
	c, _, err := dialer.Dial("ws://"+addr+"/echo", nil)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	for i, text := range []string{"one", strings.Repeat("fragments ", 50), `{"n": 3}`} {
		c.WriteMessage(websocket.TextMessage, []byte(text))
		if i == 1 {
			c.WriteControl(websocket.PingMessage, []byte("there?"), time.Now().Add(time.Minute))
		}
		if _, p, err := c.ReadMessage(); err != nil || len(p) == 0 {
			t.Fatal(err)
		}
	}
	c.WriteMessage(websocket.CloseMessage, websocket.FormatCloseMessage(1000, "bye"))
	for err == nil {
		_, _, err = c.ReadMessage()
	}
}

// The hixie drafts have a server answer with its own URL, which is another one where
// the conversation is done again.
func TestHixieElsewhere(t *testing.T) {
	heads := map[wire.Dialect]string{
		wire.Hixie75: "GET /echo HTTP/1.1\r\nUpgrade: WebSocket\r\nConnection: Upgrade\r\nHost: %[1]s\r\nOrigin: http://%[1]s\r\n\r\n",
		wire.Hixie76: "GET /echo HTTP/1.1\r\nHost: %[1]s\r\nConnection: Upgrade\r\nSec-WebSocket-Key2: 12998 5 Y3 1  .P00\r\nUpgrade: WebSocket\r\nSec-WebSocket-Key1: 4 @1  46546xW%%0l 1 5\r\nOrigin: http://%[1]s\r\n\r\n^n:ds[4U",
	}
	server := recordtest.Serve(t, chatserver.New(chatserver.Config{}))
	other := recordtest.Serve(t, chatserver.New(chatserver.Config{}))
	for dialect, head := range heads {
		talks := recordtest.Record(t, server, func(addr string) {
			c, err := net.Dial("tcp", addr)
			if err != nil {
				t.Fatal(err)
			}
			defer c.Close()
			fmt.Fprintf(c, head, addr)
			c.Read(make([]byte, 1000))
			io.WriteString(c, "\x00hello\xff")
			c.Read(make([]byte, 1000))
		})
		for _, d := range again(t, talks, other, &Ignore{}, Options{}) {
			if talks[0].Dialect != dialect || d.Different+d.Missing+d.Extra > 0 || d.Same < 2 {
				t.Errorf("%v, %v: %+v", dialect, talks[0].Dialect, d)
			}
		}
	}
}

// again plays conversations with a server and compares.
func again(t *testing.T, talks []*record.Talk, addr string, ig *Ignore, o Options) []*Difference {
	t.Helper()
	o.Dial = func(ctx context.Context) (net.Conn, error) { return (&net.Dialer{}).DialContext(ctx, "tcp", addr) }
	o.Host, o.Timeout = addr, 2*time.Second
	var list []*Difference
	for _, p := range Play(t.Context(), talks, o) {
		if p.Talk.Missing != "" || p.Trouble != "" {
			t.Error(p.Talk.Missing, p.Trouble)
		}
		list = append(list, Compare(p, ig))
	}
	return list
}

func shown(d *Difference) string {
	var b strings.Builder
	d.Show(&b, report.Options{}, true)
	return b.String() + d.String()
}

// The same server does the same again, whatever the speed, and another one that
// fragments, compresses and answers otherwise is as good.
func TestSame(t *testing.T) {
	server := recordtest.Echo(t, websocket.Upgrader{EnableCompression: true}, recordtest.As)
	plain := recordtest.Echo(t, websocket.Upgrader{WriteBufferSize: 16}, recordtest.As)
	chat := recordtest.Serve(t, chatserver.New(chatserver.Config{}))
	for _, compressed := range []bool{false, true} {
		talks := recordtest.Record(t, server, func(addr string) { converse(t, addr, compressed) })
		for _, to := range []string{server, plain, chat} {
			for _, o := range []Options{{Speed: 1}, {Speed: Max}} {
				for _, d := range again(t, talks, to, &Ignore{}, o) {
					if !d.Equal() || d.Same < 7 {
						t.Errorf("compressed %v, to %s:\n%s", compressed, to, shown(d))
					}
				}
			}
		}
	}
}

// A recording that stopped while the connection ended lacks the end of the server, which
// is then no more than was due; where it stopped in the middle, an end is told.
func TestRecordedUpToTheEnd(t *testing.T) {
	server := recordtest.Echo(t, websocket.Upgrader{}, recordtest.As)
	talk := recordtest.Record(t, server, func(addr string) { converse(t, addr, false) })[0]
	up := func(to func(*lint.Event) bool) *record.Talk {
		short := *talk
		short.Events = talk.Events[:slices.IndexFunc(talk.Events, func(e lint.Event) bool { return to(&e) })]
		return &short
	}
	short := up(func(e *lint.Event) bool { return e.Side == lint.Server && e.Kind == lint.KindEnd })
	if d := again(t, []*record.Talk{short}, server, &Ignore{}, Options{Speed: Max})[0]; !d.Equal() {
		t.Error(shown(d))
	}
	brief := recordtest.Serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c, err := (&websocket.Upgrader{}).Upgrade(w, r, nil)
		if err != nil {
			return
		}
		defer c.Close()
		kind, p, _ := c.ReadMessage()
		c.WriteMessage(kind, p)
	}))
	short = up(func(e *lint.Event) bool {
		return e.Side == lint.Client && e.Kind == lint.KindFrame && e.Frame.Opcode == wire.OpContinuation
	})
	if d := again(t, []*record.Talk{short}, brief, &Ignore{}, Options{Speed: Max})[0]; d.Extra != 1 {
		t.Error(shown(d))
	}
}

// A body that comes piece by piece is waited for before the client hangs up.
func TestStream(t *testing.T) {
	server := recordtest.Serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		for n := range 3 {
			fmt.Fprintf(w, "data: %d\n\n", n)
			w.(http.Flusher).Flush()
			time.Sleep(20 * time.Millisecond) // as events have it
		}
	}))
	talks := recordtest.Record(t, server, func(addr string) {
		client := http.Client{Transport: &http.Transport{}}
		defer client.CloseIdleConnections() // the client hangs up first
		answer, err := client.Get("http://" + addr + "/")
		if err != nil {
			t.Fatal(err)
		}
		defer answer.Body.Close()
		if _, err := io.Copy(io.Discard, answer.Body); err != nil {
			t.Fatal(err)
		}
	})
	for _, speed := range []float64{1, Max} {
		if d := again(t, talks, server, &Ignore{}, Options{Speed: speed})[0]; !d.Equal() {
			t.Error(shown(d))
		}
	}
}

// What another server does otherwise is said.
func TestDifferent(t *testing.T) {
	server := recordtest.Echo(t, websocket.Upgrader{}, recordtest.As)
	talks := recordtest.Record(t, server, func(addr string) { converse(t, addr, false) })
	loud := again(t, talks, recordtest.Echo(t, websocket.Upgrader{}, strings.ToUpper), &Ignore{}, Options{})[0]
	for _, want := range []string{
		"\n- 0.", "\n+ 0.", "text       3  one", "text       3  ONE", "from byte 0: \"FRAGMENTS ", "3 different, 0 missing, 0 extra",
	} {
		if !strings.Contains(shown(loud), want) {
			t.Errorf("no %q in:\n%s", want, shown(loud))
		}
	}
	refuses := again(t, talks, recordtest.Serve(t, http.NotFoundHandler()), &Ignore{}, Options{})[0]
	if s := shown(refuses); !strings.Contains(s, "404 Not Found") || refuses.Missing < 4 {
		t.Error(s)
	}
}

// counting answers with what differs each time.
func counting() func(string) string {
	n := 0
	return func(s string) string {
		n++
		return fmt.Sprintf(`{"id": %d, "said": [{"at": %d, "text": %q}]}`, n, n, s)
	}
}

func TestIgnored(t *testing.T) {
	server := recordtest.Echo(t, websocket.Upgrader{}, counting())
	talks := recordtest.Record(t, server, func(addr string) { converse(t, addr, false) })
	if d := again(t, talks, server, &Ignore{}, Options{})[0]; d.Different != 3 {
		t.Error(shown(d))
	}
	for _, flags := range [][]string{{"json.id,json.said.at"}, {"json.id", `"at": ?\d+`}, {`\d+`}} {
		ig, err := ParseIgnore(flags)
		if err != nil {
			t.Fatal(err)
		}
		if d := again(t, talks, server, ig, Options{})[0]; !d.Equal() {
			t.Errorf("%v: %s", flags, shown(d))
		}
	}
	for _, bad := range []string{"json.", "json.a,b", "("} {
		if _, err := ParseIgnore([]string{bad}); err == nil {
			t.Errorf("%q is taken", bad)
		}
	}
}

// Two people in a room: each hears the other, in the recorded order.
func TestTogether(t *testing.T) {
	chat := recordtest.Serve(t, chatserver.New(chatserver.Config{}))
	talks := recordtest.Record(t, chat, func(addr string) { recordtest.Chat(t, addr) })
	ig, _ := ParseIgnore([]string{"json.time"})
	for _, speed := range []float64{1, Max} {
		for i, d := range again(t, talks, chat, ig, Options{Speed: speed}) {
			if !d.Equal() {
				t.Errorf("#%d: %s", i+1, shown(d))
			}
		}
	}
}

// A request goes to its new host with fresh keys, and else as it was.
func TestRequest(t *testing.T) {
	const old = "GET /a?b HTTP/1.1\r\nhost:old:1\r\nX-Odd : y\r\nOrigin: http://old:1\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nCookie: c=d\r\n\r\n"
	r, _, err := wire.ParseRequest([]byte(old))
	if err != nil {
		t.Fatal(err)
	}
	e := &lint.Event{Kind: lint.KindRequest, Request: r}
	o := Options{Host: "new"}
	got, _, err := wire.ParseRequest(o.request(e))
	if err != nil || got.Get("Sec-WebSocket-Key") == r.Get("Sec-WebSocket-Key") || !wire.ValidKey(got.Get("Sec-WebSocket-Key")) {
		t.Fatalf("%s %v", got.Raw, err)
	}
	want := strings.ReplaceAll(strings.ReplaceAll(old, "host:old:1", "host: new"), "http://old:1", "http://new")
	if s := strings.Replace(string(got.Raw), got.Get("Sec-WebSocket-Key"), "dGhlIHNhbXBsZSBub25jZQ==", 1); s != want {
		t.Errorf("%s", s)
	}
	for _, o := range []Options{{Host: "new", KeepHost: true, Exact: true}, {Exact: true}} {
		if s := string(o.request(e)); s != old {
			t.Errorf("%+v: %s", o, s)
		}
	}
	if s := string((&Options{Target: "/c"}).request(e)); !strings.HasPrefix(s, "GET /c HTTP/1.1\r\n") {
		t.Error(s)
	}
}
