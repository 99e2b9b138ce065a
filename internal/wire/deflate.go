package wire

import (
	"bytes"
	"strconv"
	"sync"

	"github.com/klauspost/compress/flate"
)

// DeflateName is the registered name of the extension (RFC 7692 §7).
const DeflateName = "permessage-deflate"

// The limits of a window's size as a power of two (RFC 7692 §7.1.2).
const (
	minWindowBits = 8
	maxWindowBits = 15
)

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
func ParseDeflateOffer(e Extension) (p DeflateParams, clientBits, ok bool) {
	p, seen, ok := parseDeflate(e.Params, true)
	return p, seen["client_max_window_bits"], ok
}

// ParseDeflateAnswer reads the parameters of a server's permessage-deflate
// element; ok is false for one that no server may send (RFC 7692 §7).
func ParseDeflateAnswer(e Extension) (p DeflateParams, ok bool) {
	p, _, ok = parseDeflate(e.Params, false)
	return p, ok
}

// parseDeflate reads parameters that are known, told once and with a value just
// where they take one. bare tells that client_max_window_bits needs none, which
// is so in an offer (RFC 7692 §7.1.2.2). seen has the names that were there.
func parseDeflate(params []Param, bare bool) (p DeflateParams, seen map[string]bool, ok bool) {
	p = DeflateParams{ServerMaxWindowBits: maxWindowBits, ClientMaxWindowBits: maxWindowBits}
	seen = make(map[string]bool, len(params))
	for _, param := range params {
		valid := false
		switch param.Name {
		case "server_no_context_takeover":
			p.ServerNoContextTakeover, valid = true, !param.HasValue
		case "client_no_context_takeover":
			p.ClientNoContextTakeover, valid = true, !param.HasValue
		case "server_max_window_bits":
			p.ServerMaxWindowBits, valid = windowBits(param.Value)
		case "client_max_window_bits":
			if valid = bare && !param.HasValue; !valid {
				p.ClientMaxWindowBits, valid = windowBits(param.Value)
			}
		}
		if !valid || seen[param.Name] {
			return p, seen, false
		}
		seen[param.Name] = true
	}
	return p, seen, true
}

// windowBits reads a decimal number of 8 to 15 without leading zeros.
func windowBits(value string) (bits int, ok bool) {
	bits, err := strconv.Atoi(value)
	ok = err == nil && minWindowBits <= bits && bits <= maxWindowBits && strconv.Itoa(bits) == value
	if !ok {
		bits = maxWindowBits
	}
	return bits, ok
}

// Deflater compresses messages as one end of a connection does (RFC 7692 §7.2.1).
//
// It compresses half a window at a time, with the half window before it as the
// compressor's dictionary. So no distance leaves the window, whatever size the
// compressor itself works with, and a message of a few bytes still refers to
// the one before it, which compressors made for speed do not do.
type Deflater struct {
	half     int
	takeover bool
	history  []byte // the last half window of what was compressed
}

// deflateLevel is the fastest level of the compressor that still finds matches
// in messages of a few bytes.
const deflateLevel = 7

// compressors are at hand for every Deflater: one is large, and holds nothing
// that has to outlive a message.
var compressors = sync.Pool{New: func() any {
	w, err := flate.NewWriter(nil, deflateLevel)
	if err != nil {
		panic(err) // the level is a constant that the package has
	}
	return w
}}

// syncTail is the end of an empty stored block, which a message is sent without
// (RFC 7692 §7.2.1).
var syncTail = []byte{0x00, 0x00, 0xFF, 0xFF}

// NewDeflater makes a compressor with a window of 2^bits bytes, bits being 8 to
// 15. takeover keeps the window from message to message.
func NewDeflater(bits int, takeover bool) *Deflater {
	return &Deflater{half: 1 << bits / 2, takeover: takeover}
}

// Message appends the compressed form of one message, without the four bytes
// 00 00 ff ff that its end would have.
func (d *Deflater) Message(dst, payload []byte) []byte {
	w := compressors.Get().(*flate.Writer)
	defer compressors.Put(w)
	if !d.takeover {
		d.history = d.history[:0]
	}
	out := bytes.NewBuffer(dst)
	for first := true; first || len(payload) > 0; first = false {
		piece := payload[:min(len(payload), d.half)]
		payload = payload[len(piece):]
		w.ResetDict(out, d.history)
		w.Write(piece) // neither it nor Flush can fail: a bytes.Buffer takes everything
		w.Flush()
		d.remember(piece)
	}
	return bytes.TrimSuffix(out.Bytes(), syncTail)
}

// remember moves the history on by piece, which is at most half a window.
func (d *Deflater) remember(piece []byte) {
	d.history = append(d.history, piece...)
	if over := len(d.history) - d.half; over > 0 {
		d.history = d.history[:copy(d.history, d.history[over:])]
	}
}
