package wire

import (
	"bytes"
	"testing"
)

// chunks feeds stream to a Decoder in pieces of size bytes and puts the bytes
// together again.
func chunks(t testing.TB, stream []byte, size int) (list []Chunk, again []byte) {
	var d Decoder
	for at := 0; at < len(stream); {
		p := stream[at:min(len(stream), at+size)]
		at += len(p)
		for len(p) > 0 {
			c, n, ok := d.Next(p)
			p = p[n:]
			if !ok {
				if len(p) > 0 {
					t.Fatalf("a header is not complete and %d bytes were not taken", len(p))
				}
				break
			}
			if c.First {
				again = c.Header.Append(again)
			}
			again = append(again, c.Payload...)
			list = append(list, c)
			if left := c.Header.Length - c.Offset - uint64(len(c.Payload)); left != d.Remaining() || c.Last != (left == 0) {
				t.Fatalf("chunk %+v: %d bytes left, Remaining is %d", c, left, d.Remaining())
			}
		}
	}
	return list, append(again, d.Partial()...)
}

func TestDecoderCutsAnywhere(t *testing.T) {
	var stream []byte
	for _, c := range documentFrames {
		h := c.header
		if h.Length > 1<<20 {
			continue
		}
		stream = AppendFrame(stream, h, make([]byte, h.Length))
	}
	whole, _ := chunks(t, stream, len(stream))
	if len(whole) != len(documentFrames)-1 {
		t.Fatalf("%d chunks of %d frames", len(whole), len(documentFrames)-1)
	}
	for _, c := range whole {
		if !c.First || !c.Last || c.Offset != 0 || uint64(len(c.Payload)) != c.Header.Length {
			t.Errorf("a frame that came whole is %+v", c)
		}
	}
	for size := 1; size < 300; size++ {
		list, again := chunks(t, stream, size)
		if !bytes.Equal(again, stream) {
			t.Fatalf("cut at every %d bytes, the stream does not come back", size)
		}
		var firsts []Header
		for _, c := range list {
			if c.First {
				firsts = append(firsts, c.Header)
			}
		}
		if len(firsts) != len(whole) {
			t.Fatalf("cut at every %d bytes: %d frames, want %d", size, len(firsts), len(whole))
		}
	}
}

func TestDecoderPiecesOfOneFrame(t *testing.T) {
	stream := unhex(t, "81 85 37 fa 21 3d 7f 9f 4d 51 58")
	var d Decoder
	if _, n, ok := d.Next(stream[:3]); ok || n != 3 || !bytes.Equal(d.Partial(), stream[:3]) {
		t.Fatalf("half a header: ok %v, n %d, partial % x", ok, n, d.Partial())
	}
	c, n, ok := d.Next(stream[3:6])
	if !ok || n != 3 || !c.First || c.Last || len(c.Payload) != 0 || d.Remaining() != 5 || len(d.Partial()) != 0 {
		t.Fatalf("a header alone: %+v, ok %v, n %d", c, ok, n)
	}
	c, _, _ = d.Next(stream[6:8])
	if c.First || c.Last || c.Offset != 0 || !bytes.Equal(c.Payload, stream[6:8]) {
		t.Fatalf("the first piece: %+v", c)
	}
	c, n, _ = d.Next(append(stream[8:], 0x81))
	if c.First || !c.Last || c.Offset != 2 || n != 3 || !bytes.Equal(c.Payload, stream[8:]) {
		t.Fatalf("the last piece: %+v, n %d", c, n)
	}
	if _, n, ok := d.Next(nil); ok || n != 0 {
		t.Fatalf("nothing: ok %v, n %d", ok, n)
	}
}

func TestDecoderHugeLength(t *testing.T) {
	var d Decoder
	stream := unhex(t, "82 7f ffffffffffffffff 01 02 03")
	c, n, ok := d.Next(stream)
	if !ok || n != len(stream) || c.Last || d.Remaining() != 1<<64-1-3 {
		t.Errorf("%+v, ok %v, n %d, remaining %d", c, ok, n, d.Remaining())
	}
}

func TestDecoderDoesNotAllocate(t *testing.T) {
	frame := AppendFrame(nil, Header{Fin: true, Masked: true, Opcode: OpBinary, Length: 1000}, make([]byte, 1000))
	var d Decoder
	allocs := testing.AllocsPerRun(100, func() {
		for i := range frame {
			d.Next(frame[i : i+1])
		}
		d.Next(frame)
	})
	if allocs > 0 {
		t.Errorf("%v allocations a frame", allocs)
	}
}

func FuzzDecoder(f *testing.F) {
	for _, c := range documentFrames {
		f.Add(unhex(f, c.bytes), uint8(1))
	}
	f.Add(unhex(f, "01 03 48 65 6c 80 02 6c 6f"), uint8(3))
	f.Fuzz(func(t *testing.T, stream []byte, size uint8) {
		if _, again := chunks(t, stream, int(size)+1); !bytes.Equal(again, stream) {
			t.Fatalf("% x comes back as % x", stream, again)
		}
	})
}
