package main

import (
	"bytes"
	"crypto/tls"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/gorilla/websocket"

	"wsprobe/internal/installed"
)

// page answers with what it was asked.
func page(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	io.WriteString(w, r.Method+" "+r.Host+r.RequestURI+" "+r.Header.Get("Proxy-Connection")+string(body)+"\n")
}

// curl runs it and returns what it wrote.
func curl(t *testing.T, args ...string) string {
	t.Helper()
	cmd := exec.Command("curl", append([]string{"-sS", "--max-time", "60"}, args...)...)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Logf("curl %q: %v", args, err)
	}
	return string(out)
}

// All the ways in which curl uses a proxy lead to the server.
func TestForwardCurl(t *testing.T) {
	if !installed.Program(t, "curl") {
		return
	}
	server := httptest.NewServer(http.HandlerFunc(page))
	defer server.Close()
	_, port, _ := net.SplitHostPort(server.Listener.Addr().String())
	proxy := started(t, "forward")
	for _, way := range [][]string{
		{"-x", "http://" + proxy.addr}, {"--proxytunnel", "-x", "http://" + proxy.addr},
		{"--socks5-hostname", proxy.addr}, {"--socks5", proxy.addr}, {"--socks4", proxy.addr}, {"--socks4a", proxy.addr},
	} {
		got := curl(t, append(way, "-d", "body", "http://localhost:"+port+"/a?b")...)
		if want := "POST localhost:" + port + "/a?b body\n"; got != want {
			t.Errorf("%s: %q, not %q", way, got, want)
		}
	}
	proxy.stop()
	proxy.shows(t, "asked of the proxy: POST http://localhost:"+port+"/a?b", "POST /a?b HTTP/1.1")
	if strings.Contains(proxy.shown.String(), "Proxy-Connection") {
		t.Errorf("what is for the proxy went on:\n%s", proxy.shown.String())
	}
}

// One connection to the proxy serves requests to several servers, as curl sends
// them.
func TestForwardSeveralServers(t *testing.T) {
	if !installed.Program(t, "curl") {
		return
	}
	one, two := httptest.NewServer(http.HandlerFunc(page)), httptest.NewServer(http.HandlerFunc(page))
	defer one.Close()
	defer two.Close()
	proxy := started(t, "forward")
	got := curl(t, "-x", "http://"+proxy.addr, "-w", "%{num_connects}\n",
		one.URL+"/1", one.URL+"/2", two.URL+"/3", "-d", "x", one.URL+"/4")
	proxy.stop()
	a, b := one.Listener.Addr().String(), two.Listener.Addr().String()
	want := "POST " + a + "/1 x\n1\nPOST " + a + "/2 x\n0\nPOST " + b + "/3 x\n0\nPOST " + a + "/4 x\n0\n"
	if got != want {
		t.Errorf("%q, not %q", got, want)
	}
	proxy.shows(t, "#3", "on to "+b, "the client goes on with another server: POST "+two.URL+"/3")
	if strings.Contains(proxy.shown.String(), "#4") {
		t.Error("requests to one server took several connections")
	}
}

// TLS in a tunnel is taken off and put on again, and what is in it is shown.
func TestForwardTLS(t *testing.T) {
	if !installed.Program(t, "curl") {
		return
	}
	certFile, keyFile, serverCA := identity(t, "localhost")
	cert, err := tls.LoadX509KeyPair(certFile, keyFile)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewUnstartedServer(http.HandlerFunc(page))
	server.TLS = &tls.Config{Certificates: []tls.Certificate{cert}}
	server.StartTLS()
	defer server.Close()
	_, port, _ := net.SplitHostPort(server.Listener.Addr().String())
	dir, file := authority(t)
	proxy := started(t, "forward", "--ca-dir", dir, "--cacert", serverCA)
	for _, way := range [][]string{{"-x", "http://" + proxy.addr}, {"--socks5-hostname", proxy.addr}} {
		got := curl(t, append(way, "--http1.1", "--cacert", file, "-d", "body", "https://localhost:"+port+"/over-tls")...)
		if want := "POST localhost:" + port + "/over-tls body\n"; got != want {
			t.Errorf("%s: %q", way, got)
		}
	}
	proxy.stop()
	proxy.shows(t, "POST /over-tls HTTP/1.1", "Host: localhost:"+port, "SNI localhost", "HTTP/1.1 200 OK")
}

