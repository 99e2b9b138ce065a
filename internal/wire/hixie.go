package wire

import "bytes"

// HixieHeader is the start of a frame of hixie-75 and hixie-76: its type byte
// and, when the type's top bit is set, a length in groups of seven bits
// (draft-hixie-thewebsocketprotocol-76 §5.3).
type HixieHeader struct {
	Type     byte
	Length   uint64 // of a frame whose Type has the top bit set
	Groups   int    // how many bytes the length takes; leading zero groups count
	Overflow bool   // the length does not fit 64 bits, or maxHixieGroups bytes; what follows has no end
	spill    byte   // the byte that overflows, so that the bytes can be appended back
}

// HixieClosing is the closing frame of hixie-76, 0xFF 0x00.
var HixieClosing = []byte{0xFF, 0x00}

// maxHixieGroups is how many bytes a length may take, which zero groups in front can
// make as long as they like. More than ten have no use.
const maxHixieGroups = 4 << 10

// hixieEnd is the byte that ends a sentinel frame.
const hixieEnd = 0xFF

// HixieChunk is a piece of a hixie frame, as Chunk is of an RFC 6455 frame.
// The 0xFF that ends a sentinel frame is not part of Payload.
type HixieChunk struct {
	Header  HixieHeader
	First   bool
	Last    bool
	Offset  uint64
	Payload []byte
}

// Sentinel reports whether the frame ends with 0xFF instead of having a length.
func (h HixieHeader) Sentinel() bool { return h.Type&0x80 == 0 }

// Closing reports whether h is the closing frame of hixie-76.
func (h HixieHeader) Closing() bool { return h.Type == 0xFF && h.Length == 0 && !h.Overflow }

// Append appends the header's bytes. Groups of 0 stands for as few as needed; a
// Groups too small for Length writes the low bits of Length.
func (h HixieHeader) Append(dst []byte) []byte {
	dst = append(dst, h.Type)
	if h.Sentinel() {
		return dst
	}
	groups, more := h.Groups, byte(0)
	if h.Overflow {
		groups, more = h.Groups-1, 0x80
	}
	if groups <= 0 {
		for groups = 1; groups < 10 && h.Length>>(7*groups) != 0; groups++ {
		}
	}
	for i := groups - 1; i > 0; i-- {
		dst = append(dst, 0x80|byte(h.Length>>(7*i))) // a shift of 64 or more gives 0
	}
	dst = append(dst, more|byte(h.Length&0x7F))
	if h.Overflow {
		dst = append(dst, h.spill)
	}
	return dst
}

// AppendHixieText appends a text frame: 0x00, text, 0xFF.
func AppendHixieText(dst, text []byte) []byte {
	dst = append(dst, 0x00)
	dst = append(dst, text...)
	return append(dst, hixieEnd)
}

// HixieDecoder cuts a stream into chunks of hixie frames. The zero value is ready.
type HixieDecoder struct {
	header HixieHeader
	state  hixieState
	offset uint64
}

// hixieState is what a HixieDecoder expects next.
type hixieState uint8

const (
	hixieType hixieState = iota
	hixieLength
	hixiePayload
)

// Next works as Decoder.Next does.
func (d *HixieDecoder) Next(p []byte) (c HixieChunk, n int, ok bool) {
	if len(p) == 0 {
		return HixieChunk{}, 0, false
	}
	if d.state != hixiePayload {
		if n = d.begin(p); d.state != hixiePayload {
			return HixieChunk{}, n, false
		}
		c.First = true
	}
	c.Header, c.Offset = d.header, d.offset
	end := 0
	c.Payload, end, c.Last = d.cut(p[n:])
	d.offset += uint64(len(c.Payload))
	if c.Last {
		d.state = hixieType
	}
	return c, n + end, true
}

// begin reads as much of a header as p has and returns how many bytes that is.
// The header is complete when d.state is hixiePayload.
func (d *HixieDecoder) begin(p []byte) (n int) {
	if d.state == hixieType {
		d.header, d.offset, d.state = HixieHeader{Type: p[0]}, 0, hixieLength
		if n = 1; d.header.Sentinel() {
			d.state = hixiePayload
		}
	}
	for d.state == hixieLength && n < len(p) {
		d.group(p[n])
		n++
	}
	return n
}

// group takes one byte of a length. A length that leaves 64 bits, or has too many
// bytes, ends the header there: whatever it means, the frame will not end.
func (d *HixieDecoder) group(b byte) {
	h := &d.header
	h.Groups++
	if h.Length>>57 != 0 || h.Groups > maxHixieGroups {
		h.Overflow, h.spill = true, b
		d.state = hixiePayload
		return
	}
	h.Length = h.Length<<7 | uint64(b&0x7F)
	if b&0x80 == 0 {
		d.state = hixiePayload
	}
}

// cut finds how much of p belongs to the current frame's payload. n is how many
// bytes that takes together with the frame's end.
func (d *HixieDecoder) cut(p []byte) (payload []byte, n int, last bool) {
	if d.header.Sentinel() {
		if i := bytes.IndexByte(p, hixieEnd); i >= 0 {
			return p[:i], i + 1, true
		}
		return p, len(p), false
	}
	left := d.header.Length - d.offset
	if d.header.Overflow || uint64(len(p)) < left {
		return p, len(p), false
	}
	return p[:left], int(left), true
}

// Partial returns how many bytes of a header have been taken so far; a run of
// zero groups can make it some thousands, and it is not kept.
func (d *HixieDecoder) Partial() int {
	if d.state != hixieLength {
		return 0
	}
	return 1 + d.header.Groups
}

// Header returns the bytes of a header that has begun and not ended.
func (d *HixieDecoder) Header() []byte {
	if d.state != hixieLength {
		return nil
	}
	b := []byte{d.header.Type}
	for i := d.header.Groups - 1; i >= 0; i-- { // more were to follow, says each
		b = append(b, 0x80|byte(d.header.Length>>(7*i)))
	}
	return b
}
