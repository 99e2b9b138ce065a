package http2read

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"

	"wsprobe/internal/lint"
)

// peer writes what one side sends, with the framer and the encoder of x/net.
type peer struct {
	bytes.Buffer
	*http2.Framer
	encoder *hpack.Encoder
	block   bytes.Buffer
}

func newPeer() *peer {
	p := &peer{}
	p.Framer = http2.NewFramer(&p.Buffer, nil)
	p.Framer.AllowIllegalWrites = true
	p.encoder = hpack.NewEncoder(&p.block)
	return p
}

// fields encodes names and values in turn.
func (p *peer) fields(pairs ...string) []byte {
	p.block.Reset()
	for i := 0; i < len(pairs); i += 2 {
		p.encoder.WriteField(hpack.HeaderField{Name: pairs[i], Value: pairs[i+1]})
	}
	return bytes.Clone(p.block.Bytes())
}

// heads writes a header block in so many frames.
func (p *peer) heads(stream uint32, frames int, end bool, pairs ...string) {
	block := p.fields(pairs...)
	size := (len(block) + frames - 1) / frames
	for i, part := range slices.Collect(slices.Chunk(block, max(size, 1))) {
		last := i == (len(block)-1)/max(size, 1)
		if i == 0 {
			p.WriteHeaders(http2.HeadersFrameParam{StreamID: stream, BlockFragment: part, EndHeaders: last, EndStream: end, PadLength: 3,
				Priority: http2.PriorityParam{Weight: 7}})
		} else {
			p.WriteContinuation(stream, last, part)
		}
	}
}

func asks(path string, more ...string) []string {
	return append([]string{":method", "CONNECT", ":protocol", "websocket", ":scheme", "https", ":path", path, ":authority", "h"}, more...)
}

// heard is what a stream was told, in a line for each thing.
type heard struct {
	lines []string
	data  [2]string
}

func (h *heard) Data(side lint.Side, _ time.Duration, p []byte) { h.data[side] += string(p) }
func (h *heard) Note(_ time.Duration, text string)              { h.lines = append(h.lines, text) }
func (h *heard) Closed(_ time.Duration, seen bool) {
	h.lines = append(h.lines, map[bool]string{true: "closed", false: "left"}[seen])
}
func (h *heard) End(side lint.Side, _ time.Duration, how lint.End) {
	h.lines = append(h.lines, side.String()+" "+how.String())
}

// listener is who is told of a connection.
type listener struct {
	streams map[uint32]*heard
	enabled []bool // of each in turn
	lost    string
}

func listen() (*listener, *Conn) {
	l := &listener{streams: map[uint32]*heard{}}
	return l, New(Options{
		Open: func(id uint32, _ time.Duration, enabled bool) Stream {
			l.enabled = append(l.enabled, enabled)
			l.streams[id] = &heard{}
			return l.streams[id]
		},
		Note: func(_ time.Duration, why string) { l.lost += why },
	})
}

// cuts feeds bytes in random pieces.
func cuts(c *Conn, side lint.Side, p []byte, r *rand.Rand) {
	for len(p) > 0 {
		n := 1 + r.IntN(min(len(p), 1+r.IntN(40)))
		c.Feed(side, 0, p[:n])
		p = p[n:]
	}
}

func (h *heard) want(t *testing.T, client, server string, lines ...string) {
	t.Helper()
	if h == nil {
		t.Fatal("it was not opened")
	}
	if h.data[0] != client || h.data[1] != server || !slices.Equal(h.lines, lines) {
		t.Errorf("%q\n%q\n%q", h.data[0], h.data[1], h.lines)
	}
}

const asked, answered = "CONNECT /a HTTP/2\r\n:protocol: websocket\r\n:scheme: https\r\n:authority: h\r\n", "HTTP/2 200\r\n"

