package wire

import (
	"crypto/rand"
	"math"
	"strings"
	"testing"
)

// The four examples of draft-hixie-thewebsocketprotocol-76 §1.2, §1.3, §4.1 and §5.2.
var challenges76 = []struct{ key1, key2, key3, answer string }{
	{"4 @1  46546xW%0l 1 5", "12998 5 Y3 1  .P00", "^n:ds[4U", "8jKS'y:G*Co,Wxa-"},
	{"18x 6]8vM;54 *(5:  {   U1]8  z [  8", "1_ tx7X d  <  nw  334J702) 7]o}` 0", "Tm[K T2u", "fQJ,fN/4F4!~K~MH"},
	{"P388 O503D&ul7 {K%gX( %7  15", "1 N ?|k UT0or 3o  4 I97N 5-S3O 31", "\x47\x30\x22\x2D\x5A\x3F\x47\x58", "0st3Rl&q-2ZU^weu"},
	{"3e6b263  4 17 80", "17  9 G`ZD9   2 2b 7X 3 /r90", "WjN}|M(6", "n`9eBk9z$R8pOtVb"},
}

func TestChallenge76(t *testing.T) {
	for _, c := range challenges76 {
		key3 := [8]byte([]byte(c.key3))
		if got, ok := Challenge76(c.key1, c.key2, key3); !ok || string(got[:]) != c.answer {
			t.Errorf("%q: %q, ok %v, want %q", c.key1, got, ok, c.answer)
		}
		for _, bad := range []string{
			c.key1 + "1",                           // a remainder, as all four have a space count with 2 or 5 in it
			strings.ReplaceAll(c.key1, " ", ""),    // no space
			strings.Replace(c.key1, " ", "", 1),    // one less
			strings.ReplaceAll(c.key1, " ", "\t"),  // other white space is none
			c.key1 + "00000000000",                 // a part beyond 32 bits
			strings.Repeat("9", 20) + " " + c.key1, // a number beyond 64
			"",
		} {
			if answer, ok := Challenge76(bad, c.key2, key3); ok {
				t.Errorf("key1 %q is answered with %q", bad, answer)
			}
			if answer, ok := Challenge76(c.key1, bad, key3); ok {
				t.Errorf("key2 %q is answered with %q", bad, answer)
			}
		}
	}
}

func TestParseKey76(t *testing.T) {
	for _, c := range []struct {
		value string
		want  Key76
		part  uint32
		ok    bool
	}{
		{"1 2", Key76{Number: 12, Spaces: 1}, 12, true},
		{" 4294967295", Key76{Number: math.MaxUint32, Spaces: 1}, math.MaxUint32, true},
		{" 4294967296", Key76{Number: 1 << 32, Spaces: 1}, 0, false},
		{"  8589934590", Key76{Number: 2 * math.MaxUint32, Spaces: 2}, math.MaxUint32, true},
		{" 18446744073709551615", Key76{Number: math.MaxUint64, Spaces: 1}, 0, false},
		{" 18446744073709551616", Key76{Spaces: 1, Overflow: true}, 0, false},
		{" x\t\u00a0", Key76{Spaces: 1}, 0, true},
		{"7", Key76{Number: 7}, 0, false},
		{"  7", Key76{Number: 7, Spaces: 2}, 0, false},
	} {
		k := ParseKey76(c.value)
		if k != c.want {
			t.Errorf("%q: %+v, want %+v", c.value, k, c.want)
		}
		if part, ok := k.Part(); part != c.part || ok != c.ok {
			t.Errorf("%q: part %d, ok %v", c.value, part, ok)
		}
	}
}

func TestNewKey76(t *testing.T) {
	for range 1000 {
		key := NewKey76(rand.Reader)
		k := ParseKey76(key)
		if _, ok := k.Part(); !ok || k.Spaces < 1 || k.Spaces > 12 || k.Number > math.MaxUint32 {
			t.Fatalf("%q is %+v", key, k)
		}
		if strings.Trim(key, " ") != key {
			t.Fatalf("%q has a space at an end", key)
		}
		letters := 0
		for _, r := range key {
			switch {
			case '!' <= r && r <= '/', ':' <= r && r <= '~':
				letters++
			case r != ' ' && (r < '0' || r > '9'):
				t.Fatalf("%q has %q", key, r)
			}
		}
		if letters < 1 || letters > 12 {
			t.Fatalf("%q has %d characters between its digits", key, letters)
		}
	}
	if key := NewKey76(strings.NewReader("")); ParseKey76(key).Spaces != 1 {
		t.Errorf("NewKey76 of nothing gives %q", key)
	}
}

func FuzzChallenge76(f *testing.F) {
	for _, c := range challenges76 {
		f.Add(c.key1, c.key2, []byte(c.key3))
	}
	f.Add("  4294967296", "9 9", []byte("abcdefgh"))
	f.Fuzz(func(t *testing.T, key1, key2 string, key3 []byte) {
		var body [8]byte
		copy(body[:], key3)
		_, ok := Challenge76(key1, key2, body)
		for _, key := range []string{key1, key2} {
			k := ParseKey76(key)
			if part, whole := k.Part(); whole && uint64(part)*k.Spaces != k.Number || ok && !whole {
				t.Fatalf("%q is %+v, part %d, ok %v", key, k, part, ok)
			}
		}
	})
}
