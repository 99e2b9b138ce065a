package fault

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"slices"
	"strings"
	"testing"
	"time"

	"wsprobe/internal/http2read"
	"wsprobe/internal/lint"
	"wsprobe/internal/record"
	"wsprobe/internal/wire"
)

const (
	ask    = "GET / HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
	accept = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n"
	ask75  = "GET / HTTP/1.1\r\nUpgrade: WebSocket\r\nConnection: Upgrade\r\nHost: h\r\nOrigin: http://h\r\n\r\n"
	ok75   = "HTTP/1.1 101 Web Socket Protocol Handshake\r\nUpgrade: WebSocket\r\nConnection: Upgrade\r\nWebSocket-Origin: http://h\r\nWebSocket-Location: ws://h/\r\n\r\n"
)

// isText is a filter: a text message with that in it.
func isText(has string) (Match, error) {
	return func(_ *record.Conn, e *lint.Event) bool {
		return e.Kind == lint.KindMessage && e.Message.Opcode == wire.OpText && bytes.Contains(e.Message.Payload, []byte(has))
	}, nil
}

// pairOf makes what would be between two ends.
func pairOf(t testing.TB, specs ...string) *pair {
	t.Helper()
	plan := Plan{Seed: 5}
	for _, spec := range specs {
		f, err := Parse(spec, isText)
		if err != nil {
			t.Fatal(err)
		}
		plan.Faults = append(plan.Faults, f)
	}
	p := &pair{conn: &record.Conn{ID: 1}, session: lint.New(lint.Options{Keep: maxHeld})}
	for _, side := range []lint.Side{lint.Client, lint.Server} {
		p.stages[side] = plan.stage(p, side)
	}
	return p
}

// out returns what is on its way from a side, and what is said of it in its place.
func (p *pair) out(side lint.Side) (all []byte, notes []string, err error) {
	for _, s := range p.stages[side].line.queue {
		notes = append(notes, s.notes...)
		all = append(all, s.data...)
		err = errors.Join(err, s.err)
	}
	return all, notes, err
}

// through sends a stream of the server through faults, in pieces of a size, behind
// a handshake, and returns what passes of it.
func through(t testing.TB, stream []byte, size int, specs ...string) (out []byte, notes []string, err error) {
	p := pairOf(t, specs...)
	p.stages[lint.Client].feed([]byte(ask))
	all := append([]byte(accept), stream...)
	for len(all) > 0 {
		n := min(size, len(all))
		p.stages[lint.Server].feed(all[:n])
		all = all[n:]
	}
	out, notes, err = p.out(lint.Server)
	rest, ok := bytes.CutPrefix(out, []byte(accept))
	if !ok {
		t.Fatalf("the answer did not pass whole: %q", out)
	}
	return rest, notes, err
}

// frame makes a server's frame.
func frame(op wire.Opcode, payload string) []byte {
	return wire.AppendFrame(nil, wire.Header{Fin: true, Opcode: op, Length: uint64(len(payload))}, []byte(payload))
}

func text(payload string) []byte { return frame(wire.OpText, payload) }

func join(all ...[]byte) []byte { return bytes.Join(all, nil) }

