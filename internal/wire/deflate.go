package wire

import "strconv"

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
