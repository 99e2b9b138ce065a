package wire

import (
	"bytes"
	"compress/flate"
	"io"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
)

// messages are payloads of many shapes and sizes.
func messages(seed uint64) [][]byte {
	r := rand.New(rand.NewPCG(seed, seed))
	words := strings.Fields("the quick brown fox jumps over a lazy dog κόσμε {\"type\":\"message\"} 0123456789")
	list := [][]byte{nil, []byte("Hello"), []byte("Hello"), {0}, bytes.Repeat([]byte("a"), 100000)}
	for _, n := range []int{1, 10, 126, 255, 256, 257, 1000, 4096, 40000, 200000} {
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

// stdInflate is what another implementation makes of a message.
func stdInflate(message, history []byte) ([]byte, error) {
	whole := append(bytes.Clone(message), 0, 0, 0xFF, 0xFF, 1, 0, 0, 0xFF, 0xFF)
	return io.ReadAll(flate.NewReaderDict(bytes.NewReader(whole), history))
}

func TestDeflateStaysInWindow(t *testing.T) {
	for bits := minWindowBits; bits <= maxWindowBits; bits++ {
		for _, takeover := range []bool{false, true} {
			d, f := NewDeflater(bits, takeover), NewInflater(bits, takeover)
			var history []byte
			for i, m := range messages(uint64(bits)) {
				packed := d.Message(nil, m)
				got, fault := f.Message(nil, packed, len(m))
				if fault != InflateOK || !bytes.Equal(got, m) {
					t.Fatalf("bits %d takeover %v message %d: fault %v, %d bytes of %d", bits, takeover, i, fault, len(got), len(m))
				}
				if !takeover {
					history = nil
				}
				if std, err := stdInflate(packed, history); err != nil || !bytes.Equal(std, m) {
					t.Fatalf("bits %d takeover %v message %d: compress/flate: %v", bits, takeover, i, err)
				}
				history = append(history, m...)
				history = history[max(0, len(history)-1<<bits):]
			}
		}
	}
}

var _ = os.Args