// What is done to frames is exactly that, however the stream is cut.
func TestFrames(t *testing.T) {
	long := strings.Repeat("x", 70000)
	a, b, c := text("first"), text(long), text("third")
	stream := join(a, b, c)
	bye := frame(wire.OpClose, "\x03\xf3bye")
	for _, tt := range []struct {
		spec string
		want []byte
		says string
	}{
		{"drop=2", join(a, c), "dropped frame 2 of the server, text of 70000 bytes"},
		{"drop", nil, "dropped frame 3"},
		{"drop=2,dir=client", stream, ""},
		{"drop,after=1", a, "dropped frame 2"},
		{"drop,after=10B", join(a, b), "dropped frame 3"},
		{"drop,when=third", join(a, b), "dropped frame 3"},
		{"drop,conn=2", stream, ""},
		{"duplicate=2", join(a, b, b, c), "again frame 2"},
		{"duplicate,when=first", join(a, a, b, c), "again frame 1"},
		{"close=1011,reason=bye", bye, "a Close, code 1011, in the name of the server"},
		{"close=1011,reason=bye,after=2 frames", join(a, b, bye), ""},
		{"close=1011,reason=bye,when=first", join(a, bye), ""},
		{"close,after=1,dir=client", stream, ""},
		{"blackhole,after=1", a, "nothing that the server sends passes any more, nor its end"},
		{"reset,after=1,dir=server", a, "a reset of both connections"},
	} {
		for _, size := range []int{1, 3, 1000, 1 << 20} {
			got, notes, err := through(t, stream, size, tt.spec)
			if !bytes.Equal(got, tt.want) {
				t.Errorf("%s, by %d: %.40q (%d bytes), want %.40q (%d)", tt.spec, size, got, len(got), tt.want, len(tt.want))
			}
			if said := strings.Join(notes, "\n"); !strings.Contains(said, tt.says) || (said == "") != bytes.Equal(got, stream) {
				t.Errorf("%s, by %d: said %q", tt.spec, size, said)
			}
			if (err != nil) != strings.HasPrefix(tt.spec, "reset") {
				t.Errorf("%s: ended with %v", tt.spec, err)
			}
		}
	}
}

func TestCorrupt(t *testing.T) {
	stream := join(text("abc"), text("def"))
	got, notes, _ := through(t, stream, 2, "corrupt=7")
	wrong := 0
	for i := range stream {
		if got[i] != stream[i] {
			wrong = i
		}
	}
	if wrong != 7 || len(notes) != 1 || !strings.Contains(notes[0], fmt.Sprintf("corrupted byte 7 of what passes from the server: 0x64 is %#02x", got[7])) {
		t.Errorf("byte %d is wrong: %q %q", wrong, got, notes)
	}
	got, _, _ = through(t, stream, 2, "corrupt=2,when=def")
	if !bytes.Equal(got[:7], stream[:7]) || got[7] == 'd' || !bytes.Equal(got[8:], stream[8:]) {
		t.Errorf("of the frame that fits: %q", got)
	}
}

// The same seed and traffic give the same faults, however the traffic is cut.
func TestSeeded(t *testing.T) {
	var stream []byte
	for i := range 500 {
		stream = append(stream, text(strings.Repeat("y", i))...)
	}
	for _, spec := range []string{"corrupt=1/1000", "drop,probability=0.3", "duplicate,probability=0.1"} {
		first, notes, _ := through(t, stream, 1000, spec)
		if bytes.Equal(first, stream) || len(notes) < 20 {
			t.Errorf("%s did nothing", spec)
		}
		for _, size := range []int{7, 1 << 20} {
			if got, _, _ := through(t, stream, size, spec); !bytes.Equal(got, first) {
				t.Errorf("%s: in pieces of %d bytes it is another run", spec, size)
			}
		}
	}
}

// A Close towards the server is masked, and none is added to one that was there.
func TestCloseByDirection(t *testing.T) {
	p := pairOf(t, "close=1001,dir=client")
	p.stages[lint.Client].feed([]byte(ask))
	p.stages[lint.Server].feed([]byte(accept))
	out, _, _ := p.out(lint.Client)
	h, n := wire.ParseHeader(out[len(ask):])
	if h.Opcode != wire.OpClose || !h.Masked || len(out) != len(ask)+n+2 {
		t.Errorf("the server is sent %+v", h)
	}
	stream := join(text("a"), frame(wire.OpClose, "\x03\xe8"))
	if got, _, _ := through(t, stream, 100, "close=1011,after=2"); !bytes.Equal(got, stream) {
		t.Errorf("a second Close: %q", got)
	}
}

// The hixie drafts have frames of another kind.
func TestHixieFrames(t *testing.T) {
	p := pairOf(t, "drop=2,dir=server")
	p.stages[lint.Client].feed([]byte(ask75))
	p.stages[lint.Server].feed([]byte(ok75 + "\x00one\xff\x00two\xff\x80\x03abc"))
	if out, notes, _ := p.out(lint.Server); string(out) != ok75+"\x00one\xff\x80\x03abc" {
		t.Errorf("%q %q", out, notes)
	}
}

