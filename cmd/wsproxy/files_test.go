package main

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"wsprobe/internal/installed"
	"wsprobe/internal/lint"
	"wsprobe/internal/record"
	"wsprobe/internal/recordtest"
)

// archive is a HAR.
type archive struct {
	Log struct {
		Entries []struct {
			Request struct {
				URL     string
				Cookies []struct{ Name, Value string }
			}
			Response struct {
				Status  int
				Content struct{ Text string }
			}
			Messages []struct {
				Type, Data string
				Time       float64
				Opcode     int
			} `json:"_webSocketMessages"`
		}
	}
}

func readHAR(t *testing.T, name string) (a archive) {
	t.Helper()
	text, err := os.ReadFile(name)
	if err == nil {
		err = json.Unmarshal(text, &a)
	}
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return a
}

// heard is a sink that keeps the messages of clients.
type heard struct {
	record.Tee
	texts []string
	heads int
}

func (h *heard) Event(_ *record.Conn, e *lint.Event) {
	switch {
	case e.Kind == lint.KindMessage && e.Side == lint.Client && e.Message.Opcode == 1:
		h.texts = append(h.texts, string(e.Message.Payload))
	case e.Kind == lint.KindRequest || e.Kind == lint.KindResponse:
		h.heads++
	}
}

// readLines reads recordings that go on from one another.
func readLines(t *testing.T, names ...string) *heard {
	t.Helper()
	h := &heard{}
	r := record.NewJSONLReader(h, &record.Numbers{})
	for _, name := range names {
		f, err := os.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		var wrong *record.LineError
		if err := r.Read(f); err != nil && !(errors.As(err, &wrong) && wrong.Cut) {
			t.Fatalf("%s:%v", name, err)
		}
	}
	return h
}

// wireshark returns the lengths of the text frames that Wireshark finds.
func wireshark(t *testing.T, name, port string, more ...string) string {
	t.Helper()
	args := append([]string{"-n", "-r", name, "-d", "tcp.port==" + port + ",http"}, more...)
	out, err := exec.Command("tshark", args...).Output()
	if wrong := (*exec.ExitError)(nil); errors.As(err, &wrong) && !bytes.Contains(wrong.Stderr, []byte("cut short")) {
		t.Fatalf("tshark: %v: %s", err, wrong.Stderr)
	}
	return string(out)
}

// A proxy that is killed under load leaves files that can be read, with what
// passed up to a moment before.
func TestKilled(t *testing.T) {
	dir, server := t.TempDir(), bundled(t)
	names := map[string]string{}
	args := []string{server, "-q", "--lossless"}
	for _, ext := range []string{"jsonl", "pcapng", "har"} {
		names[ext] = filepath.Join(dir, "talk."+ext)
		args = append(args, "--write", names[ext])
	}
	cmd := exec.Command("wsproxy", args...)
	talk, _ := cmd.StderrPipe()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	first := make([]byte, 200)
	n, _ := talk.Read(first)
	go io.Copy(io.Discard, talk)
	c, _, err := websocket.DefaultDialer.Dial("ws://"+address.FindString(string(first[:n]))+"/echo", nil)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	go func() {
		for {
			if _, _, err := c.ReadMessage(); err != nil {
				return
			}
		}
	}()
	for i := 0; ; i++ { // without a pause, until all files have the first ones
		if err := c.WriteMessage(websocket.TextMessage, fmt.Appendf(nil, "message %d", i)); err != nil {
			t.Fatal(err)
		}
		if i%1000 == 0 && written(names) {
			break
		}
	}
	cmd.Process.Kill()
	cmd.Wait()
	if got := readLines(t, names["jsonl"]).texts; len(got) == 0 || got[len(got)-1] != fmt.Sprintf("message %d", len(got)-1) {
		t.Errorf("%d messages in JSON lines", len(got))
	}
	if e := readHAR(t, names["har"]).Log.Entries; len(e) == 0 || len(e[0].Messages) == 0 || e[0].Messages[0].Data != "message 0" || e[0].Response.Status != 101 {
		t.Errorf("the HAR has %d entries", len(e))
	}
	if installed.Program(t, "tshark") {
		_, port, _ := strings.Cut(server, ":")
		if out := wireshark(t, names["pcapng"], port, "-c", "100", "-Y", "websocket.opcode==1"); !strings.Contains(out, "WebSocket Text") {
			t.Errorf("tshark reads %q", out)
		}
	}
}

