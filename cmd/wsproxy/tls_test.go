package main

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"wsprobe/internal/ca"
	"wsprobe/internal/installed"
	"wsprobe/internal/recordtest"
)

// authority makes a CA and returns its folder and the file that clients trust.
func authority(t *testing.T) (dir, file string) {
	t.Helper()
	dir = t.TempDir()
	if _, _, err := ca.Open(dir); err != nil {
		t.Fatal(err)
	}
	return dir, filepath.Join(dir, ca.CertFile)
}

// identity writes a certificate for a server, or a client, and its key into files.
func identity(t *testing.T, names ...string) (certFile, keyFile, caFile string) {
	t.Helper()
	dir, caFile := authority(t)
	a, _, err := ca.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := a.Leaf(names...)
	if err != nil {
		t.Fatal(err)
	}
	key, err := x509.MarshalPKCS8PrivateKey(leaf.PrivateKey)
	if err != nil {
		t.Fatal(err)
	}
	certFile, keyFile = filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	os.WriteFile(certFile, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: leaf.Leaf.Raw}), 0o600)
	os.WriteFile(keyFile, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: key}), 0o600)
	return certFile, keyFile, caFile
}

// serving starts a server that we did not write, and waits until it accepts.
func serving(t *testing.T, dir string, args func(addr string) []string) (addr string) {
	t.Helper()
	addr = freePort(t)
	servingAt(t, dir, "tcp", addr, args(addr)...)
	return addr
}

// servingAt starts a server that we did not write, and waits until it accepts at an
// address of a network.
func servingAt(t *testing.T, dir, network, addr string, line ...string) {
	t.Helper()
	cmd := exec.Command(line[0], line[1:]...)
	cmd.Dir = dir
	keep, err := cmd.StdinPipe() // openssl ends with its standard input
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { keep.Close(); cmd.Process.Kill(); cmd.Wait() })
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		if c, err := net.Dial(network, addr); err == nil {
			c.Close()
			return
		}
	}
	t.Fatalf("%v does not listen", line)
}

// Programs that others wrote reach a server that others wrote, over TLS on both
// sides, where they trust the CA; and not where they do not.
func TestTLSClients(t *testing.T) {
	if !installed.Program(t, "node") {
		return
	}
	cert, key, serverCA := identity(t, "localhost", "127.0.0.1")
	if _, err := os.Stat("../../targets/npm/node_modules/ws"); err != nil && os.Getenv("CI") == "" {
		t.Logf("ws is not installed: %v", err)
		return
	}
	server := serving(t, "../../targets/npm", func(addr string) []string { return []string{"node", "ws.js", addr, cert, key} })
	dir, file := authority(t)
	proxy := started(t, "wss://"+server, "--cacert", serverCA, "--ca-dir", dir)
	addr := proxy.addr
	_, port, _ := strings.Cut(addr, ":")
	for _, url := range []string{"wss://" + addr, "wss://localhost:" + port, "ws://" + addr} {
		t.Setenv("NODE_EXTRA_CA_CERTS", file)
		if out, ok := program(t, "../../targets/npm", "node", "-e", nodeClient, url, "3"); ok && !saw(out, "one two three closed 1000") {
			t.Errorf("%s: ws saw %q", url, out)
		}
		t.Setenv("SSL_CERT_FILE", file)
		if out, ok := program(t, ".", "/usr/bin/python3", "-c", pythonClient, url, "3"); ok && !saw(out, "one two three closed 1000") {
			t.Errorf("%s: websockets saw %q", url, out)
		}
	}
	curl := []string{"curl", "-sS", "-o", "/dev/null", "-w", "%{http_code}", "https://localhost:" + port}
	if out, ok := program(t, ".", curl[0], append(curl[1:], "--cacert", file)...); ok && out != "426" {
		t.Errorf("curl saw %q", out)
	}
	t.Setenv("SSL_CERT_FILE", "/dev/null")
	if out, err := exec.Command(curl[0], curl[1:]...).CombinedOutput(); err == nil || !bytes.Contains(out, []byte("certificate")) {
		t.Errorf("curl without the CA: %s", out)
	}
	t.Setenv("NODE_EXTRA_CA_CERTS", "")
	if out, ok := program(t, "../../targets/npm", "node", "-e", nodeClient, "wss://"+addr, "3"); ok && !strings.Contains(out, "UNABLE_TO_VERIFY_LEAF_SIGNATURE") {
		t.Errorf("ws without the CA: %s", out)
	}
	proxy.stop()
	proxy.shows(t, "connected over TLS 1.3, SNI localhost", ", on to "+server+" over TLS 1.3", "fin=1 3 one")
	if !strings.Contains(proxy.said.String(), "wsproxy ca tells how") {
		t.Errorf("no hint that the client may not trust us: %s", &proxy.said)
	}
}

