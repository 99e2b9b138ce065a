package rules

// The WHATWG text of 2010-04-30, which is hixie-76 and hybi-00.
const (
	// Hixie76Challenge asks for the right sixteen bytes.
	Hixie76Challenge ID = "hixie76.challenge"
	// Hixie76KeySpaces asks that a key that does not divide by its spaces is refused.
	Hixie76KeySpaces ID = "hixie76.key-spaces"
	// Hixie76LateKey asks that a server waits for the eight bytes.
	Hixie76LateKey ID = "hixie76.late-key"
	// Hixie76Status asks for a 101.
	Hixie76Status ID = "hixie76.status"
	// Hixie76Upgrade asks for "Upgrade: WebSocket", in that very case.
	Hixie76Upgrade ID = "hixie76.upgrade"
	// Hixie76Connection asks for "Connection: Upgrade", in that very case.
	Hixie76Connection ID = "hixie76.connection"
	// Hixie76Location asks for the URL of the request.
	Hixie76Location ID = "hixie76.location"
	// Hixie76Origin asks for the origin of the request.
	Hixie76Origin ID = "hixie76.origin"
	// Hixie76Protocol asks for the subprotocol, if and only if one was named.
	Hixie76Protocol ID = "hixie76.protocol"
	// Hixie76OriginMissing asks that a request without Origin is refused.
	Hixie76OriginMissing ID = "hixie76.origin-missing"
	// Hixie76EarlyFrame hopes that a frame right behind the request is not lost.
	Hixie76EarlyFrame ID = "hixie76.early-frame"
	// Hixie76Text asks that a text is taken.
	Hixie76Text ID = "hixie76.text"
	// Hixie76Stream asks that frames are read alike however TCP cuts them.
	Hixie76Stream ID = "hixie76.stream"
	// Hixie76LengthFrame asks that a frame with a length is skipped, or ends the connection.
	Hixie76LengthFrame ID = "hixie76.length-frame"
	// Hixie76OtherType asks that a frame of another type is no message.
	Hixie76OtherType ID = "hixie76.other-type"
	// Hixie76LongLength asks that a length beyond all limits ends the connection.
	Hixie76LongLength ID = "hixie76.long-length"
	// Hixie76UTF8 hopes that bad UTF-8 is repaired or ends the connection.
	Hixie76UTF8 ID = "hixie76.utf8"
	// Hixie76Closing asks that FF 00 is answered by FF 00.
	Hixie76Closing ID = "hixie76.closing"
	// Hixie76Last forbids data after FF 00.
	Hixie76Last ID = "hixie76.last"
	// Hixie76FrameSent forbids a server to send other frames than texts and FF 00.
	Hixie76FrameSent ID = "hixie76.frame-sent"
	// Hixie76UTF8Sent asks that texts are sent in UTF-8.
	Hixie76UTF8Sent ID = "hixie76.utf8-sent"
)

// The headings of the text of 2010-04-30, which numbers no sections.
const (
	read76  = "Reading the client's opening handshake"
	send76  = "Sending the server's opening handshake"
	frame76 = "Data framing"
)

