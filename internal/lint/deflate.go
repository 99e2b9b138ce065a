package lint

import (
	"wsprobe/internal/rules"
	"wsprobe/internal/wire"
)

// deflateTail is what a compressed message is sent without (RFC 7692 §7.2.1).
var deflateTail = []byte{0x00, 0x00, 0xFF, 0xFF}

// checkInflate judges a compressed message by what inflating it came to (RFC
// 7692 §7). tail tells that the four bytes that end every one were sent.
func (s *Session) checkInflate(st *stream, fault wire.InflateFault, tail bool) (f []Finding) {
	switch fault {
	// §7.2.1: the payload is DEFLATE data.
	case wire.InflateCorrupt:
		f = append(f, found(rules.DeflateDataSent, "the message is not DEFLATE data"))
	case wire.InflateTruncated:
		f = append(f, found(rules.DeflateDataSent, "the DEFLATE data ends inside a block"))
	// §7.1.2: distances stay within the agreed window.
	case wire.InflateWindow:
		bits, rule := s.deflate.ServerMaxWindowBits, rules.DeflateServerWindow
		if st.side == Client {
			bits, rule = s.deflate.ClientMaxWindowBits, rules.DeflateClientWindow
		}
		f = append(f, found(rule, "a distance beyond the window of %d bits", bits))
	// §7.1.1: each message starts with an empty window where that was agreed.
	case wire.InflateContext:
		rule := rules.DeflateServerTakeover
		if st.side == Client {
			rule = rules.DeflateClientTakeover
		}
		f = append(f, found(rule, "a distance into an earlier message"))
	}
	// §7.2.1: the last four bytes are taken off.
	if tail {
		f = append(f, found(rules.DeflateTail, "the message ends with 00 00 ff ff"))
	}
	return f
}
