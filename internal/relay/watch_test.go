package relay

import (
	"bytes"
	"fmt"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"

	"wsprobe/internal/lint"
	"wsprobe/internal/record"
	"wsprobe/internal/rules"
	"wsprobe/internal/wire"
)

// story is a sink that tells what it was told. While it is held it takes nothing.
type story struct {
	held   sync.Mutex
	lines  []string
	loss   record.Loss
	frames int
	empty  int // frames without the payload that they should have
}

func (s *story) say(c *record.Conn, format string, args ...any) {
	s.lines = append(s.lines, fmt.Sprintf("%d ", c.ID)+fmt.Sprintf(format, args...))
}

func (s *story) Open(c *record.Conn) { s.held.Lock(); defer s.held.Unlock(); s.say(c, "open") }
func (s *story) Event(c *record.Conn, e *lint.Event) {
	s.held.Lock()
	defer s.held.Unlock()
	switch {
	case e.Kind == lint.KindFrame:
		s.frames++
		if f := e.Frame; f.Length > 0 && len(f.Payload) == 0 {
			s.empty++
		}
	case e.Kind == lint.KindMessage:
		s.say(c, "%v %v %s", e.Side, e.Message.Opcode, e.Message.Payload)
	default:
		s.say(c, "%v %v", e.Side, e.Kind)
	}
	for _, f := range e.Findings {
		s.say(c, "! %s", f.Rule)
	}
}
func (s *story) Lost(n record.Loss) {
	s.loss.Payloads += n.Payloads
	s.loss.Events += n.Events
}
func (s *story) Note(c *record.Conn, _ time.Duration, text string) {
	s.say(c, "note %.20s", text)
}
func (s *story) Close(c *record.Conn, _ time.Duration) { s.say(c, "close") }
func (s *story) Flush() error                          { return nil }
func (s *story) End() error                            { return nil }

const (
	ask    = "GET / HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
	accept = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n"
)

func text(payload string) []byte {
	return wire.AppendFrame(nil, wire.Header{Fin: true, Opcode: wire.OpText, Length: uint64(len(payload))}, []byte(payload))
}

// tapped makes a watch of one sink and a link of it that stands.
func tapped(t *testing.T, lossless bool, s *story) (*Watch, Tap) {
	t.Helper()
	w := &Watch{Log: NewLog(lossless, s), Keep: 1 << 10, Inflate: 1 << 16, Totals: &Totals{}}
	tap := w.Tap(record.Conn{ID: 7, Client: netip.MustParseAddrPort("127.0.0.1:1"), Server: netip.MustParseAddrPort("127.0.0.1:2")})
	tap.Data(lint.Client, 1, []byte(ask))
	tap.Data(lint.Server, 2, []byte(accept))
	return w, tap
}

func TestWatchTellsAllInOrder(t *testing.T) {
	s := &story{}
	w, tap := tapped(t, false, s)
	masked := wire.AppendFrame(nil, wire.Header{Fin: true, Opcode: wire.OpText, Length: 2, Masked: true, Mask: [4]byte{1, 2, 3, 4}}, []byte("m!"))
	tap.Data(lint.Server, 3, bytes.Join([][]byte{text("one"), masked, text("two"), {0x01, 1, 'a'}, {0x80, 1, 'b'}, text("three")}, nil))
	tap.End(lint.Client, 4, lint.EndFIN)
	tap.End(lint.Server, 5, lint.EndReset)
	tap.Closed(6)
	if err := w.Log.Close(); err != nil {
		t.Fatal(err)
	}
	want := `7 open
7 client request
7 server response
7 server text one
7 ! mask.server
7 server text m!
7 server text two
7 server text ab
7 server text three
7 client end
7 server end
7 close`
	got := strings.Join(s.lines, "\n")
	if !strings.HasPrefix(got, want[:strings.Index(want, "7 client end")]) || !strings.HasSuffix(got, "7 close") {
		t.Errorf("told:\n%s\nwant:\n%s", got, want)
	}
	if n := w.Totals.Findings()[rules.MaskServer]; n != 1 {
		t.Errorf("mask.server found %d times", n)
	}
	if n := w.Totals.Frames[lint.Server][wire.OpText].Load(); n != 5 {
		t.Errorf("%d text frames counted", n)
	}
}

