package wire

// HixieHeader is the start of a frame of hixie-75 and hixie-76: its type byte
// and, when the type's top bit is set, a length in groups of seven bits
// (draft-hixie-thewebsocketprotocol-76 §5.3).
type HixieHeader struct {
	Type     byte
	Length   uint64 // of a frame whose Type has the top bit set
	Groups   int    // how many bytes the length takes; leading zero groups count
	Overflow bool   // the length does not fit 64 bits; what follows has no end
	spill    byte   // the bits that overflow, so that the bytes can be appended back
}

// HixieClosing is the closing frame of hixie-76, 0xFF 0x00.
var HixieClosing = []byte{0xFF, 0x00}

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

// Append appends the header's bytes. Groups of 0 stands for as few as needed.
func (h HixieHeader) Append(dst []byte) []byte { panic("unwritten") }

// AppendHixieText appends a text frame: 0x00, text, 0xFF.
func AppendHixieText(dst, text []byte) []byte { panic("unwritten") }

// HixieDecoder cuts a stream into chunks of hixie frames. The zero value is ready.
type HixieDecoder struct{}

// Next works as Decoder.Next does.
func (d *HixieDecoder) Next(p []byte) (c HixieChunk, n int, ok bool) { panic("unwritten") }

// Partial returns how many bytes of a header have been taken so far; a run of
// zero groups can make it large, and it is not kept.
func (d *HixieDecoder) Partial() int { panic("unwritten") }
