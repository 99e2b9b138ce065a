package wire

// DeflateParams is what a permessage-deflate negotiation agreed (RFC 7692 §7.1).
type DeflateParams struct {
	ServerNoContextTakeover bool
	ClientNoContextTakeover bool
	ServerMaxWindowBits     int // 8 to 15; 15 where nothing was said
	ClientMaxWindowBits     int
}

// ParseDeflateOffer reads the parameters of a client's permessage-deflate
// element; ok is false for one that RFC 7692 §7 tells a server to decline.
// clientBits tells whether client_max_window_bits was offered at all.
func ParseDeflateOffer(e Extension) (p DeflateParams, clientBits, ok bool) { panic("unwritten") }

// ParseDeflateAnswer reads the parameters of a server's permessage-deflate
// element; ok is false for one that no server may send.
func ParseDeflateAnswer(e Extension) (p DeflateParams, ok bool) { panic("unwritten") }

// Deflater compresses messages as one end of a connection does (RFC 7692 §7.2.1).
type Deflater struct{}

// NewDeflater makes a compressor with a window of 2^bits bytes. takeover keeps
// the window from message to message.
func NewDeflater(bits int, takeover bool) *Deflater { panic("unwritten") }

// Message appends the compressed form of one message, without the four bytes
// 00 00 ff ff that its end would have.
func (d *Deflater) Message(dst, payload []byte) []byte { panic("unwritten") }

// InflateFault says what is wrong with a compressed message. Zero is nothing.
type InflateFault uint8

// What can be wrong with a compressed message.
const (
	InflateOK        InflateFault = iota
	InflateCorrupt                // not a DEFLATE stream (RFC 1951)
	InflateWindow                 // a distance beyond the agreed window
	InflateContext                // a distance into a message before this one, though no takeover was agreed
	InflateTruncated              // the stream ends inside a block
	InflateTooLong                // more output than the limit
)

// Inflater decompresses messages strictly within what was agreed: it follows
// each distance itself, so that one beyond the window is seen even where a
// larger window would have held it.
type Inflater struct{}

// NewInflater makes a decompressor for a window of 2^bits bytes.
func NewInflater(bits int, takeover bool) *Inflater { panic("unwritten") }

// Message appends what payload, one message without its last four bytes,
// inflates to. At most limit bytes are appended. A window or context fault does
// not stop it as long as the bytes are known; it is returned all the same.
func (f *Inflater) Message(dst, payload []byte, limit int) ([]byte, InflateFault) { panic("unwritten") }
