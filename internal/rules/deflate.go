package rules

// What permessage-deflate agrees on, RFC 7692 §5 and §7.1.
const (
	// DeflateDeclineInvalidOffer asks that an offer that is not well formed is declined.
	DeflateDeclineInvalidOffer ID = "deflate.decline-invalid-offer"
	// DeflateProceeds hopes that a declined offer does not cost the connection.
	DeflateProceeds ID = "deflate.proceeds"
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

var deflateRules = []Rule{
	{
		ID: DeflateDeclineInvalidOffer, Level: Must, Document: rfc7692, Section: "7",
		Quote: "A server MUST decline an extension negotiation offer for this extension if any of the following conditions are met: ... " +
			"The negotiation offer contains an extension parameter not defined for use in an offer. ... " +
			"The negotiation offer contains an extension parameter with an invalid value. ... " +
			"The negotiation offer contains multiple extension parameters with the same name.",
		About:        "An offer with an unknown parameter, an invalid value or a parameter given twice is declined.",
		Requirements: []string{"PM-003", "PM-004", "PM-005", "PM-006", "PM-007", "PM-008"},
	},
	{
		ID: DeflateProceeds, Level: May, Document: rfc7692, Section: "5",
		Quote: `If a server responds with no PMCE element in the "Sec-WebSocket-Extensions" header, both endpoints proceed without ` +
			"per-message compression once _the WebSocket Connection is established_.",
		About:        "A connection whose offer is declined opens without compression.",
		Room:         "To decline is to leave the element out of the answer; a server that refuses the whole handshake has done that too.",
		Requirements: []string{"PM-003"},
	},
	{
		ID: DeflateFallback, Level: Should, Document: rfc7692, Section: "5",
		Quote:        "It is recommended that a server accepts PMCEs with higher preference if the server supports them.",
		About:        "Where the first offer is declined, the next is looked at, in the same field or another.",
		Requirements: []string{"PM-009"},
	},
	{
		ID: DeflateResponse, Level: Must, Document: rfc7692, Section: "7",
		Quote: "A client MUST _Fail the WebSocket Connection_ if the peer server accepted an extension negotiation offer for this extension " +
			"with an extension negotiation response meeting any of the following conditions: ... " +
			"The negotiation response contains an extension parameter not defined for use in a response. ... " +
			"The negotiation response contains an extension parameter with an invalid value. ... " +
			"The negotiation response contains multiple extension parameters with the same name.",
		About:        "The answer has the four parameters only, each once, each with a value that it may have.",
		Requirements: []string{"PM-001", "PM-011", "PM-014", "PM-016", "HS-063"},
	},
	{
		ID: DeflateServerTakeoverAck, Level: Must, Document: rfc7692, Section: "7.1.1.1",
		Quote: `A server accepts an extension negotiation offer that includes the "server_no_context_takeover" extension parameter by including ` +
			`the "server_no_context_takeover" extension parameter in the corresponding extension negotiation response to send back to the client.`,
		About:        "An offer with server_no_context_takeover is answered with it, or declined.",
		Requirements: []string{"PM-010"},
	},
	{
		ID: DeflateServerWindowAck, Level: Must, Document: rfc7692, Section: "7.1.2.1",
		Quote: `A server accepts an extension negotiation offer with this parameter by including the "server_max_window_bits" extension parameter ` +
			`in the extension negotiation response to send back to the client with the same or smaller value as the offer.`,
		About:        "An offer with server_max_window_bits is answered with it and no larger value, or declined.",
		Requirements: []string{"PM-012"},
	},
	{
		ID: DeflateClientWindowUnasked, Level: Must, Document: rfc7692, Section: "7.1.2.2",
		Quote: `If a received extension negotiation offer doesn't have the "client_max_window_bits" extension parameter, the corresponding ` +
			`extension negotiation response to the offer MUST NOT include the "client_max_window_bits" extension parameter.`,
		About:        "An offer without client_max_window_bits is answered without it.",
		Requirements: []string{"PM-013"},
	},
	{
		ID: DeflateClientWindowHint, Level: Should, Document: rfc7692, Section: "7.1.2.2",
		Quote: `If the "client_max_window_bits" extension parameter in a received extension negotiation offer has a value, the server may either ` +
			`ignore this value or use this value to avoid allocating an unnecessarily big LZ77 sliding window by including the ` +
			`"client_max_window_bits" extension parameter in the corresponding extension negotiation response to the offer with a value equal to ` +
			`or smaller than the received value.`,
		About:        "An offer of client_max_window_bits=N is answered with N or less, or without it.",
		Room:         "A server may ignore the value, which is a hint; whether it may then answer a larger one is left open.",
		Requirements: []string{"PM-014"},
	},
	{
		ID: DeflateNameCase, Level: May, Document: rfc7692, Section: "7",
		Quote:        `The registered extension name for this extension is "permessage-deflate".`,
		About:        "An extension of that name in other case is another extension, and is declined.",
		Room:         "RFC 6455 does not say whether the names of extensions are compared with regard to case.",
		Requirements: []string{"PM-017"},
	},
	{
		ID: DeflateConflict, Level: Must, Document: rfc7692, Section: "5",
		Quote: "A server MUST NOT accept a PMCE extension negotiation offer together with another extension if the PMCE will conflict with " +
			"the extension on their use of the RSV1 bit.",
		About:        "Of two extensions that use RSV1 one is accepted at most; the same one is not accepted twice.",
		Requirements: []string{"PM-039"},
	},
	{
		ID: DeflateOffer, Level: Must, Document: rfc7692, Section: "7", Client: true,
		Quote: "A server MUST decline an extension negotiation offer for this extension if any of the following conditions are met: ... " +
			"The negotiation offer contains an extension parameter with an invalid value.",
		About:        "A client's offer has the four parameters only, each once, each with a value that it may have.",
		Requirements: []string{"PM-003"},
	},
}
