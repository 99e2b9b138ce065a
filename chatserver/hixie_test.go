package chatserver

import (
	"encoding/hex"
	"io"
	"strings"
	"testing"

	"wsprobe/internal/wire"
)

// vectors76 are worked examples of the hixie-76 challenge: the first, second
// and fourth stand in the draft and in pages of its time.
var vectors76 = []struct{ key1, key2, key3, answer string }{
	{"4 @1  46546xW%0l 1 5", "12998 5 Y3 1  .P00", "^n:ds[4U", "8jKS'y:G*Co,Wxa-"},
	{"18x 6]8vM;54 *(5:  {   U1]8  z [  8", "1_ tx7X d  <  nw  334J702) 7]o}` 0", "Tm[K T2u", "fQJ,fN/4F4!~K~MH"},
	{"P388 O503D&ul7 {K%gX( %7  15", "1 N ?|k UT0or 3o  4 I97N 5-S3O 31", "G0\"-Z?GX", "0st3Rl&q-2ZU^weu"},
	{"3e6b263  4 17 80", "17  9 G`ZD9   2 2b 7X 3 /r90", "WjN}|M(6", "n`9eBk9z$R8pOtVb"},
}

// request76 is the request of draft-hixie-thewebsocketprotocol-76 §1.2, without
// the eight bytes.
func request76(path, key1, key2 string) string {
	return "GET " + path + " HTTP/1.1\r\n" +
		"Host: example.com\r\nConnection: Upgrade\r\nSec-WebSocket-Key2: " + key2 + "\r\n" +
		"Sec-WebSocket-Protocol: sample\r\nUpgrade: WebSocket\r\nSec-WebSocket-Key1: " + key1 + "\r\n" +
		"Origin: http://EXAMPLE.com\r\n\r\n"
}

const answer76 = "HTTP/1.1 101 WebSocket Protocol Handshake\r\n" +
	"Upgrade: WebSocket\r\nConnection: Upgrade\r\n" +
	"Sec-WebSocket-Origin: http://example.com\r\n" +
	"Sec-WebSocket-Location: ws://example.com/echo?x=1\r\n" +
	"Sec-WebSocket-Protocol: sample\r\n\r\n"

func TestHixie76Handshake(t *testing.T) {
	addr := start(t, Config{})
	for _, v := range vectors76 {
		c := dialRaw(t, addr)
		// A frame right behind the handshake must not get lost.
		c.send([]byte(request76("/echo?x=1", v.key1, v.key2) + v.key3 + "\x00early\xff")...)
		c.want([]byte(answer76 + v.answer + "\x00early\xff"))

		late := dialRaw(t, addr)
		late.dribble([]byte(request76("/echo?x=1", v.key1, v.key2)))
		late.dribble([]byte(v.key3))
		late.want([]byte(answer76 + v.answer))
	}
}

func TestHixie76Refusals(t *testing.T) {
	addr := start(t, Config{})
	good := vectors76[0]
	request := request76("/echo", good.key1, good.key2)
	for name, c := range map[string]struct {
		request string
		status  int
	}{
		"no spaces":         {request76("/echo", "3e6b26341780", good.key2), 400},
		"not divisible":     {request76("/echo", "3e6b263 4 17 80", good.key2), 400},
		"second key":        {request76("/echo", good.key1, "179G`ZD922b7X3/r90"), 400},
		"beyond 32 bits":    {request76("/echo", "99999999999 0", good.key2), 400},
		"beyond 64 bits":    {request76("/echo", "9999999999999999999999 0", good.key2), 400},
		"no digits":         {request76("/echo", "a b", "c d"), 101}, // zero is a multiple of one
		"only one key":      {strings.Replace(request, "Sec-WebSocket-Key2", "X-Key2", 1), 400},
		"two first keys":    {strings.Replace(request, "\r\n\r\n", "\r\nSec-WebSocket-Key1: 1 1\r\n\r\n", 1), 400},
		"no origin":         {strings.Replace(request, "Origin", "X-Origin", 1), 400},
		"two subprotocols":  {strings.Replace(request, "\r\n\r\n", "\r\nSec-WebSocket-Protocol: x\r\n\r\n", 1), 400},
		"other subprotocol": {strings.Replace(request, "/echo", "/chat", 1), 400},
		"nowhere":           {strings.Replace(request, "/echo", "/nowhere", 1), 404},
		"length announced":  {strings.Replace(request, "\r\n\r\n", "\r\nContent-Length: 8\r\n\r\n", 1), 101},
		"wrong length":      {strings.Replace(request, "\r\n\r\n", "\r\nContent-Length: 9\r\n\r\n", 1), 400},
	} {
		t.Run(name, func(t *testing.T) {
			if r := ask(t, addr, c.request+good.key3); r.Status != c.status {
				t.Errorf("got %q, want %d", r.Line, c.status)
			}
		})
	}
}

