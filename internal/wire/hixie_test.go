package wire

import (
	"bytes"
	"math"
	"testing"
)

// hixieChunks is chunks for the hixie dialects.
func hixieChunks(t testing.TB, stream []byte, size int) (list []HixieChunk, again []byte, partial int) {
	var d HixieDecoder
	for at := 0; at < len(stream); {
		p := stream[at:min(len(stream), at+size)]
		at += len(p)
		for len(p) > 0 {
			c, n, ok := d.Next(p)
			if p = p[n:]; !ok {
				if len(p) > 0 {
					t.Fatalf("a header is not complete and %d bytes were not taken", len(p))
				}
				break
			}
			if c.First {
				again = c.Header.Append(again)
			}
			if again = append(again, c.Payload...); c.Last && c.Header.Sentinel() {
				again = append(again, hixieEnd)
			}
			list = append(list, c)
		}
	}
	return list, again, d.Partial()
}

func TestHixieFrames(t *testing.T) {
	for _, c := range []struct {
		name, bytes string
		header      HixieHeader
		payload     string
		ends        bool
	}{
		{"text", "00 48 69 ff", HixieHeader{}, "Hi", true},
		{"empty text", "00 ff", HixieHeader{}, "", true},
		{"other sentinel type", "7f 48 69 ff", HixieHeader{Type: 0x7F}, "Hi", true},
		{"no end yet", "00 48 69", HixieHeader{}, "Hi", false},
		{"length-prefixed", "80 03 61 62 63", HixieHeader{Type: 0x80, Length: 3, Groups: 1}, "abc", true},
		{"discarded, not closing", "ff 01 78", HixieHeader{Type: 0xFF, Length: 1, Groups: 1}, "x", true},
		{"closing", "ff 00", HixieHeader{Type: 0xFF, Groups: 1}, "", true},
		{"closing in two groups", "ff 80 00", HixieHeader{Type: 0xFF, Groups: 2}, "", true},
		{"zero groups", "80 80 80 80 01 78", HixieHeader{Type: 0x80, Length: 1, Groups: 4}, "x", true},
		{"two groups", "80 81 00 41", HixieHeader{Type: 0x80, Length: 128, Groups: 2}, "A", false},
		{"all 64 bits", "81 81 ff ff ff ff ff ff ff ff 7f", HixieHeader{Type: 0x81, Length: math.MaxUint64, Groups: 10}, "", false},
		{"65 bits", "81 83 ff ff ff ff ff ff ff ff ff 41",
			HixieHeader{Type: 0x81, Length: 1<<58 - 1, Groups: 10, Overflow: true, spill: 0xFF}, "A", false},
	} {
		stream := unhex(t, c.bytes)
		list, again, _ := hixieChunks(t, stream, len(stream))
		if len(list) != 1 || list[0].Header != c.header || string(list[0].Payload) != c.payload || list[0].Last != c.ends {
			t.Errorf("%s: %+v", c.name, list)
		}
		if !bytes.Equal(again, stream) {
			t.Errorf("%s: % x comes back as % x", c.name, stream, again)
		}
	}
}

func TestHixieClosing(t *testing.T) {
	for stream, want := range map[string]bool{
		"ff00": true, "ff8000": true, "ff0178": false, "8000": false, "00ff": false,
	} {
		list, _, _ := hixieChunks(t, unhex(t, stream), 1)
		if got := list[0].Header.Closing(); got != want {
			t.Errorf("%s: Closing is %v", stream, got)
		}
	}
	if list, _, _ := hixieChunks(t, HixieClosing, 2); !list[0].Header.Closing() {
		t.Error("HixieClosing is not the closing frame")
	}
}

