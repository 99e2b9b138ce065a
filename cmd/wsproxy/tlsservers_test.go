package main

import (
	"bytes"
	"crypto/tls"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"wsprobe/internal/ca"
	"wsprobe/internal/installed"
	"wsprobe/internal/lint"
	"wsprobe/internal/record"
	"wsprobe/internal/recordtest"
)

// A server of OpenSSL that wants a client's certificate gets the one that it is to
// get; and where there is none, that is said.
func TestClientCertificates(t *testing.T) {
	if !installed.Program(t, "openssl") {
		return
	}
	cert, key, serverCA := identity(t, "127.0.0.1")
	mine, mineKey, mineCA := identity(t, "alice.example")
	dir, file := authority(t)
	for _, version := range []string{"-tls1_2", "-tls1_3"} {
		server := serving(t, ".", func(addr string) []string {
			return []string{"openssl", "s_server", "-accept", addr, "-cert", cert, "-key", key, "-CAfile", mineCA,
				"-Verify", "1", "-verify_return_error", "-purpose", "any", "-www", "-quiet", version}
		})
		for _, with := range []bool{true, false} {
			flags := []string{"--cacert", serverCA, "--ca-dir", dir}
			if with {
				flags = append(flags, "--cert", mine, "--key", mineKey)
			}
			proxy := started(t, append(flags, "wss://"+server)...)
			client := &http.Client{Transport: &http.Transport{TLSClientConfig: trusting(t, file), DisableKeepAlives: true}}
			for _, url := range []string{"http://" + proxy.addr, "https://" + proxy.addr} {
				r, err := client.Get(url)
				if (err == nil && r.StatusCode == 200) != with {
					t.Errorf("%s with=%t %s: %v", version, with, url, err)
				}
				if err == nil {
					page, _ := io.ReadAll(r.Body)
					r.Body.Close()
					if !bytes.Contains(page, []byte("alice.example")) {
						t.Errorf("%s: the server saw %s", url, page)
					}
				}
			}
			proxy.stop()
			said := proxy.said.String()
			if told := strings.Contains(said, "asks for a client's certificate") && strings.Contains(said, "hint: --cert FILE"); told == with {
				t.Errorf("%s with=%t: %s", version, with, said)
			}
		}
	}
}

// overTLS serves HTTP over TLS.
func overTLS(t *testing.T, cert, key string, handler http.HandlerFunc) (addr string) {
	t.Helper()
	pair, err := tls.LoadX509KeyPair(cert, key)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewUnstartedServer(handler)
	server.TLS = &tls.Config{Certificates: []tls.Certificate{pair}}
	server.StartTLS()
	t.Cleanup(server.Close)
	return server.Listener.Addr().String()
}

// talkOver has a gorilla client say something over TLS.
func talkOver(t *testing.T, url string, config *tls.Config, text string) {
	t.Helper()
	c, _, err := (&websocket.Dialer{TLSClientConfig: config}).Dial(url, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	c.WriteMessage(websocket.TextMessage, []byte(text))
	if _, got, err := c.ReadMessage(); string(got) != text {
		t.Errorf("%q came back: %v", got, err)
	}
}

// captured passes on what a listener accepts, and writes it into a capture as it is
// on the wire.
func captured(t *testing.T, file *record.Pcapng, mu *sync.Mutex, to string) (addr string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			s, err := net.Dial("tcp", to)
			if err != nil {
				c.Close()
				continue
			}
			mu.Lock()
			stream := file.Open(time.Now(), c.RemoteAddr().(*net.TCPAddr).AddrPort(), s.RemoteAddr().(*net.TCPAddr).AddrPort())
			mu.Unlock()
			write := func(side lint.Side) feeder {
				return func(p []byte) {
					mu.Lock()
					defer mu.Unlock()
					stream.Data(side, time.Now(), p)
				}
			}
			go copyTo(s, io.TeeReader(c, write(lint.Client)))
			go copyTo(c, io.TeeReader(s, write(lint.Server)))
		}
	}()
	return l.Addr().String()
}

type feeder func(p []byte)

func (f feeder) Write(p []byte) (int, error) { f(p); return len(p), nil }