// tlsEcho is a server of Go's own TLS that tells what it was offered.
func tlsEcho(t *testing.T, config *tls.Config) (addr, caFile string, offers chan *tls.ClientHelloInfo) {
	t.Helper()
	cert, key, caFile := identity(t, "localhost", "127.0.0.1", "tenant.example")
	pair, err := tls.LoadX509KeyPair(cert, key)
	if err != nil {
		t.Fatal(err)
	}
	offers = make(chan *tls.ClientHelloInfo, 10)
	config.Certificates = []tls.Certificate{pair}
	config.GetConfigForClient = func(h *tls.ClientHelloInfo) (*tls.Config, error) { offers <- h; return nil, nil }
	return recordtest.Accept(t, config, func(c net.Conn) { io.Copy(c, c) }), caFile, offers
}

// trusting is the configuration of a client that trusts a file.
func trusting(t *testing.T, file string) *tls.Config {
	t.Helper()
	roots := x509.NewCertPool()
	text, err := os.ReadFile(file)
	if err != nil || !roots.AppendCertsFromPEM(text) {
		t.Fatal(err)
	}
	return &tls.Config{RootCAs: roots}
}

// What a client asks for, the server is asked for, and what that chooses the client
// gets.
func TestOffersArePassedOn(t *testing.T) {
	for _, tt := range []struct {
		sni, want  string
		offer      []string
		serves     []string
		chosen     string
		most       uint16
		serverMost uint16
	}{
		{"tenant.example", "tenant.example", []string{"h2", "http/1.1"}, []string{"http/1.1"}, "http/1.1", tls.VersionTLS13, tls.VersionTLS13},
		{"localhost", "", []string{"h2", "http/1.1"}, []string{"h2"}, "h2", tls.VersionTLS13, tls.VersionTLS13},
		{"tenant.example", "tenant.example", nil, []string{"h2"}, "", tls.VersionTLS12, tls.VersionTLS13},
		{"tenant.example", "tenant.example", []string{"http/1.1"}, nil, "", tls.VersionTLS13, tls.VersionTLS12},
	} {
		server, serverCA, offers := tlsEcho(t, &tls.Config{NextProtos: tt.serves, MaxVersion: tt.serverMost})
		dir, file := authority(t)
		var shown bytes.Buffer
		addr, stop := proxied(t, "wss://"+server, &shown, "--cacert", serverCA, "--ca-dir", dir, "--format", "json")
		config := trusting(t, file)
		config.ServerName, config.NextProtos, config.MaxVersion = tt.sni, tt.offer, tt.most
		c, err := tls.Dial("tcp", addr, config)
		if err != nil {
			t.Fatal(err)
		}
		state, offer := c.ConnectionState(), <-offers
		io.WriteString(c, "x")
		io.ReadFull(c, make([]byte, 1)) // now we are through, too
		c.Close()
		stop()
		if offer.ServerName != tt.want || !slices.Equal(offer.SupportedProtos, tt.offer) || slices.Max(offer.SupportedVersions) != tt.most {
			t.Errorf("%+v: the server was offered %q %q %x", tt, offer.ServerName, offer.SupportedProtos, offer.SupportedVersions)
		}
		if version := min(tt.most, tt.serverMost); state.NegotiatedProtocol != tt.chosen || state.Version != version {
			t.Errorf("%+v: the client got %q, %x", tt, state.NegotiatedProtocol, state.Version)
		}
		shows(t, shown.Bytes(), tt.sni, tt.chosen)
	}
}

// A server that is to be told its own name is told it in TLS, too.
func TestOwnNameInTLS(t *testing.T) {
	server, serverCA, offers := tlsEcho(t, &tls.Config{})
	_, port, _ := strings.Cut(server, ":")
	dir, file := authority(t)
	addr, stop := proxied(t, "wss://localhost:"+port, io.Discard, "--rewrite-host", "--cacert", serverCA, "--ca-dir", dir)
	defer stop()
	config := trusting(t, file)
	config.ServerName = "tenant.example"
	c, err := tls.Dial("tcp", addr, config)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if offer := <-offers; offer.ServerName != "localhost" {
		t.Errorf("the server was asked for %q", offer.ServerName)
	}
}