func TestHixieAppend(t *testing.T) {
	for _, c := range []struct {
		h    HixieHeader
		want string
	}{
		{HixieHeader{Type: 0x80}, "80 00"},
		{HixieHeader{Type: 0x80, Length: 127}, "80 7f"},
		{HixieHeader{Type: 0x80, Length: 128}, "80 81 00"},
		{HixieHeader{Type: 0x80, Length: math.MaxUint64}, "80 81 ff ff ff ff ff ff ff ff 7f"},
		{HixieHeader{Type: 0x80, Length: 1, Groups: 12}, "80 80 80 80 80 80 80 80 80 80 80 80 01"},
		{HixieHeader{Type: 0x80, Length: 129, Groups: 1}, "80 01"},
		{HixieHeader{Type: 0x05, Length: 7}, "05"},
	} {
		if got := c.h.Append(nil); !bytes.Equal(got, unhex(t, c.want)) {
			t.Errorf("%+v: % x, want %s", c.h, got, c.want)
		}
	}
	if got := AppendHixieText([]byte{9}, []byte("Hi")); !bytes.Equal(got, unhex(t, "09 00 48 69 ff")) {
		t.Errorf("AppendHixieText: % x", got)
	}
}

func TestHixiePartial(t *testing.T) {
	var d HixieDecoder
	zeros := bytes.Repeat([]byte{0x80}, 1000)
	if _, n, ok := d.Next(zeros); ok || n != len(zeros) || d.Partial() != len(zeros) {
		t.Errorf("a run of zero groups: ok %v, n %d, partial %d", ok, n, d.Partial())
	}
	if !bytes.Equal(d.Header(), zeros) {
		t.Errorf("a run of zero groups is given back as % x", d.Header())
	}
	c, _, ok := d.Next([]byte{0x01, 'x'})
	if !ok || c.Header.Groups != len(zeros) || c.Header.Length != 1 || !c.Last || d.Partial() != 0 {
		t.Errorf("its end: %+v, ok %v, partial %d", c, ok, d.Partial())
	}
}

func TestHixieCutsAnywhere(t *testing.T) {
	stream := AppendHixieText(nil, []byte("Hi"))
	stream = HixieHeader{Type: 0x80, Length: 200}.Append(stream)
	stream = append(stream, bytes.Repeat([]byte{0xFF}, 200)...)
	stream = append(stream, 0x05, 'A', hixieEnd)
	stream = append(stream, HixieClosing...)
	stream = AppendHixieText(stream, nil)
	for size := 1; size <= len(stream); size++ {
		list, again, partial := hixieChunks(t, stream, size)
		if partial != 0 || !bytes.Equal(again, stream) {
			t.Fatalf("cut at every %d bytes, the stream does not come back", size)
		}
		first, last := 0, 0
		for _, c := range list {
			if c.First {
				first++
			}
			if c.Last {
				last++
			}
		}
		if first != 5 || last != 5 {
			t.Fatalf("cut at every %d bytes: %d frames begin and %d end, want 5", size, first, last)
		}
	}
}

func FuzzHixieDecoder(f *testing.F) {
	f.Add(unhex(f, "00 48 69 ff ff 00"), uint8(1))
	f.Add(unhex(f, "80 80 81 00 41"), uint8(2))
	f.Add(unhex(f, "81 83 ff ff ff ff ff ff ff ff ff 7f 41"), uint8(0))
	f.Fuzz(func(t *testing.T, stream []byte, size uint8) {
		_, again, partial := hixieChunks(t, stream, int(size)+1)
		if want := stream[:len(stream)-partial]; !bytes.Equal(again, want) {
			t.Fatalf("% x comes back as % x", want, again)
		}
	})
}

// A length of zero groups without end is given up, and its bytes can be had back.
func TestHixieEndlessLength(t *testing.T) {
	stream := append([]byte{0x80}, bytes.Repeat([]byte{0x80}, 1<<20)...)
	list, again, _ := hixieChunks(t, stream, 1000)
	if h := list[0].Header; !h.Overflow || h.Length != 0 || h.Groups != maxHixieGroups+1 || h.Closing() {
		t.Errorf("%+v", h)
	}
	if !bytes.Equal(again, stream) {
		t.Errorf("%d bytes of %d are given back", len(again), len(stream))
	}
}
