package webview

import (
	"bytes"
	"net/netip"
	"reflect"
	"strings"
	"testing"
	"time"
	"unsafe"

	"wsprobe/internal/lint"
	"wsprobe/internal/record"
	"wsprobe/internal/wire"
)

func aConn(id uint64) *record.Conn {
	return &record.Conn{ID: id, URL: "ws://192.0.2.1:9001", Start: time.Unix(1700000000, 0), Offset: time.Duration(id),
		Client: netip.MustParseAddrPort("192.0.2.7:40000"), Server: netip.MustParseAddrPort("192.0.2.1:9001")}
}

// plainFrame has a client send a text.
func plainFrame(s record.PlainSink, c *record.Conn, at time.Duration, text string) {
	h := wire.Header{Fin: true, Opcode: wire.OpText, Masked: true, Mask: [4]byte{1, 2, 3, 4}, Bits: wire.BitsFor(uint64(len(text))), Length: uint64(len(text))}
	s.Plain(c, &record.Plain{At: at, Header: h, Payload: []byte(text)})
}

// talks are conversations of all kinds, as bytes of client and server in turn.
func talks() map[string][]string {
	frame := func(h wire.Header, p string) string {
		h.Length, h.Bits = uint64(len(p)), wire.BitsFor(uint64(len(p)))
		return string(wire.AppendFrame(nil, h, []byte(p)))
	}
	ask := wire.Handshake{Dialect: wire.RFC6455, Target: "/x", Host: "h", Key: "dGhlIHNhbXBsZSBub25jZQ==", Extensions: "permessage-deflate"}
	request := string(ask.Append(nil))
	answer := "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\nSec-WebSocket-Extensions: permessage-deflate\r\n\r\n"
	packed := string(wire.NewDeflater(15, true).Message(nil, []byte("hello hello hello")))
	old := wire.Handshake{Dialect: wire.Hixie75, Target: "/x", Host: "h", Origin: "http://h"}
	return map[string][]string{
		"rfc6455": {request, answer,
			frame(wire.Header{Opcode: wire.OpText, Masked: true}, "one ") + frame(wire.Header{Fin: true, Masked: true}, "two"),
			frame(wire.Header{Fin: true, Opcode: wire.OpText, Rsv: wire.RSV1}, packed),
			frame(wire.Header{Fin: true, Opcode: wire.OpText}, "not masked"),
			frame(wire.Header{Fin: true, Opcode: wire.OpClose}, "\x03\xe8bye") + "\x81\x7e"},
		"http":     {"GET / HTTP/1.1\r\nHost: h\r\n\r\n", "HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"},
		"hixie-75": {string(old.Append(nil)), "HTTP/1.1 101 Web Socket Protocol Handshake\r\nUpgrade: WebSocket\r\nConnection: Upgrade\r\nWebSocket-Origin: http://h\r\nWebSocket-Location: ws://h/x\r\n\r\n", "\x00hello\xff\x80\x02ab"},
		"garbage":  {"\xff\x00\x01", "\n\n"},
	}
}

// What the store gives back of an event is what it was told.
func TestEventsComeBack(t *testing.T) {
	for name, talk := range talks() {
		t.Run(name, func(t *testing.T) {
			s, c := newStore(), aConn(1)
			s.Open(c)
			var want []lint.Event
			session := lint.New(lint.Options{Keep: 1 << 10})
			take := func(events []lint.Event) {
				for i := range events {
					s.Event(c, &events[i])
					if e := &events[i]; e.Kind != lint.KindMessage || e.Message.Frames > 1 || e.Message.Compressed || len(e.Findings) > 0 || e.Note != "" {
						want = append(want, *e)
					}
				}
			}
			for i, p := range talk {
				take(session.Feed(lint.Side(i%2), time.Duration(i), []byte(p)))
			}
			take(session.End(lint.Client, 100, lint.EndFIN))
			take(session.End(lint.Server, 101, lint.EndReset))
			if int(s.next) != len(want)+1 {
				t.Fatalf("%d rows of %d events", s.next, len(want))
			}
			var told, given bytes.Buffer
			a, b := record.NewJSONL(&told), record.NewJSONL(&given)
			for i := range want {
				e, _ := s.entry(uint64(i + 1))
				got, ok := e.event()
				if !ok || got.Kind != want[i].Kind || !reflect.DeepEqual(got.Findings, want[i].Findings) {
					t.Errorf("event %d is %+v, want %+v", i, got, want[i])
				}
				a.Event(c, &want[i])
				b.Event(c, &got)
			}
			a.End()
			b.End()
			if told.String() != given.String() || told.Len() == 0 {
				t.Errorf("given:\n%s\ntold:\n%s", given.String(), told.String())
			}
		})
	}
}

