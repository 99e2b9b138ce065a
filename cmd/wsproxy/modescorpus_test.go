package main

import (
	"io"
	"net"
	"testing"
	"time"

	"wsprobe/internal/lint"
	"wsprobe/internal/relay"
)

// untapped is a tap that looks at nothing.
type untapped struct{}

func (untapped) Data(lint.Side, time.Duration, []byte)  {}
func (untapped) End(lint.Side, time.Duration, lint.End) {}
func (untapped) Closed(time.Duration)                   {}

// tunnelled listens for clients that know no proxy, asks a proxy for a server for
// each of them, and returns where.
func tunnelled(t *testing.T, ask func(proxy net.Conn) error, proxy string) (addr string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	links := relay.New(relay.Options{})
	t.Cleanup(func() { l.Close(); links.Close() })
	connect := func(client net.Conn) {
		server, err := net.Dial("tcp", proxy)
		if err == nil {
			err = ask(server)
		}
		if err != nil {
			t.Error(err)
			client.Close()
			return
		}
		links.Link(client, server, untapped{}, nil)
	}
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go connect(c)
		}
	}()
	return l.Addr().String()
}

// connectTo asks for a server in a CONNECT.
func connectTo(server string) func(net.Conn) error {
	return func(proxy net.Conn) error {
		io.WriteString(proxy, "CONNECT "+server+" HTTP/1.1\r\n\r\n")
		_, err := io.ReadFull(proxy, make([]byte, len("HTTP/1.1 200 Connection established\r\n\r\n")))
		return err
	}
}

// Every case comes to the same in a tunnel, and where heads are changed.
func TestCorpusThroughModes(t *testing.T) {
	server := bundled(t)
	without := verdicts(t, "ws://"+server+"/echo")
	proxy := started(t, "forward")
	differ(t, without, verdicts(t, "ws://"+tunnelled(t, connectTo(server), proxy.addr)+"/echo"))
	proxy.stop()
	proxy = started(t, server, "--rewrite-host", "--rewrite-origin")
	differ(t, without, verdicts(t, "ws://"+proxy.addr+"/echo"))
	proxy.stop()
}
