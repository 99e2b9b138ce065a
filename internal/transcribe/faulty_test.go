package transcribe

import (
	"fmt"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"wsprobe/chatserver"
	"wsprobe/internal/recordtest"
	"wsprobe/report"
)

const (
	hixie75 = "GET /echo HTTP/1.1\r\nUpgrade: WebSocket\r\nConnection: Upgrade\r\nHost: ADDR\r\nOrigin: http://ADDR\r\n\r\n"
	right   = "GET /echo HTTP/1.1\r\nHost: ADDR\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
	key     = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
	deflate = "Sec-WebSocket-Extensions: permessage-deflate\r\n"
	goodbye = "\x88\x82\x00\x00\x00\x00\x03\xe8"
)

// raw sends bytes, reads until the server ends, and returns what it said.
func raw(t *testing.T, addr string, parts ...string) string {
	t.Helper()
	c, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	c.SetDeadline(time.Now().Add(10 * time.Second))
	for i, part := range parts {
		if i > 0 {
			time.Sleep(50 * time.Millisecond) // the answer to the handshake comes first
		}
		io.WriteString(c, strings.ReplaceAll(part, "ADDR", addr))
	}
	all, _ := io.ReadAll(c)
	return string(all)
}

// What a client does wrong is in the case, too: without it the server would have no
// reason to answer as it did.
func TestFaultyClients(t *testing.T) {
	server := recordtest.Serve(t, chatserver.New(chatserver.Config{}))
	for name, tt := range map[string]struct {
		parts []string
		want  string // in the case
	}{
		"Host twice":             {[]string{right + key + "Host: elsewhere.example\r\n\r\n"}, "set: {Host: [$target.host, elsewhere.example]}"},
		"the key twice":          {[]string{right + key + key + "\r\n"}, "set: {Sec-WebSocket-Key: ["},
		"Connection twice":       {[]string{right + "Connection: keep-alive\r\n" + key + "\r\n", goodbye}, "set: {Connection: [Upgrade, keep-alive]}"},
		"no subprotocol":         {[]string{right + key + "Sec-WebSocket-Protocol: \r\n\r\n"}, `add: {Sec-WebSocket-Protocol: ""}`},
		"subprotocols, doubled":  {[]string{right + key + "Sec-WebSocket-Protocol: a\r\nSec-WebSocket-Protocol: b\r\n\r\n", goodbye}, "add: {Sec-WebSocket-Protocol: [a, b]}"},
		"no origin in hixie-76":  {[]string{"GET /echo HTTP/1.1\r\nHost: ADDR\r\nConnection: Upgrade\r\nSec-WebSocket-Key2: 12998 5 Y3 1  .P00\r\nUpgrade: WebSocket\r\nSec-WebSocket-Key1: 4 @1  46546xW%0l 1 5\r\n\r\n^n:ds[4U"}, "drop: [Origin]"},
		"a frame without end":    {[]string{right + key + "\r\n", "\x82\xff\x40\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00only the beginning"}, "- write: "},
		"RSV1 on a continuation": {[]string{right + key + deflate + "\r\n", "\x41\x83\x00\x00\x00\x00\xf2\x48\xcd\xc0\x84\x00\x00\x00\x00\xc9\xc9\x07\x00"}, "rsv: 4"},
		"no compressed data":     {[]string{right + key + deflate + "\r\n", "\xc1\x80\x00\x00\x00\x00"}, `{text: "", rsv: 4}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			talks := recordtest.Record(t, server, func(addr string) { raw(t, addr, tt.parts...) })
			all, text := suiteOf(t, talks, false)
			if !strings.Contains(text, tt.want) {
				t.Errorf("%q is not in it:\n%s", tt.want, text)
			}
			for _, c := range played(t, all, server+"/echo") {
				if c.Verdict != report.Pass {
					t.Errorf("%s %+v\n%s", c.Verdict, c.Findings, text)
				}
			}
		})
	}
}

// A case is of one dialect: a conversation that overlaps with one of another is a
// case of its own.
func TestDialectsThatOverlap(t *testing.T) {
	server := recordtest.Serve(t, chatserver.New(chatserver.Config{}))
	talks := recordtest.Record(t, server, func(addr string) {
		old, err := net.Dial("tcp", addr)
		if err != nil {
			t.Fatal(err)
		}
		defer old.Close()
		fmt.Fprint(old, strings.ReplaceAll(hixie75, "ADDR", addr))
		old.Read(make([]byte, 1000))
		raw(t, addr, right+key+"\r\n", goodbye)
	})
	all, text := suiteOf(t, talks, false)
	if len(all) != 2 {
		t.Fatal(text)
	}
	for _, c := range played(t, all, server+"/echo") {
		if c.Verdict != report.Pass {
			t.Errorf("%s %+v\n%s", c.Verdict, c.Findings, text)
		}
	}
}
