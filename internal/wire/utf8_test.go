package wire

import (
	"math/rand/v2"
	"strings"
	"testing"
	"unicode/utf8"
)

// firstBad finds, by unicode/utf8 alone, the first byte that no continuation
// can make valid: -1 where there is none.
func firstBad(p []byte) int {
	at := 0
	for at < len(p) {
		r, n := utf8.DecodeRune(p[at:])
		if r != utf8.RuneError || n > 1 {
			at += n
			continue
		}
		for end := at + 1; end <= len(p); end++ {
			if !canStart(p[at:end]) {
				return end - 1
			}
		}
		return -1
	}
	return -1
}

// canStart reports whether p begins the encoding of some code point: utf8.FullRune
// takes what is short and valid so far for not full.
func canStart(p []byte) bool { return !utf8.FullRune(p) }

// feed gives p to a UTF8 in pieces of size bytes.
func feed(p []byte, size int) (bad int, done bool) {
	var u UTF8
	for at := 0; at < len(p); at += size {
		if i := u.Feed(p[at:min(len(p), at+size)]); i >= 0 {
			return at + i, u.Done()
		}
	}
	return -1, u.Done()
}

func checkUTF8(t *testing.T, p []byte, sizes ...int) {
	t.Helper()
	want := firstBad(p)
	for _, size := range sizes {
		if bad, done := feed(p, size); bad != want || done != utf8.Valid(p) {
			t.Fatalf("% x in pieces of %d: fault at %d, done %v, want %d, %v", p, size, bad, done, want, utf8.Valid(p))
		}
	}
}

func TestUTF8EveryShortString(t *testing.T) {
	for a := range 256 {
		checkUTF8(t, []byte{byte(a)}, 1)
		for b := range 256 {
			checkUTF8(t, []byte{byte(a), byte(b)}, 1, 2)
			for c := 0; c < 256 && a >= 0xE0; c++ { // below, a third byte starts afresh
				checkUTF8(t, []byte{byte(a), byte(b), byte(c)}, 1, 3)
			}
		}
	}
}

func TestUTF8EveryCodePoint(t *testing.T) {
	for r := rune(0); r <= utf8.MaxRune; r++ {
		p := utf8.AppendRune(nil, r)
		if bad, done := feed(p, 1); bad != -1 || !done {
			t.Fatalf("%U in pieces: fault at %d, done %v", r, bad, done)
		}
	}
}

func TestUTF8Faults(t *testing.T) {
	for _, c := range []struct {
		text string
		bad  int
	}{
		{"\xf4\x90\x80\x80", 1}, {"\xf5", 0}, {"\xed\xa0\x80", 1}, {"\xe0\x80\x80", 1}, {"\xc0\x80", 0}, {"\xc1", 0},
		{"\xf0\x8f\xbf\xbf", 1}, {"\x80", 0}, {"a\xff", 1}, {"κόσμε\xf4\x90\x80\x80edited", 11}, {"\xce", -1},
		{"\xe2\x82\xac\xe2\x82a", 5}, {"12345678901234567\xfe", 17}, {"\xf0\x9f\x98\x80\x80", 4},
		{"\xef\xbf\xbe\xef\xbb\xbf\xf4\x8f\xbf\xbf", -1}, // a non-character, a byte order mark, the last code point
	} {
		checkUTF8(t, []byte(c.text), 1, 2, 3, 100)
		if bad, _ := feed([]byte(c.text), 100); bad != c.bad {
			t.Errorf("%q: fault at %d, want %d", c.text, bad, c.bad)
		}
	}
}

func TestUTF8StaysAtTheFault(t *testing.T) {
	var u UTF8
	u.Feed([]byte("ab\xff"))
	if u.Done() || u.Feed([]byte("fine")) != 0 || u.Feed(nil) != 0 {
		t.Error("the fault is forgotten")
	}
}

func TestUTF8Random(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 629))
	pieces := strings.Split("a|plain text of more than eight|é|κόσμε|日本語|😀|\xed\x9f\xbf|\xee\x80\x80|\xf4\x8f\xbf\xbf", "|")
	for range 20000 {
		var p []byte
		for range r.IntN(20) {
			p = append(p, pieces[r.IntN(len(pieces))]...)
		}
		if len(p) > 0 && r.IntN(2) == 0 {
			p[r.IntN(len(p))] = byte(r.Uint32())
		}
		p = p[:r.IntN(len(p)+1)]
		checkUTF8(t, p, 1, 2, 1+r.IntN(20), len(p)+1)
	}
}

func FuzzUTF8(f *testing.F) {
	f.Add([]byte("κόσμε\xf4\x90\x80\x80edited"), uint8(3))
	f.Fuzz(func(t *testing.T, p []byte, size uint8) { checkUTF8(t, p, 1, int(size)+1) })
}

func BenchmarkUTF8(b *testing.B) {
	for name, piece := range map[string]string{"ascii": "plain", "greek": "κόσμε", "mixed": "naïve café ", "cjk": "日本語"} {
		text := []byte(strings.Repeat(piece, 4096))
		run := func(who string, valid func() bool) {
			b.Run(name+"/"+who, func(b *testing.B) {
				b.SetBytes(int64(len(text)))
				for b.Loop() {
					if !valid() {
						b.Fatal("not valid")
					}
				}
			})
		}
		run("wire", func() bool { var u UTF8; return u.Feed(text) < 0 && u.Done() })
		run("std", func() bool { return utf8.Valid(text) })
	}
}