// TestStreams reads two WebSockets among all else that a connection carries, however it is cut.
func TestStreams(t *testing.T) {
	client, server := newPeer(), newPeer()
	client.WriteString(Preface)
	client.WriteSettings(http2.Setting{ID: http2.SettingHeaderTableSize, Val: 0}, http2.Setting{ID: http2.SettingEnablePush, Val: 1})
	client.heads(1, 1, true, ":method", "GET", ":path", "/page", "cookie", strings.Repeat("c", 300))
	client.heads(3, 3, false, asks("/a", "cookie", strings.Repeat("c", 300))...)
	client.WriteDataPadded(3, false, []byte("one "), make([]byte, 9))
	client.heads(5, 1, false, asks("/b")...)
	client.WriteData(1, false, []byte("not of a WebSocket"))
	client.WritePing(false, [8]byte{})
	client.WriteData(3, false, []byte("two"))
	client.WriteWindowUpdate(3, 1)
	client.WriteData(5, false, []byte("b"))
	client.WriteDataPadded(3, true, nil, make([]byte, 255))
	client.WriteRSTStream(5, http2.ErrCodeCancel)
	client.WriteData(5, false, []byte("behind its end"))

	server.WriteSettings(http2.Setting{ID: http2.SettingEnableConnectProtocol, Val: 1}, http2.Setting{ID: http2.SettingHeaderTableSize, Val: 8192})
	server.WriteSettingsAck()
	server.WritePushPromise(http2.PushPromiseParam{StreamID: 1, PromiseID: 2, EndHeaders: true, PadLength: 4, BlockFragment: server.fields(":path", "/pushed", "x", "indexed")})
	server.heads(3, 2, false, ":status", "103", "x", "indexed")
	server.heads(3, 1, false, ":status", "200", "sec-websocket-protocol", "chat")
	server.WriteData(3, false, []byte("answer"))
	server.heads(3, 1, true, "trailer", "is none of ours")

	for seed := range uint64(50) {
		r := rand.New(rand.NewPCG(seed, 1))
		l, c := listen()
		cuts(c, lint.Client, client.Bytes(), r)
		cuts(c, lint.Server, server.Bytes(), r)
		if l.lost != "" || len(l.streams) != 2 || len(c.streams) != 0 {
			t.Fatalf("%q %d %d", l.lost, len(l.streams), len(c.streams))
		}
		l.streams[3].want(t, asked+"cookie: "+strings.Repeat("c", 300)+"\r\n\r\none two",
			"HTTP/2 103\r\nx: indexed\r\n\r\n"+answered+"sec-websocket-protocol: chat\r\n\r\nanswer",
			"client closed with FIN", "server closed with FIN", "closed")
		l.streams[5].want(t, strings.Replace(asked, "/a", "/b", 1)+"\r\nb", "", "the client sent RST_STREAM, CANCEL", "client reset", "closed")
	}
}

// TestTable follows the tables of header fields as they grow and shrink.
func TestTable(t *testing.T) {
	client, server := newPeer(), newPeer()
	client.WriteString(Preface)
	server.WriteSettings(http2.Setting{ID: http2.SettingHeaderTableSize, Val: 64 << 10})
	client.encoder.SetMaxDynamicTableSizeLimit(64 << 10)
	l, c := listen()
	c.Feed(lint.Server, 0, server.Bytes())
	for n, size := range []uint32{64 << 10, 0, 50 << 10, 4096} {
		client.encoder.SetMaxDynamicTableSize(size)
		for range 2 {
			client.heads(uint32(2*n+1), 1, true, asks("/a", "x", strings.Repeat("v", 30<<10))...)
		}
	}
	client.encoder.SetMaxDynamicTableSize(100) // and more, before the next block
	client.encoder.SetMaxDynamicTableSize(8000)
	client.heads(9, 1, true, asks("/a")...)
	c.Feed(lint.Client, 0, client.Bytes())
	if l.lost != "" || len(l.streams) != 5 {
		t.Errorf("%q %d", l.lost, len(l.streams))
	}
	c.Close(0)
	l.streams[7].want(t, asked+"x: "+strings.Repeat("v", 30<<10)+"\r\n\r\n", "", "client closed with FIN", "left")
}

