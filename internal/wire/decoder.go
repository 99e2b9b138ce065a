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
type Decoder struct {
	buf    [maxHeaderSize]byte // a header that has begun and not ended
	n      int                 // how many bytes of buf are in use
	header Header              // the current frame's, while left is not 0
	offset uint64
	left   uint64
}

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
func (d *Decoder) Next(p []byte) (c Chunk, n int, ok bool) {
	if len(p) == 0 {
		return Chunk{}, 0, false
	}
	if d.left == 0 {
		if n, ok = d.begin(p); !ok {
			return Chunk{}, len(p), false
		}
		c.First = true
	}
	c.Header, c.Offset = d.header, d.offset
	c.Payload = p[n:]
	if uint64(len(c.Payload)) >= d.left {
		c.Payload = c.Payload[:d.left]
		c.Last = true
	}
	taken := uint64(len(c.Payload))
	d.offset += taken
	d.left -= taken
	return c, n + len(c.Payload), true
}

// begin reads a header from p, or from what an earlier p began and this one ends.
func (d *Decoder) begin(p []byte) (n int, ok bool) {
	var h Header
	if d.n == 0 {
		h, n = ParseHeader(p)
	}
	if n == 0 {
		kept := d.n
		d.n += copy(d.buf[kept:], p)
		size := 0
		if h, size = ParseHeader(d.buf[:d.n]); size == 0 {
			return 0, false
		}
		d.n, n = 0, size-kept
	}
	d.header, d.offset, d.left = h, 0, h.Length
	return n, true
}

// Partial returns the bytes of a header that has begun and not ended.
func (d *Decoder) Partial() []byte { return d.buf[:d.n] }

// Remaining returns how many payload bytes the current frame still lacks.
func (d *Decoder) Remaining() uint64 { return d.left }

// Skip passes over n payload bytes, at most as many as Remaining says, as if Next
// had taken them, and reports whether the frame ends with them.
func (d *Decoder) Skip(n uint64) (last bool) {
	d.offset += n
	d.left -= n
	return d.left == 0
}

// Idle reports whether the decoder stands between two frames.
func (d *Decoder) Idle() bool { return d.n == 0 && d.left == 0 }
