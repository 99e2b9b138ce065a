package main

import (
	"context"
	"encoding/pem"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/signal"
	"strings"
	"sync"
	"syscall"
	"time"

	"wsprobe/chatserver"
	"wsprobe/internal/mutant"
)

// server is one of the servers that the scripts have wsprobe meet.
type server struct {
	url, port string
	cert      []byte // PEM, of a TLS server
	stop      func()
}

// startServer starts the server of that name: right, tls, dies, a mutant's, or one of
// oddServers.
func startServer(name, addr string) (*server, error) {
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return nil, err
	}
	s := &server{url: fmt.Sprintf("ws://%s/echo", l.Addr())}
	_, s.port, _ = net.SplitHostPort(l.Addr().String())
	switch odd, ok := oddServers[name]; {
	case ok:
		s.stop = serveOdd(l, odd)
	case name == "right":
		s.stop = mutant.Serve(l, nil)
	case name == "dies":
		s.serveDying(l)
	case name == "tls":
		s.serveTLS(l)
	default:
		return s, s.serveMutant(l, name)
	}
	return s, nil
}

func (s *server) serveMutant(l net.Listener, name string) error {
	for _, m := range mutant.All() {
		if m.Name == name {
			s.stop = mutant.Serve(l, &m)
			return nil
		}
	}
	l.Close()
	return fmt.Errorf("no server %q", name)
}

// serveTLS serves the reference server over TLS, for 127.0.0.1 and example.com.
func (s *server) serveTLS(l net.Listener) {
	chat := chatserver.New(chatserver.Config{})
	ts := httptest.NewUnstartedServer(chat)
	ts.Listener.Close()
	ts.Listener, ts.Config.ErrorLog = l, log.New(io.Discard, "", 0)
	ts.StartTLS()
	s.cert = pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: ts.Certificate().Raw})
	s.url = strings.Replace(s.url, "ws:", "wss:", 1)
	s.stop = func() {
		ts.Close()
		chat.Shutdown(context.Background())
	}
}

// oddServers are servers that are no WebSocket servers at all. Each is given a
// connection whose request has not been read.
var oddServers = map[string]func(net.Conn){
	"closes": func(c net.Conn) {},
	"silent": func(c net.Conn) { io.Copy(io.Discard, c) },
	"http": func(c net.Conn) {
		answer(c, "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 6\r\n\r\nhello\n")
	},
	"redirects": func(c net.Conn) {
		answer(c, "HTTP/1.1 301 Moved\r\nLocation: https://example.com/\x1b[31m\r\nContent-Length: 0\r\n\r\n")
	},
	"babbles": func(c net.Conn) { answer(c, "220 mail.example.com ESMTP\r\n") },
	"drips": func(c net.Conn) {
		for _, b := range []byte("HTTP/1.1 101 Switching Protocols\r\n") {
			if _, err := c.Write([]byte{b}); err != nil {
				return
			}
			time.Sleep(time.Second)
		}
	},
	"floods": func(c net.Conn) { // a head of 1 GiB
		answer(c, "HTTP/1.1 101 Switching Protocols\r\nX-Long: ")
		chunk := []byte(strings.Repeat("a", 1<<20))
		for range 1 << 10 {
			if _, err := c.Write(chunk); err != nil {
				return
			}
		}
	},
}

// answer reads the request and writes a response.
func answer(c net.Conn, response string) {
	head := make([]byte, 4096)
	if _, err := c.Read(head); err == nil {
		io.WriteString(c, response)
	}
}

// serveOdd hands each connection to handle.
func serveOdd(l net.Listener, handle func(net.Conn)) (stop func()) {
	var running sync.WaitGroup
	var mu sync.Mutex
	open := map[net.Conn]bool{}
	running.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			mu.Lock()
			open[c] = true
			mu.Unlock()
			running.Go(func() {
				handle(c)
				c.Close()
			})
		}
	})
	return func() {
		l.Close()
		mu.Lock()
		for c := range open {
			c.Close()
		}
		mu.Unlock()
		running.Wait()
	}
}

// serveAt is a whole program: a server at a port, until SIGTERM.
func serveAt(port, name string) {
	s, err := startServer(name, "127.0.0.1:"+port)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	end := make(chan os.Signal, 1)
	signal.Notify(end, syscall.SIGTERM)
	<-end
	s.stop()
}

// dieAt is a program that ends when it is asked for /die.
func dieAt(port string) {
	http.ListenAndServe("127.0.0.1:"+port, dying(func() {
		fmt.Println("this is the end")
		os.Exit(7)
	}))
}

// dying is the reference server with a path that kills it.
func dying(die func()) http.Handler {
	chat := chatserver.New(chatserver.Config{})
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/die" {
			die()
			return
		}
		chat.ServeHTTP(w, r)
	})
}

// serveDying serves the same in this process; it dies by not listening any more.
func (s *server) serveDying(l net.Listener) {
	web := &http.Server{}
	web.Handler = dying(func() { web.Close() })
	go web.Serve(l)
	s.stop = func() { web.Close() }
}
