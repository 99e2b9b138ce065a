package main

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"net"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gorilla/websocket"

	"wsprobe/internal/installed"
	"wsprobe/internal/recordtest"
	"wsprobe/internal/version"
)

// talk has a gorilla client say something to an echo and close.
func talk(t *testing.T, url string, compressed bool, texts ...string) {
	t.Helper()
	converse(t, &websocket.Dialer{EnableCompression: compressed}, url, texts...)
}

// converse says something to an echo and closes.
func converse(t *testing.T, dialer *websocket.Dialer, url string, texts ...string) {
	t.Helper()
	c, _, err := dialer.Dial(url, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	for _, text := range texts {
		if err := c.WriteMessage(websocket.TextMessage, []byte(text)); err != nil {
			t.Fatal(err)
		}
		if _, got, err := c.ReadMessage(); string(got) != text {
			t.Fatalf("%q came back as %q: %v", text, got, err)
		}
	}
	c.WriteMessage(websocket.CloseMessage, websocket.FormatCloseMessage(1000, "bye"))
	c.ReadMessage()
}

func TestWhatIsShown(t *testing.T) {
	var shown bytes.Buffer
	addr, stop := proxied(t, bundled(t), &shown)
	talk(t, "ws://"+addr+"/echo", true, "Hello, wire")
	stop()
	for _, want := range []string{
		"GET /echo HTTP/1.1", "HTTP/1.1 101 Switching Protocols", "Sec-WebSocket-Accept: ",
		"→  #1  text      fin=1 rsv=4", "Hello, wire", "(inflated)", "5  1000 bye", "closed",
	} {
		if !strings.Contains(shown.String(), want) {
			t.Errorf("%q is not shown", want)
		}
	}
	if t.Failed() {
		t.Log(shown.String())
	}
}

// echo is a server on gorilla, which leaves some of the protocol to its user.
var echo = recordtest.Echoing(websocket.Upgrader{EnableCompression: true}, recordtest.As)

// line is a line of the JSON format.
type line struct {
	Type, Side, Opcode, Text, Base64, Mask string
	Conn, Size, Offset, Length             uint64
	Frames                                 int
	Compressed                             bool
}

func (l *line) payload() string {
	if l.Base64 != "" {
		p, _ := base64.StdEncoding.DecodeString(l.Base64)
		return string(p)
	}
	return l.Text
}

// lines reads a recording.
func lines(t *testing.T, name string) (out []line) {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	for l := range strings.Lines(string(text)) {
		var v line
		if err := json.Unmarshal([]byte(l), &v); err != nil {
			t.Fatalf("%s: %v", l, err)
		}
		out = append(out, v)
	}
	return out
}

// The lines of a side follow each other without a gap, and say what was said.
func TestWhatIsRecorded(t *testing.T) {
	name := filepath.Join(t.TempDir(), "out.jsonl")
	addr, stop := proxied(t, bundled(t), &bytes.Buffer{}, "--write", name, "--quiet")
	talk(t, "ws://"+addr+"/echo", false, "one", "two\x00", strings.Repeat("long ", 20000))
	talk(t, "ws://"+addr+"/echo", true, "packed packed packed")
	stop()
	next := map[string]uint64{}
	var said []string
	for _, l := range lines(t, name) {
		switch l.Type {
		case "request", "response", "frame", "bytes":
			side := string(rune('0'+l.Conn)) + l.Side
			if l.Offset != next[side] {
				t.Errorf("%s: a %s at %d, expected at %d", side, l.Type, l.Offset, next[side])
			}
			next[side] += l.Size
		}
		if l.Side == "server" && (l.Type == "frame" && l.Opcode == "text" && l.Conn == 1 || l.Type == "message") {
			said = append(said, l.payload())
		}
	}
	want := []string{"one", "two\x00", strings.Repeat("long ", 20000)[:65536], "packed packed packed"}
	if strings.Join(said, "|") != strings.Join(want, "|") {
		t.Errorf("recorded: %.200q", said)
	}
}

// Wireshark reads the same frames out of the capture.
func TestWhatWiresharkReads(t *testing.T) {
	if !installed.Program(t, "tshark") {
		return
	}
	name, server := filepath.Join(t.TempDir(), "out.pcapng"), bundled(t)
	addr, stop := proxied(t, server, &bytes.Buffer{}, "--write", name)
	talk(t, "ws://"+addr+"/echo", false, "one", strings.Repeat("two", 100000), "three")
	stop()
	_, port, _ := strings.Cut(server, ":")
	out, err := exec.Command("tshark", "-r", name, "-d", "tcp.port=="+port+",http", "-Y", "websocket",
		"-T", "fields", "-e", "websocket.opcode", "-e", "websocket.mask", "-e", "websocket.payload_length").CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	for _, want := range []string{"1\t1\t3\n", "1\t0\t3\n", "1\t1\t5\n", "8\t1\t5\n", "8\t0\t2\n"} {
		if !strings.Contains(strings.ReplaceAll(strings.ReplaceAll(string(out), "True", "1"), "False", "0"), want) {
			t.Errorf("%q is not in what tshark reads:\n%s", want, out)
		}
	}
}

func TestToTLS(t *testing.T) {
	server := httptest.NewTLSServer(echo)
	defer server.Close()
	ca := filepath.Join(t.TempDir(), "ca.pem")
	os.WriteFile(ca, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw}), 0o600)
	for _, flags := range [][]string{{"--cacert", ca}, {"--insecure"}} {
		var shown bytes.Buffer
		addr, stop := proxied(t, "wss://"+server.Listener.Addr().String(), &shown, flags...)
		talk(t, "ws://"+addr+"/", false, "Hello, TLS")
		stop()
		if !strings.Contains(shown.String(), "Hello, TLS") {
			t.Errorf("%v: not shown:\n%s", flags, shown.String())
		}
	}
}