// shows checks what the log says of TLS.
func shows(t *testing.T, log []byte, sni, chosen string) {
	t.Helper()
	var open struct {
		Opaque    string
		ClientTLS struct{ SNI, ALPN, Version string } `json:"client_tls"`
		ServerTLS struct{ ALPN, Version string }      `json:"server_tls"`
	}
	if err := json.NewDecoder(bytes.NewReader(log)).Decode(&open); err != nil {
		t.Fatal(err)
	}
	c, s := open.ClientTLS, open.ServerTLS
	if c.SNI != sni || c.ALPN != chosen || s.ALPN != chosen || c.Version != s.Version || (open.Opaque == "HTTP/2") != (chosen == "h2") {
		t.Errorf("the log has %+v", open)
	}
	if note := bytes.Contains(log, []byte("RFC 8441")); note != (chosen == "h2") {
		t.Errorf("that it is HTTP/2 is said: %t", note)
	}
}

// A server that wants another protocol says so to the client in its own words.
func TestAlertsArePassedOn(t *testing.T) {
	server, serverCA, _ := tlsEcho(t, &tls.Config{NextProtos: []string{"other"}})
	dir, file := authority(t)
	addr, stop := proxied(t, "wss://"+server, io.Discard, "--cacert", serverCA, "--ca-dir", dir)
	defer stop()
	config := trusting(t, file)
	config.NextProtos = []string{"http/1.1"}
	if _, err := tls.Dial("tcp", addr, config); err == nil || !strings.Contains(err.Error(), "no application protocol") {
		t.Error(err)
	}
}

// A server whose certificate is not to be trusted is refused, and why is said.
func TestUntrustedServers(t *testing.T) {
	server, serverCA, _ := tlsEcho(t, &tls.Config{})
	_, other := authority(t)
	dir, file := authority(t)
	_, port, _ := strings.Cut(server, ":")
	for _, tt := range []struct {
		target string
		flags  []string
		says   string
	}{
		{server, nil, "x509: certificate signed by unknown authority"},
		{server, []string{"--cacert", other}, "it is of CN=localhost, signed by CN=wsproxy CA of"},
		{"127.0.0.2:" + port, []string{"--cacert", serverCA}, "connection refused"},
	} {
		proxy := started(t, append(tt.flags, "wss://"+tt.target, "--ca-dir", dir)...)
		if _, err := tls.Dial("tcp", proxy.addr, trusting(t, file)); err == nil {
			t.Errorf("%s: the client is let through", tt.target)
		}
		if _, err := http.Get("http://" + proxy.addr); err == nil {
			t.Errorf("%s: a client without TLS is let through", tt.target)
		}
		proxy.stop()
		said := proxy.said.String()
		if !strings.Contains(said, tt.says) || strings.Contains(tt.says, "x509") && !strings.Contains(said, "hint: --cacert FILE") {
			t.Errorf("%s: %s", tt.target, said)
		}
	}
}

// A half close passes through TLS on both sides, and so does a reset.
func TestEndsOverTLS(t *testing.T) {
	for _, version := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
		server, serverCA, _ := tlsEcho(t, &tls.Config{})
		dir, file := authority(t)
		var shown bytes.Buffer
		addr, stop := proxied(t, "wss://"+server, &shown, "--cacert", serverCA, "--ca-dir", dir)
		config := trusting(t, file)
		config.MaxVersion = version
		c, err := tls.Dial("tcp", addr, config)
		if err != nil {
			t.Fatal(err)
		}
		text := strings.Repeat("neither HTTP nor anything ", 20000)
		go func() {
			io.WriteString(c, text)
			c.CloseWrite()
		}()
		if back, err := io.ReadAll(c); err != nil || string(back) != text {
			t.Errorf("%d bytes came back: %v", len(back), err)
		}
		c.Close()
		if c, err = tls.Dial("tcp", addr, config); err != nil {
			t.Fatal(err)
		}
		io.WriteString(c, "x")
		io.ReadFull(c, make([]byte, 1))
		c.NetConn().(*net.TCPConn).SetLinger(0)
		c.NetConn().Close()
		stop()
		if !strings.Contains(shown.String(), "closed with FIN") || !strings.Contains(shown.String(), "reset") {
			t.Errorf("shown:\n%s", &shown)
		}
	}
}

// A server without TLS is reached by clients with it, when asked for.
func TestTLSForPlainServers(t *testing.T) {
	dir, file := authority(t)
	var shown bytes.Buffer
	addr, stop := proxied(t, bundled(t), &shown, "--tls", "terminate", "--ca-dir", dir)
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: trusting(t, file), ForceAttemptHTTP2: true}}
	for _, url := range []string{"https://" + addr, "http://" + addr} {
		if r, err := client.Get(url); err != nil || r.StatusCode != 200 || r.ProtoMajor != 1 {
			t.Errorf("%s: %v", url, err)
		}
	}
	client.CloseIdleConnections()
	http.DefaultClient.CloseIdleConnections()
	stop()
	if !strings.Contains(shown.String(), "connected over TLS 1.3, ALPN http/1.1") {
		t.Errorf("shown:\n%s", &shown)
	}
}

