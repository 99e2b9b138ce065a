package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/gorilla/websocket"

	"wsprobe/chatserver"
	"wsprobe/internal/installed"
)

// socketIn returns the path of a socket that is not there yet.
func socketIn(t *testing.T, name string) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "wsproxy") // t.TempDir has long names
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return filepath.Join(dir, name)
}

// atSocket is what connects to a Unix socket, whatever the URL says.
func atSocket(path string) *websocket.Dialer {
	return &websocket.Dialer{NetDialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "unix", path)
	}}
}

// bundledAt serves the reference server at a Unix socket.
func bundledAt(t *testing.T, path string) {
	t.Helper()
	l, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	ctx, cancel := context.WithCancel(context.Background())
	go func() {
		defer close(done)
		chatserver.Serve(ctx, l, chatserver.Config{})
	}()
	t.Cleanup(func() { cancel(); <-done })
}

// nginxAt has nginx serve the reference server at a Unix socket.
func nginxAt(t *testing.T, path string) (ok bool) {
	t.Helper()
	nginx, err := exec.LookPath("/usr/sbin/nginx")
	if !have(t, err) {
		return false
	}
	dir := filepath.Dir(path)
	config := fmt.Sprintf(`daemon off; master_process off; pid nginx.pid; error_log stderr; events {}
		http { access_log off; client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path fastcgi; scgi_temp_path scgi; uwsgi_temp_path uwsgi;
		server { listen unix:%s; location / { proxy_pass http://%s; proxy_http_version 1.1;
		proxy_set_header Host $http_host; proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection upgrade; } } }`, path, bundled(t))
	file := filepath.Join(dir, "nginx.conf")
	if err := os.WriteFile(file, []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	servingAt(t, dir, "unix", path, nginx, "-p", dir, "-e", "stderr", "-c", file)
	return true
}

// wsAt has the npm library ws echo at a Unix socket.
func wsAt(t *testing.T, path string) (ok bool) {
	t.Helper()
	_, err := os.Stat("../../targets/npm/node_modules/ws")
	if !have(t, err) || !installed.Program(t, "node") {
		return false
	}
	servingAt(t, "../../targets/npm", "unix", path, "node", "ws.js", path)
	return true
}

// Servers that others wrote are reached at their Unix sockets, and what is recorded of
// it is complete in each format and reads back.
func TestServersAtSockets(t *testing.T) {
	for name, serve := range map[string]func(*testing.T, string) bool{"nginx": nginxAt, "ws": wsAt} {
		t.Run(name, func(t *testing.T) {
			path := socketIn(t, "app.sock")
			if !serve(t, path) {
				return
			}
			dir := filepath.Dir(path)
			file := func(ext string) string { return filepath.Join(dir, "talk."+ext) }
			var shown bytes.Buffer
			addr, stop := proxied(t, "ws+unix://"+path+":/echo", &shown, "--write", file("jsonl"), "--write", file("har"), "--write", file("pcapng"))
			talk(t, "ws://"+addr+"/echo", true, "Hello, socket", strings.Repeat("long ", 20000))
			stop()
			wantShown(t, shown.String(), "connected, on to unix:"+path, "GET /echo HTTP/1.1", "Hello, socket")
			validHAR(t, file("har"))
			if written, _ := os.ReadFile(file("jsonl")); len(written) > 0 {
				if code, again, talk := called("read", file("jsonl"), "--format", "json"); code != 0 || again != string(written) {
					t.Errorf("%d %s: read as\n%s\nwritten as\n%s", code, talk, again, written)
				}
			}
			for _, ext := range []string{"jsonl", "pcapng"} {
				code, again, talk := called("read", file(ext))
				if code != 0 || strings.Join(kinds(again), "\n") != strings.Join(kinds(shown.String()), "\n") {
					t.Errorf("%s: %d %s\n%s", ext, code, talk, again)
				}
				if code, out, talk := called("replay", file(ext), "--to", "unix:"+path, "--ignore", "json.time"); code != 0 || !strings.Contains(out, " 0 different, 0 missing, 0 extra") {
					t.Errorf("%s: %d %s%s", ext, code, out, talk)
				}
			}
			if code, out, _ := called("read", file("jsonl"), "--filter", `server=="unix:`+path+`" && url~"^ws://127.*/echo$" && text contains "Hello"`); code != 0 || strings.Count(out, "Hello, socket") != 2 {
				t.Errorf("%d %s", code, out)
			}
			if code, out, talk := called("case", file("jsonl")); code != 0 || !strings.Contains(out, path) {
				t.Errorf("%d %s%s", code, out, talk)
			}
		})
	}
}

// Clients that others wrote reach a server through a Unix socket of ours.
func TestListenAtSocket(t *testing.T) {
	path, pages := socketIn(t, "proxy.sock"), httptest.NewServer(http.HandlerFunc(page))
	defer pages.Close()
	var shown bytes.Buffer
	_, stop := proxied(t, pages.Listener.Addr().String(), &shown, "--listen", "unix:"+path)
	if installed.Program(t, "curl") {
		if got := curl(t, "--unix-socket", path, "-d", "body", "http://app.example/a?b"); got != "POST app.example/a?b body\n" {
			t.Errorf("curl got %q", got)
		}
	}
	stop()
	wantShown(t, shown.String(), "unix:"+path+" connected, on to 127.0.0.1:", "POST /a?b HTTP/1.1")
	_, stop = proxied(t, bundled(t), io.Discard, "--listen", "unix:"+path)
	if out, ok := program(t, "../../targets/npm", "node", "-e", nodeClient, "ws+unix://"+path+":/echo", "3"); ok && !saw(out, "one two three closed 1000") {
		t.Errorf("ws saw %q", out)
	}
	stop()
	proxy := started(t, "forward", "--listen", "unix:"+path)
	if installed.Program(t, "curl") {
		if got := curl(t, "-x", "socks5h://localhost"+path, pages.URL+"/socks"); !strings.HasPrefix(got, "GET ") || !strings.Contains(got, "/socks") {
			t.Errorf("curl got %q", got)
		}
	}
	proxy.stop()
	wantShown(t, proxy.said.String(), "proxy at unix:"+path)
}

// TLS works at Unix sockets as elsewhere, on both sides.
func TestSocketsTLS(t *testing.T) {
	cert, key, serverCA := identity(t, "localhost")
	server, proxy := socketIn(t, "app.sock"), socketIn(t, "proxy.sock")
	l, err := net.Listen("unix", server)
	if err != nil {
		t.Fatal(err)
	}
	pair, err := tls.LoadX509KeyPair(cert, key)
	if err != nil {
		t.Fatal(err)
	}
	secure := &httptest.Server{Listener: l, Config: &http.Server{Handler: echo}, TLS: &tls.Config{Certificates: []tls.Certificate{pair}}}
	secure.StartTLS()
	defer secure.Close()
	dir, file := authority(t)
	var shown bytes.Buffer
	_, stop := proxied(t, "wss+unix://"+server, &shown, "--listen", "unix:"+proxy, "--cacert", serverCA, "--ca-dir", dir)
	dialer := atSocket(proxy)
	dialer.TLSClientConfig = trusting(t, file)
	converse(t, dialer, "wss://localhost/", "one")
	converse(t, atSocket(proxy), "ws://localhost/", "two")
	stop()
	plain := strings.Join(strings.Fields(shown.String()), " ") // without the breaks of long lines
	wantShown(t, plain, "unix:"+proxy+" connected over TLS 1.3, SNI localhost, on to unix:"+server+" over TLS 1.3, SNI localhost", "one", "two")
}

// Every case comes to the same through Unix sockets on either side.
func TestCorpusThroughSockets(t *testing.T) {
	server, between := bundled(t), socketIn(t, "between.sock")
	_, stop := proxied(t, server, io.Discard, "--listen", "unix:"+between)
	defer stop()
	addr, stopFirst := proxied(t, "unix:"+between, io.Discard)
	defer stopFirst()
	differ(t, verdicts(t, "ws://"+server+"/echo"), verdicts(t, "ws://"+addr+"/echo"))
}

// link is a client's connection and that of the server which it gets to.
type link struct{ client, server net.Conn }

// linkedBy connects through a proxy that listens at and forwards to sockets of those
// networks.
func linkedBy(t *testing.T, from, to string, flags ...string) (l link, stop func()) {
	t.Helper()
	at, listen := "127.0.0.1:0", "127.0.0.1:0"
	if to == "unix" {
		at = socketIn(t, "app.sock")
	}
	if from == "unix" {
		listen = "unix:" + socketIn(t, "proxy.sock")
	}
	server, err := net.Listen(to, at)
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	target := server.Addr().String()
	if to == "unix" {
		target = "unix:" + at
	}
	addr, stop := proxied(t, target, io.Discard, append(flags, "--listen", listen)...)
	if from == "unix" {
		addr = strings.TrimPrefix(listen, "unix:")
	}
	if l.client, err = net.Dial(from, addr); err != nil {
		t.Fatal(err)
	}
	if l.server, err = server.Accept(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.client.Close(); l.server.Close() })
	return l, stop
}

