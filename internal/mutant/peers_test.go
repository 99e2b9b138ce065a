package mutant

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"

	coder "github.com/coder/websocket"
	"github.com/gobwas/ws"
	"github.com/gobwas/ws/wsutil"
	gorilla "github.com/gorilla/websocket"
)

// sizes are around the boundaries of the three forms of a length.
var sizes = []int{0, 1, 125, 126, 127, 65535, 65536, 1 << 20}

// peer clients, none of which was written here.
var peers = []struct {
	name string
	echo func(ctx context.Context, url string, messages [][]byte) error
}{
	{"gorilla", echoGorilla(false)},
	{"gorilla, compressed", echoGorilla(true)},
	{"coder", echoCoder(coder.CompressionDisabled)},
	{"coder, with takeover", echoCoder(coder.CompressionContextTakeover)},
	{"coder, without takeover", echoCoder(coder.CompressionNoContextTakeover)},
	{"gobwas", echoGobwas},
}

func TestPeersGetTheirEcho(t *testing.T) {
	url := "ws://" + start(t, nil) + "/echo"
	var messages [][]byte
	for _, n := range sizes {
		messages = append(messages, bytes.Repeat([]byte("κόσμε "), n/11+1)[:n/11*11], bytes.Repeat([]byte{'x'}, n))
	}
	for _, p := range peers {
		t.Run(p.name, func(t *testing.T) {
			t.Parallel()
			if err := p.echo(t.Context(), url, messages); err != nil {
				t.Error(err)
			}
		})
	}
}

func echoGorilla(compress bool) func(context.Context, string, [][]byte) error {
	return func(ctx context.Context, url string, messages [][]byte) error {
		dialer := gorilla.Dialer{EnableCompression: compress, Subprotocols: []string{"unknown", "echo"}}
		c, r, err := dialer.DialContext(ctx, url, nil)
		if err != nil {
			return err
		}
		defer c.Close()
		if c.Subprotocol() != "echo" || compress != (r.Header.Get("Sec-Websocket-Extensions") != "") {
			return fmt.Errorf("the answer was %v", r.Header)
		}
		for _, kind := range []int{gorilla.TextMessage, gorilla.BinaryMessage} {
			for _, m := range messages {
				if err := c.WriteMessage(kind, m); err != nil {
					return err
				}
				if got, p, err := c.ReadMessage(); err != nil || got != kind || !bytes.Equal(p, m) {
					return fmt.Errorf("%d bytes of type %d came back as %d of type %d: %w", len(m), kind, len(p), got, err)
				}
			}
		}
		return closeGorilla(c)
	}
}

// closeGorilla closes with a code of its own and wants the same back.
func closeGorilla(c *gorilla.Conn) error {
	if err := c.WriteMessage(gorilla.CloseMessage, gorilla.FormatCloseMessage(3456, "bye")); err != nil {
		return err
	}
	if _, _, err := c.ReadMessage(); !gorilla.IsCloseError(err, 3456) {
		return fmt.Errorf("the answer to a Close was %w", err)
	}
	if n, err := c.NetConn().Read(make([]byte, 1)); err != io.EOF {
		return fmt.Errorf("behind the Close: %d bytes, %w", n, err)
	}
	return nil
}

func echoCoder(mode coder.CompressionMode) func(context.Context, string, [][]byte) error {
	return func(ctx context.Context, url string, messages [][]byte) error {
		c, _, err := coder.Dial(ctx, url, &coder.DialOptions{CompressionMode: mode, CompressionThreshold: 1})
		if err != nil {
			return err
		}
		defer c.CloseNow()
		c.SetReadLimit(-1)
		for _, m := range messages {
			if err := c.Write(ctx, coder.MessageText, m); err != nil {
				return err
			}
			if got, p, err := c.Read(ctx); err != nil || got != coder.MessageText || !bytes.Equal(p, m) {
				return fmt.Errorf("%d bytes came back as %d: %w", len(m), len(p), err)
			}
		}
		if err := c.Ping(c.CloseRead(ctx)); err != nil {
			return err
		}
		return c.Close(coder.StatusNormalClosure, "")
	}
}

func echoGobwas(ctx context.Context, url string, messages [][]byte) error {
	c, _, _, err := ws.Dial(ctx, url)
	if err != nil {
		return err
	}
	defer c.Close()
	for _, m := range messages {
		if err := wsutil.WriteClientBinary(c, m); err != nil {
			return err
		}
		if p, op, err := wsutil.ReadServerData(c); err != nil || op != ws.OpBinary || !bytes.Equal(p, m) {
			return fmt.Errorf("%d bytes came back as %d: %w", len(m), len(p), err)
		}
	}
	return nil
}

// Peers notice what mutants do to them.
func TestPeersRefuseMutants(t *testing.T) {
	for _, name := range []string{"fixed-accept", "no-upgrade-field", "masks-its-frames", "sends-rsv2", "sends-orphans"} {
		m := find(t, name)
		url := "ws://" + start(t, &m) + "/echo"
		if err := echoGorilla(false)(t.Context(), url, [][]byte{[]byte("hello")}); err == nil {
			t.Errorf("gorilla did not notice that a server %s", m.About)
		}
	}
}

// find returns the mutant of that name.
func find(t *testing.T, name string) Mutant {
	t.Helper()
	for _, m := range All() {
		if m.Name == name {
			return m
		}
	}
	t.Fatalf("there is no mutant %s", name)
	return Mutant{}
}

