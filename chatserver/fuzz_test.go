package chatserver

import (
	"io"
	"net"
	"net/http"
	"testing"
	"time"
	"unicode/utf8"

	"wsprobe/internal/wire"
)

// FuzzParse feeds messages to the chat. Whatever is taken keeps to PROTOCOL.md.
func FuzzParse(f *testing.F) {
	for _, s := range []string{`{"type":"join","room":"r","nick":"n","ref":"1"}`, `{"type":"say","text":"\ud800"}`, `[]`, `{"type":null}`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, payload []byte) {
		r, err := parse(payload)
		if utf8.RuneCountInString(r.Ref) > refLimit {
			t.Errorf("a ref of %d bytes got through", len(r.Ref))
		}
		if _, known := members[r.Type]; err == nil && !known {
			t.Errorf("type %q got through", r.Type)
		}
		if c, ok := err.(*complaint); ok {
			answer{Type: "error", Code: c.code, Text: c.text, Ref: r.Ref}.encode()
		}
	})
}

// FuzzLinks feeds bytes to both kinds of link, as what follows a handshake.
// Every message that they let through is within the limit, and every text UTF-8.
func FuzzLinks(f *testing.F) {
	for _, p := range [][]byte{
		frame(0x81, "Hello"), frame(0xc1, helloFixed), frame(0xc1, helloFinal), frame(0x88, "\x03\xe8bye"), header(0x82, 1<<63),
		join(frame(0x01, "\xce"), frame(0x89, "p"), frame(0x80, "\xba")), []byte("\x00Hello\xff\x80\x01x\xff\x00"),
	} {
		f.Add(p)
	}
	key := http.Header{"Sec-Websocket-Key": {sampleKey}, "Origin": {"http://a"}}
	r, err := http.NewRequest("GET", "http://example.com/echo", nil)
	if err != nil {
		f.Fatal(err)
	}
	r.Header = key
	f.Fuzz(func(t *testing.T, p []byte) {
		fuzzLink(t, newSocket, r, &offer{dialect: wire.RFC6455, deflate: true}, p)
		fuzzLink(t, newHixieLink, r, &offer{dialect: wire.Hixie75}, p)
	})
}

func fuzzLink(t *testing.T, open func(*transport, *http.Request, *offer, int64) (link, error), r *http.Request, o *offer, p []byte) {
	const limit = 1000
	conf := Config{CloseTimeout: time.Second}.withDefaults()
	server, client := net.Pipe()
	go io.Copy(io.Discard, client)
	sent := make(chan struct{})
	go func() {
		client.Write(p)
		client.Close()
		close(sent)
	}()
	l, err := open(&transport{Conn: server, conf: &conf, idle: patience}, r, o, limit)
	for err == nil {
		var m message
		// A bad byte of a hixie text comes out as the three of U+FFFD.
		if m, err = l.Read(); err == nil && (len(m.payload) > 3*limit || !m.binary && !utf8.Valid(m.payload)) {
			t.Errorf("message %q got through", m.payload)
		}
	}
	if l != nil {
		l.Finish(err)
	}
	server.Close()
	<-sent
}
