package wire

import (
	"bytes"
	"compress/flate"
	"fmt"
	"io"
	"math/rand/v2"
	"testing"

	klauspost "github.com/klauspost/compress/flate"
)

// benchText is text as messages have it: the same keys in each record, and values
// that differ.
func benchText(size int) []byte {
	r := rand.New(rand.NewPCG(7, 7))
	var p []byte
	for len(p) < size {
		p = fmt.Appendf(p, `{"id":%d,"name":"%c%c","open":%t,"score":%.3f,"at":"2011-12-%02d"},`,
			r.IntN(1e6), 'a'+r.IntN(26), 'a'+r.IntN(26), r.IntN(2) == 0, r.Float64(), r.IntN(31))
	}
	return p[:size]
}

// BenchmarkDeflate compresses messages of which none refers to another. ratio is
// how long they are then.
func BenchmarkDeflate(b *testing.B) {
	perSize(b, map[string]func(*testing.B, int){
		"wire": func(b *testing.B, size int) {
			d, text := NewDeflater(15, false), benchText(size)
			var out []byte
			for b.Loop() {
				out = d.Message(out[:0], text)
			}
			b.ReportMetric(float64(len(out))/float64(size), "ratio")
		},
		"std": func(b *testing.B, size int) {
			deflateOther(b, size, func(w io.Writer) (resetter, error) { return flate.NewWriter(w, flate.BestSpeed) })
		},
		"klauspost": func(b *testing.B, size int) {
			deflateOther(b, size, func(w io.Writer) (resetter, error) { return klauspost.NewWriter(w, klauspost.BestSpeed) })
		},
	})
}

// resetter is a compressor of either library.
type resetter interface {
	io.Writer
	Flush() error
	Reset(io.Writer)
}

func deflateOther(b *testing.B, size int, make func(io.Writer) (resetter, error)) {
	var out bytes.Buffer
	w, err := make(&out)
	if err != nil {
		b.Fatal(err)
	}
	for text := benchText(size); b.Loop(); {
		out.Reset()
		w.Reset(&out)
		w.Write(text)
		w.Flush()
	}
	b.ReportMetric(float64(out.Len()-len(syncTail))/float64(size), "ratio")
}

// BenchmarkInflate inflates what compress/flate has made, as a Go server sends it.
func BenchmarkInflate(b *testing.B) {
	perSize(b, map[string]func(*testing.B, int){
		"wire": func(b *testing.B, size int) {
			f, packed := NewInflater(15, false), benchPacked(b, size)
			var out []byte
			for b.Loop() {
				out, _ = f.Message(out[:0], packed, size)
			}
		},
		"std":       func(b *testing.B, size int) { inflateOther(b, size, flate.NewReader) },
		"klauspost": func(b *testing.B, size int) { inflateOther(b, size, klauspost.NewReader) },
	})
}

func inflateOther(b *testing.B, size int, make func(io.Reader) io.ReadCloser) {
	packed, out := append(benchPacked(b, size), syncTail...), bytes.Repeat([]byte{0}, size)
	in := bytes.NewReader(packed)
	for r := make(in); b.Loop(); {
		in.Reset(packed)
		r.(flate.Resetter).Reset(in, nil)
		io.ReadFull(r, out)
	}
}

func benchPacked(b *testing.B, size int) []byte {
	var out bytes.Buffer
	w, err := flate.NewWriter(&out, flate.BestSpeed)
	if err != nil {
		b.Fatal(err)
	}
	w.Write(benchText(size))
	w.Flush()
	return bytes.TrimSuffix(out.Bytes(), syncTail)
}
