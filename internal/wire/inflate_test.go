package wire

import (
	"bytes"
	"compress/flate"
	"io"
	"math"
	"strings"
	"testing"

	klauspost "github.com/klauspost/compress/flate"
)

// stdInflate is what compress/flate makes of a message. It ends at a block with
// BFINAL set, so it is started again behind each.
func stdInflate(message, history []byte) (out []byte, err error) {
	whole := append(bytes.Clone(message), syncTail...)
	r := bytes.NewReader(append(whole, 1, 0, 0, 0xFF, 0xFF)) // it wants a final block
	for r.Len() > 0 && err == nil {
		var piece []byte
		dict := append(bytes.Clone(history), out...)
		piece, err = io.ReadAll(io.LimitReader(flate.NewReaderDict(r, dict), fuzzLimit+1))
		out = append(out, piece...)
	}
	return out, err
}

// fuzzLimit is how much output a fuzzed message may have.
const fuzzLimit = 1 << 20

func TestInflateExamples(t *testing.T) {
	for name, messages := range map[string][]struct{ packed, text string }{
		"one block (RFC 7692 §7.2.3.1)":       {{"f2 48 cd c9 c9 07 00", "Hello"}},
		"shared window (§7.2.3.2)":            {{"f2 48 cd c9 c9 07 00", "Hello"}, {"f2 00 11 00 00", "Hello"}, {"f2 00 11 00 00", "Hello"}},
		"no compression (§7.2.3.3)":           {{"00 05 00 fa ff 48 65 6c 6c 6f 00", "Hello"}},
		"BFINAL (§7.2.3.4)":                   {{"f3 48 cd c9 c9 07 00 00", "Hello"}, {"f2 00 11 00 00", "Hello"}},
		"two blocks (§7.2.3.5)":               {{"f2 48 05 00 00 00 ff ff ca c9 c9 07 00", "Hello"}},
		"empty (§7.2.3.6)":                    {{"00", ""}, {"02 00", ""}},
		"two with BFINAL":                     {{"f3 48 cd c9 c9 07 00 f3 48 cd c9 c9 07 00 00", "HelloHello"}},
		"padding of a stored header is no 0":  {{"f8", ""}},
		"stored with BFINAL, then the header": {{"01 01 00 fe ff 41 00", "A"}},
	} {
		f := NewInflater(15, true)
		for _, m := range messages {
			got, fault := f.Message([]byte("before"), unhex(t, m.packed), 100)
			if string(got) != "before"+m.text || fault != InflateOK {
				t.Errorf("%s: %q, %v", name, got, fault)
			}
		}
	}
}

func TestInflateFaults(t *testing.T) {
	for _, c := range []struct {
		name, packed, text string
		fault              InflateFault
	}{
		{"nothing at all", "", "", InflateTruncated},
		{"reserved block type", "06 00", "", InflateCorrupt},
		{"no header of an empty stored block", "f3 48 cd c9 c9 07 00", "Hello", InflateTruncated},
		{"the tail left on", "f2 48 cd c9 c9 07 00 00 00 ff ff", "Hello", InflateTruncated},
		{"cut in a block", "f2 48 cd c9", "Hel", InflateTruncated},
		{"stored sizes that differ", "00 05 00 fa fe 48", "", InflateCorrupt},
		{"stored without its sizes", "00 05 00 fa", "", InflateTruncated},
		{"stored and cut", "00 05 00 fa ff 48 65", "He", InflateTruncated},
		{"stored to the very end", "00 02 00 fd ff 48 65", "He", InflateTruncated},
		{"distance before the start", "f2 00 11 00 00", "H", InflateCorrupt},
		{"more than the limit", "00 65 00 9a ff " + strings.Repeat("41", 101) + " 00", strings.Repeat("A", 100), InflateTooLong},
	} {
		got, fault := NewInflater(15, true).Message(nil, unhex(t, c.packed), 100)
		if string(got) != c.text || fault != c.fault {
			t.Errorf("%s: %q, %v, want %v", c.name, got, fault, c.fault)
		}
	}
}

// far is a message that refers back by distance bytes, after so much of noise
// that no shorter match is there.
func far(t *testing.T, noise []byte, distance int) (packed, text []byte) {
	t.Helper()
	text = append(bytes.Clone(noise[:distance]), noise[:100]...)
	var out bytes.Buffer
	w, err := flate.NewWriter(&out, flate.BestCompression)
	if err != nil {
		t.Fatal(err)
	}
	w.Write(text)
	w.Flush()
	return bytes.TrimSuffix(out.Bytes(), syncTail), text
}

func TestInflateWindow(t *testing.T) {
	noise := messages(1)[len(messages(1))-4]
	for bits := minWindowBits; bits <= maxWindowBits; bits++ {
		for distance, want := range map[int]InflateFault{1 << bits: InflateOK, 1<<bits + 1: InflateWindow} {
			if distance > maxDistance {
				continue
			}
			packed, text := far(t, noise, distance)
			got, fault := NewInflater(bits, true).Message(nil, packed, len(text))
			if fault != want || !bytes.Equal(got, text) {
				t.Errorf("window 2^%d, distance %d: %v, %d bytes of %d", bits, distance, fault, len(got), len(text))
			}
		}
	}
}