// written reports whether each file has messages in it.
func written(names map[string]string) bool {
	for _, name := range names {
		if info, err := os.Stat(name); err != nil || info.Size() < 4<<10 {
			return false
		}
	}
	return true
}

// Each of several files can be read by itself, and together they have everything
// once.
func TestRotated(t *testing.T) {
	dir, server := t.TempDir(), bundled(t)
	addr, stop := proxied(t, server, io.Discard, "-q", "--rotate-size", "64KiB", "--write", filepath.Join(dir, "talk.jsonl"),
		"--write", filepath.Join(dir, "talk.pcapng"), "--write", filepath.Join(dir, "talk.har"))
	var said []string
	for i := range 60 {
		said = append(said, fmt.Sprintf("%d %s", i, strings.Repeat("word ", 1000)))
	}
	talk(t, "ws://"+addr+"/echo", false, said...)
	stop()
	files := func(ext string) []string {
		all, _ := filepath.Glob(filepath.Join(dir, "talk-*Z-*."+ext))
		slices.Sort(all)
		if len(all) < 3 {
			t.Fatalf("%d files of %s", len(all), ext)
		}
		return all
	}
	for _, name := range files("jsonl") {
		if h := readLines(t, name); h.heads != 2 {
			t.Errorf("%s: %d heads, %d messages", name, h.heads, len(h.texts))
		}
	}
	if h := readLines(t, files("jsonl")...); !slices.Equal(h.texts, said) || h.heads != 2 {
		t.Errorf("together: %d messages, %d heads", len(h.texts), h.heads)
	}
	for _, name := range append(files("jsonl"), files("pcapng")...) {
		const frame = 5<<10 + 1<<10 // and what is written around it
		if about, err := os.Stat(name); err != nil || about.Size() > 64<<10+frame {
			t.Errorf("%s: %d bytes, %v", name, about.Size(), err)
		}
	}
	n := 0
	for _, name := range files("har") {
		for _, e := range readHAR(t, name).Log.Entries {
			for _, m := range e.Messages {
				if m.Type == "send" && m.Opcode == 1 {
					if m.Data != said[n] {
						t.Errorf("%s has %.10q, want %.10q", name, m.Data, said[n])
					}
					n++
				}
			}
		}
	}
	if n != len(said) {
		t.Errorf("%d messages in HAR", n)
	}
	if !installed.Program(t, "tshark") {
		return
	}
	_, port, _ := strings.Cut(server, ":")
	n = 0
	for i, name := range files("pcapng") {
		out := wireshark(t, name, port, "-Y", "websocket.opcode==1 && websocket.mask==1", "-T", "fields", "-e", "frame.number")
		frames := strings.Count(out, "\n")
		n += frames
		if frames == 0 && i < len(files("pcapng"))-1 {
			t.Errorf("tshark finds no message in %s", name)
		}
		if out := wireshark(t, name, port, "-Y", "tcp.analysis.lost_segment || _ws.malformed"); out != "" {
			t.Errorf("%s: %s", name, out)
		}
	}
	if n != len(said) {
		t.Errorf("tshark finds %d messages", n)
	}
}

// A recording becomes a capture, also one whose last line is cut.
func TestConverted(t *testing.T) {
	dir, server := t.TempDir(), bundled(t)
	lines, packets := filepath.Join(dir, "talk.jsonl"), filepath.Join(dir, "talk.pcapng")
	addr, stop := proxied(t, server, io.Discard, "-q", "--write", lines)
	talk(t, "ws://"+addr+"/echo", true, "one", strings.Repeat("two ", 100))
	stop()
	text, _ := os.ReadFile(lines)
	os.WriteFile(lines, text[:len(text)-10], 0o666)
	code, shown, said := called("read", lines, "--write", packets)
	if code != 0 || !strings.Contains(said, "not whole") {
		t.Errorf("%d %s", code, said)
	}
	if !strings.Contains(shown, "two two") {
		t.Errorf("shown: %s", shown)
	}
	if installed.Program(t, "tshark") {
		_, port, _ := strings.Cut(server, ":")
		if out := wireshark(t, packets, port, "-Y", "websocket.opcode==1"); strings.Count(out, "WebSocket Text") != 4 {
			t.Errorf("tshark reads %s", out)
		}
	}
}

func TestRotatedKeeps(t *testing.T) {
	dir := t.TempDir()
	f, err := record.NewFile(filepath.Join(dir, "talk.jsonl"), recorder("x.jsonl"), record.FileOptions{Size: 1, Keep: 2})
	if err != nil {
		t.Fatal(err)
	}
	for i := range uint64(5) {
		f.Open(&record.Conn{ID: i + 1})
		f.Flush()
	}
	f.End()
	if all, _ := filepath.Glob(filepath.Join(dir, "*")); len(all) != 2 || !strings.HasSuffix(all[1], "-0005.jsonl") {
		t.Errorf("left: %v", all)
	}
}

