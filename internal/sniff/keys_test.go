package sniff_test

import (
	"bytes"
	"crypto/tls"
	"encoding/binary"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/gorilla/websocket"

	"wsprobe/internal/installed"
	"wsprobe/internal/record"
	"wsprobe/internal/sniff"
	"wsprobe/internal/tlsread"
)

// aeads are what a client may be told to use, by OpenSSL's names.
var aeads = []string{
	"TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256",
	"ECDHE-RSA-AES128-GCM-SHA256", "ECDHE-RSA-AES256-GCM-SHA384", "ECDHE-RSA-CHACHA20-POLY1305",
}

// secureTalk sends messages of many sizes, each after the echo of the one before. The
// suites of TLS 1.3 are for the configuration of OpenSSL to say.
const secureTalk = `
import asyncio, ssl, sys, websockets
async def main(url, log, suite):
    c = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    c.check_hostname, c.verify_mode, c.keylog_filename = False, ssl.CERT_NONE, log
    if not suite.startswith("TLS_"):
        c.maximum_version = ssl.TLSVersion.TLSv1_2
        c.set_ciphers(suite)
    async with websockets.connect(url, ssl=c) as ws:
        assert ws.transport.get_extra_info("ssl_object").cipher()[0] == suite
        for i in range(30):
            await ws.send("message %d" % i if i % 3 else bytes([i]) * (i * i * 97))
            await ws.recv()
asyncio.run(main(*sys.argv[1:]))`

// framesEach is how many frames that makes, both sides' closes counted in.
const framesEach = 62

const opensslConfig = "openssl_conf = a\n[a]\nssl_conf = b\n[b]\nsystem_default = c\n[c]\nCiphersuites = "

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

// secure captures what Python says over TLS with each AEAD, and has it write the keys.
func secure(t *testing.T) (file, keys, port string, ok bool) {
	dir := t.TempDir()
	keys = filepath.Join(dir, "keys.log")
	addr, port := echoOverTLS(t, nil)
	file, ok = captured(t, "lo", port, func(file string) {
		for _, suite := range aeads {
			config := filepath.Join(dir, suite)
			os.WriteFile(config, []byte(opensslConfig+suite+"\n"), 0o600)
			cmd := exec.Command("/usr/bin/python3", "-c", secureTalk, "wss://"+addr, keys, suite)
			if strings.HasPrefix(suite, "TLS_") {
				cmd.Env = append(os.Environ(), "OPENSSL_CONF="+config)
			}
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Fatalf("%s: %v %s", suite, err, out)
			}
		}
		for frames := 0; frames < framesEach*len(aeads) && t.Context().Err() == nil; { // until it is written
			if about, err := os.Stat(file); err == nil && about.Size() >= 24 {
				s, _ := opened(t, file, keys)
				frames = s.all()
			}
		}
	}, "-U", "--immediate-mode")
	return file, keys, port, ok
}

// python reports whether the client is there.
func python(t *testing.T) bool {
	err := exec.Command("/usr/bin/python3", "-c", "import websockets").Run()
	if err != nil && os.Getenv("CI") != "" {
		t.Fatalf("websockets is not installed: %v", err)
	}
	if err != nil {
		t.Log("websockets is not installed: nothing was tried with it")
	}
	return err == nil
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
	if !python(t) || !installed.Program(t, "tshark") || !installed.Program(t, "editcap") {
		return
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
		if int(totals.WebSockets) != len(aeads) || totals.TLS != 0 || totals.Missing > 0 || len(s.findings) > 0 || s.all() != framesEach*len(aeads) {
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

// Where packets are missing from a capture of TLS, what is read is as it was, and
// nothing is found.
func TestGapsInTLS(t *testing.T) {
	if !python(t) {
		return
	}
	file, keys, _, ok := secure(t)
	if !ok {
		return
	}
	whole, _ := opened(t, file, keys)
	for _, every := range []int{7, 23, 50} {
		s, totals := opened(t, thinned(t, file, every), keys)
		if len(s.findings) > 0 || totals.Missing == 0 || s.all() == 0 {
			t.Errorf("without one packet of %d: %d frames, %+v, %q", every, s.all(), totals, s.findings)
		}
		for key, payloads := range s.payloads {
			at := 0
			for _, p := range payloads {
				if i := slices.Index(whole.payloads[key][at:], p); i >= 0 {
					at += i + 1
				} else if len(p) < 20 {
					t.Errorf("without one packet of %d: %s never said %.40q", every, key, p)
				}
			}
		}
	}
	s, totals := opened(t, begun(t, file, 40), keys)
	if notes := strings.Join(s.notes, "\n"); !strings.Contains(notes, "TLS, not looked into: its beginning was not captured") || len(s.findings) > 0 || int(totals.WebSockets) != len(aeads)-1 {
		t.Errorf("begun in the middle: %+v %s", totals, notes)
	}
}

// thinned leaves out one packet of so many, from the first request on.
func thinned(t *testing.T, file string, every int) string {
	return picked(t, file, func(n int) bool { return n < 40 || n%every != 0 })
}

// begun leaves out the first packets.
func begun(t *testing.T, file string, first int) string {
	return picked(t, file, func(n int) bool { return n >= first })
}

// picked writes the packets of a capture that are wanted.
func picked(t *testing.T, file string, wanted func(n int) bool) string {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	in, err := sniff.NewFile(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	var kept packets
	var p sniff.Packet
	for n := 0; in.Next(&p) == nil; n++ {
		if wanted(n) {
			p.Data = bytes.Clone(p.Data)
			kept = append(kept, p)
		}
	}
	name := filepath.Join(t.TempDir(), "picked.pcap")
	if err := os.WriteFile(name, kept.write(binary.LittleEndian, sniff.LinkEthernet).Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}
