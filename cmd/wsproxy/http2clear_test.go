package main

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"wsprobe/internal/installed"
	"wsprobe/internal/record"
)

// clearClient is a program of Node's HTTP/2 without TLS: two WebSockets on one connection,
// of which the second breaks a rule, and a page beside them. It says what it was answered.
const clearClient = `
const client = require('node:http2').connect('http://' + process.argv[1]);
let key = 1;
const masked = (first, text) => Buffer.concat([Buffer.from([first, 0x80 | text.length, 0, 0, 0, ++key]),
	Buffer.from(text, 'latin1').map((c, i) => i % 4 === 3 ? c ^ key : c)]);
const open = (path, ...frames) => new Promise((done) => {
	const stream = client.request({ ':method': 'CONNECT', ':protocol': 'websocket', ':path': path, 'sec-websocket-version': '13' }, { endStream: false });
	stream.on('response', (head) => { stream.status = head[':status']; stream.write(frames.shift()); });
	stream.on('data', (p) => { stream.got = (stream.got || '') + p.toString('latin1'); if (frames.length) stream.end(frames.shift()); });
	stream.on('close', () => done(stream.status + ' ' + JSON.stringify(stream.got)));
});
client.on('remoteSettings', async (settings) => {
	const page = client.request({ ':path': '/page' });
	const status = await new Promise((done) => page.on('response', (head) => done(head[':status'])));
	console.log(settings.enableConnectProtocol, status, ...await Promise.all([
		open('/one', Buffer.concat([masked(0x01, 'in two '), masked(0x80, 'pieces')]), masked(0x88, '\x03\xe8')),
		open('/two', masked(0x81, 'beside it'), Buffer.from('\x81\x08unmasked', 'latin1')),
	]));
	client.close();
});
`

