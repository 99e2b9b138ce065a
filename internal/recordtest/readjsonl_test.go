package recordtest

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"

	"github.com/gorilla/websocket"

	"wsprobe/chatserver"
	"wsprobe/internal/record"
)

// odd are clients that do what a library would not.
var odd = []string{
	"GET / HTTP/1.1\r\nHost: h\r\n\r\n",
	"GET /echo HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n" +
		"\x81\x85\x01\x02\x03\x04abcde\x81\xfe\x00\x01\x00\x00\x00\x00x\x83\x80abcd\x89\x85\x01\x02",
	"GET /echo HTTP/1.1\r\nUpgrade: WebSocket\r\nConnection: Upgrade\r\nHost: h\r\nOrigin: http://h\r\n\r\n\x00one\xff\x80\x80\x03abc\xff\x00",
	"\x00\x01garbage",
}

// conversations has all kinds of clients talk to the bundled server.
func conversations(t *testing.T, addr string) {
	Chat(t, addr)
	dialer := websocket.Dialer{EnableCompression: true, WriteBufferSize: 100}
	c, _, err := dialer.Dial("ws://"+addr+"/echo", nil)
	if err != nil {
		t.Fatal(err)
	}
	for i, text := range []string{"one", strings.Repeat("a long text ", 100), "\x00\xff"} {
		c.EnableWriteCompression(i > 0)
		c.WriteMessage(1+i/2, []byte(text))
		c.ReadMessage()
	}
	c.Close()
	for _, stream := range odd {
		c, err := net.Dial("tcp", addr)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprint(c, stream)
		c.(*net.TCPConn).CloseWrite()
		io.Copy(io.Discard, c)
		c.Close()
	}
}

// chat serves the bundled server.
func chat(t *testing.T) string {
	return Serve(t, chatserver.New(chatserver.Config{}))
}

// What was written is read as what it was written from, and written again the same.
func TestReadJSONL(t *testing.T) {
	var text, again bytes.Buffer
	sink := record.NewJSONL(&text)
	then := Record(t, chat(t), func(addr string) { conversations(t, addr) }, sink)
	whole := bytes.Clone(text.Bytes())
	gather := record.NewGather(0)
	writer := record.NewJSONL(&again)
	if err := record.ReadJSONL(&text, writer, gather); err != nil {
		t.Fatal(err)
	}
	writer.End()
	if !bytes.Equal(whole, again.Bytes()) {
		a, b := strings.Split(string(whole), "\n"), strings.Split(again.String(), "\n")
		for i := range min(len(a), len(b)) {
			if a[i] != b[i] {
				t.Fatalf("line %d\n    was %s\n    is  %s", i+1, a[i], b[i])
			}
		}
		t.Fatalf("%d lines, were %d", len(b), len(a))
	}
	now := gather.Talks()
	if len(now) != len(then) || len(then) != 3+len(odd) {
		t.Fatalf("%d connections, were %d", len(now), len(then))
	}
	for i := range now {
		if now[i].Missing != "" || fmt.Sprintf("%+v", now[i].Events) == "" || len(now[i].Events) != len(then[i].Events) {
			t.Errorf("#%d: %s %d events, were %d", i+1, now[i].Missing, len(now[i].Events), len(then[i].Events))
		}
	}
}