// TLS that is passed through is the server's own, and what it shows is shown.
func TestTLSPassedThrough(t *testing.T) {
	server := httptest.NewTLSServer(echo)
	defer server.Close()
	for _, version := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
		var shown bytes.Buffer
		addr, stop := proxied(t, "wss://"+server.Listener.Addr().String(), &shown, "--tls", "pass", "--format", "json")
		config := &tls.Config{RootCAs: server.Client().Transport.(*http.Transport).TLSClientConfig.RootCAs, ServerName: "example.com",
			NextProtos: []string{"http/1.1"}, MaxVersion: version}
		c, err := tls.Dial("tcp", addr, config)
		if err != nil {
			t.Fatal(err)
		}
		if !c.ConnectionState().PeerCertificates[0].Equal(server.Certificate()) {
			t.Error("the certificate is another")
		}
		io.WriteString(c, "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
		io.Copy(io.Discard, c)
		c.Close()
		stop()
		alpn := map[uint16]string{tls.VersionTLS12: "ALPN http/1.1", tls.VersionTLS13: "ALPN not in clear"}[version]
		for _, want := range []string{`"opaque":"TLS passed through"`, "SNI example.com; ALPN http/1.1", "the server chose " + tls.VersionName(version), alpn, "bytes of the client", `"url":"wss://127.0.0.1`} {
			if !strings.Contains(shown.String(), want) {
				t.Errorf("%q is not shown:\n%s", want, &shown)
			}
		}
	}
}

// A session that openssl keeps goes on in another connection.
func TestSessionsGoOn(t *testing.T) {
	if !installed.Program(t, "openssl") {
		return
	}
	server, serverCA, _ := tlsEcho(t, &tls.Config{})
	dir, file := authority(t)
	addr, stop := proxied(t, "wss://"+server, io.Discard, "--cacert", serverCA, "--ca-dir", dir)
	defer stop()
	for _, version := range []string{"-tls1_2", "-tls1_3"} {
		kept := filepath.Join(t.TempDir(), "session")
		for _, tt := range []struct{ flag, want string }{{"-sess_out", "New, TLS"}, {"-sess_in", "Reused, TLS"}} {
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			cmd := exec.CommandContext(ctx, "openssl", "s_client", "-connect", addr, "-CAfile", file, "-ign_eof", version, tt.flag, kept)
			cmd.Stdin = strings.NewReader("Q\n")
			out, err := untilEcho(cmd)
			cancel()
			if !strings.Contains(out, tt.want) || !strings.Contains(out, "Verify return code: 0") {
				t.Errorf("%s %s: %v %s", version, tt.flag, err, out)
			}
		}
	}
}

// untilEcho runs a client until its server has answered, and ends it.
func untilEcho(cmd *exec.Cmd) (string, error) {
	out, err := cmd.StdoutPipe()
	if err != nil {
		return "", err
	}
	if err := cmd.Start(); err != nil {
		return "", err
	}
	var all []byte
	for p := make([]byte, 4096); !bytes.Contains(all, []byte("\nQ\n")); {
		n, err := out.Read(p)
		all = append(all, p[:n]...)
		if err != nil {
			break
		}
	}
	cmd.Process.Signal(os.Interrupt)
	return string(all), cmd.Wait()
}

// What a server is asked for, and whom its certificate may name.
func TestNames(t *testing.T) {
	for _, tt := range []struct {
		to         destination
		asks, want string
		valid      string
	}{
		{destination{addr: "bücher.example:443", fixed: true}, "", "xn--bcher-kva.example", "xn--bcher-kva.example"},
		{destination{addr: "192.0.2.1:443", fixed: true}, "", "", "192.0.2.1"},
		{destination{addr: "[fe80::1%eth0]:443", fixed: true}, "", "", "fe80::1"},
		{destination{addr: "server.example:443", fixed: true}, "localhost", "server.example", "server.example"},
		{destination{addr: "server.example:443", fixed: true}, "tenant.example", "tenant.example", "tenant.example server.example"},
		{destination{addr: "server.example:443", fixed: true, named: true}, "tenant.example", "server.example", "server.example"},
		{destination{addr: "192.0.2.1:443"}, "localhost", "localhost", "localhost"},
		{destination{addr: "192.0.2.1:443"}, "", "", "192.0.2.1"},
	} {
		sni, valid, err := tt.to.names(&tls.ClientHelloInfo{ServerName: tt.asks})
		if err != nil || sni != tt.want || strings.Join(valid, " ") != tt.valid {
			t.Errorf("%+v: %q %q %v", tt, sni, valid, err)
		}
	}
}