// Where the connections that go on fill a file, it still has room for what they do.
func TestRotatedOfMany(t *testing.T) {
	const conns, notes = 1000, 2000
	dir := t.TempDir()
	f, err := record.NewFile(filepath.Join(dir, "talk.jsonl"), recorder("x.jsonl"), record.FileOptions{Size: 1 << 16})
	if err != nil {
		t.Fatal(err)
	}
	for i := range uint64(conns) {
		f.Open(&record.Conn{ID: i + 1})
	}
	for range notes {
		f.Note(&record.Conn{ID: 1}, 0, strings.Repeat("note ", 20))
	}
	f.End()
	all, _ := filepath.Glob(filepath.Join(dir, "*"))
	if most := notes * 200 / (1 << 15); len(all) < 3 || len(all) > most {
		t.Errorf("%d files, and %d are enough", len(all), most)
	}
}

// A full disk is told when it is, costs the traffic nothing, and fails the command.
func TestFullDisk(t *testing.T) {
	name := filepath.Join(t.TempDir(), "full.jsonl")
	if err := os.Symlink("/dev/full", name); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	said, w := io.Pipe()
	code := make(chan int, 1)
	go func() { code <- run(ctx, []string{"-q", "--write", name, bundled(t)}, io.Discard, w) }()
	text := make([]byte, 4096)
	n, _ := said.Read(text)
	addr := address.FindString(string(text[:n]))
	talk(t, "ws://"+addr+"/echo", false, "one")
	n, _ = said.Read(text) // while it runs
	if got := string(text[:n]); !strings.Contains(got, "recording to "+name+": ") || !strings.Contains(got, "no space left") {
		t.Errorf("said: %s", got)
	}
	talk(t, "ws://"+addr+"/echo", false, "two")
	go io.Copy(io.Discard, said)
	cancel()
	if got := <-code; got != 1 {
		t.Errorf("it ended with %d", got)
	}
}

func TestToStandardOutput(t *testing.T) {
	var out bytes.Buffer
	addr, stop := proxied(t, bundled(t), &out, "--write", "-.jsonl")
	talk(t, "ws://"+addr+"/echo", false, "one")
	stop()
	if err := record.ReadJSONL(&out, record.Tee(nil)); err != nil || out.Len() != 0 {
		t.Error(err, out.String())
	}
}

// secrets are planted in every place that is said to be looked into.
var secrets = []string{"querysecret1", "cookiesecret2", "bearersecret3", "protosecret4abcdef", "jsonsecret5", "fragsecret6", "packedsecret7", "setsecret8", "closesecret9", "basicsecret10", "bodysecret11", "echoedsecret12"}

// leaky is a server that gives and repeats secrets.
func leaky(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Set-Cookie", "sid=setsecret8; HttpOnly")
	if r.URL.Path == "/login" {
		fmt.Fprint(w, `{"access_token":"bodysecret11"}`)
		return
	}
	upgrader := websocket.Upgrader{EnableCompression: r.URL.Path == "/packed", Subprotocols: []string{"Bearer-protosecret4abcdef"}}
	recordtest.Echoing(upgrader, recordtest.As)(w, r)
}

// leak has all secrets pass.
func leak(t *testing.T, addr string) {
	t.Helper()
	head := http.Header{"Cookie": {"a=cookiesecret2; b=x"}, "Authorization": {"Bearer bearersecret3"}, "Proxy-Authorization": {"Basic basicsecret10"}}
	req, _ := http.NewRequest("GET", "http://"+addr+"/login?key=echoedsecret12", nil)
	req.Header = head
	r, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	io.Copy(io.Discard, r.Body)
	r.Body.Close()
	for _, path := range []string{"/plain", "/packed"} {
		d := websocket.Dialer{EnableCompression: true, Subprotocols: []string{"chat", "Bearer-protosecret4abcdef"}, WriteBufferSize: 20}
		c, _, err := d.Dial("ws://"+addr+path+"?token=querysecret1", head)
		if err != nil {
			t.Fatal(err)
		}
		for _, text := range []string{`{"password":"jsonsecret5","say":"see-me"}`, `{"token":"fragsecret6` + strings.Repeat("-", 50) + `"}`,
			`{"secret":"packedsecret7"}`, "again cookiesecret2 and querysecret1"} {
			c.WriteMessage(websocket.TextMessage, []byte(text))
			c.ReadMessage()
		}
		c.WriteMessage(websocket.CloseMessage, websocket.FormatCloseMessage(1000, "token=closesecret9"))
		c.ReadMessage()
		c.Close()
	}
}

