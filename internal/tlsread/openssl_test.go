package tlsread

import (
	"bufio"
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"wsprobe/internal/installed"
)

// openssl is s_client, which is told line for line what to say.
type openssl struct {
	t   *testing.T
	in  io.WriteCloser
	out *bufio.Reader
	cmd *exec.Cmd
}

func client(t *testing.T, addr, log string, flags ...string) *openssl {
	t.Helper()
	cmd := exec.Command("openssl", append([]string{"s_client", "-connect", addr, "-keylogfile", log}, flags...)...)
	in, _ := cmd.StdinPipe()
	out, _ := cmd.StdoutPipe()
	cmd.Stderr = cmd.Stdout // where it says that keys change
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cmd.Process.Kill() })
	return &openssl{t, in, bufio.NewReader(out), cmd}
}

// say sends a line, and waits for what is answered.
func (o *openssl) say(line, answer string) {
	o.t.Helper()
	io.WriteString(o.in, line+"\n")
	o.wait(answer)
}

func (o *openssl) wait(answer string) {
	o.t.Helper()
	for answer != "" {
		line, err := o.out.ReadString('\n')
		if err != nil {
			o.t.Fatalf("waiting for %q: %v", answer, err)
		}
		if strings.Contains(line, answer) {
			return
		}
	}
}

// end ends the connection.
func (o *openssl) end(done func()) {
	o.in.Close()
	go io.Copy(io.Discard, o.out)
	done()
	o.cmd.Wait()
}

// pemOf writes the certificate and the key of Go's tests.
func pemOf(t *testing.T) (cert, key string) {
	c := certificate(t)
	der, err := x509.MarshalPKCS8PrivateKey(c.PrivateKey)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	cert, key = filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	os.WriteFile(cert, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Certificate[0]}), 0o600)
	os.WriteFile(key, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), 0o600)
	return cert, key
}

// server is s_server, and what it says.
func server(t *testing.T, flags ...string) (addr string, s *openssl) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr = l.Addr().String()
	l.Close()
	cert, key := pemOf(t)
	cmd := exec.Command("openssl", append([]string{"s_server", "-accept", addr, "-cert", cert, "-key", key}, flags...)...)
	in, _ := cmd.StdinPipe()
	out, _ := cmd.StdoutPipe()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cmd.Process.Kill(); cmd.Wait() })
	s = &openssl{t, in, bufio.NewReader(out), cmd}
	s.wait("ACCEPT")
	return addr, s
}

func readFile(t *testing.T, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// Keys that change, a HelloRetryRequest and padding are OpenSSL's own.
func TestOpenSSL(t *testing.T) {
	if !installed.Program(t, "openssl") {
		return
	}
	for name, in := range map[string]struct {
		flags  []string
		config *tls.Config
	}{
		"key updates":       {nil, &tls.Config{}},
		"HelloRetryRequest": {[]string{"-groups", "X25519:P-384"}, &tls.Config{CurvePreferences: []tls.CurveID{tls.CurveP384}}},
		"padding":           {[]string{"-record_padding", "512"}, &tls.Config{}},
		"ChaCha20":          {[]string{"-ciphersuites", "TLS_CHACHA20_POLY1305_SHA256"}, &tls.Config{}},
		"AES-256":           {[]string{"-ciphersuites", "TLS_AES_256_GCM_SHA384"}, &tls.Config{}},
		"TLS 1.2":           {[]string{"-tls1_2", "-cipher", "ECDHE-RSA-AES256-GCM-SHA384"}, &tls.Config{}},
	} {
		log := filepath.Join(t.TempDir(), "keys.log")
		addr, a, done := taped(t, echo(t, in.config))
		o := client(t, addr, log, in.flags...)
		want := ""
		for i, line := range []string{"one", "K", "two", "k", "three", "K", "four"} {
			if len(line) == 1 && strings.Contains(strings.Join(in.flags, " "), "tls1_2") {
				continue
			}
			if len(line) == 1 {
				o.say(line, "KEYUPDATE")
				continue
			}
			o.say(line+strings.Repeat(".", i*900), line)
			want += line + strings.Repeat(".", i*900) + "\n"
		}
		o.end(done)
		h := hear(a.items, readFile(t, log), nil)
		if h.why != "" || string(h.text[0]) != want || string(h.text[1]) != want || len(h.gaps) > 0 {
			t.Errorf("%s: %q %q %q", name, h.why, h.text, h.gaps)
		}
	}
}

// Early data is read where the server takes it, and where its key is not known it is
// told to be missing; what the server refuses was never said.
func TestEarlyData(t *testing.T) {
	if !installed.Program(t, "openssl") {
		return
	}
	dir := t.TempDir()
	session, early := filepath.Join(dir, "session"), filepath.Join(dir, "early")
	os.WriteFile(early, []byte("early data\n"), 0o600)
	for _, takes := range []bool{true, false} {
		with, theirs := server(t, "-early_data", "-no_anti_replay")
		o := client(t, with, filepath.Join(dir, "first"), "-sess_out", session)
		o.say("first", "")
		theirs.wait("first")
		io.WriteString(theirs.in, "answer\n") // behind the ticket
		o.wait("answer")
		o.end(func() {})
		if !takes {
			with, theirs = server(t)
		}
		addr, a, done := taped(t, with)
		log := filepath.Join(t.TempDir(), "keys.log")
		o = client(t, addr, log, "-sess_in", session, "-early_data", early)
		o.say("second", "")
		theirs.wait("second")
		o.end(done)
		keys := readFile(t, log)
		h := hear(a.items, keys, nil)
		want := "second\n"
		if takes {
			want = "early data\n" + want
		}
		if h.why != "" || string(h.text[0]) != want || len(h.gaps) > 0 {
			t.Errorf("%v: %q %q %q", takes, h.why, h.text, h.gaps)
		}
		h = hear(a.items, bytes.Replace(keys, []byte("CLIENT_EARLY_TRAFFIC"), []byte("NO"), 1), nil)
		if h.why != "" || string(h.text[0]) != "second\n" || (len(h.gaps) == 1) != takes {
			t.Errorf("%v, without its key: %q %q %q", takes, h.why, h.text, h.gaps)
		}
	}
}
