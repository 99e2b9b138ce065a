package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"wsprobe/internal/browsertest"
	"wsprobe/internal/installed"
	"wsprobe/internal/record"
	"wsprobe/report"
)

// manyStreams is HAProxy with HTTP/2 over TLS, and WebSockets in it, in front of
// a server that knows HTTP/1.1.
func manyStreams(t *testing.T, behind string) (addr, caFile string) {
	t.Helper()
	cert, key, caFile := identity(t, "localhost", "127.0.0.1")
	both := filepath.Join(t.TempDir(), "both.pem")
	certText, _ := os.ReadFile(cert)
	keyText, _ := os.ReadFile(key)
	if err := os.WriteFile(both, append(certText, keyText...), 0o600); err != nil {
		t.Fatal(err)
	}
	return serving(t, ".", func(addr string) []string {
		config := both + ".cfg"
		text := fmt.Sprintf("defaults\n mode http\n timeout connect 9s\n timeout client 60s\n timeout server 60s\n"+
			"listen chat\n bind %s ssl crt %s alpn h2,http/1.1\n server chat %s\n", addr, both, behind)
		if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return []string{"haproxy", "-q", "-f", config}
	}), caFile
}

// twoSockets is a page's script that talks on two WebSockets at once.
const twoSockets = `(() => {
	window.got = [];
	for (const name of ['first', 'second']) {
		const ws = new WebSocket('wss://' + location.host + '/echo');
		ws.onopen = () => ws.send(name);
		ws.onmessage = (e) => { window.got.push(e.data); ws.close(1000, 'done ' + name); };
		ws.onclose = (e) => { window.over = (window.over || 0) + 1; };
	}
	return true;
})()`

// Chromium's WebSockets in HTTP/2 are shown as those that have a connection: as they pass,
// in what was recorded, and in a capture of the wire with its keys.
func TestChromiumHTTP2(t *testing.T) {
	dir, file := authority(t)
	if !installed.Program(t, "haproxy") || !accepting(t, file) {
		return
	}
	browser, ok := browsertest.Start(t)
	if !ok {
		return
	}
	behind := bundled(t)
	server, serverCA := manyStreams(t, behind)
	folder := t.TempDir()
	in := func(name string) string { return filepath.Join(folder, name) }
	lines, packets, har, keys, wire := in("talk.jsonl"), in("talk.pcapng"), in("talk.har"), in("keys.log"), in("wire.pcapng")
	var tapped bytes.Buffer
	var mu sync.Mutex
	tape := record.NewPcapng(&tapped, "")
	var shown bytes.Buffer
	addr, stop := proxied(t, "wss://"+captured(t, tape, &mu, server), &shown, "--cacert", serverCA, "--ca-dir", dir, "--keylog", keys, "--write", lines, "--write", packets, "--write", har)
	_, port, _ := strings.Cut(addr, ":")
	w := browsertest.Open(t, browser, 800, 600, "https://localhost:"+port+"/")
	w.Holds(twoSockets)
	w.Until("window.over === 2")
	w.Holds("window.got.sort().join() === 'first,second'")
	stop()
	mu.Lock()
	tape.Close()
	os.WriteFile(wire, tapped.Bytes(), 0o600)
	mu.Unlock()

	want := talked(shown.String())
	if len(want) != 2 || strings.Contains(shown.String(), "!") || len(want[0]) < 8 || slices.Equal(want[0], want[1]) {
		t.Fatalf("%q\n%s", want, &shown)
	}
	for _, name := range []string{lines, wire} {
		code, shown, talk := called("read", "--keylog", keys, name)
		if got := talked(shown); code != 0 || !reflect.DeepEqual(got, want) || !strings.Contains(talk+"WebSocket 2", "WebSocket 2") {
			t.Errorf("%s: %d %s\n%q\n%q\n%s", filepath.Base(name), code, talk, got, want, shown)
		}
	}
	if out, ok := program(t, ".", "tshark", "-r", packets, "-Y", "websocket", "-T", "fields", "-e", "websocket.opcode"); ok && strings.Count(out, "1")+strings.Count(out, "8") != 8 {
		t.Errorf("tshark finds in %s\n%s", packets, out)
	}
	if code, shown, talk := called("replay", lines, "--to", "ws://"+behind); code != 0 {
		t.Errorf("replayed: %d %s%s", code, shown, talk)
	}
	if text, err := os.ReadFile(har); err != nil || bytes.Count(text, []byte(`"_webSocketMessages"`)) != 2 || bytes.Count(text, []byte(`"url":"wss://localhost:`+port+`/echo"`)) != 2 {
		t.Errorf("%v\n%s", err, text)
	}
	suite := in("talk.yaml")
	if code, _, talk := called("case", lines, "--out", suite); code != 0 {
		t.Fatal(talk)
	}
	if c := playedOn(t, suite, behind+"/echo"); c.Verdict != report.Pass {
		t.Errorf("as a case: %v", c)
	}
}

var streamLine = regexp.MustCompile(`#(\d+) +stream +stream \d+ of connection 1, HTTP/2`)

// talked lists what a transcript has of each WebSocket in HTTP/2, in an order that does
// not depend on which was first.
func talked(shown string) (all [][]string) {
	for _, m := range streamLine.FindAllStringSubmatch(shown, -1) {
		var talk []string
		for line := range strings.Lines(shown) {
			if f := strings.Fields(line); len(f) > 3 && f[2] == "#"+m[1] && !strings.Contains(line, " of connection ") {
				talk = append(talk, strings.Join(append(f[1:2], f[3:]...), " "))
			}
		}
		all = append(all, talk)
	}
	slices.SortFunc(all, func(a, b []string) int { return slices.Compare(a, b) })
	return all
}