// finds returns the secrets that are in a text, as they are or in base64.
func finds(text string) (found []string) {
	for _, s := range secrets {
		if strings.Contains(text, s) {
			found = append(found, s)
		}
		for i := range 3 { // where it begins within three bytes
			coded := base64.StdEncoding.EncodeToString([]byte("   "[:i] + s))
			if core := coded[(i*4+2)/3 : len(coded)-4]; strings.Contains(text, core) {
				found = append(found, s+" in base64")
			}
		}
	}
	return found
}

// What is secret is in nothing that is written, in any form.
func TestRedacted(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(leaky))
	defer server.Close()
	target := server.Listener.Addr().String()
	dir := t.TempDir()
	record := func(name string, flags ...string) (text, file string) {
		var shown bytes.Buffer
		file = filepath.Join(dir, name)
		addr, stop := proxied(t, target, &shown, append(flags, "--write", file)...)
		leak(t, addr)
		stop()
		written, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		return shown.String() + string(written), file
	}
	for name, flags := range map[string][]string{
		"a.jsonl": {"--redact", "-v"}, "b.jsonl": {"--redact", "--format", "json"}, "c.har": {"-q"}, "d.pcapng": {"-q", "--redact"},
	} {
		text, file := record(name, flags...)
		if strings.HasSuffix(name, ".pcapng") && installed.Program(t, "tshark") {
			_, port, _ := strings.Cut(target, ":")
			text += wireshark(t, file, port, "-V")
		}
		if found := finds(text); found != nil {
			t.Errorf("%s %v: %v", name, flags, found)
		}
		if !strings.HasSuffix(name, ".pcapng") && !strings.Contains(text, "see-me") {
			t.Errorf("%s: what is no secret is not there either", name)
		}
	}
	for name, flags := range map[string][]string{"e.jsonl": {"-q"}, "f.har": {"-q", "--no-redact"}} {
		if text, _ := record(name, flags...); len(finds(text)) < len(secrets)-1 {
			t.Errorf("%s %v: only %v is in it", name, flags, finds(text))
		}
	}
}

// validHAR has a validator, that of the format's own schema, look at a HAR.
func validHAR(t *testing.T, name string) {
	t.Helper()
	modules, _ := filepath.Abs("../../targets/npm/node_modules")
	if _, err := os.Stat(filepath.Join(modules, "har-validator")); err != nil || !installed.Program(t, "node") {
		if os.Getenv("CI") != "" {
			t.Fatal("har-validator is not installed: targets/setup npm")
		}
		t.Log("har-validator is not installed: nothing was tried with it")
		return
	}
	cmd := exec.Command("node", "-e", `require("har-validator/lib/promise").har(JSON.parse(require("fs").readFileSync(process.argv[1]))).then(() => console.log("valid"), e => console.log(e.errors))`, name)
	cmd.Env = append(os.Environ(), "NODE_PATH="+modules)
	if out, err := cmd.CombinedOutput(); err != nil || string(out) != "valid\n" {
		t.Errorf("%v: %s", err, out)
	}
}

// A HAR is what a validator takes.
func TestHARIsValid(t *testing.T) {
	name := filepath.Join(t.TempDir(), "talk.har")
	server := httptest.NewServer(http.HandlerFunc(leaky))
	defer server.Close()
	addr, stop := proxied(t, server.Listener.Addr().String(), io.Discard, "-q", "--write", name)
	began := time.Now()
	leak(t, addr)
	stop()
	a := readHAR(t, name)
	messages, bodies := 0, 0
	for _, e := range a.Log.Entries {
		messages += len(e.Messages)
		bodies += len(e.Response.Content.Text)
		if len(e.Request.Cookies) != 2 {
			t.Errorf("cookies: %v", e.Request.Cookies)
		}
		for _, m := range e.Messages {
			if at := time.UnixMicro(int64(m.Time * 1e6)); at.Before(began.Add(-time.Millisecond)) || at.After(time.Now()) {
				t.Errorf("a message of %v", at)
			}
		}
	}
	if len(a.Log.Entries) != 3 || messages != 20 || bodies == 0 {
		t.Fatalf("%+v", a)
	}
	validHAR(t, name)
}