// TestEnds ends the connection below streams.
func TestEnds(t *testing.T) {
	client := newPeer()
	client.WriteString(Preface)
	client.heads(1, 1, false, asks("/a")...)
	client.heads(3, 1, false, asks("/a")...)
	client.WriteRSTStream(3, 77)
	for _, tt := range []struct {
		end  func(*Conn)
		want []string
	}{
		{func(c *Conn) { c.End(lint.Client, 0, lint.EndFIN); c.End(lint.Server, 0, lint.EndFIN) }, []string{"client closed with FIN", "server closed with FIN", "closed"}},
		{func(c *Conn) { c.End(lint.Server, 0, lint.EndReset) }, []string{"server reset", "closed"}},
		{func(c *Conn) { c.Close(0) }, []string{"left"}},
		{func(c *Conn) { c.Gap(lint.Server, 0) }, []string{"not looked into any further: bytes of the server are missing, and what follows in HTTP/2 refers to them", "left"}},
	} {
		l, c := listen()
		c.Feed(lint.Client, 0, client.Bytes())
		tt.end(c)
		c.Close(0)
		l.streams[1].want(t, asked+"\r\n", "", tt.want...)
		l.streams[3].want(t, asked+"\r\n", "", "the client sent RST_STREAM, code 0x4d", "client reset", "closed")
	}
}

// TestConnectProtocol tells whether the server takes WebSockets, and what of that is wrong.
func TestConnectProtocol(t *testing.T) {
	setting := func(v uint32) http2.Setting { return http2.Setting{ID: http2.SettingEnableConnectProtocol, Val: v} }
	for _, tt := range []struct {
		client, server []uint32
		enabled        bool
		said           string
	}{
		{nil, nil, false, ""},
		{nil, []uint32{1}, true, ""},
		{nil, []uint32{0}, false, ""},
		{nil, []uint32{0, 1, 1}, true, ""},
		{[]uint32{1, 0}, nil, false, ""},
		{nil, []uint32{1, 0, 0}, true, "the server sent SETTINGS_ENABLE_CONNECT_PROTOCOL with 0 after 1, which it MUST NOT (RFC 8441 §3)"},
		{nil, []uint32{2, 3}, false, "the server sent SETTINGS_ENABLE_CONNECT_PROTOCOL with 2, which MUST be 0 or 1 (RFC 8441 §3)"},
		{[]uint32{1 << 31}, []uint32{1}, true, "the client sent SETTINGS_ENABLE_CONNECT_PROTOCOL with 2147483648, which MUST be 0 or 1 (RFC 8441 §3)"},
	} {
		l, c := listen()
		client, server := newPeer(), newPeer()
		client.WriteString(Preface)
		for _, v := range tt.client {
			client.WriteSettings(setting(v))
		}
		for _, v := range tt.server {
			server.WriteSettings(setting(v))
		}
		client.heads(1, 1, false, asks("/a")...)
		c.Feed(lint.Server, 0, server.Bytes())
		c.Feed(lint.Client, 0, client.Bytes())
		if !slices.Equal(l.enabled, []bool{tt.enabled}) || l.lost != tt.said {
			t.Errorf("%v %v: %v %q", tt.client, tt.server, l.enabled, l.lost)
		}
	}
}

