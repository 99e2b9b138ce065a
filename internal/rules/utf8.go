package rules

// Text, RFC 6455 §5.6 and §8.1.
const (
	// UTF8Accepted asks that every valid text is taken.
	UTF8Accepted ID = "utf8.accepted"
	// UTF8Split asks that a code point may be split over fragments.
	UTF8Split ID = "utf8.split"
	// UTF8TextValid asks that text that is not UTF-8 fails the connection.
	UTF8TextValid ID = "utf8.text-valid"
	// UTF8Complete asks that a text that ends inside a code point fails the connection.
	UTF8Complete ID = "utf8.complete"
	// UTF8FailFast hopes that it fails before the message ends.
	UTF8FailFast ID = "utf8.fail-fast"
	// UTF8Binary asks that binary data is not looked at.
	UTF8Binary ID = "utf8.binary"
	// UTF8Sent forbids to send text that is not UTF-8.
	UTF8Sent ID = "utf8.sent"
)

const (
	notUTF8 = "When an endpoint is to interpret a byte stream as UTF-8 but finds that the byte stream is not, in fact, a valid UTF-8 stream, " +
		"that endpoint MUST _Fail the WebSocket Connection_."
	wholeUTF8 = "Note that a particular text frame might include a partial UTF-8 sequence; however, the whole message MUST contain valid UTF-8."
)

var utf8Rules = []Rule{
	{
		ID: UTF8Accepted, Level: Must, Document: rfc6455, Section: "5.6",
		Quote:        `The "Payload data" is text data encoded as UTF-8.`,
		About:        "Every valid text is taken: NUL, the byte order mark, non-characters, up to U+10FFFF.",
		Requirements: []string{"FR-027"},
	},
	{
		ID: UTF8Split, Level: Must, Document: rfc6455, Section: "5.6",
		Quote:        wholeUTF8,
		About:        "A code point may begin in one fragment and end in another.",
		Requirements: []string{"FR-029"},
	},
	{
		ID: UTF8TextValid, Level: Must, Document: rfc6455, Section: "8.1",
		Quote:        notUTF8,
		About:        "A text that is not UTF-8 fails the connection.",
		Requirements: []string{"FR-028"},
	},
	{
		ID: UTF8Complete, Level: Must, Document: rfc6455, Section: "8.1",
		Quote:        notUTF8,
		About:        "A text that ends inside a code point fails the connection.",
		Requirements: []string{"FR-030"},
	},
	{
		ID: UTF8FailFast, Level: May, Document: rfc6455, Section: "8.1",
		Quote:        notUTF8,
		About:        "Bytes that no valid text can have fail the connection at once, before the message ends.",
		Room:         "No time is stated: an endpoint may look at a message when it is whole.",
		Requirements: []string{"FR-031"},
	},
	{
		ID: UTF8Binary, Level: Must, Document: rfc6455, Section: "5.6",
		Quote:        `The "Payload data" is arbitrary binary data whose interpretation is solely up to the application layer.`,
		About:        "Binary data need not be UTF-8, and is not changed.",
		Requirements: []string{"FR-032"},
	},
	{
		ID: UTF8Sent, Level: Must, Document: rfc6455, Section: "5.6",
		Quote:        wholeUTF8,
		About:        "Every text that is sent is UTF-8 as a whole.",
		Requirements: []string{"FR-033"},
	},
}