// Far more than is kept costs no more memory than that: payloads go first, then
// rows, and what is left keeps its place.
func TestBounds(t *testing.T) {
	s, c := newStore(), aConn(1)
	s.maxRows, s.spill.limit = 4*chunk, 4*segmentSize
	s.Open(c)
	text := strings.Repeat("x", 600)
	const frames = 10*chunk + 7
	for i := range frames {
		plainFrame(s, c, time.Duration(i), text)
		if s.spill.size > s.spill.limit+segmentSize {
			t.Fatalf("%d bytes are kept", s.spill.size)
		}
	}
	held := 0
	for _, g := range s.spill.segments {
		held += cap(g.data)
	}
	if held != s.spill.size || held > s.spill.limit {
		t.Errorf("%d bytes are kept, %d counted", held, s.spill.size)
	}
	if n := len(s.chunks) * chunk; n > s.maxRows || s.next != frames+1 || s.base != s.next-uint64(3*chunk+8) {
		t.Errorf("%d rows, from %d to %d", n, s.base, s.next)
	}
	first, end := s.conns[1].list.bounds()
	if first != s.base || end != s.next || s.conns[1].list.at(first) != s.base {
		t.Errorf("the connection has %d to %d", first, end)
	}
	if e, ok := s.entry(s.base); !ok || !e.gone || e.length != 600 {
		t.Error("the oldest row has a payload, or is not there")
	}
	if e, ok := s.entry(s.next - 1); !ok || e.gone || string(e.data) != text {
		t.Error("the newest row has no payload")
	}
	if _, ok := s.entry(s.base - 1); ok {
		t.Error("a row that was dropped is there")
	}
	if m := s.conns[1].messages[lint.Client]; m != frames {
		t.Errorf("%d messages are counted", m)
	}
	if size := int(unsafe.Sizeof(row{})); size > 80 {
		t.Errorf("a row takes %d bytes", size)
	}
}

// A payload larger than a segment, and one larger than everything that is kept.
func TestLargePayloads(t *testing.T) {
	s := spill{limit: 3 * segmentSize}
	small := s.add([]byte("small"))
	large := s.add(make([]byte, 2*segmentSize))
	if p, ok := s.get(small, 5); !ok || string(p) != "small" {
		t.Error("the small one is gone")
	}
	if p, ok := s.get(large, 2*segmentSize); !ok || len(p) != 2*segmentSize {
		t.Error("the large one is gone")
	}
	whole := s.add(make([]byte, 4*segmentSize))
	if _, ok := s.get(large, 2*segmentSize); ok || len(s.segments) != 1 {
		t.Error("the old ones are kept")
	}
	s.add([]byte("next"))
	if _, ok := s.get(whole, 4*segmentSize); ok || s.size != segmentSize {
		t.Errorf("%d bytes are kept", s.size)
	}
}

func TestLossesHaveTheirPlace(t *testing.T) {
	s, c := newStore(), aConn(1)
	s.Open(c)
	s.Lost(record.Loss{Payloads: 3})
	s.Lost(record.Loss{Payloads: 1, Events: 2})
	plainFrame(s, c, 5, "after")
	s.Lost(record.Loss{Events: 1})
	v := &View{store: s}
	x := &session{v: v, rows: &s.conns[1].list}
	rows := x.window(0, 10)
	if len(rows) != 4 || rows[1].Text != "… 4 payloads and 2 frames not recorded" || rows[2].Text != "after" || rows[3].Text != "… 1 frames not recorded" {
		t.Errorf("%+v", rows)
	}
}

func TestOldConnectionsGo(t *testing.T) {
	s := newStore()
	for id := range uint64(maxConns + 5) {
		s.Open(aConn(id + 1))
		if id < 3 {
			s.Close(aConn(id+1), 0)
		}
	}
	if len(s.order) != maxConns || len(s.conns) != maxConns || s.conns[3] != nil || s.conns[5] != nil || s.conns[6] == nil {
		t.Errorf("%d connections", len(s.order))
	}
}
