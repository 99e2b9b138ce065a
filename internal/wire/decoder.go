package wire

// Chunk is a piece of a frame: its header when First, some of its payload, and
// its end when Last. A frame that arrives whole is one chunk, First and Last.
type Chunk struct {
	Header  Header
	First   bool
	Last    bool
	Offset  uint64 // where Payload begins in the frame's payload
	Payload []byte // as on the wire, still masked; part of the bytes given to Next
}

// Decoder cuts a stream into chunks of RFC 6455 frames. The zero value is
// ready. It keeps at most one header and copies no payload.
type Decoder struct{}

// Next takes bytes from the front of p and returns the chunk that they make and
// how many were taken. ok is false when p was used up, or was empty, before a
// header was complete; then n is len(p).
//
//	for len(p) > 0 {
//		c, n, ok := d.Next(p)
//		p = p[n:]
//		if !ok {
//			break
//		}
//		…
//	}
func (d *Decoder) Next(p []byte) (c Chunk, n int, ok bool) { panic("unwritten") }

// Partial returns the bytes of a header that has begun and not ended.
func (d *Decoder) Partial() []byte { panic("unwritten") }

// Remaining returns how many payload bytes the current frame still lacks.
func (d *Decoder) Remaining() uint64 { panic("unwritten") }