// What comes before the handshake is over, or is none, passes.
func TestBeforeFrames(t *testing.T) {
	p := pairOf(t, "drop,dir=client")
	early := string(frame(wire.OpText, "early"))
	p.stages[lint.Client].feed([]byte(ask + early + early[:3]))
	p.stages[lint.Server].feed([]byte(accept))
	p.stages[lint.Client].feed([]byte(early[3:] + early))
	if out, _, _ := p.out(lint.Client); string(out) != ask+early+early {
		t.Errorf("%q", out)
	}
}

// FuzzUntouched has a stage pass any bytes, cut anywhere, which no fault is for.
func FuzzUntouched(f *testing.F) {
	f.Add([]byte(accept+string(text("hello"))), uint64(3), byte(0))
	f.Add([]byte(ok75+"\x00one\xff"), uint64(9), byte(1))
	f.Fuzz(func(t *testing.T, stream []byte, seed uint64, kind byte) {
		spec := []string{"drop=1000000", "drop,when=\x00never", "corrupt=1000000000", "latency=1ns"}[kind/2%4]
		p := pairOf(t, spec)
		p.stages[lint.Client].feed([]byte([]string{ask, ask75}[kind%2]))
		cuts := rand.New(rand.NewPCG(seed, 1))
		for rest := stream; len(rest) > 0; {
			n := 1 + cuts.IntN(len(rest))
			p.stages[lint.Server].feed(rest[:n])
			rest = rest[n:]
		}
		p.ended(lint.Server, net.ErrClosed)
		if out, _, err := p.out(lint.Server); !bytes.Equal(out, stream) || err == nil {
			t.Errorf("%q became %q: %v", stream, out, err)
		}
	})
}

// Who sends through a slow line is held up, and what was sent comes.
func TestHeldUp(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	client, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	server, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	f, err := Parse("latency=1h", nil)
	if err != nil {
		t.Fatal(err)
	}
	a, b := net.Pipe()
	defer a.Close()
	plan := Plan{Faults: []*Fault{f}}
	slow, other, _ := plan.Wrap(&record.Conn{ID: 1}, server, b, nil, func(string) {})
	defer other.Close()
	sent := 0
	for sent < 64<<20 {
		client.SetWriteDeadline(time.Now().Add(300 * time.Millisecond))
		n, err := client.Write(make([]byte, 64<<10))
		if sent += n; err != nil {
			break
		}
	}
	if sent >= 64<<20 {
		t.Error("64 MiB were taken with nothing passed on")
	}
	slow.Close()
	if n, err := slow.Read(make([]byte, 1)); err == nil {
		t.Errorf("%d bytes came an hour early", n)
	}
}

// What does not act in HTTP/2 says so, once, however its client's first bytes come.
func TestExcusedInHTTP2(t *testing.T) {
	for _, size := range []int{1, 5, 100} {
		p := pairOf(t, "drop=2,dir=client", "latency=1ms,dir=client", "reset,dir=server")
		for preface := []byte(http2read.Preface + "and more"); len(preface) > 0; {
			n := min(size, len(preface))
			p.stages[lint.Client].feed(preface[:n])
			preface = preface[n:]
		}
		p.stages[lint.Server].feed([]byte("settings"))
		_, client, _ := p.out(lint.Client)
		_, server, _ := p.out(lint.Server)
		if want := "fault: client: drop=2,dir=client: not in HTTP/2"; strings.Count(strings.Join(client, "\n"), want) != 1 {
			t.Errorf("%d bytes at a time: of the client is said %q", size, client)
		}
		if want := "fault: server: reset,dir=server: not in HTTP/2"; !slices.Equal(server, []string{want}) {
			t.Errorf("%d bytes at a time: of the server is said %q", size, server)
		}
	}
	p := pairOf(t, "reset,dir=client")
	p.stages[lint.Client].feed([]byte("PRI * HTTP/1.1\r\n\r\n"))
	if _, notes, _ := p.out(lint.Client); len(notes) > 0 {
		t.Errorf("of another request is said %q", notes)
	}
}
