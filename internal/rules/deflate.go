package rules

// What permessage-deflate agrees on, RFC 7692 §5 and §7.1.
const (
	// DeflateDeclineInvalidOffer asks that an offer that is not well formed is declined.
	DeflateDeclineInvalidOffer ID = "deflate.decline-invalid-offer"
	// DeflateFallback asks that the next offer is taken where one is declined.
	DeflateFallback ID = "deflate.fallback"
	// DeflateResponse asks that the answer's parameters are legal and unique.
	DeflateResponse ID = "deflate.response"
	// DeflateServerTakeoverAck asks that server_no_context_takeover is acknowledged.
	DeflateServerTakeoverAck ID = "deflate.server-takeover-ack"
	// DeflateServerWindowAck asks that server_max_window_bits is acknowledged, no larger.
	DeflateServerWindowAck ID = "deflate.server-window-ack"
	// DeflateClientWindowUnasked forbids client_max_window_bits where it was not offered.
	DeflateClientWindowUnasked ID = "deflate.client-window-unasked"
	// DeflateClientWindowHint asks that client_max_window_bits is answered no larger than offered.
	DeflateClientWindowHint ID = "deflate.client-window-hint"
	// DeflateNameCase hopes that the name is read in one case only.
	DeflateNameCase ID = "deflate.name-case"
	// DeflateConflict forbids a second extension that uses RSV1.
	DeflateConflict ID = "deflate.conflict"
	// DeflateOffer asks that a client's offer is well formed.
	DeflateOffer ID = "deflate.offer"
)