// talkClear has a client talk to a server through a proxy, and what passes between
// these two captured.
func talkClear(t *testing.T, client, server string, flags ...string) (proxy *running, file, out string, ok bool) {
	t.Helper()
	var tapped bytes.Buffer
	var mu sync.Mutex
	tape := record.NewPcapng(&tapped, "")
	proxy = started(t, append(flags, captured(t, tape, &mu, server))...)
	out, ok = program(t, ".", "node", "-e", client, proxy.addr)
	proxy.stop()
	mu.Lock()
	defer mu.Unlock()
	tape.Close()
	file = filepath.Join(t.TempDir(), "wire.pcapng")
	if err := os.WriteFile(file, tapped.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return proxy, file, out, ok
}

// HTTP/2 without TLS is known by what a client begins with: two WebSockets on one
// connection, of which one breaks a rule, and a page beside them.
func TestClearHTTP2(t *testing.T) {
	if !installed.Program(t, "hypercorn") {
		return
	}
	server := serving(t, "../../targets/python", func(addr string) []string { return []string{"/usr/bin/python3", "wsproto_echo.py", addr} })
	lines := filepath.Join(t.TempDir(), "talk.jsonl")
	proxy, file, out, ok := talkClear(t, clearClient, server, "--write", lines, "--fault", "drop=2,dir=client", "--fault", "latency=1ms")
	if !ok {
		return
	}
	if !strings.HasPrefix(out, `true 426 200 "`) {
		t.Errorf("node saw %s", out)
	}
	proxy.shows(t, "fault: client: drop=2,dir=client: not in HTTP/2", "fault: client: latency=1ms", "HTTP/2: of what it carries", "CONNECT /one HTTP/2", ":protocol: websocket", "HTTP/2 200", "13 in two pieces (joined from 2 frames)",
		"! a text frame is not masked  mask.client", "tcp HTTP/2: ")
	want := talked(proxy.shown.String())
	for _, name := range []string{lines, file} {
		code, shown, talk := called("read", name)
		if got := talked(shown); code != 0 || len(got) != 2 || !begin(want, got) {
			t.Errorf("%s: %d %s\n%q\n%q", name, code, talk, got, want)
		}
		if name == file && !strings.Contains(talk, "connections 1: WebSocket 1, only HTTP 0, TLS 0, not shown 0; rules broken 1 times") {
			t.Error(talk)
		}
	}
}

// firstServer is a server of Node's HTTP/2, which speaks first.
const firstServer = `
const server = require('node:http2').createServer({ settings: { enableConnectProtocol: true } });
server.on('stream', (stream) => {
	stream.respond({ ':status': 200 });
	stream.on('data', () => stream.end(Buffer.from('\x81\x05hello', 'latin1')));
});
server.listen(+process.argv[1].split(':')[1], '127.0.0.1');
`

// What a server says before its client belongs to HTTP/2, too, as it passes and in a capture.
func TestServerFirst(t *testing.T) {
	if !installed.Program(t, "node") {
		return
	}
	server := serving(t, ".", func(addr string) []string { return []string{"node", "-e", firstServer, addr} })
	proxy, file, out, ok := talkClear(t, clearClient, server)
	if !ok {
		return
	}
	if !strings.HasPrefix(out, "true 200 200 ") {
		t.Errorf("node saw %s", out)
	}
	proxy.shows(t, "CONNECT /one HTTP/2", "CONNECT /two HTTP/2", "fin=1 5 hello")
	_, read, talk := called("read", file)
	if strings.Contains(proxy.shown.String(), "  bytes  ") || !begin(talked(proxy.shown.String()), talked(read)) {
		t.Errorf("%s%s%s", &proxy.shown, read, talk)
	}
}

// hastyClient is a client of Node's HTTP/2 that opens a WebSocket whatever the server says.
const hastyClient = `
const client = require('node:http2').connect('http://' + process.argv[1]);
client.on('remoteSettings', (settings) => {
	const stream = client.request({ ':method': 'CONNECT', ':protocol': 'websocket', ':path': '/', 'X-Capital': '1', 'sec-websocket-version': '13' }, { endStream: false });
	stream.on('error', (wrong) => { console.log(settings.enableConnectProtocol, wrong.code); client.close(); });
});
`

// A WebSocket is asked for where the server has not said that it takes one: Node's does
// not, and refuses it; as it passes and in a capture, it is the client that is blamed.
func TestUnannouncedHTTP2(t *testing.T) {
	if !installed.Program(t, "node") {
		return
	}
	deaf := strings.Replace(firstServer, "enableConnectProtocol: true", "", 1)
	server := serving(t, ".", func(addr string) []string { return []string{"node", "-e", deaf, addr} })
	proxy, file, out, ok := talkClear(t, hastyClient, server)
	if !ok {
		return
	}
	if !strings.HasPrefix(out, "false ERR_HTTP2_") {
		t.Errorf("node saw %s", out)
	}
	const blame = "! no SETTINGS_ENABLE_CONNECT_PROTOCOL of 1 came from the server before it  client.connect-enabled  MUST  RFC 8441 §3"
	proxy.shows(t, "CONNECT / HTTP/2", blame)
	_, read, _ := called("read", file)
	for _, shown := range []string{proxy.shown.String(), read} {
		if strings.Count(shown, "! ") != 1 || !strings.Contains(shown, blame) { // Node makes x-capital of it
			t.Error(shown)
		}
	}
}

// begin reports whether each side of each of got is what that of want begins with, but
// for how it ends: a capture may be over before the connection is.
func begin(want, got [][]string) bool {
	return slices.EqualFunc(want, got, func(want, got []string) bool {
		for _, side := range []string{"→", "←"} {
			of := func(line string) bool { return !strings.HasPrefix(line, side) || strings.Contains(line, " stream ") }
			want, got := slices.DeleteFunc(slices.Clone(want), of), slices.DeleteFunc(slices.Clone(got), of)
			if len(got) < 2 || !slices.Equal(want, got) {
				return false
			}
		}
		return true
	})
}