// halfClose ends what one sends.
func halfClose(c net.Conn) { c.(interface{ CloseWrite() error }).CloseWrite() }

// ways are those from and to a Unix socket.
var ways = [][2]string{{"unix", "unix"}, {"tcp", "unix"}, {"unix", "tcp"}}

// Every byte comes out as it went in, also behind the end of the other side.
func TestSocketsEveryByte(t *testing.T) {
	for _, way := range ways {
		l, stop := linkedBy(t, way[0], way[1])
		there, back := make([]byte, 3<<20+17), make([]byte, 2<<20+1)
		rand.Read(there)
		rand.Read(back)
		var all sync.WaitGroup
		var answer []byte
		all.Go(func() {
			l.client.Write(there)
			halfClose(l.client)
			answer, _ = io.ReadAll(l.client)
		})
		question, err := io.ReadAll(l.server)
		l.server.Write(back)
		halfClose(l.server)
		all.Wait()
		stop()
		if !bytes.Equal(question, there) || !bytes.Equal(answer, back) || err != nil {
			t.Errorf("%v: %d bytes of %d there, %d of %d back: %v", way, len(question), len(there), len(answer), len(back), err)
		}
	}
}

// A reset is passed on, of a Unix socket as far as it knows one: it is closed while
// something was not read.
func TestSocketsReset(t *testing.T) {
	for _, way := range ways {
		name := filepath.Join(t.TempDir(), "talk.jsonl")
		l, stop := linkedBy(t, way[0], way[1], "--write", name)
		l.client.Write([]byte("unread"))
		l.server.Write([]byte("x"))
		io.ReadFull(l.client, make([]byte, 1))
		l.server.Read(make([]byte, 1)) // of more
		l.server.Close()
		_, err := l.client.Read(make([]byte, 1))
		if way[0] == "tcp" && !errors.Is(err, syscall.ECONNRESET) || err == nil {
			t.Errorf("%v: the client saw %v", way, err)
		}
		stop()
		if text, _ := os.ReadFile(name); !bytes.Contains(text, []byte(`"how":"reset"`)) {
			t.Errorf("%v: recorded is\n%s", way, text)
		}
	}
}