// Whoever asks in any of the usual ways is told.
func TestHelpAndVersion(t *testing.T) {
	for args, want := range map[string]string{
		"help":       reverseUsage,
		"--help":     reverseUsage,
		"help read":  readUsage,
		"read -h":    readUsage,
		"help socks": "wsproxy socks is a proxy to any server",
		"forward -h": "wsproxy forward is a proxy to any server",
		"version":    "wsproxy " + version.Number,
		"--version":  "wsproxy " + version.Number,
	} {
		if code, shown, talk := called(strings.Fields(args)...); code != 0 || !strings.HasPrefix(shown, want) || talk != "" {
			t.Errorf("%q: %d %s%s", args, code, talk, shown)
		}
	}
}

func TestMistakes(t *testing.T) {
	for args, want := range map[string]string{
		"":                                     "where to?",
		"ftp://x":                              "ws:// and wss:// are",
		"nonsense":                             "neither HOST:PORT nor unix:PATH nor a URL",
		"x:99999":                              "no port 99999",
		"help nonsense":                        "no command",
		"version x":                            "unexpected argument",
		"ws://x ws://y":                        "unexpected argument",
		"--format xml x:1":                     "text or json",
		"--wrong x:1":                          "unknown flag",
		"--write out.txt x:1":                  ".jsonl or .pcapng",
		"--listen nowhere:1:2 x:1":             "--listen nowhere:1:2: neither HOST:PORT",
		"--listen 127.0.0.1 x:1":               "--listen 127.0.0.1: neither HOST:PORT",
		"raed talk.pcap":                       `did you mean "read"?`,
		"::1":                                  "[::1]:9001",
		"ws://ann:pw@x/":                       "ann:xxxxx@x/\": neither a user nor a #fragment",
		"ws://x/#top":                          "neither a user nor a #fragment",
		"--filter fin --filter opcod x:1":      "there is no field opcod",
		"--filter header x:1":                  "header.host, say",
		"--follow 0 x:1":                       "from 1 on",
		"--fault reset,conn=0 x:1":             "from 1 on",
		"--rotate-size 1MB x:1":                "are of files",
		"--rotate-time 1h --write -.jsonl x:1": "are of files",
		"--redact-json nick x:1":               "nothing is left out",
		"--redact-json nick --no-redact x:1":   "at once",
		"read no\x1b[31m":                      `no\x1b[31m`,
		"--write /nowhere/out.jsonl x:1":       "no such file",
		"--insecure ws://x":                    "for wss://",
		"--cacert /nowhere wss://x":            "no such file",
		"--allow 10.0.0.0/x x:1":               "neither an address nor a network",
		"--tls pass --keylog k wss://x":        "are not known",
		"forward x:1":                          "unexpected argument",
		"forward --rewrite-host":               "unknown flag",
	} {
		code, _, talk := called(strings.Fields(args)...)
		if code == 0 || !strings.Contains(talk, want) || !strings.HasPrefix(talk, "wsproxy: error: ") {
			t.Errorf("%q: %d %s", args, code, talk)
		}
	}
}

// The path of the URL is for the client to ask for, and so stands in what is printed.
// A zone is written as everywhere, or as in a URL.
func TestNamesOfServers(t *testing.T) {
	at := &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 9002}
	for arg, want := range map[string]string{
		"x:1":                    "forwarding ws://127.0.0.1:9002/ to ws://x:1",
		"ws://x/chat?room=1":     "forwarding ws://127.0.0.1:9002/chat?room=1 to ws://x/chat?room=1",
		"[fe80::1%lo]:1":         "forwarding ws://127.0.0.1:9002/ to ws://[fe80::1%25lo]:1",
		"[fe80::1%25lo]:1":       "forwarding ws://127.0.0.1:9002/ to ws://[fe80::1%25lo]:1",
		"ws+unix:///run/a:/chat": "forwarding ws://127.0.0.1:9002/chat to ws+unix:///run/a:/chat",
	} {
		to, err := parseURL(arg)
		if err != nil {
			t.Fatal(err)
		}
		if name := (&reverse{to, &tlsFlags{}, &rewriteFlags{}}).name(at); name != want {
			t.Errorf("%s: %q, want %q", arg, name, want)
		}
	}
}

// A hint names the command that it is about.
func TestHints(t *testing.T) {
	for args, want := range map[string]string{
		"--wrong":       "wsproxy --help lists",
		"read":          "wsproxy read --help lists",
		"read --wrong":  "wsproxy read --help lists",
		"socks --wrong": "wsproxy socks --help lists",
		"ca --der":      "wsproxy ca --help lists",
		"help nonsense": "wsproxy --help lists",
	} {
		if code, _, talk := called(strings.Fields(args)...); code != 2 || !strings.Contains(talk, "hint: "+want) {
			t.Errorf("%q: %d %s", args, code, talk)
		}
	}
}