// Where nobody takes what is recorded, the traffic goes on, memory is bounded,
// and all that is missing is counted: payloads first, then frames.
func TestWatchLosesPayloadsFirst(t *testing.T) {
	s := &story{}
	s.held.Lock()
	w, tap := tapped(t, false, s)
	chunk := bytes.Repeat(text(strings.Repeat("x", 100)), 1000)
	const chunks = 600
	for range chunks {
		tap.Data(lint.Server, 3, chunk)
	}
	s.held.Unlock()
	tap.Closed(4)
	if err := w.Log.Close(); err != nil {
		t.Fatal(err)
	}
	lost := w.Log.Lost()
	if lost.Payloads == 0 || lost.Events == 0 {
		t.Errorf("lost %+v: nothing was to be lost?", lost)
	}
	if s.loss != lost {
		t.Errorf("told of %+v, lost %+v", s.loss, lost)
	}
	if uint64(s.frames)+lost.Events != chunks*1000 || uint64(s.empty) != lost.Payloads {
		t.Errorf("%d frames told, %d of them empty; lost %+v", s.frames, s.empty, lost)
	}
	if last := s.lines[len(s.lines)-1]; last != "7 close" {
		t.Errorf("the last thing told is %q", last)
	}
}

func TestWatchLossless(t *testing.T) {
	s := &story{}
	w, tap := tapped(t, true, s)
	chunk := bytes.Repeat(text(strings.Repeat("x", 100)), 1000)
	for range 300 {
		tap.Data(lint.Server, 3, chunk)
	}
	if err := w.Log.Close(); err != nil {
		t.Fatal(err)
	}
	if s.frames != 300*1000 || s.empty > 0 || w.Log.Lost() != (record.Loss{}) {
		t.Errorf("%d frames, %d empty, lost %+v", s.frames, s.empty, w.Log.Lost())
	}
}

// What one read completes may be more than ever waits for the sinks, and one event may be.
func TestWatchLosslessWhateverComesAtOnce(t *testing.T) {
	long := wire.AppendFrame(nil, wire.Header{Opcode: wire.OpText, Length: 2 * leanSize}, make([]byte, 2*leanSize))
	for name, p := range map[string]struct {
		chunk  []byte
		frames int
	}{
		"fragments":          {append([]byte{0x01, 1, 'a'}, bytes.Repeat([]byte{0, 1, 'b'}, 80_000)...), 80_001},
		"fragments of 1 KiB": {append([]byte{0x01, 0}, bytes.Repeat(append([]byte{0, 126, 4, 0}, make([]byte, 1<<10)...), 9_000)...), 9_001},
		"one large frame":    {long, 1},
	} {
		t.Run(name, func(t *testing.T) {
			s := &story{}
			w, tap := tapped(t, true, s)
			tap.(*watched).session = lint.New(lint.Options{Keep: 4 * leanSize, Watcher: tap.(*watched)})
			tap.Data(lint.Client, 1, []byte(ask))
			tap.Data(lint.Server, 2, []byte(accept))
			tap.Data(lint.Server, 3, p.chunk)
			if err := w.Log.Close(); err != nil {
				t.Fatal(err)
			}
			if s.frames != p.frames || w.Log.Lost() != (record.Loss{}) {
				t.Errorf("%d frames of %d, lost %+v", s.frames, p.frames, w.Log.Lost())
			}
		})
	}
}

// A failure of ours ends the looking, not the traffic.
func TestWatchDetaches(t *testing.T) {
	s := &story{}
	w, tap := tapped(t, false, s)
	tap.(*watched).session = nil // the next call panics
	tap.Data(lint.Server, 3, text("lost"))
	tap.Data(lint.Server, 4, text("lost"))
	tap.End(lint.Server, 5, lint.EndFIN)
	tap.Closed(6)
	w.Log.Close()
	if w.Totals.Detached.Load() != 1 || !strings.Contains(strings.Join(s.lines, "\n"), "7 note no longer looked") {
		t.Errorf("told: %q", s.lines)
	}
}

func BenchmarkWatch(b *testing.B) {
	for _, sinks := range []int{0, 1} {
		b.Run(fmt.Sprintf("sinks=%d", sinks), func(b *testing.B) {
			var all []record.Sink
			if sinks > 0 {
				all = append(all, record.NewJSONL(discard{}))
			}
			w := &Watch{Log: NewLog(true, all...), Keep: 1 << 10, Inflate: 1 << 16, Totals: &Totals{}}
			tap := w.Tap(record.Conn{ID: 7})
			tap.Data(lint.Client, 1, []byte(ask))
			tap.Data(lint.Server, 2, []byte(accept))
			chunk := bytes.Repeat(text(strings.Repeat("x", 64)), 1000)
			for b.Loop() {
				tap.Data(lint.Server, 3, chunk)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/1000, "ns/frame")
			w.Log.Close()
		})
	}
}

type discard struct{}

func (discard) Write(p []byte) (int, error) { return len(p), nil }
