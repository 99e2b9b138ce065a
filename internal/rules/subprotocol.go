package rules

// Sec-WebSocket-Protocol, RFC 6455 §4.2.2.
const (
	// SubprotocolUnasked forbids a subprotocol that nobody asked for.
	SubprotocolUnasked ID = "subprotocol.unasked"
	// SubprotocolOffered asks that the subprotocol is one of those offered, letter for letter.
	SubprotocolOffered ID = "subprotocol.offered"
	// SubprotocolEmpty forbids an empty Sec-WebSocket-Protocol in the answer.
	SubprotocolEmpty ID = "subprotocol.empty"
	// SubprotocolOnce forbids a second Sec-WebSocket-Protocol in the answer.
	SubprotocolOnce ID = "subprotocol.once"
	// SubprotocolTwoFields asks that offers in two fields are one list.
	SubprotocolTwoFields ID = "subprotocol.two-fields"
	// SubprotocolOfferForm asks that an offer that is no list of tokens is refused.
	SubprotocolOfferForm ID = "subprotocol.offer-form"
	// SubprotocolOfferUnique hopes that an offer with duplicates is refused.
	SubprotocolOfferUnique ID = "subprotocol.offer-unique"
)