var hixie76Rules = []Rule{
	{
		ID: Hixie76Challenge, Level: Must, Document: hixie76, Section: send76,
		Quote:        "Let /response/ be the MD5 fingerprint of /challenge/ as a big-endian 128 bit string.",
		About:        "Behind the blank line come the sixteen bytes that the two keys and the eight bytes give.",
		Requirements: []string{"X6-001", "X6-002", "DR-006"},
	},
	{
		ID: Hixie76KeySpaces, Level: Must, Document: hixie76, Section: send76,
		Quote: "If either /spaces1/ or /spaces2/ is zero, then abort the WebSocket connection. ... " +
			"If /key-number1/ is not an integral multiple of /spaces1/, then abort the WebSocket connection.",
		About:        "A key with no spaces, or whose number does not divide by them, is refused, and is not taken for hixie-75.",
		Requirements: []string{"X6-008", "X6-009"},
	},
	{
		ID: Hixie76LateKey, Level: Must, Document: hixie76, Section: read76,
		Quote:        "After the first 0x0D 0x0A 0x0D 0x0A byte sequence, indicating the end of the fields, the client sends eight random bytes.",
		About:        "The eight bytes are waited for, however late and in however many pieces they come.",
		Requirements: []string{"X6-010"},
	},
	{
		ID: Hixie76Status, Level: Must, Document: hixie76, Section: send76,
		Quote: "This line may be sent differently if necessary, but must match the Status-Line production defined in the HTTP specification, " +
			"with the Status-Code having the value 101.",
		About:        "The answer is a 101.",
		Requirements: []string{"X6-003"},
	},
	{
		ID: Hixie76Upgrade, Level: Must, Document: hixie76, Section: send76,
		Quote:        `The value must be the string "WebSocket".`,
		About:        "The value of Upgrade is WebSocket, in that very case.",
		Requirements: []string{"X6-004"},
	},
	{
		ID: Hixie76Connection, Level: Must, Document: hixie76, Section: send76,
		Quote:        `The value must be the string "Upgrade".`,
		About:        "The value of Connection is Upgrade, in that very case.",
		Requirements: []string{"X6-004"},
	},
	{
		ID: Hixie76Location, Level: Must, Document: hixie76, Section: send76,
		Quote:        "The value must be /location/",
		About:        "Sec-WebSocket-Location is the URL of the request: scheme, host, port, path and query.",
		Requirements: []string{"X6-005"},
	},
	{
		ID: Hixie76Origin, Level: Must, Document: hixie76, Section: send76,
		Quote:        "The value must be /origin/",
		About:        "Sec-WebSocket-Origin is the origin of the request, or the only one that the server takes, in lower case.",
		Requirements: []string{"X6-006"},
	},
	{
		ID: Hixie76Protocol, Level: Must, Document: hixie76, Section: send76,
		Quote:        "This field must be included if /subprotocol/ is not null, and must not be included if /subprotocol/ is null.",
		About:        "No subprotocol is named but the one that was asked for, as it was asked for.",
		Requirements: []string{"X6-007"},
	},
	{
		ID: Hixie76OriginMissing, Level: Should, Document: hixie76, Section: read76,
		Quote: "Can be safely ignored, though the server should abort the WebSocket connection if this field is absent or has a value that " +
			"does not match one of the origins the server is expecting to communicate with, to avoid vulnerability to cross-protocol attacks " +
			"and cross-site scripting attacks.",
		About:        "A request with no Origin is refused.",
		Requirements: []string{"X6-019"},
	},
	{
		ID: Hixie76EarlyFrame, Level: May, Document: hixie76, Section: send76,
		Quote:        "if the client does not then fail the connection, then the connection is established and the server may begin and receiving sending data",
		About:        "A frame that comes right behind the eight bytes is not lost.",
		Room:         "A client learns only from the answer that it may send; what becomes of a frame that did not wait is left open.",
		Requirements: []string{"X6-011"},
	},
	{
		ID: Hixie76Text, Level: Must, Document: hixie76, Section: frame76,
		Quote: "If /type/ was 0x00, interpret /raw data/ as a UTF-8 string, and apply whatever server-specific processing is to occur " +
			"for the resulting string (the message from the client).",
		About:        "What stands between 00 and FF is a message.",
		Requirements: []string{"X6-012"},
	},
	{
		ID: Hixie76Stream, Level: Must, Document: hixie76, Section: frame76,
		Quote:        "The server must run through the following steps to process the bytes sent by the client.",
		About:        "Frames are read alike however TCP cuts or joins them.",
		Requirements: []string{"X6-016"},
	},
	{
		ID: Hixie76LengthFrame, Level: Must, Document: hixie76, Section: frame76,
		Quote:        "Read /length/ bytes. ... Discard the read bytes.",
		About:        "A frame with a length is skipped to its last byte, or ends the connection.",
		Requirements: []string{"X6-013"},
	},
	{
		ID: Hixie76OtherType, Level: Must, Document: hixie76, Section: frame76,
		Quote: "If /type/ is not a 0x00 byte, then the server may abort these steps and either immediately disconnect from the client or " +
			"set the /client terminated/ flag.",
		About:        "A frame of type 01 to 7F is skipped or ends the connection; it is no message.",
		Requirements: []string{"X6-018"},
	},
	{
		ID: Hixie76LongLength, Level: Must, Document: hixie76, Section: frame76,
		Quote: "If a server cannot correctly skip past a long frame, then the server must abort these steps (discarding all future data), " +
			"and should either immediately disconnect from the client or set the /client terminated/ flag.",
		About:        "A length beyond 32 or 64 bits is not taken for a short one: nothing behind it is read as a frame.",
		Requirements: []string{"X6-017"},
	},
	{
		ID: Hixie76UTF8, Level: May, Document: hixie76, Section: "Handling errors in UTF-8 from the client",
		Quote: "A server could close the connection, convert invalid byte sequences to U+FFFD REPLACEMENT CHARACTERs, store the data verbatim, " +
			"or perform application-specific processing.",
		About:        "Bad UTF-8 is repaired with U+FFFD, or ends the connection.",
		Room:         "The sentence before says that the behavior is undefined.",
		Requirements: []string{"X6-015"},
	},
	{
		ID: Hixie76Closing, Level: Should, Document: hixie76, Section: "Closing handshake",
		Quote: "Upon receiving a 0xFF frame, the other peer sends an identical 0xFF frame in acknowledgement, if it hasn't already sent one.",
		About: "FF 00 is answered by FF 00.",
		Room: "The section calls itself non-normative. The normative steps set a flag on receiving FF 00, and leave it to the server when to " +
			"send its own.",
		Requirements: []string{"X6-014"},
	},
	{
		ID: Hixie76Last, Level: Must, Document: hixie76, Section: frame76,
		Quote:        "Once these steps have started, the server must not send any further data to the server.",
		About:        "Nothing follows the FF 00 that a server sent.",
		Requirements: []string{"X6-020"},
	},
	{
		ID: Hixie76FrameSent, Level: Must, Document: hixie76, Section: frame76,
		Quote:        "Send a 0x00 byte to the client to indicate the start of a string.",
		About:        "A server sends texts and FF 00, and no other frame.",
		Requirements: []string{"X6-012"},
	},
	{
		ID: Hixie76UTF8Sent, Level: Must, Document: hixie76, Section: frame76,
		Quote:        "Encode /data/ using UTF-8 and send the resulting byte stream to the client.",
		About:        "The texts that a server sends are UTF-8.",
		Requirements: []string{"X6-012"},
	},
}
