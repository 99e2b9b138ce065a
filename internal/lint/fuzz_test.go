package lint

import (
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"

	"wsprobe/internal/wire"
)

// FuzzSession feeds any bytes to both sides, in any cut. script says who speaks
// when: each byte is a turn, its top bit the side and the rest the size. There
// must be no panic, no gap, no payload beyond what is kept, and the same events
// for every cut.
func FuzzSession(f *testing.F) {
	deflate := "Sec-WebSocket-Extensions: permessage-deflate"
	packed := squeeze(15, true, "Hello Hello")[0]
	add := func(mode byte, turns ...turn) {
		var script, fromClient, fromServer []byte
		for _, t := range turns {
			for n := len(t.bytes); n > 0; n -= 127 {
				script = append(script, byte(t.side)<<7|byte(min(n, 127)))
			}
			if t.side == Client {
				fromClient = append(fromClient, t.bytes...)
			} else {
				fromServer = append(fromServer, t.bytes...)
			}
		}
		f.Add(mode, script, fromClient, fromServer)
	}
	add(0, opened(client(own(text, "Hello")), server(sent(text, "a", notFin), sent(more, "b")), client(own(wire.OpClose, "\x03\xe8")))...)
	add(0, client(ask(deflate)), server(accept(deflate), sent(text, packed, rsv(4)), sent(text, packed[:3], rsv(4), notFin), sent(more, packed[3:])))
	add(2, client(ask76, key76), server(accept76, answer76, hixieText("a"), "\x80\x02ab\xff\x00"), client(hixieText("b")))
	add(0, client(ask75), server(accept75, hixieText("a")))
	add(0, client(ask()), server("HTTP/1.1 404 Not Found\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nHello\r\n0\r\n\r\n"), client(ask()), server(accept()))
	fromClient, fromServer := traffic(5)
	add(1, client(fromClient[:500]), server(fromServer[:500]))
	add(1, server(hixieText("one"), hixieText("two"), "\xff\x00"))
	add(4, client(connect(deflate)), server(connected(deflate), sent(text, packed, rsv(4))), client(own(text, "Hello")))
	f.Fuzz(func(t *testing.T, mode byte, script, fromClient, fromServer []byte) {
		o := Options{Keep: int(mode >> 4), Inflate: 1 << 12, Joined: mode&1 != 0, Secure: mode&2 != 0, HTTP2: mode&4 != 0}
		turns := append(cutBy(script, fromClient, fromServer), ends(Server), ends(Client))
		whole := play(o, turns, 0)
		checkTiling(t, whole)
		checkSizes(t, o, whole)
		checkWatched(t, o, turns, whole)
		for _, piece := range []int{1, 3} {
			if got := play(o, turns, piece); !reflect.DeepEqual(plain(got), plain(whole)) {
				t.Fatalf("in pieces of %d:\n%swhole:\n%s", piece, tell(plain(got)), tell(plain(whole)))
			}
		}
	})
}

// TestRandomFrames plays frames with anything in their headers behind handshakes
// of all kinds: the events are the same for every cut.
func TestRandomFrames(t *testing.T) {
	packed := squeeze(15, true, "Hello Hello", "Hello, hello, hello")
	payloads := append(packed, "", "a", "\xc3", "\xbc", "\xff", "\x03\xe8bye", "HTTP/1.1 101 X\r\n\r\n", strings.Repeat("x", 126), string(sent(text, "in")))
	for seed := range uint64(300) {
		r := rand.New(rand.NewPCG(seed, 1))
		keys = r
		frame := func(f func(wire.Opcode, string, ...shape) []byte) []byte {
			p := payloads[r.IntN(len(payloads))]
			return f(wire.Opcode(r.IntN(16)), p, func(h *wire.Header) {
				h.Fin, h.Masked = r.IntN(3) > 0, h.Masked != (r.IntN(20) == 0)
				if r.IntN(3) == 0 {
					h.Rsv = byte(r.IntN(8))
				}
				if r.IntN(2) == 0 {
					h.Opcode = []wire.Opcode{more, text, bin}[r.IntN(3)]
				}
				if r.IntN(10) == 0 {
					h.Bits = []uint8{16, 64}[r.IntN(2)]
				}
				if r.IntN(30) == 0 {
					h.Length ^= 1 << r.IntN(64)
				}
			})
		}
		opens := [][]turn{nil, opened(), deflated(""), deflated("; server_no_context_takeover"),
			{client(ask76, key76), server(accept76, answer76)}, {client(ask75), server(accept75)}}
		turns := opens[r.IntN(len(opens))]
		for range 30 {
			turns = append(turns, client(frame(own)), server(frame(sent)))
		}
		o := Options{Keep: r.IntN(40), Inflate: 20 + r.IntN(20), Joined: r.IntN(2) == 0}
		turns = append(turns, ends(Server), ends(Client))
		whole := watch(t, o, turns)
		checkSizes(t, o, whole)
		checkWatched(t, o, turns, whole)
	}
}

// cutBy makes the turns that a script describes; what it leaves over comes last.
func cutBy(script, fromClient, fromServer []byte) (turns []turn) {
	left := [2][]byte{fromClient, fromServer}
	for _, b := range script {
		side := Side(b >> 7)
		n := min(int(b&0x7F), len(left[side]))
		turns = append(turns, turn{side: side, bytes: left[side][:n]})
		left[side] = left[side][n:]
	}
	return append(turns, client(left[Client]), server(left[Server]))
}

// checkSizes demands that nothing is larger than it may be, and that every line
// and finding can be told.
func checkSizes(t *testing.T, o Options, events []Event) {
	t.Helper()
	for _, e := range events {
		if e.Frame != nil && len(e.Frame.Payload) > o.Keep || e.Message != nil && len(e.Message.Payload) > o.Keep || len(e.Body) > maxRun {
			t.Fatalf("kept too much: %s", brief(e))
		}
		if m := e.Message; m != nil && m.Cut != (uint64(len(m.Payload)) < m.Size) {
			t.Fatalf("cut %v: %s", m.Cut, brief(e))
		}
		if l := e.Line(); l.Kind == "" {
			t.Fatalf("no line for %s", brief(e))
		}
		for _, f := range e.Findings {
			if f.Report(0).Quote == "" || f.Detail == "" {
				t.Fatalf("finding %+v", f)
			}
		}
	}
}
