package chatserver

import "wsprobe/internal/wire"

// deflateName is the one extension that the server speaks (RFC 7692 §7).
const deflateName = "permessage-deflate"

// acceptsDeflate reports whether the list has an offer of permessage-deflate
// that gorilla's fixed answer meets, "server_no_context_takeover;
// client_no_context_takeover". RFC 7692 §7.1.1 lets a server answer either
// parameter, asked for or not. Of the others, client_max_window_bits is a hint
// that an answer need not take up (§7.1.2.2), while server_max_window_bits would
// have to be answered and kept (§7.1.2.1), so an offer with it is declined. An
// offer that is declined leaves the next one its chance (§5).
func acceptsDeflate(offers []wire.Extension) bool {
	for _, e := range offers {
		if e.Name != deflateName {
			continue
		}
		if _, _, ok := wire.ParseDeflateOffer(e); ok && !limitsServerWindow(e) {
			return true
		}
	}
	return false
}

func limitsServerWindow(e wire.Extension) bool {
	for _, p := range e.Params {
		if p.Name == "server_max_window_bits" {
			return true
		}
	}
	return false
}
