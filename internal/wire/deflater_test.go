package wire

import (
	"bytes"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
)

// syncTail is what a message is sent without (RFC 7692 §7.2.1).
var syncTail = []byte{0x00, 0x00, 0xFF, 0xFF}

// messages are payloads of many shapes and sizes.
func messages(seed uint64) [][]byte {
	r := rand.New(rand.NewPCG(seed, seed))
	words := strings.Fields("the quick brown fox jumps over a lazy dog κόσμε {\"type\":\"message\"} 0123456789")
	list := [][]byte{nil, []byte("Hello"), []byte("Hello"), {0}, bytes.Repeat([]byte("a"), 100000)}
	for _, n := range []int{1, 10, 126, 255, 256, 257, 1000, 4096, 40000} {
		noise := make([]byte, n)
		var text []byte
		for i := range noise {
			noise[i] = byte(r.Uint32())
		}
		for len(text) < n {
			text = append(text, words[r.IntN(len(words))]...)
		}
		list = append(list, noise, text, text[:n/2], noise[:n/2])
	}
	return list
}

func TestDeflaterStaysInWindow(t *testing.T) {
	for bits := minWindowBits; bits <= maxWindowBits; bits++ {
		for _, takeover := range []bool{false, true} {
			d, f := NewDeflater(bits, takeover), NewInflater(bits, takeover)
			var history []byte
			for i, m := range messages(uint64(bits)) {
				packed := d.Message(nil, m)
				got, fault := f.Message(nil, packed, len(m))
				if fault != InflateOK || !bytes.Equal(got, m) {
					t.Fatalf("bits %d takeover %v message %d: %v, %d bytes of %d", bits, takeover, i, fault, len(got), len(m))
				}
				if std, err := stdInflate(packed, history); err != nil || !bytes.Equal(std, m) {
					t.Fatalf("bits %d takeover %v message %d: compress/flate says %v", bits, takeover, i, err)
				}
				if takeover {
					history = append(history, m...)
					history = history[max(0, len(history)-1<<bits):]
				}
			}
		}
	}
}

func TestDeflaterTakesOver(t *testing.T) {
	for _, takeover := range []bool{false, true} {
		d := NewDeflater(maxWindowBits, takeover)
		first := d.Message(nil, []byte("Hello"))
		if want := unhex(t, "f2 48 cd c9 c9 07 00"); !bytes.Equal(first, want) { // RFC 7692 §7.2.3.1
			t.Errorf("% x, want % x", first, want)
		}
		if second := d.Message(nil, []byte("Hello")); (len(second) < len(first)) != takeover {
			t.Errorf("takeover %v: % x, then % x", takeover, first, second)
		}
	}
}

func TestDeflaterAppends(t *testing.T) {
	d := NewDeflater(9, true)
	if got := d.Message([]byte{0xC1}, nil); !bytes.Equal(got, []byte{0xC1, 0x00}) { // RFC 7692 §7.2.3.6
		t.Errorf("% x", got)
	}
	got := d.Message([]byte("before"), []byte("Hello"))
	if text, fault := NewInflater(9, true).Message(nil, bytes.TrimPrefix(got, []byte("before")), 5); string(text) != "Hello" || fault != InflateOK {
		t.Errorf("%q, %v", text, fault)
	}
}

func TestDeflatersAtOnce(t *testing.T) {
	var wait sync.WaitGroup
	for i := range 4 {
		wait.Go(func() {
			d, f := NewDeflater(9+i, true), NewInflater(9+i, true)
			for _, m := range messages(uint64(i))[:20] {
				if got, fault := f.Message(nil, d.Message(nil, m), len(m)); fault != InflateOK || !bytes.Equal(got, m) {
					t.Errorf("deflater %d: %v", i, fault)
				}
			}
		})
	}
	wait.Wait()
}

// kind returns the kind of a message's first block.
func kind(message []byte) byte { return message[0] >> 1 & 3 }

func TestDeflaterUsesEveryKind(t *testing.T) {
	noise := messages(1)[len(messages(1))-4]
	for _, c := range []struct {
		name    string
		payload []byte
		kind    byte
	}{
		{"a few words", []byte("a few words"), kindFixed},
		{"a text", []byte(strings.Repeat("some words of a text, ", 9) + strings.Repeat("other words, 0123456789, ", 9)), kindFixed},
		{"a long text", messages(1)[len(messages(1))-3][:maxBlock], kindDynamic},
		{"few letters, and nothing twice", letters(2000), kindDynamic},
		{"noise", noise[:1000], kindStored},
		{"much noise", noise[:maxBlock], kindStored},
	} {
		packed := NewDeflater(15, false).Message(nil, c.payload)
		if kind(packed) != c.kind {
			t.Errorf("%s: kind %d, want %d", c.name, kind(packed), c.kind)
		}
		if got, fault := NewInflater(15, false).Message(nil, packed, len(c.payload)); fault != InflateOK || !bytes.Equal(got, c.payload) {
			t.Errorf("%s: %v", c.name, fault)
		}
	}
}

// letters are few, some of them frequent, in no order.
func letters(n int) []byte {
	r := rand.New(rand.NewPCG(1, 2))
	p := make([]byte, n)
	for i := range p {
		p[i] = 'a' + byte(r.IntN(1+r.IntN(16)))
	}
	return p
}

// TestDeflaterReachesAsFar sees that a distance is used when it is the window's
// size, and not when it is one more.
func TestDeflaterReachesAsFar(t *testing.T) {
	noise := messages(1)[len(messages(1))-4]
	for bits := minWindowBits; bits <= maxWindowBits; bits++ {
		for distance, reached := range map[int]bool{1 << bits: true, 1<<bits + 1: false} {
			d := NewDeflater(bits, true)
			d.Message(nil, noise[:distance])
			if again := d.Message(nil, noise[:100]); (len(again) < 100) != reached {
				t.Errorf("window 2^%d, distance %d: %d bytes", bits, distance, len(again))
			}
		}
	}
}

func TestDeflaterKeepsLittle(t *testing.T) {
	d := NewDeflater(15, true)
	for range 20 {
		d.Message(nil, make([]byte, 100000))
	}
	if len(d.matcher.buf) > maxSeen {
		t.Errorf("%d bytes are kept", len(d.matcher.buf))
	}
	m := letters(100000)
	out := d.Message(nil, m)
	if n := testing.AllocsPerRun(20, func() { out = d.Message(out[:0], m) }); n > 0 {
		t.Errorf("%v allocations a message", n)
	}
}

func FuzzDeflate(f *testing.F) {
	f.Add([]byte("Hello"), []byte("Hello, hello"), uint8(0), true)
	for i, m := range messages(7) {
		f.Add(m, letters(i*10), uint8(i), i%3 == 0)
	}
	f.Fuzz(func(t *testing.T, first, second []byte, bits uint8, takeover bool) {
		w := minWindowBits + int(bits%8)
		d, in := NewDeflater(w, takeover), NewInflater(w, takeover)
		var history []byte
		for _, m := range [][]byte{first, second, first} {
			packed := d.Message(nil, m)
			got, fault := in.Message(nil, packed, len(m))
			if fault != InflateOK || !bytes.Equal(got, m) {
				t.Fatalf("%v: %x comes back as %x", fault, m, got)
			}
			if std, err := stdInflate(packed, history); err != nil || !bytes.Equal(std, m) {
				t.Fatalf("compress/flate makes %x of %x, %v", std, m, err)
			}
			if takeover {
				history = append(history, m...)
				history = history[max(0, len(history)-1<<w):]
			}
		}
	})
}
