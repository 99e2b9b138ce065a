package wire

import (
	"bytes"
	"encoding/hex"
	"math"
	"strings"
	"testing"
)

// unhex reads bytes as documents write them.
func unhex(t testing.TB, s string) []byte {
	t.Helper()
	s = strings.NewReplacer("0x", "", " ", "").Replace(s)
	b, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// documentFrames are the examples of RFC 6455 §5.7, and headers that no example has.
var documentFrames = []struct {
	name   string
	bytes  string
	header Header
}{
	{"unmasked text", "81 05", Header{Fin: true, Opcode: OpText, Bits: 7, Length: 5}},
	{"masked text", "81 85 37 fa 21 3d", Header{Fin: true, Opcode: OpText, Masked: true, Mask: [4]byte{0x37, 0xfa, 0x21, 0x3d}, Bits: 7, Length: 5}},
	{"first fragment", "01 03", Header{Opcode: OpText, Bits: 7, Length: 3}},
	{"last fragment", "80 02", Header{Fin: true, Bits: 7, Length: 2}},
	{"unmasked ping", "89 05", Header{Fin: true, Opcode: OpPing, Bits: 7, Length: 5}},
	{"256 bytes", "82 7e 0100", Header{Fin: true, Opcode: OpBinary, Bits: 16, Length: 256}},
	{"65536 bytes", "82 7f 0000000000010000", Header{Fin: true, Opcode: OpBinary, Bits: 64, Length: 65536}},
	{"every bit", "ff ff ffffffffffffffff ffffffff", Header{Fin: true, Rsv: 7, Opcode: 15, Masked: true, Mask: [4]byte{255, 255, 255, 255}, Bits: 64, Length: math.MaxUint64}},
	{"no bit", "00 00", Header{Bits: 7}},
	{"RSV1", "c1 07", Header{Fin: true, Rsv: RSV1, Opcode: OpText, Bits: 7, Length: 7}},
	{"RSV2", "21 00", Header{Rsv: RSV2, Opcode: OpText, Bits: 7}},
	{"RSV3", "13 00", Header{Rsv: RSV3, Opcode: 3, Bits: 7}},
	{"longer than needed", "8a fe 0000 01020304", Header{Fin: true, Opcode: OpPong, Masked: true, Mask: [4]byte{1, 2, 3, 4}, Bits: 16}},
	{"much longer than needed", "88 7f 0000000000000002", Header{Fin: true, Opcode: OpClose, Bits: 64, Length: 2}},
}

func TestHeaderBothWays(t *testing.T) {
	for _, c := range documentFrames {
		want := unhex(t, c.bytes)
		if got := c.header.Append(nil); !bytes.Equal(got, want) {
			t.Errorf("%s: Append gives % x, want % x", c.name, got, want)
		}
		if got := c.header.Size(); got != len(want) {
			t.Errorf("%s: Size is %d, want %d", c.name, got, len(want))
		}
		if got, n := ParseHeader(append(want, 0xAA)); got != c.header || n != len(want) {
			t.Errorf("%s: ParseHeader gives %+v and %d", c.name, got, n)
		}
		for i := range want {
			if _, n := ParseHeader(want[:i]); n != 0 {
				t.Errorf("%s: ParseHeader takes %d of %d bytes", c.name, n, i)
			}
		}
	}
}

func TestHeaderLengthForms(t *testing.T) {
	for _, c := range []struct {
		length uint64
		bits   uint8
	}{
		{0, 7}, {125, 7}, {126, 16}, {127, 16}, {65535, 16}, {65536, 64}, {1 << 63, 64}, {math.MaxUint64, 64},
	} {
		if got := BitsFor(c.length); got != c.bits {
			t.Errorf("BitsFor(%d) is %d, want %d", c.length, got, c.bits)
		}
		h, n := ParseHeader(Header{Length: c.length}.Append(nil))
		if n == 0 || h.Bits != c.bits || h.Length != c.length || !h.Minimal() {
			t.Errorf("length %d comes back as %+v", c.length, h)
		}
		h.Bits = 64
		if h.Minimal() != (c.bits == 64) {
			t.Errorf("length %d in 64 bits: Minimal is %v", c.length, h.Minimal())
		}
	}
}

func TestHeaderWritesLowBits(t *testing.T) {
	for _, c := range []struct {
		h    Header
		want string
	}{
		{Header{Bits: 7, Length: 0x1234}, "00 34"},
		{Header{Bits: 16, Length: 0x123456}, "00 7e 3456"},
		{Header{Rsv: 0xFF, Opcode: 0xFF, Bits: 7}, "7f 00"},
	} {
		if got := c.h.Append(nil); !bytes.Equal(got, unhex(t, c.want)) {
			t.Errorf("%+v: % x, want %s", c.h, got, c.want)
		}
	}
}

func TestOpcode(t *testing.T) {
	names := "cont text binary op3 op4 op5 op6 op7 close ping pong op11 op12 op13 op14 op15"
	for i, name := range strings.Fields(names) {
		o := Opcode(i)
		if o.String() != name {
			t.Errorf("opcode %d is called %s, want %s", i, o, name)
		}
		if o.Reserved() != strings.HasPrefix(name, "op") || o.Control() != (i >= 8) {
			t.Errorf("%s: reserved %v, control %v", o, o.Reserved(), o.Control())
		}
	}
}

func TestAppendFrame(t *testing.T) {
	payload := []byte("Hello")
	h := Header{Fin: true, Opcode: OpText, Masked: true, Mask: [4]byte{0x37, 0xfa, 0x21, 0x3d}, Length: 5}
	got := AppendFrame([]byte("before"), h, payload)
	want := append([]byte("before"), unhex(t, "81 85 37 fa 21 3d 7f 9f 4d 51 58")...)
	if !bytes.Equal(got, want) {
		t.Errorf("% x, want % x", got, want)
	}
	if string(payload) != "Hello" {
		t.Errorf("the payload became %q", payload)
	}
	h = Header{Opcode: OpBinary, Length: 1 << 40}
	if got := AppendFrame(nil, h, payload); !bytes.Equal(got, append(h.Append(nil), payload...)) {
		t.Errorf("a length that is not true: % x", got)
	}
}

func TestMask(t *testing.T) {
	key := [4]byte{0x12, 0x34, 0x56, 0x78}
	for size := range 100 {
		for off := range 9 {
			p := bytes.Repeat([]byte{0xA5}, size+off)
			want := bytes.Clone(p)
			for i := off; i < len(want); i++ {
				want[i] ^= key[i%4]
			}
			Mask(p[off:], key, uint64(off))
			if !bytes.Equal(p, want) {
				t.Fatalf("%d bytes at offset %d: % x, want % x", size, off, p, want)
			}
		}
	}
}

func TestUnmask(t *testing.T) {
	key := [4]byte{0x92, 0x34, 0xD6, 0x78}
	for size := range 150 {
		for off := range uint64(9) {
			want := bytes.Repeat([]byte{'a'}, size)
			src, dst := bytes.Clone(want), make([]byte, size+1)
			Mask(src, key, off)
			if ascii := Unmask(dst, src, key, off); !ascii || !MaskedASCII(src, key, off) || !bytes.Equal(dst[:size], want) || dst[size] != 0 {
				t.Fatalf("%d bytes at offset %d: % x, ASCII %v", size, off, dst, ascii)
			}
			for i := range src {
				src[i] ^= 0x80
				if Unmask(dst, src, key, off) || MaskedASCII(src, key, off) {
					t.Fatalf("%d bytes at offset %d: byte %d is taken for ASCII", size, off, i)
				}
				src[i] ^= 0x80
			}
		}
	}
}

func TestMaskFarOffset(t *testing.T) {
	p := make([]byte, 5)
	Mask(p, [4]byte{1, 2, 3, 4}, math.MaxUint64)
	if want := []byte{4, 1, 2, 3, 4}; !bytes.Equal(p, want) {
		t.Errorf("% x, want % x", p, want)
	}
}
