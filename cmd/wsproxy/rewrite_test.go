package main

import (
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/gorilla/websocket"
)

// insisting serves an echo to those only that name it as itself and come from its
// own pages, and redirects the rest of the world to a place of its own.
func insisting(w http.ResponseWriter, r *http.Request) {
	self := r.Context().Value(http.LocalAddrContextKey).(net.Addr).String()
	switch {
	case r.Host != self || r.Header.Get("Origin") != "http://"+self:
		http.Error(w, "not for you", http.StatusForbidden)
	case !websocket.IsWebSocketUpgrade(r):
		http.Redirect(w, r, "http://"+self+"/elsewhere", http.StatusFound)
	default:
		echo(w, r)
	}
}

func TestRewrite(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(insisting))
	defer server.Close()
	at := server.Listener.Addr().String()
	header := http.Header{"Origin": {"http://page.example"}}
	plain := started(t, at)
	if _, r, err := websocket.DefaultDialer.Dial("ws://"+plain.addr+"/", header); err == nil || r.StatusCode != http.StatusForbidden {
		t.Errorf("left alone: %v", err)
	}
	plain.stop()
	proxy := started(t, at, "--rewrite-host", "--rewrite-origin")
	c, _, err := websocket.DefaultDialer.Dial("ws://"+proxy.addr+"/", header)
	if err != nil {
		t.Fatal(err)
	}
	c.WriteMessage(websocket.TextMessage, []byte("Host: "+proxy.addr))
	if _, got, err := c.ReadMessage(); string(got) != "Host: "+proxy.addr {
		t.Errorf("%q, %v", got, err)
	}
	c.Close()
	req, _ := http.NewRequest("GET", "http://"+proxy.addr+"/", nil)
	req.Header = header
	if r, err := http.DefaultTransport.RoundTrip(req); err != nil || r.Header.Get("Location") != "http://"+proxy.addr+"/elsewhere" {
		t.Errorf("%v, %v", r, err)
	} else {
		r.Body.Close()
	}
	http.DefaultTransport.(*http.Transport).CloseIdleConnections()
	proxy.stop()
	proxy.shows(t, "to the server: Host: "+proxy.addr+" became "+at, "to the server: Origin: http://page.example became http://"+at,
		"Host: "+at, "to the client: Location: http://"+at+"/elsewhere became http://"+proxy.addr+"/elsewhere")
}

func TestRewriteOriginTo(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		io.WriteString(w, r.Host+" "+r.Header.Get("Origin"))
	}))
	defer server.Close()
	proxy := started(t, server.Listener.Addr().String(), "--rewrite-origin=https://example.com")
	defer proxy.stop()
	req, _ := http.NewRequest("GET", "http://"+proxy.addr+"/", nil)
	req.Header.Set("Origin", "null")
	req.Close = true
	r, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	if got, _ := io.ReadAll(r.Body); string(got) != proxy.addr+" https://example.com" {
		t.Errorf("%q", got)
	}
}

// A server over TLS that insists on its name is served as well, and clients without
// TLS are redirected to where they came.
func TestRewriteToTLS(t *testing.T) {
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, r.Header.Get("Origin")+"/for/"+r.Host, http.StatusFound)
	}))
	defer server.Close()
	at := server.Listener.Addr().String()
	proxy := started(t, "wss://"+at, "--insecure", "--rewrite-host", "--rewrite-origin")
	defer proxy.stop()
	req, _ := http.NewRequest("GET", "http://"+proxy.addr+"/", nil)
	req.Header.Set("Origin", "null")
	req.Close = true
	r, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	r.Body.Close()
	if got := r.Header.Get("Location"); got != "http://"+proxy.addr+"/for/"+at {
		t.Errorf("%q", got)
	}
}

// A client of 2010 checks the Location that comes with the answer, and it is right
// with a server that has been told another Host.
func TestRewriteHixie(t *testing.T) {
	proxy := started(t, bundled(t), "--rewrite-host", "--rewrite-origin")
	c, err := net.Dial("tcp", proxy.addr)
	if err != nil {
		t.Fatal(err)
	}
	io.WriteString(c, "GET /echo HTTP/1.1\r\nUpgrade: WebSocket\r\nConnection: Upgrade\r\nHost: "+proxy.addr+"\r\nOrigin: http://"+proxy.addr+
		"\r\nSec-WebSocket-Key1: 4 @1  46546xW%0l 1 5\r\nSec-WebSocket-Key2: 12998 5 Y3 1  .P00\r\n\r\n^n:ds[4U\x00Host\xff\xff\x00")
	all, err := io.ReadAll(c)
	proxy.stop()
	for _, want := range []string{"Sec-WebSocket-Location: ws://" + proxy.addr + "/echo\r\n", "Sec-WebSocket-Origin: http://" + proxy.addr + "\r\n", "\r\n\r\n8jKS'y:G*Co,Wxa-\x00Host\xff\xff\x00"} {
		if !strings.Contains(string(all), want) {
			t.Errorf("%q is not in %q, %v", want, all, err)
		}
	}
}