func copyTo(w net.Conn, r io.Reader) {
	io.Copy(w, r)
	w.(*net.TCPConn).CloseWrite()
}

// Wireshark reads along on both sides, with the secrets that we write.
func TestWiresharkReadsAlong(t *testing.T) {
	if !installed.Program(t, "tshark") {
		return
	}
	for _, version := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
		dir := t.TempDir()
		name, secrets := filepath.Join(dir, "both.pcapng"), filepath.Join(dir, "secrets")
		var capture bytes.Buffer
		var mu sync.Mutex
		file := record.NewPcapng(&capture, "")
		cert, key, serverCA := identity(t, "127.0.0.1")
		server := overTLS(t, cert, key, echo)
		caDir, caFile := authority(t)
		t.Setenv("SSLKEYLOGFILE", secrets)
		addr, stop := proxied(t, "wss://"+captured(t, file, &mu, server), io.Discard, "--cacert", serverCA, "--ca-dir", caDir)
		config := trusting(t, caFile)
		config.MaxVersion = version
		talkOver(t, "wss://"+captured(t, file, &mu, addr)+"/", config, "read along")
		stop()
		mu.Lock()
		file.Close()
		os.WriteFile(name, capture.Bytes(), 0o600)
		mu.Unlock()
		_, port, _ := strings.Cut(server, ":")
		_, near, _ := strings.Cut(addr, ":")
		out, err := exec.Command("tshark", "-r", name, "-o", "tls.keylog_file:"+secrets, "-d", "tcp.port=="+port+",tls", "-d", "tcp.port=="+near+",tls",
			"-d", "tls.port=="+port+",http", "-d", "tls.port=="+near+",http", "-Y", "websocket.opcode==1", "-T", "fields", "-e", "tcp.stream", "-e", "websocket.mask", "-e", "websocket.payload_length").Output()
		if err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		got := strings.Split(strings.TrimSpace(strings.NewReplacer("True", "1", "False", "0").Replace(string(out))), "\n")
		slices.Sort(got)
		if want := []string{"0\t0\t10", "0\t1\t10", "1\t0\t10", "1\t1\t10"}; !slices.Equal(got, want) {
			t.Errorf("tshark reads %q, not %q", got, want)
		}
		if info, err := os.Stat(secrets); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("the secrets: %v %v", info, err)
		}
	}
}

// A server that speaks before its client does is not held up where nobody looks for
// TLS, nor where it is looked for on a connection that may have either.
func TestServersThatSpeakFirst(t *testing.T) {
	server := recordtest.Accept(t, nil, func(c net.Conn) {
		io.WriteString(c, "220 speak\r\n")
		io.Copy(c, c)
	})
	dir, _ := authority(t)
	for _, flags := range [][]string{nil, {"--tls", "terminate"}, {"--tls", "pass"}} {
		addr, stop := proxied(t, server, io.Discard, append(flags, "--ca-dir", dir)...)
		c, err := net.Dial("tcp", addr)
		if err != nil {
			t.Fatal(err)
		}
		greeting := make([]byte, len("220 speak\r\n"))
		if _, err := io.ReadFull(c, greeting); err != nil || string(greeting) != "220 speak\r\n" {
			t.Errorf("%v: %q %v", flags, greeting, err)
		}
		io.WriteString(c, "EHLO")
		c.(*net.TCPConn).CloseWrite()
		if rest, err := io.ReadAll(c); string(rest) != "EHLO" || err != nil {
			t.Errorf("%v: %q %v", flags, rest, err)
		}
		c.Close()
		stop()
	}
}

// wsproxyCA runs wsproxy ca.
func wsproxyCA(t *testing.T, want int, args ...string) (stdout, stderr string) {
	t.Helper()
	var out, said bytes.Buffer
	if code := run(t.Context(), append([]string{"ca"}, args...), &out, &said); code != want {
		t.Errorf("wsproxy ca %q: %d %s", args, code, &said)
	}
	return out.String(), said.String()
}

