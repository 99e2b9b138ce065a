package sniff_test

import (
	"bytes"
	"crypto/tls"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gorilla/websocket"

	"wsprobe/internal/installed"
	"wsprobe/internal/record"
	"wsprobe/internal/sniff"
	"wsprobe/internal/tlsread"
)

// aeads are what a client may be told to use, by OpenSSL's names.
var aeads = []struct{ name, flag string }{
	{"TLS_AES_128_GCM_SHA256", "--tls-min-v1.3"},
	{"TLS_AES_256_GCM_SHA384", "--tls-min-v1.3"},
	{"TLS_CHACHA20_POLY1305_SHA256", "--tls-min-v1.3"},
	{"ECDHE-RSA-AES128-GCM-SHA256", "--tls-max-v1.2"},
	{"ECDHE-RSA-AES256-GCM-SHA384", "--tls-max-v1.2"},
	{"ECDHE-RSA-CHACHA20-POLY1305", "--tls-max-v1.2"},
}

// nodeTalk sends messages of many sizes, each after the echo of the one before.
const nodeTalk = `
const ws = new WebSocket(process.argv[1]);
let i = 0;
const next = () => i == 30 ? ws.close(1000) : ws.send(i % 3 ? 'message ' + i : Buffer.alloc(i * i * 97, i));
ws.onopen = next;
ws.onmessage = () => { i++; next(); };
ws.onclose = e => process.exit(e.code == 1000 ? 0 : 1);
ws.onerror = () => process.exit(2);`

// echoOverTLS is gorilla's echo over Go's TLS.
func echoOverTLS(t *testing.T, config *tls.Config) (addr, port string) {
	up := websocket.Upgrader{EnableCompression: true, CheckOrigin: func(*http.Request) bool { return true }}
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c, err := up.Upgrade(w, r, nil)
		if err != nil {
			return
		}
		defer c.Close()
		for {
			kind, p, err := c.ReadMessage()
			if err != nil || c.WriteMessage(kind, p) != nil {
				return
			}
		}
	}))
	server.TLS = config
	server.StartTLS()
	t.Cleanup(server.Close)
	addr = server.Listener.Addr().String()
	_, port, _ = strings.Cut(addr, ":")
	return addr, port
}

// secure captures what node says over TLS with each AEAD, and has it write the keys.
func secure(t *testing.T) (file, keys, port string, ok bool) {
	keys = filepath.Join(t.TempDir(), "keys.log")
	addr, port := echoOverTLS(t, nil)
	file, ok = captured(t, "lo", port, func(string) {
		for _, a := range aeads {
			cmd := exec.Command("node", "--experimental-websocket", a.flag, "--tls-cipher-list="+a.name, "--tls-keylog="+keys, "-e", nodeTalk, "wss://"+addr+"/")
			cmd.Env = append(os.Environ(), "NODE_TLS_REJECT_UNAUTHORIZED=0")
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Errorf("%s: %v %s", a.name, err, out)
			}
		}
	})
	return file, keys, port, ok
}

// opened reads a capture with a key log.
func opened(t testing.TB, file, log string) (*seen, sniff.Totals) {
	t.Helper()
	keys := &tlsread.Keys{}
	if log != "" {
		f, err := os.Open(log)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		if err := keys.Follow(f); err != nil {
			t.Fatal(err)
		}
	}
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	in, err := sniff.NewFile(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	in.Keys = keys
	s := newSeen()
	sniffer := sniff.New(sniff.Options{Keep: 1 << 20, Inflate: 1 << 20, Sinks: []record.Sink{s}, Keys: keys})
	var p sniff.Packet
	for in.Next(&p) == nil {
		sniffer.Packet(&p)
	}
	sniffer.Leave()
	return s, sniffer.Totals()
}

// With a key log, what is read of TLS 1.2 and 1.3 with each AEAD is what Wireshark
// reads, frame for frame; so it is where the capture has the keys in it.
func TestOpensTLSAsWiresharkDoes(t *testing.T) {
	for _, program := range []string{"tshark", "editcap", "node"} {
		if !installed.Program(t, program) {
			return
		}
	}
	file, keys, port, ok := secure(t)
	if !ok {
		return
	}
	injected := filepath.Join(t.TempDir(), "injected.pcapng")
	if out, err := exec.Command("editcap", "--inject-secrets", "tls,"+keys, file, injected).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	for _, in := range []struct{ file, keys string }{{file, keys}, {injected, ""}} {
		want := wiresharkTLS(t, in.file, in.keys, port)
		s, totals := opened(t, in.file, in.keys)
		differs(t, s.frames, want)
		if int(totals.WebSockets) != len(aeads) || totals.TLS != 0 || totals.Missing > 0 || len(s.findings) > 0 || s.all() < 60*len(aeads) {
			t.Errorf("%d frames, %+v, %q %q", s.all(), totals, s.findings, s.notes)
		}
	}
	if s, totals := opened(t, file, ""); int(totals.TLS) != len(aeads) || s.all() > 0 {
		t.Errorf("without keys: %+v", totals)
	}
}

// wiresharkTLS is wireshark for what is inside TLS.
func wiresharkTLS(t *testing.T, file, keys, port string) map[string][]string {
	flags := []string{"-d", "tcp.port==" + port + ",tls", "-d", "tls.port==" + port + ",http"}
	if keys != "" {
		flags = append(flags, "-o", "tls.keylog_file:"+keys)
	}
	return tshark(t, file, []string{port}, flags...)
}
