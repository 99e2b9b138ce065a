package rules

// Sec-WebSocket-Extensions, RFC 6455 §9.
const (
	// ExtensionUnasked forbids an extension that nobody asked for.
	ExtensionUnasked ID = "extension.unasked"
	// ExtensionUnknown forbids accepting an extension that does not exist.
	ExtensionUnknown ID = "extension.unknown"
	// ExtensionMalformed asks that an offer that breaks the grammar is refused.
	ExtensionMalformed ID = "extension.malformed"
	// ExtensionAnswerForm asks that the answer keeps the grammar.
	ExtensionAnswerForm ID = "extension.answer-form"
	// ExtensionQuoted asks that a quoted value is the value itself.
	ExtensionQuoted ID = "extension.quoted"
	// ExtensionTwoFields asks that offers in two fields are one list.
	ExtensionTwoFields ID = "extension.two-fields"
)