// A known-answer vector and a conversation for each hixie dialect, as bytes.
var hixieTalks = []struct {
	name, request, answer, talk, reply string
}{
	{"hixie-76, the draft's first example",
		"GET /echo?x=1 HTTP/1.1\r\nHost: example.com\r\nConnection: Upgrade\r\nSec-WebSocket-Key2: 12998 5 Y3 1  .P00\r\n" +
			"Sec-WebSocket-Protocol: sample\r\nUpgrade: WebSocket\r\nSec-WebSocket-Key1: 4 @1  46546xW%0l 1 5\r\n" +
			"Origin: http://EXAMPLE.com\r\n\r\n^n:ds[4U",
		"HTTP/1.1 101 WebSocket Protocol Handshake\r\nUpgrade: WebSocket\r\nConnection: Upgrade\r\n" +
			"Sec-WebSocket-Origin: http://example.com\r\nSec-WebSocket-Location: ws://example.com/echo?x=1\r\n" +
			"Sec-WebSocket-Protocol: sample\r\n\r\n8jKS'y:G*Co,Wxa-",
		"\x00hello\xff\x80\x03abc\x05skipped\xff\xff\x01x\x00\xff\x00\xc3\x28\xff\xff\x00",
		"\x00hello\xff\x00\xff\x00\uFFFD(\xff\xff\x00"},
	{"hixie-76, the draft's second example",
		"GET /echo HTTP/1.1\r\nUpgrade: WebSocket\r\nConnection: Upgrade\r\nHost: example.com:80\r\nOrigin: null\r\n" +
			"Sec-WebSocket-Key1: 3e6b263  4 17 80\r\nSec-WebSocket-Key2: 17  9 G`ZD9   2 2b 7X 3 /r90\r\n\r\nWjN}|M(6",
		"HTTP/1.1 101 WebSocket Protocol Handshake\r\nUpgrade: WebSocket\r\nConnection: Upgrade\r\n" +
			"Sec-WebSocket-Origin: null\r\nSec-WebSocket-Location: ws://example.com/echo\r\n\r\nn`9eBk9z$R8pOtVb",
		"\xff\x00", "\xff\x00"},
	{"hixie-76, a third",
		"GET /echo HTTP/1.1\r\nUpgrade: WebSocket\r\nConnection: Upgrade\r\nHost: h\r\nOrigin: null\r\n" +
			"Sec-WebSocket-Key1: 18x 6]8vM;54 *(5:  {   U1]8  z [  8\r\n" +
			"Sec-WebSocket-Key2: 1_ tx7X d  <  nw  334J702) 7]o}` 0\r\n\r\nTm[K T2u",
		"HTTP/1.1 101 WebSocket Protocol Handshake\r\nUpgrade: WebSocket\r\nConnection: Upgrade\r\n" +
			"Sec-WebSocket-Origin: null\r\nSec-WebSocket-Location: ws://h/echo\r\n\r\nfQJ,fN/4F4!~K~MH",
		"\xff\x00", "\xff\x00"},
	{"hixie-76, a fourth",
		"GET /echo HTTP/1.1\r\nUpgrade: WebSocket\r\nConnection: Upgrade\r\nHost: h\r\nOrigin: null\r\n" +
			"Sec-WebSocket-Key1: P388 O503D&ul7 {K%gX( %7  15\r\n" +
			"Sec-WebSocket-Key2: 1 N ?|k UT0or 3o  4 I97N 5-S3O 31\r\n\r\n\x47\x30\x22\x2d\x5a\x3f\x47\x58",
		"HTTP/1.1 101 WebSocket Protocol Handshake\r\nUpgrade: WebSocket\r\nConnection: Upgrade\r\n" +
			"Sec-WebSocket-Origin: null\r\nSec-WebSocket-Location: ws://h/echo\r\n\r\n0st3Rl&q-2ZU^weu",
		"\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80", "\xff\x00"},
	{"hixie-75",
		"GET /echo?q HTTP/1.1\r\nUpgrade: WebSocket\r\nConnection: Upgrade\r\nHost: example.com:8080\r\n" +
			"Origin: http://example.com\r\nWebSocket-Protocol: sample\r\n\r\n",
		"HTTP/1.1 101 Web Socket Protocol Handshake\r\nUpgrade: WebSocket\r\nConnection: Upgrade\r\n" +
			"WebSocket-Origin: http://example.com\r\nWebSocket-Location: ws://example.com:8080/echo?q\r\n" +
			"WebSocket-Protocol: sample\r\n\r\n",
		"\x00hello\xff\x80\x81\x00" + strings.Repeat("x", 128) + "\xff\x00\x00\xff", "\x00hello\xff\x00\xff"},
}

func TestHixieByTheByte(t *testing.T) {
	addr := start(t, nil)
	for _, talk := range hixieTalks {
		t.Run(talk.name, func(t *testing.T) {
			t.Parallel()
			whole, cut := dial(t, addr), dial(t, addr)
			whole.say([]byte(talk.request + talk.talk)...)
			for _, b := range []byte(talk.request + talk.talk) {
				cut.say(b)
			}
			for _, c := range []*client{whole, cut} {
				if got := c.bytes(len(talk.answer)); got != talk.answer {
					t.Errorf("answered\n%q, not\n%q", got, talk.answer)
				}
				c.Conn.(*net.TCPConn).CloseWrite()
				if got := c.rest(); got != talk.reply {
					t.Errorf("replied %q, not %q", got, talk.reply)
				}
			}
		})
	}
}