// TestLost gives up on what cannot be read, and says why.
func TestLost(t *testing.T) {
	for want, write := range map[string]func(p *peer){
		"does not begin it": func(p *peer) { p.Reset(); p.WriteString("GET / HTTP/1.1\r\n") },
		"is interrupted":    func(p *peer) { p.WriteHeaders(http2.HeadersFrameParam{StreamID: 1}); p.WritePing(false, [8]byte{}) },
		"cannot be read": func(p *peer) {
			p.WriteHeaders(http2.HeadersFrameParam{StreamID: 1, BlockFragment: []byte{0xFF, 0xFF, 0xFF, 0xFF, 0xFF}, EndHeaders: true})
		},
		"more padding than there is room":  func(p *peer) { p.WriteRawFrame(http2.FrameHeaders, http2.FlagHeadersPadded, 1, []byte{9, 0}) },
		"a frame of type 1 of the client":  func(p *peer) { p.WriteRawFrame(http2.FrameHeaders, 0, 1, make([]byte, maxBlock+1)) },
		"a frame of type 4 of the client":  func(p *peer) { p.WriteRawFrame(http2.FrameSettings, 0, 0, make([]byte, 6*maxSettings+6)) },
		"a frame of type 9 of the client":  func(p *peer) { p.endless() },
		"header fields of the client have": func(p *peer) { p.bomb() },
		fmt.Sprint(maxStreams + 1):         func(p *peer) { p.many() },
	} {
		client := newPeer()
		client.WriteString(Preface)
		write(client)
		l, c := listen()
		c.Feed(lint.Client, 0, client.Bytes())
		if !strings.Contains(l.lost, want) || !c.Over() || len(c.streams) != 0 {
			t.Errorf("%q, not %q", l.lost, want)
		}
	}
}

// endless is a header block that does not end.
func (p *peer) endless() {
	p.WriteHeaders(http2.HeadersFrameParam{StreamID: 1})
	for range 40 {
		p.WriteContinuation(1, false, make([]byte, 8<<10))
	}
}

// bomb is a field that is said once, and meant many times.
func (p *peer) bomb() {
	block := p.fields("x", strings.Repeat("v", 3000))
	one := p.fields("x", strings.Repeat("v", 3000))
	p.WriteHeaders(http2.HeadersFrameParam{StreamID: 1, EndHeaders: true, BlockFragment: append(block, bytes.Repeat(one, 10_000)...)})
}

// many are more WebSockets than are looked into.
func (p *peer) many() {
	for n := range uint32(maxStreams + 1) {
		p.heads(2*n+1, 1, false, asks("/a")...)
	}
}

// Line ends in a field stay inside it.
func TestClean(t *testing.T) {
	client := newPeer()
	client.WriteString(Preface)
	client.heads(1, 1, false, asks("/a\r\nx: y", "z", "\x00\n")...)
	l, c := listen()
	c.Feed(lint.Client, 0, client.Bytes())
	l.streams[1].want(t, "CONNECT /a��x: y HTTP/2\r\n:protocol: websocket\r\n:scheme: https\r\n:authority: h\r\nz: ��\r\n\r\n", "")
}

// FuzzFeed reads anything, cut anywhere, as it reads it whole.
func FuzzFeed(f *testing.F) {
	client, server := newPeer(), newPeer()
	client.WriteString(Preface)
	client.heads(1, 2, false, asks("/a")...)
	client.WriteDataPadded(1, false, []byte("one"), make([]byte, 5))
	server.WriteSettings(http2.Setting{ID: http2.SettingHeaderTableSize, Val: 100})
	server.heads(1, 1, false, ":status", "200")
	server.WriteRSTStream(1, 8)
	f.Add(client.Bytes(), server.Bytes(), uint64(1))
	f.Fuzz(func(t *testing.T, client, server []byte, seed uint64) {
		whole, c := listen()
		c.Feed(lint.Client, 0, client)
		c.Feed(lint.Server, 0, server)
		c.Close(0)
		pieces, d := listen()
		r := rand.New(rand.NewPCG(seed, 2))
		cuts(d, lint.Client, client, r)
		cuts(d, lint.Server, server, r)
		d.Close(0)
		if whole.lost != pieces.lost || len(whole.streams) != len(pieces.streams) {
			t.Fatalf("%q %d, in pieces %q %d", whole.lost, len(whole.streams), pieces.lost, len(pieces.streams))
		}
		for id, h := range whole.streams {
			if g := pieces.streams[id]; h.data != g.data || !slices.Equal(h.lines, g.lines) {
				t.Fatalf("%q %q, in pieces %q %q", h.data, h.lines, g.data, g.lines)
			}
		}
	})
}
