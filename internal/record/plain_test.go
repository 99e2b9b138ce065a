package record

import (
	"bytes"
	"io"
	"net/netip"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"wsprobe/internal/lint"
	"wsprobe/internal/wire"
)

// plainFrames are frames of all kinds that are plain, two of each at once.
func plainFrames() (all []*Plain) {
	for n, payload := range []string{"", "a", `{"say":"κόσμε\\n"}`, "\x00\x1f\"", "\xff\xfe", `{"jsonrpc":"2.0","method":"κ<\"","id":1}`, "\x82\xa1a\x01\xa1b\x02"} {
		for _, op := range []wire.Opcode{wire.OpText, wire.OpBinary, wire.OpPing, wire.OpPong} {
			if op == wire.OpText && !utf8.ValidString(payload) {
				continue
			}
			for side := lint.Client; side <= lint.Server; side++ {
				for _, length := range []int{len(payload), len(payload) + 200} { // the latter cut
					if length > 125 && op > wire.OpBinary {
						continue
					}
					h := wire.Header{Fin: true, Opcode: op, Masked: side == lint.Client, Length: uint64(length), Bits: wire.BitsFor(uint64(length))}
					if h.Masked {
						h.Mask = [4]byte{byte(n), 2, 3, 4}
					}
					f := &Plain{Side: side, At: time.Duration(n) * time.Second, Offset: uint64(100 * len(all)), Header: h, Payload: []byte(payload)}
					all = append(all, f, f)
				}
			}
		}
	}
	return all
}

// What a sink writes of a plain frame is what it writes of its events.
func TestPlainIsItsEvents(t *testing.T) {
	for name, open := range map[string]func(b *bytes.Buffer) PlainSink{
		"jsonl":  func(b *bytes.Buffer) PlainSink { return NewJSONL(b) },
		"pcapng": func(b *bytes.Buffer) PlainSink { return NewPacketSink(b) },
	} {
		var short, long bytes.Buffer
		a, b := open(&short), open(&long)
		for id := range uint64(2) {
			c := &Conn{ID: id, Client: netip.MustParseAddrPort("127.0.0.1:2"), Server: netip.MustParseAddrPort("127.0.0.1:3"), Start: began}
			a.Open(c)
			b.Open(c)
			for _, f := range plainFrames() {
				a.Plain(c, f)
				for _, e := range f.Events() {
					b.Event(c, &e)
				}
			}
		}
		a.End()
		b.End()
		if !bytes.Equal(short.Bytes(), long.Bytes()) {
			t.Errorf("%s: of plain frames it writes\n%s\nof their events\n%s", name, short.Bytes(), long.Bytes())
		}
	}
}

func BenchmarkPlain(b *testing.B) {
	for name, payload := range map[string]string{
		"words": strings.Repeat("Hello, wire! ", 5), "json": `{"id":12345,"say":"Hello everyone, how is it over there today?"}`,
		"bytes": "\x00" + strings.Repeat("\xf4\x90", 32), "rpc": `{"jsonrpc":"2.0","method":"subtract","params":[42,23],"id":1}`,
	} {
		b.Run(name, func(b *testing.B) {
			h := wire.Header{Fin: true, Opcode: wire.OpText, Length: uint64(len(payload)), Bits: wire.BitsFor(uint64(len(payload)))}
			if name == "bytes" {
				h.Opcode = wire.OpBinary
			}
			j, c := NewJSONL(io.Discard), &Conn{ID: 1}
			p := &Plain{Side: lint.Server, At: time.Second, Header: h, Payload: []byte(payload)}
			for b.Loop() {
				p.Offset += uint64(h.Size()) + h.Length
				j.Plain(c, p)
			}
		})
	}
}
