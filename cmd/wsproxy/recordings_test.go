package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
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
)

// A recording is not replaced by what is read from it, nor written twice at once.
func TestSameFile(t *testing.T) {
	dir := t.TempDir()
	name, link, other := filepath.Join(dir, "talk.jsonl"), filepath.Join(dir, "link.jsonl"), filepath.Join(dir, "other.jsonl")
	addr, stop := proxied(t, bundled(t), io.Discard, "-q", "--write", name)
	talk(t, "ws://"+addr+"/echo", false, "one")
	stop()
	os.Symlink(name, link)
	before, _ := os.ReadFile(name)
	for _, args := range [][]string{
		{"read", name, "--write", name}, {"read", other, name, "--write", link}, {"read", link, "--write", dir + "/./talk.jsonl"},
		{"read", name, "--write", other, "--write", dir + "/./other.jsonl"}, {"read", name, "--write", "-.jsonl", "--write", "-.pcapng"},
	} {
		if code, _, talk := called(args...); code != 2 || !strings.Contains(talk, "--write") {
			t.Errorf("%v: %d %s", args, code, talk)
		}
	}
	if after, _ := os.ReadFile(name); len(before) == 0 || !bytes.Equal(before, after) {
		t.Errorf("%d bytes became %d", len(before), len(after))
	}
	if code, _, talk := called("read", name, "-q", "--write", other); code != 0 {
		t.Errorf("%d %s", code, talk)
	}
	if after, _ := os.ReadFile(other); !bytes.Equal(before, after) {
		t.Errorf("it was copied as\n%s", after)
	}
}

// Connections of several files, of whatever kind, have numbers that differ.
func TestNumbersOfSeveralFiles(t *testing.T) {
	dir := t.TempDir()
	lines, packets, all := filepath.Join(dir, "a.jsonl"), filepath.Join(dir, "a.pcapng"), filepath.Join(dir, "all.jsonl")
	addr, stop := proxied(t, bundled(t), io.Discard, "-q", "--write", lines, "--write", packets)
	for range 2 {
		talk(t, "ws://"+addr+"/echo", false, "one")
	}
	stop()
	if code, _, talk := called("read", "-q", lines, packets, lines, "--write", all); code != 0 {
		t.Fatal(code, talk)
	}
	text, _ := os.ReadFile(all)
	var opened []uint64
	messages := map[uint64]int{}
	for l := range strings.Lines(string(text)) {
		var v line
		json.Unmarshal([]byte(l), &v)
		if v.Type == "open" {
			opened = append(opened, v.Conn)
		}
		if v.Opcode == "text" {
			messages[v.Conn]++
		}
	}
	slices.Sort(opened)
	if !slices.Equal(opened, []uint64{1, 2, 3, 4, 5, 6}) || messages[1] != 2 || messages[4] != 2 || messages[6] != 2 {
		t.Errorf("connections %v, messages %v", opened, messages)
	}
}

// What the web view is told has no secrets where --redact says so, else all.
func TestRedactedWebView(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(leaky))
	defer server.Close()
	for _, flags := range [][]string{{"--redact", "--ui"}, {"--ui"}} {
		addr, ui, _ := spoken(t, server.Listener.Addr().String(), flags...)
		leak(t, addr)
		jar, _ := cookiejar.New(nil)
		client := http.Client{Jar: jar}
		if _, err := client.Get(ui); err != nil {
			t.Fatal(err)
		}
		address, _, _ := strings.Cut(ui, "?")
		saved := func(format string) string { return string(get(t, &client, address+"export?conn=0&format="+format)) }
		for strings.Count(saved(".jsonl"), "see-me") < 4 || strings.Count(saved(".jsonl"), `"opcode":"close"`) < 3 {
		}
		for _, format := range []string{".jsonl", ".pcapng"} {
			open := len(flags) == 1 && format == ".jsonl"
			if found := finds(saved(format)); open != (len(found) > 0) && format != ".pcapng" || len(flags) == 2 && found != nil {
				t.Errorf("%v %s: %v", flags, format, found)
			}
		}
	}
}

// Files begin after one another as time passes, and have everything once.
func TestRotatedByTime(t *testing.T) {
	dir := t.TempDir()
	addr, stop := proxied(t, bundled(t), io.Discard, "-q", "--lossless", "--rotate-time", "1s", "--write", filepath.Join(dir, "talk.jsonl"))
	c := dialed(t, addr)
	var said []string
	files := func() []string { all, _ := filepath.Glob(filepath.Join(dir, "talk-*Z-000*.jsonl")); return all }
	for len(files()) < 3 {
		said = append(said, fmt.Sprint("message ", len(said)))
		c.WriteMessage(1, []byte(said[len(said)-1]))
		if _, _, err := c.ReadMessage(); err != nil {
			t.Fatal(err)
		}
	}
	c.Close()
	stop()
	if h := readLines(t, files()...); !slices.Equal(h.texts, said) || h.heads != 2 {
		t.Errorf("%d messages of %d, %d heads", len(h.texts), len(said), h.heads)
	}
	for _, name := range files() {
		if h := readLines(t, name); h.heads != 2 {
			t.Errorf("%s: %d heads", name, h.heads)
		}
	}
}