// curl tells what the proxy said where there is no way to the server.
func TestForwardRefusals(t *testing.T) {
	if !installed.Program(t, "curl") {
		return
	}
	server := httptest.NewServer(http.HandlerFunc(page))
	defer server.Close()
	proxy, closed := started(t, "forward"), freePort(t)
	for _, c := range []struct {
		want string
		args []string
	}{
		{"connection refused", []string{"-x", "http://" + proxy.addr, "http://" + closed + "/"}},
		{"/first \nwsproxy: dial tcp", []string{"-x", "http://" + proxy.addr, server.URL + "/first", "http://" + closed + "/"}},
		{"response 502", []string{"--proxytunnel", "-x", "http://" + proxy.addr, "http://" + closed + "/"}},
		{"no such host", []string{"-x", "http://" + proxy.addr, "http://nowhere.invalid/"}},
		{"(5)", []string{"--socks5", proxy.addr, "http://" + closed + "/"}},
		{"(4)", []string{"--socks5-hostname", proxy.addr, "http://nowhere.invalid/"}},
		{"SOCKS4", []string{"--socks4", proxy.addr, "http://" + closed + "/"}},
		{"response 508", []string{"--proxytunnel", "-x", "http://" + proxy.addr, "http://" + proxy.addr + "/"}},
		{"(2)", []string{"--socks5", proxy.addr, "http://" + proxy.addr + "/"}},
		{"set it as the proxy", []string{"http://" + proxy.addr + "/"}},
	} {
		if got := curl(t, c.args...); !strings.Contains(got, c.want) {
			t.Errorf("%q: %q, not %q", c.args, got, c.want)
		}
	}
	proxy.stop()
	if said := proxy.said.String(); !strings.Contains(said, "warning: whoever reaches "+proxy.addr) {
		t.Errorf("nobody is warned: %s", said)
	}
}

// A WebSocket client that uses a proxy says what it would say without.
func TestForwardWebSocket(t *testing.T) {
	server := bundled(t)
	for _, scheme := range []string{"http", "socks5"} {
		proxy := started(t, "forward")
		dialer := websocket.Dialer{Proxy: http.ProxyURL(&url.URL{Scheme: scheme, Host: proxy.addr})}
		converse(t, &dialer, "ws://"+server+"/echo", "one", strings.Repeat("two", 100000))
		proxy.stop()
		proxy.shows(t, "GET /echo HTTP/1.1", "300000", "5  1000 bye")
	}
}

// proxiedPython connects websocket-client through a proxy: HTTP as it does itself,
// SOCKS with PySocks.
const proxiedPython = `
import sys, socks, websocket
url, kind, proxy = sys.argv[1:]
host, port = proxy.split(":")
if kind == "http":
    c = websocket.create_connection(url, http_proxy_host=host, http_proxy_port=int(port), proxy_type=kind, http_no_proxy=["none"])
else:
    s = socks.socksocket()
    s.set_proxy(getattr(socks, kind), host, int(port), rdns=True)
    to = url.split("/")[2].split(":")
    s.connect(("localhost", int(to[1])))
    c = websocket.create_connection(url, socket=s)
c.send("from Python")
print(c.recv())
c.close()
`

// A client of another language through the proxy, of each kind.
func TestForwardPython(t *testing.T) {
	const program = "/usr/bin/python3"
	if out, err := exec.Command(program, "-c", "import socks, websocket").CombinedOutput(); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatalf("%v: %s", err, out)
		}
		t.Logf("nothing was tried with Python: %v: %s", err, out)
		return
	}
	server := bundled(t)
	for _, kind := range []string{"http", "SOCKS5", "SOCKS4"} {
		proxy := started(t, "socks")
		out, err := exec.Command(program, "-c", proxiedPython, "ws://"+server+"/echo", kind, proxy.addr).CombinedOutput()
		proxy.stop()
		if err != nil || !bytes.Contains(out, []byte("from Python\n")) {
			t.Errorf("%s: %v: %s", kind, err, out)
		}
		proxy.shows(t, "text      fin=1", "from Python")
	}
}