func TestHixie75Handshake(t *testing.T) {
	const request = "GET /echo?x=1 HTTP/1.1\r\nUpgrade: WebSocket\r\nConnection: Upgrade\r\n" +
		"Host: example.com:8080\r\nOrigin: http://example.com\r\n"
	const answer = "HTTP/1.1 101 Web Socket Protocol Handshake\r\nUpgrade: WebSocket\r\nConnection: Upgrade\r\n" +
		"WebSocket-Origin: http://example.com\r\nWebSocket-Location: ws://example.com:8080/echo?x=1\r\n"
	addr := start(t, Config{})

	c := dialRaw(t, addr)
	c.send([]byte(request + "\r\n\x00early\xff")...)
	c.want([]byte(answer + "\r\n\x00early\xff"))

	c = dialRaw(t, addr)
	c.send([]byte(request + "WebSocket-Protocol: sample\r\n\r\n")...)
	c.want([]byte(answer + "WebSocket-Protocol: sample\r\n\r\n"))

	if r := ask(t, addr, strings.Replace(request, "Origin", "X-Origin", 1)+"\r\n"); r.Status != 400 {
		t.Errorf("without an origin: got %q, want 400", r.Line)
	}
	if r := ask(t, addr, strings.Replace(request, ": WebSocket", ": websocket", 1)+"\r\n"); r.Status != 426 {
		t.Errorf("in lower case: got %q, want 426", r.Line)
	}
}

// openHixie opens a connection of one of the hixie dialects.
func openHixie(t *testing.T, addr, path string, d wire.Dialect) *rawConn {
	t.Helper()
	c := dialRaw(t, addr)
	c.open(wire.Handshake{Dialect: d, Target: path})
	if d == wire.Hixie76 {
		var challenge [16]byte
		if _, err := io.ReadFull(c.r, challenge[:]); err != nil {
			t.Fatal(err)
		}
	}
	return c
}

func TestHixieFrames(t *testing.T) {
	addr := start(t, Config{EchoLimit: 1000})
	for _, c := range []struct {
		name string
		send string // in hex
		want string
		end  bool // the server closes
	}{
		{"text", "00 48656c6c6f ff", "00 48656c6c6f ff", false},
		{"empty text", "00 ff", "00 ff", false},
		{"two texts", "00 61 ff 00 62 ff", "00 61 ff 00 62 ff", false},
		{"beyond ASCII", "00 ceba ff", "00 ceba ff", false},
		{"bad UTF-8", "00 61 fe 62 ff", "00 61 efbfbd 62 ff", false},
		{"frame with a length", "80 03 616263 00 74 ff", "00 74 ff", false},
		{"frame of no length", "80 00 00 74 ff", "00 74 ff", false},
		{"length in two bytes", "80 81 02" + strings.Repeat("ff", 130) + "00 74 ff", "00 74 ff", false},
		{"length with zeros in front", "80 80 80 01 ff 00 74 ff", "00 74 ff", false},
		{"type ff with a length", "ff 01 78 00 74 ff", "00 74 ff", false},
		{"unknown type", "05 616263 ff 00 74 ff", "00 74 ff", false},
		{"type 7f", "7f 80 ff 00 74 ff", "00 74 ff", false},
		{"text that is too long", "00" + strings.Repeat("61", 1001), "", true},
		{"frame that is too long", "80 87 69", "", true},
		{"unknown frame that is too long", "05" + strings.Repeat("61", 1001), "", true},
		{"length without an end", "80" + strings.Repeat("80", 100), "", true},
		{"length beyond 64 bits", "80" + strings.Repeat("ff", 12), "", true},
		{"closing frame", "00 61 ff ff 00 00 62 ff", "00 61 ff", true},
	} {
		for _, d := range []wire.Dialect{wire.Hixie75, wire.Hixie76} {
			t.Run(c.name+", "+d.String(), func(t *testing.T) {
				send, want := unhex(t, c.send), unhex(t, c.want)
				if c.end && d == wire.Hixie76 {
					want = append(want, wire.HixieClosing...)
				}
				whole, dribbled := openHixie(t, addr, "/echo", d), openHixie(t, addr, "/echo", d)
				whole.send(send...)
				whole.want(want)
				if c.end {
					whole.wantEnd()
					return
				}
				dribbled.dribble(send)
				dribbled.want(want)
			})
		}
	}
}

func unhex(t *testing.T, s string) []byte {
	t.Helper()
	p, err := hex.DecodeString(strings.ReplaceAll(s, " ", ""))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestHixie75EndsWithTCP(t *testing.T) {
	c := openHixie(t, start(t, Config{}), "/echo", wire.Hixie75)
	c.send([]byte("\x00Hello\xff")...)
	c.Conn.(interface{ CloseWrite() error }).CloseWrite()
	c.want([]byte("\x00Hello\xff"))
	c.wantEnd()
}