func TestInflateContext(t *testing.T) {
	d := NewDeflater(9, true)
	first, second := d.Message(nil, []byte("Hello, World")), d.Message(nil, []byte("Hello, World!"))
	f := NewInflater(9, false)
	if _, fault := f.Message(nil, first, 100); fault != InflateOK {
		t.Fatal(fault)
	}
	got, fault := f.Message(nil, second, 100)
	if string(got) != "Hello, World!" || fault != InflateContext {
		t.Errorf("%q, %v", got, fault)
	}
	if got, fault = f.Message(nil, first, 100); string(got) != "Hello, World" || fault != InflateOK {
		t.Errorf("the message after: %q, %v", got, fault)
	}
}

func TestInflateLimit(t *testing.T) {
	const size = 100000
	packed := NewDeflater(15, false).Message(nil, make([]byte, size))
	for _, limit := range []int{-1, 0, 1, 257, 258, size - 1, size, math.MaxInt} {
		got, fault := NewInflater(15, false).Message([]byte("before"), packed, limit)
		want := InflateOK
		if limit < size {
			want = InflateTooLong
		}
		if fault != want || len(got) != len("before")+max(0, min(limit, size)) {
			t.Errorf("limit %d: %v, %d bytes", limit, fault, len(got))
		}
	}
}

func TestInflateEveryLevel(t *testing.T) {
	for level := flate.HuffmanOnly; level <= flate.BestCompression; level++ {
		for i, m := range messages(9) {
			var out bytes.Buffer
			w, err := flate.NewWriter(&out, level)
			if err != nil {
				t.Fatal(err)
			}
			w.Write(m)
			w.Flush()
			got, fault := NewInflater(15, false).Message(nil, bytes.TrimSuffix(out.Bytes(), syncTail), len(m))
			if fault != InflateOK || !bytes.Equal(got, m) {
				t.Errorf("level %d message %d: %v, %d bytes of %d", level, i, fault, len(got), len(m))
			}
		}
	}
}

func TestInflateKeepsLittle(t *testing.T) {
	d, f := NewDeflater(15, true), NewInflater(15, true)
	m := bytes.Repeat([]byte("0123456789"), 2000)
	for range 20 {
		if _, fault := f.Message(nil, d.Message(nil, m), len(m)); fault != InflateOK {
			t.Fatal(fault)
		}
	}
	if len(f.history) > 2*maxDistance {
		t.Errorf("%d bytes are kept", len(f.history))
	}
}

func TestInflateDoesNotAllocate(t *testing.T) {
	m := messages(4)[18]
	d, f := NewDeflater(12, false), NewInflater(12, false)
	packed, out := d.Message(nil, m), make([]byte, 0, len(m))
	f.Message(out, packed, len(m))
	if n := testing.AllocsPerRun(200, func() { f.Message(out, packed, len(m)) }); n > 0 {
		t.Errorf("%v allocations a message", n)
	}
}

func FuzzInflate(f *testing.F) {
	f.Add([]byte{}, unhex(f, "f2 48 cd c9 c9 07 00"))
	f.Add([]byte("Hello"), unhex(f, "f2 00 11 00 00"))
	f.Add([]byte{}, unhex(f, "05 e0 81 00 00 00 00 00 10 ff d6 2a 00"))
	for _, m := range messages(7)[:14] {
		f.Add([]byte{}, NewDeflater(15, false).Message(nil, m))
	}
	f.Fuzz(func(t *testing.T, history, packed []byte) {
		in := NewInflater(15, true)
		in.remember(history)
		got, fault := in.Message(nil, packed, fuzzLimit)
		if fault == InflateTooLong && len(got) == fuzzLimit {
			return
		}
		std, err := stdInflate(packed, history)
		if fault == InflateOK && (err != nil || !bytes.Equal(got, std)) {
			t.Fatalf("%x, and compress/flate says %x, %v", got, std, err)
		}
		if fault != InflateOK && fault != InflateTruncated && err == nil {
			t.Fatalf("%v, and compress/flate says %x", fault, std)
		}
	})
}

// FuzzInflateOthers inflates what another compressor makes, at each of its levels.
func FuzzInflateOthers(f *testing.F) {
	for i, m := range messages(8) {
		f.Add(m, uint8(i))
	}
	f.Fuzz(func(t *testing.T, m []byte, level uint8) {
		var out bytes.Buffer
		w, err := klauspost.NewWriter(&out, klauspost.HuffmanOnly+int(level)%(klauspost.BestCompression-klauspost.HuffmanOnly+1))
		if err != nil {
			t.Fatal(err)
		}
		in := NewInflater(15, true)
		for i := range 2 {
			out.Reset()
			w.Write(m)
			w.Flush()
			got, fault := in.Message(nil, bytes.TrimSuffix(out.Bytes(), syncTail), len(m))
			if fault != InflateOK || !bytes.Equal(got, m) {
				t.Fatalf("message %d, level %d: %v, %x comes back as %x", i, level, fault, m, got)
			}
		}
	})
}