// A folder that is gone is told while it runs, and the traffic goes on.
func TestFolderGone(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "gone")
	os.Mkdir(dir, 0o777)
	ctx, cancel := context.WithCancel(t.Context())
	said, w := io.Pipe()
	code := make(chan int, 1)
	name := filepath.Join(dir, "talk.jsonl")
	go func() {
		code <- run(ctx, []string{"-q", "--rotate-size", "64KiB", "--write", name, bundled(t)}, io.Discard, w)
	}()
	text := make([]byte, 4096)
	n, _ := said.Read(text)
	addr := address.FindString(string(text[:n]))
	os.RemoveAll(dir)
	told := make(chan string, 1)
	go func() {
		n, _ := said.Read(text)
		told <- string(text[:n])
	}()
	for got := ""; got == ""; { // while it runs; a file is full when its bytes are written, not when they are told
		talk(t, "ws://"+addr+"/echo", false, strings.Repeat("much ", 20000), "more")
		select {
		case got = <-told:
			if !strings.Contains(got, "recording to "+name+": ") || !strings.Contains(got, "no such file") {
				t.Errorf("said: %s", got)
			}
		default:
		}
	}
	talk(t, "ws://"+addr+"/echo", false, "two")
	go io.Copy(io.Discard, said)
	cancel()
	if got := <-code; got != 1 {
		t.Errorf("it ended with %d", got)
	}
}

// What is recorded through a filter can be read.
func TestFilteredRecordings(t *testing.T) {
	dir, server := t.TempDir(), bundled(t)
	lines, packets := filepath.Join(dir, "talk.jsonl"), filepath.Join(dir, "talk.pcapng")
	addr, stop := proxied(t, server, io.Discard, "-q", "--filter", "opcode==text", "--write", lines, "--write", packets)
	c := dialed(t, addr)
	for i, text := range []string{"one", "\x00\x01\x02", "two", strings.Repeat("\x80", 70000), "three"} {
		c.WriteControl(websocket.PingMessage, []byte("ping"), time.Time{})
		c.WriteMessage(1+i%2, []byte(text))
		c.ReadMessage()
	}
	c.Close()
	stop()
	if h := readLines(t, lines); !slices.Equal(h.texts, []string{"one", "two", "three"}) || h.heads != 2 {
		t.Errorf("%q, %d heads", h.texts, h.heads)
	}
	if installed.Program(t, "tshark") {
		_, port, _ := strings.Cut(server, ":")
		if out := wireshark(t, packets, port, "-Y", "websocket", "-T", "fields", "-e", "websocket.opcode", "-e", "websocket.payload_length"); out != strings.Repeat("1\t3\n", 4)+strings.Repeat("1\t5\n", 2) {
			t.Errorf("tshark reads %s", out)
		}
	}
}

// Wireshark reads a recording from a pipe.
func TestPipedToWireshark(t *testing.T) {
	if !installed.Program(t, "tshark") {
		return
	}
	server := bundled(t)
	_, port, _ := strings.Cut(server, ":")
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	tshark := exec.Command("tshark", "-n", "-r", "-", "-d", "tcp.port=="+port+",http", "-Y", "websocket.opcode==1")
	tshark.Stdin = r
	proxy := start(t, "", w, "-q", "--write", "-.pcapng", server)
	w.Close()
	talk(t, "ws://"+proxy.addr+"/echo", false, "one", "two")
	proxy.stop()
	out, err := tshark.Output()
	if err != nil || strings.Count(string(out), "WebSocket Text") != 4 {
		t.Errorf("%v: tshark reads %s", err, out)
	}
}

// Wireshark reads what passed over IPv6.
func TestRecordedIPv6(t *testing.T) {
	l, err := net.Listen("tcp6", "[::1]:0")
	if !have(t, err) || !installed.Program(t, "tshark") {
		return
	}
	server := &http.Server{Handler: echo}
	go server.Serve(l)
	defer server.Close()
	name := filepath.Join(t.TempDir(), "six.pcapng")
	addr, stop := proxied(t, l.Addr().String(), io.Discard, "-q", "--listen", "[::1]:0", "--write", name)
	talk(t, "ws://"+addr+"/", false, "one", strings.Repeat("two ", 900))
	stop()
	_, port, _ := net.SplitHostPort(l.Addr().String())
	out := wireshark(t, name, port, "-o", "tcp.check_checksum:TRUE", "-Y", "ipv6.addr==::1 && websocket.opcode==1 && !_ws.malformed")
	if strings.Count(out, "WebSocket Text") != 4 {
		t.Errorf("tshark reads %s", out)
	}
	if out := wireshark(t, name, port, "-o", "tcp.check_checksum:TRUE", "-Y", "tcp.checksum.status==0 || _ws.malformed"); out != "" {
		t.Errorf("tshark finds fault with %s", out)
	}
}

// Wireshark reads what TLS carried, as if to port 80, with nothing said to it.
func TestRecordedTLS(t *testing.T) {
	if !installed.Program(t, "tshark") {
		return
	}
	server := httptest.NewTLSServer(echo)
	defer server.Close()
	dir, file := authority(t)
	name := filepath.Join(t.TempDir(), "secure.pcapng")
	addr, stop := proxied(t, "wss://"+server.Listener.Addr().String(), io.Discard, "-q", "--insecure", "--ca-dir", dir, "--write", name)
	dialer := &websocket.Dialer{TLSClientConfig: trusting(t, file)}
	converse(t, dialer, "wss://"+addr+"/", "one", "two")
	stop()
	out, err := exec.Command("tshark", "-n", "-r", name, "-Y", "tcp.port==80 && websocket.opcode==1").Output()
	if err != nil || strings.Count(string(out), "WebSocket Text") != 4 {
		t.Errorf("%v: tshark reads %s", err, out)
	}
}