func TestCACommand(t *testing.T) {
	t.Setenv("XDG_CONFIG_HOME", t.TempDir())
	t.Setenv("HOME", t.TempDir())
	out, said := wsproxyCA(t, 0)
	dir, _ := ca.DefaultDir()
	a, _, err := ca.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{dir + "/ca.pem", dir + "/ca-key.pem", ca.Fingerprint(a.Certificate), a.Certificate.Subject.CommonName, "NODE_EXTRA_CA_CERTS=" + dir + "/ca.pem", "keytool -importcert"} {
		if !strings.Contains(out, want) {
			t.Errorf("%q is not in\n%s", want, out)
		}
	}
	if said != "wsproxy: made a CA\n" {
		t.Errorf("said %q", said)
	}
	pem, _ := os.ReadFile(filepath.Join(dir, ca.CertFile))
	if out, said := wsproxyCA(t, 0, "--export", "-"); out != string(pem) || said != "" {
		t.Errorf("exported %q %q", out, said)
	}
	name := filepath.Join(t.TempDir(), "ca.der")
	wsproxyCA(t, 0, "--export", name, "--der")
	if der, err := os.ReadFile(name); !bytes.Equal(der, a.Certificate.Raw) {
		t.Error("the DER is another", err)
	}
	if out, said := wsproxyCA(t, 0, "--renew"); strings.Contains(out, ca.Fingerprint(a.Certificate)) || !strings.Contains(said, "made a new CA") {
		t.Errorf("renewed: %s%s", out, said)
	}
	os.Chmod(filepath.Join(dir, ca.KeyFile), 0o644)
	if _, said := wsproxyCA(t, 1); !strings.Contains(said, "others can read the key") || !strings.Contains(said, "hint: chmod 600 ") {
		t.Errorf("said %q", said)
	}
	wsproxyCA(t, 2, "--der")
	wsproxyCA(t, 1, "--export", "/nowhere/ca.pem", "--ca-dir", t.TempDir())
}

func TestTLSMistakes(t *testing.T) {
	dir, _ := authority(t)
	os.Chmod(filepath.Join(dir, ca.KeyFile), 0o604)
	cert, key, _ := identity(t, "localhost")
	_, other, _ := identity(t, "localhost")
	for args, want := range map[string]string{
		"--tls maybe wss://x":                             "--tls is terminate or pass",
		"--cert a wss://x":                                "--cert and --key go together",
		"--cert /nowhere --key /nowhere wss://x":          "no such file",
		"--cert " + cert + " --key " + other + " wss://x": "does not match",
		"--cert " + cert + " --key " + key + " ws://x":    "are for wss://",
		"--keylog /nowhere/secrets wss://x":               "no such file",
		"--tls terminate --ca-dir " + dir + " wss://x":    "hint: chmod 600",
	} {
		var said bytes.Buffer
		if code := run(t.Context(), strings.Fields(args), io.Discard, &said); code == 0 || !strings.Contains(said.String(), want) {
			t.Errorf("%q: %d %s", args, code, &said)
		}
	}
}

// Clients of the HTTP and SOCKS proxy use TLS through it, which is taken off, or
// passed through.
func TestForwardOverTLS(t *testing.T) {
	if !installed.Program(t, "curl") {
		return
	}
	cert, key, serverCA := identity(t, "localhost")
	_, port, _ := strings.Cut(overTLS(t, cert, key, page), ":")
	dir, file := authority(t)
	for how, trust := range map[string]string{tlsTerminate: file, tlsPass: serverCA} {
		proxy := started(t, "forward", "--cacert", serverCA, "--ca-dir", dir, "--tls", how, "--format", "json")
		for _, way := range [][]string{{"-x", "http://" + proxy.addr}, {"--socks5-hostname", proxy.addr}, {"--socks5", proxy.addr}, {"--socks4a", proxy.addr}} {
			got := curl(t, append(way, "--cacert", trust, "https://localhost:"+port+"/a")...)
			if want := "GET localhost:" + port + "/a \n"; got != want {
				t.Errorf("%s %s: %q, not %q", how, way, got, want)
			}
		}
		proxy.stop()
		seen := map[string]string{tlsTerminate: "GET /a HTTP/1.1", tlsPass: "SNI localhost; ALPN h2, http/1.1"}[how]
		proxy.shows(t, `"url":"wss://localhost:`+port+`/"`, `"url":"wss://127.0.0.1:`+port+`/"`, seen)
	}
}
