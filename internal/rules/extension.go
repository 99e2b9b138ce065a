package rules

// Sec-WebSocket-Extensions, RFC 6455 §9.
const (
	// ExtensionUnasked forbids an extension that nobody asked for.
	ExtensionUnasked ID = "extension.unasked"
	// ExtensionUnknown forbids accepting an extension that does not exist.
	ExtensionUnknown ID = "extension.unknown"
	// ExtensionMalformed asks who negotiates to refuse an offer that breaks the grammar.
	ExtensionMalformed ID = "extension.malformed"
	// ExtensionMalformedUnread asks the same of who has nothing to negotiate.
	ExtensionMalformedUnread ID = "extension.malformed-unread"
	// ExtensionAnswerForm asks that the answer keeps the grammar.
	ExtensionAnswerForm ID = "extension.answer-form"
	// ExtensionQuoted asks that a quoted value is the value itself.
	ExtensionQuoted ID = "extension.quoted"
	// ExtensionTwoFields asks that offers in two fields are one list.
	ExtensionTwoFields ID = "extension.two-fields"
)

// malformedOffer is the sentence of §9.1 about what breaks its grammar.
const malformedOffer = "If a value is received by either the client or the server during negotiation that does not conform to the ABNF below, " +
	"the recipient of such malformed data MUST immediately _Fail the WebSocket Connection_."

var extensionRules = []Rule{
	{
		ID: ExtensionUnasked, Level: Must, Document: rfc6455, Section: "9",
		Quote:        "A server MUST NOT respond with any extension not requested by the client.",
		About:        "The answer names no extension that the client did not offer.",
		Requirements: []string{"HS-014", "PM-002"},
	},
	{
		ID: ExtensionUnknown, Level: Must, Document: rfc6455, Section: "9.1",
		Quote:        "Any extension-token used MUST be a registered token (see Section 11.4).",
		About:        "An extension that nobody defined is not accepted, though the client offers it.",
		Requirements: []string{"HS-015"},
	},
	{
		ID: ExtensionMalformed, Level: Must, Document: rfc6455, Section: "9.1",
		Quote:        malformedOffer,
		About:        "A server that has an extension does not answer an offer that breaks the grammar with a 101.",
		Requirements: []string{"HS-016"},
	},
	{
		ID: ExtensionMalformedUnread, Level: Should, Document: rfc6455, Section: "9.1",
		Quote:        malformedOffer,
		About:        "A server that has no extension does not accept an offer that breaks the grammar either.",
		Room:         "Who agrees to no extension whatever is offered does not negotiate, and has no cause to read the field.",
		Requirements: []string{"HS-016"},
	},
	{
		ID: ExtensionAnswerForm, Level: Must, Document: rfc6455, Section: "4.3",
		Quote:        "The following new header fields can be sent during the handshake from the server to the client: Sec-WebSocket-Extensions = extension-list",
		About:        "The extensions of the answer keep the grammar; an empty field does not.",
		Requirements: []string{"HS-014", "HS-063"},
	},
	{
		ID: ExtensionQuoted, Level: Should, Document: rfc6455, Section: "9.1",
		Quote:        "When using the quoted-string syntax variant, the value ;after quoted-string unescaping MUST conform to the ;'token' ABNF.",
		About:        "A quoted value stands for the value itself.",
		Room:         "The sentence binds who writes the value; that a reader takes both forms alike is implied, and any offer may be declined.",
		Requirements: []string{"HS-017", "PM-015"},
	},
	{
		ID: ExtensionTwoFields, Level: Should, Document: rfc6455, Section: "9.1",
		Quote:        "Note that like other HTTP header fields, this header field MAY be split or combined across multiple lines.",
		About:        "Offers in two fields are one list, in order.",
		Room:         `The text calls both forms "exactly equivalent", but any offer may be declined.`,
		Requirements: []string{"HS-018"},
	},
}
