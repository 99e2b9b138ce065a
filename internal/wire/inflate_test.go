package wire

import (
	"bytes"
	"compress/flate"
	"io"
	"math"
	"strings"
	"testing"
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

// bitstream packs bits as they follow each other in a DEFLATE stream: Huffman
// codes from their first bit on, numbers from their lowest.
func bitstream(s string) []byte {
	s = strings.ReplaceAll(s, " ", "")
	p := make([]byte, (len(s)+7)/8)
	for i := range s {
		p[i/8] |= (s[i] - '0') << (i % 8)
	}
	return p
}

func TestInflateBits(t *testing.T) {
	const (
		fixed   = "0 10 "
		dynamic = "0 01 "
		a       = "01110001 "                    // the letter in the fixed code
		nine    = "110010000 "                   // the byte 0x90 in the fixed code
		runs    = "00000 00000 0000 " + zeroRuns // 257 literals and one distance, and a code for their lengths:
		// 0 a length of 0, 1 a run of 11 or more zeros
		lone = "00000 00000 0111 000 000 100 010" + skip13 + "010 " // 0 a run of zeros, 10 a length of 0, 11 one of 1
		two  = "10000 00000 0111 000 000 100 010" + skip13 + "010 " // the same with 258 literals
		zero = "0 1111111 0 1101011 "                               // 138 and 118 zeros in that code
	)
	for _, c := range []struct {
		name, bits, text string
		fault            InflateFault
	}{
		{"length symbol 286", fixed + "11000110", "", InflateCorrupt},
		{"length symbol 287", fixed + "11000111", "", InflateCorrupt},
		{"distance symbol 30", fixed + a + "0000001 11110", "A", InflateCorrupt},
		{"cut in a length", fixed + nine + "11000100", "\x90", InflateTruncated},
		{"cut before a distance", fixed + nine + nine + "0000001", "\x90\x90", InflateTruncated},
		{"cut in a distance", fixed + a + "0000001 11101", "A", InflateTruncated},
		{"a run", fixed + a + "0000001 00000 0000000 0 00", "AAAA", InflateOK},
		{"the longest run", fixed + a + "11000101 00000 0000000 0 00", strings.Repeat("A", 259), InflateOK},
		{"cut in the counts", dynamic + "00000", "", InflateTruncated},
		{"287 literals", dynamic + "01111 00000 0000", "", InflateCorrupt},
		{"31 distances", dynamic + "00000 01111 0000", "", InflateCorrupt},
		{"cut in the lengths of lengths", dynamic + "00000 00000 1111", "", InflateTruncated},
		{"one length of lengths", dynamic + "00000 00000 0000 100 000 000 000", "", InflateCorrupt},
		{"too many lengths of lengths", dynamic + "00000 00000 0000 100 100 100 000", "", InflateCorrupt},
		{"a repetition of nothing", dynamic + "00000 00000 0000 100 000 100 000 000", "", InflateCorrupt},
		{"a run beyond the end", dynamic + runs + "1 1111111 1 1111111", "", InflateCorrupt},
		{"cut in a run", dynamic + runs + "1", "", InflateTruncated},
		{"cut in the lengths", dynamic + runs + "1 1111111", "", InflateTruncated},
		{"no end of block", dynamic + runs + "1 1111111 1 1011011", "", InflateCorrupt},
		{"nothing but the end of block", dynamic + lone + zero + "11 10 0 0 00", "", InflateOK},
		{"a code that is none", dynamic + lone + zero + "11 10 1 111111111111111", "", InflateCorrupt},
		{"a distance without a code", dynamic + two + zero + "11 11 10 1 000000000000000", "", InflateCorrupt},
		{"two ends of a block", dynamic + two + zero + "11 11 10 0 0 00", "", InflateOK},
		{"too many literals of one bit", dynamic + two + "0 1111111 0 0101011 11 11 11 10 00", "", InflateCorrupt},
	} {
		got, fault := NewInflater(15, true).Message(nil, bitstream(c.bits), 1000)
		if string(got) != c.text || fault != c.fault {
			t.Errorf("%s: %q, %v, want %v", c.name, got, fault, c.fault)
		}
	}
}

// Parts of the header of a dynamic block: lengths for 16, 17, 18 and 0, and
// thirteen lengths of zero.
const (
	zeroRuns = "000 000 100 100 "
	skip13   = "000 000 000 000 000 000 000 000 000 000 000 000 000 "
)

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
	if len(f.history) > 2*maxDistance || len(d.history) > maxDistance/2 {
		t.Errorf("%d and %d bytes are kept", len(f.history), len(d.history))
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

func FuzzDeflate(f *testing.F) {
	f.Add([]byte("Hello"), []byte("Hello, hello"), uint8(0), true)
	f.Fuzz(func(t *testing.T, first, second []byte, bits uint8, takeover bool) {
		w := minWindowBits + int(bits%8)
		d, in := NewDeflater(w, takeover), NewInflater(w, takeover)
		for _, m := range [][]byte{first, second, first} {
			got, fault := in.Message(nil, d.Message(nil, m), len(m))
			if fault != InflateOK || !bytes.Equal(got, m) {
				t.Fatalf("%v: %x comes back as %x", fault, m, got)
			}
		}
	})
}
