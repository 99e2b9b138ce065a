package wire

import (
	"bytes"
	"compress/flate"
	"io"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
)

func TestParseDeflate(t *testing.T) {
	all15 := DeflateParams{ServerMaxWindowBits: 15, ClientMaxWindowBits: 15}
	for _, c := range []struct {
		value              string
		offer, answer      bool
		clientBits         bool
		changed            func(*DeflateParams)
		serverBits, client int
	}{
		{value: "", offer: true, answer: true},
		{value: "; client_max_window_bits", offer: true, clientBits: true},
		{value: "; client_max_window_bits=10", offer: true, answer: true, clientBits: true, client: 10},
		{value: "; client_max_window_bits=\"9\"", offer: true, answer: true, clientBits: true, client: 9},
		{value: "; server_max_window_bits=8", offer: true, answer: true, serverBits: 8},
		{value: "; server_max_window_bits=15; client_max_window_bits=15", offer: true, answer: true, clientBits: true},
		{value: "; server_no_context_takeover; client_no_context_takeover", offer: true, answer: true,
			changed: func(p *DeflateParams) { p.ServerNoContextTakeover, p.ClientNoContextTakeover = true, true }},
		{value: "; server_max_window_bits"},
		{value: "; server_max_window_bits=7"},
		{value: "; server_max_window_bits=16"},
		{value: "; server_max_window_bits=08"},
		{value: "; server_max_window_bits=+9"},
		{value: "; server_max_window_bits=0x9"},
		{value: "; client_max_window_bits=7"},
		{value: "; client_max_window_bits=010"},
		{value: "; client_max_window_bits=99999999999999999999"},
		{value: "; server_no_context_takeover=1"},
		{value: "; client_no_context_takeover=true"},
		{value: "; server_no_context_takeover; server_no_context_takeover"},
		{value: "; client_max_window_bits; client_max_window_bits=9"},
		{value: "; Server_no_context_takeover"},
		{value: "; max_window_bits=9"},
	} {
		list, ok := ParseExtensions(DeflateName + c.value)
		if !ok {
			t.Fatalf("%q is no extension", c.value)
		}
		want := all15
		if c.changed != nil {
			c.changed(&want)
		}
		if c.serverBits != 0 {
			want.ServerMaxWindowBits = c.serverBits
		}
		if c.client != 0 {
			want.ClientMaxWindowBits = c.client
		}
		p, clientBits, ok := ParseDeflateOffer(list[0])
		if ok != c.offer || ok && (p != want || clientBits != c.clientBits) {
			t.Errorf("offer %q: %+v, client bits %v, ok %v", c.value, p, clientBits, ok)
		}
		if p, ok := ParseDeflateAnswer(list[0]); ok != c.answer || ok && p != want {
			t.Errorf("answer %q: %+v, ok %v", c.value, p, ok)
		}
	}
}

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

func BenchmarkInflate(b *testing.B) {
	perSize(b, map[string]func(*testing.B, int){
		"wire": func(b *testing.B, size int) {
			f, packed := NewInflater(15, false), benchDeflated(size)
			var out []byte
			for b.Loop() {
				out, _ = f.Message(out[:0], packed, size)
			}
		},
		"std": func(b *testing.B, size int) {
			packed, out := append(benchDeflated(size), syncTail...), make([]byte, size)
			in := bytes.NewReader(packed)
			r := flate.NewReader(in)
			for b.Loop() {
				in.Reset(packed)
				r.(flate.Resetter).Reset(in, nil)
				io.ReadFull(r, out)
			}
		},
	})
}

// benchDeflated is text of that size as a message.
func benchDeflated(size int) []byte {
	text := messages(1)[len(messages(1))-3]
	return NewDeflater(15, false).Message(nil, bytes.Repeat(text, size/len(text)+1)[:size])
}

func BenchmarkDeflate(b *testing.B) {
	perSize(b, map[string]func(*testing.B, int){
		"wire": func(b *testing.B, size int) {
			d, text := NewDeflater(15, true), bytes.Repeat([]byte("text of a message, "), size/19+1)[:size]
			var out []byte
			for b.Loop() {
				out = d.Message(out[:0], text)
			}
		},
	})
}
