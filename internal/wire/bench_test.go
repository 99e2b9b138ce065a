package wire

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/gobwas/ws"
	"github.com/gorilla/websocket"
)

// The benchmarks measure this codec beside the two libraries that Go programs
// use, through their public functions and over the same bytes in memory.

var benchSizes = []int{16, 1024, 65536}

var benchKey = [4]byte{0x37, 0xfa, 0x21, 0x3d}

// perSize runs one benchmark for each size and contestant.
func perSize(b *testing.B, contestants map[string]func(*testing.B, int)) {
	for _, size := range benchSizes {
		for _, name := range []string{"wire", "gobwas", "gorilla", "std", "klauspost"} {
			if run := contestants[name]; run != nil {
				b.Run(fmt.Sprintf("%d/%s", size, name), func(b *testing.B) {
					b.SetBytes(int64(size))
					b.ReportAllocs()
					run(b, size)
				})
			}
		}
	}
}

func BenchmarkMask(b *testing.B) {
	perSize(b, map[string]func(*testing.B, int){
		"wire": func(b *testing.B, size int) {
			for p := make([]byte, size); b.Loop(); {
				Mask(p, benchKey, 0)
			}
		},
		"gobwas": func(b *testing.B, size int) {
			for p := make([]byte, size); b.Loop(); {
				ws.Cipher(p, benchKey, 0)
			}
		},
	})
}

// BenchmarkDecode reads masked frames from a stream and unmasks them.
func BenchmarkDecode(b *testing.B) {
	perSize(b, map[string]func(*testing.B, int){
		"wire":    decodeWire,
		"gobwas":  decodeGobwas,
		"gorilla": decodeGorilla,
	})
}

func maskedFrame(size int) []byte {
	h := Header{Fin: true, Opcode: OpBinary, Masked: true, Mask: benchKey, Length: uint64(size)}
	return AppendFrame(nil, h, make([]byte, size))
}

// repeat is a connection whose peer sends the same bytes for ever, after a first answer.
type repeat struct {
	net.Conn
	first  func(request []byte) []byte // the answer to what is written first
	unread []byte
	frame  []byte
}

func (r *repeat) Read(p []byte) (int, error) {
	if len(r.unread) == 0 {
		r.unread = r.frame
	}
	n := copy(p, r.unread)
	r.unread = r.unread[n:]
	return n, nil
}

func (r *repeat) Write(p []byte) (int, error) {
	if r.first != nil {
		r.unread, r.first = r.first(p), nil
	}
	return len(p), nil
}

func (r *repeat) SetDeadline(time.Time) error      { return nil }
func (r *repeat) SetReadDeadline(time.Time) error  { return nil }
func (r *repeat) SetWriteDeadline(time.Time) error { return nil }
func (r *repeat) Close() error                     { return nil }

func decodeWire(b *testing.B, size int) {
	var (
		d      Decoder
		stream = &repeat{frame: maskedFrame(size)}
		buf    = make([]byte, 4096) // the size of the other two's
		p      []byte
	)
	payload := make([]byte, size)
	for b.Loop() {
		for done := false; !done; {
			if len(p) == 0 {
				n, _ := stream.Read(buf)
				p = buf[:n]
			}
			c, n, ok := d.Next(p)
			if p = p[n:]; ok {
				piece := payload[c.Offset:][:len(c.Payload)]
				copy(piece, c.Payload)
				Mask(piece, c.Header.Mask, c.Offset)
				done = c.Last
			}
		}
	}
}

func decodeGobwas(b *testing.B, size int) {
	stream := bufio.NewReader(&repeat{frame: maskedFrame(size)})
	payload := make([]byte, size)
	for b.Loop() {
		h, err := ws.ReadHeader(stream)
		if err != nil {
			b.Fatal(err)
		}
		io.ReadFull(stream, payload[:h.Length])
		ws.Cipher(payload[:h.Length], h.Mask, 0)
	}
}

// hijack is what an http.Server gives a handler that takes the connection over.
type hijack struct {
	http.ResponseWriter
	conn net.Conn
}

func (h hijack) Header() http.Header { return http.Header{} }

func (h hijack) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	return h.conn, bufio.NewReadWriter(bufio.NewReader(h.conn), bufio.NewWriter(h.conn)), nil
}

func decodeGorilla(b *testing.B, size int) {
	request, err := http.ReadRequest(bufio.NewReader(strings.NewReader(chatRequest)))
	if err != nil {
		b.Fatal(err)
	}
	upgrader := websocket.Upgrader{CheckOrigin: func(*http.Request) bool { return true }}
	conn, err := upgrader.Upgrade(hijack{conn: &repeat{frame: maskedFrame(size)}}, request, nil)
	if err != nil {
		b.Fatal(err)
	}
	payload := make([]byte, size)
	for b.Loop() {
		_, r, err := conn.NextReader()
		if err != nil {
			b.Fatal(err)
		}
		io.ReadFull(r, payload)
	}
}

// BenchmarkEncode writes masked frames to a connection that takes everything.
// gobwas masks the payload in place and writes it from there; the other two
// leave it as it is and copy.
func BenchmarkEncode(b *testing.B) {
	perSize(b, map[string]func(*testing.B, int){
		"wire": func(b *testing.B, size int) {
			payload, out := make([]byte, size), &repeat{}
			h := Header{Fin: true, Opcode: OpBinary, Masked: true, Mask: benchKey, Length: uint64(size)}
			var buf []byte
			for b.Loop() {
				buf = AppendFrame(buf[:0], h, payload)
				out.Write(buf)
			}
		},
		"gobwas": func(b *testing.B, size int) {
			payload, out := make([]byte, size), bufio.NewWriter(&repeat{})
			for b.Loop() {
				f := ws.MaskFrameInPlaceWith(ws.NewBinaryFrame(payload), benchKey)
				if err := ws.WriteFrame(out, f); err != nil {
					b.Fatal(err)
				}
				out.Flush()
			}
		},
		"gorilla": func(b *testing.B, size int) {
			payload, conn := make([]byte, size), gorillaClient(b)
			for b.Loop() {
				if err := conn.WriteMessage(websocket.BinaryMessage, payload); err != nil {
					b.Fatal(err)
				}
			}
		},
	})
}

// gorillaClient is a client whose handshake was answered.
func gorillaClient(b *testing.B) *websocket.Conn {
	answer := func(request []byte) []byte {
		r, _, err := ParseRequest(request)
		if err != nil {
			b.Fatal(err)
		}
		return AppendHead(nil, "HTTP/1.1 101 Switching Protocols", []Field{
			{Name: "Upgrade", Value: "websocket"}, {Name: "Connection", Value: "Upgrade"},
			{Name: "Sec-WebSocket-Accept", Value: Accept(r.Get("Sec-WebSocket-Key"))},
		})
	}
	dialer := websocket.Dialer{NetDial: func(string, string) (net.Conn, error) { return &repeat{first: answer}, nil }}
	conn, _, err := dialer.Dial("ws://example.com/", nil)
	if err != nil {
		b.Fatal(err)
	}
	return conn
}

func BenchmarkParseRequest(b *testing.B) {
	b.Run("wire", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			ParseRequest([]byte(chatRequest))
		}
	})
	b.Run("std", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			http.ReadRequest(bufio.NewReader(strings.NewReader(chatRequest)))
		}
	})
}
