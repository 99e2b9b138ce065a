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

var subprotocolRules = []Rule{
	{
		ID: SubprotocolUnasked, Level: Must, Document: rfc6455, Section: "4.2.2",
		Quote: "If the client's handshake did not contain such a header field or if the server does not agree to any of the " +
			"client's requested subprotocols, the only acceptable value is null.",
		About:        "A client that offered no subprotocol is not told one.",
		Requirements: []string{"HS-007"},
	},
	{
		ID: SubprotocolOffered, Level: Must, Document: rfc6455, Section: "4.2.2",
		Quote: "The value chosen MUST be derived from the client's handshake, specifically by selecting one of the values from the " +
			"|Sec-WebSocket-Protocol| field that the server is willing to use for this connection (if any).",
		About:        "The subprotocol of the answer is one of those offered, letter for letter, and only one.",
		Requirements: []string{"HS-008", "HS-009"},
	},
	{
		ID: SubprotocolEmpty, Level: Must, Document: rfc6455, Section: "4.2.2",
		Quote:        "The empty string is not the same as the null value for these purposes and is not a legal value for this field.",
		About:        "A server that agrees to no subprotocol leaves the field out, and does not leave it empty.",
		Requirements: []string{"HS-008"},
	},
	{
		ID: SubprotocolOnce, Level: Must, Document: rfc6455, Section: "11.3.4",
		Quote:        "However, the |Sec-WebSocket-Protocol| header field MUST NOT appear more than once in an HTTP response.",
		About:        "The answer has at most one Sec-WebSocket-Protocol field.",
		Requirements: []string{"HS-010"},
	},
	{
		ID: SubprotocolTwoFields, Level: Should, Document: rfc6455, Section: "11.3.4",
		Quote: "The |Sec-WebSocket-Protocol| header field MAY appear multiple times in an HTTP request (which is logically the same as " +
			"a single |Sec-WebSocket-Protocol| header field that contains all values).",
		About:        "Subprotocols offered in two fields are taken as one list.",
		Room:         "The permission is the client's. That a server joins the fields is implied by the words in brackets.",
		Requirements: []string{"HS-011"},
	},
	{
		ID: SubprotocolOfferForm, Level: Should, Document: rfc6455, Section: "4.3",
		Quote:        "Sec-WebSocket-Protocol-Client = 1#token",
		About:        "An offer that is empty, or has an element that is no token, is refused.",
		Room:         "§4.2.1 counts the grammar in, but a server that uses no subprotocols has no cause to read the field.",
		Requirements: []string{"HS-012"},
	},
	{
		ID: SubprotocolOfferUnique, Level: May, Document: rfc6455, Section: "4.1",
		Quote: "The elements that comprise this value MUST be non-empty strings with characters in the range U+0021 to U+007E not including " +
			"separator characters as defined in [RFC2616] and MUST all be unique strings.",
		About:        "An offer of the same subprotocol twice is refused.",
		Room:         "The sentence binds the client, and nothing is unclear about an offer made twice.",
		Requirements: []string{"HS-013"},
	},
}
