package rules

// The WHATWG text of 2010-02-05, which is hixie-75.
const (
	// Hixie75Handshake asks for the invariant bytes.
	Hixie75Handshake ID = "hixie75.handshake"
	// Hixie75Origin asks for the origin of the request.
	Hixie75Origin ID = "hixie75.origin"
	// Hixie75Location asks for the URL of the request.
	Hixie75Location ID = "hixie75.location"
	// Hixie75Protocol asks for the subprotocol, if and only if one was named.
	Hixie75Protocol ID = "hixie75.protocol"
	// Hixie75NoChallenge forbids what belongs to later handshakes.
	Hixie75NoChallenge ID = "hixie75.no-challenge"
	// Hixie75Refusal forbids to answer hixie-75 with the handshake of RFC 6455.
	Hixie75Refusal ID = "hixie75.refusal"
	// Hixie75Text asks that a text is taken.
	Hixie75Text ID = "hixie75.text"
	// Hixie75LengthFrame asks that a frame with a length is skipped, or ends the connection.
	Hixie75LengthFrame ID = "hixie75.length-frame"
	// Hixie75Close asks that a server closes when the client does.
	Hixie75Close ID = "hixie75.close"
	// Hixie75ClosingSent hopes that no FF 00 is sent.
	Hixie75ClosingSent ID = "hixie75.closing-sent"
	// Hixie75FrameSent forbids a server to send other frames than texts.
	Hixie75FrameSent ID = "hixie75.frame-sent"
	// Hixie75UTF8Sent asks that texts are sent in UTF-8.
	Hixie75UTF8Sent ID = "hixie75.utf8-sent"
)

// The headings of the text of 2010-02-05, which numbers no sections.
const (
	send75  = "Sending the server's handshake"
	frame75 = "Data framing"
	close75 = "Closing the connection"
)

var hixie75Rules = []Rule{
	{
		ID: Hixie75Handshake, Level: Must, Document: hixie75, Section: send75,
		Quote:        "The initial part of the server's handshake is invariant, and must consist of the following bytes:",
		About:        "The answer begins with the status line and the two fields, byte for byte.",
		Requirements: []string{"X5-001"},
	},
	{
		ID: Hixie75Origin, Level: Must, Document: hixie75, Section: send75,
		Quote:        "They must be followed by the /origin/ string, encoded as ANSI_X3.4-1968 (US-ASCII), followed by the following bytes:",
		About:        "WebSocket-Origin is the origin of the request, or the only one that the server takes.",
		Requirements: []string{"X5-002"},
	},
	{
		ID: Hixie75Location, Level: Must, Document: hixie75, Section: send75,
		Quote: "The server must then send the string that results from constructing a Web Socket URL from /host/, /port/, /resource name/, " +
			"and secure flag, encoded as ANSI_X3.4-1968 (US-ASCII).",
		About:        "WebSocket-Location is the URL of the request: scheme, host, port, path and query.",
		Requirements: []string{"X5-002"},
	},
	{
		ID: Hixie75Protocol, Level: Must, Document: hixie75, Section: send75,
		Quote:        "If the /subprotocol/ is not null, then the server must then send the following bytes:",
		About:        "No subprotocol is named but the one that was asked for, as it was asked for.",
		Requirements: []string{"X5-003"},
	},
	{
		ID: Hixie75NoChallenge, Level: Must, Document: hixie75, Section: send75,
		Quote:        "Finally, the server must end its side of the handshake by sending the four bytes 0x0D 0x0A 0x0D 0x0A to the client.",
		About:        "The answer has no Sec-WebSocket fields, and no sixteen bytes behind it.",
		Requirements: []string{"X5-004"},
	},
	{
		ID: Hixie75Refusal, Level: Must, Document: hixie75, Section: send75,
		Quote:        "When a client establishes a Web Socket connection to a server, the server must either close the connection or send the server handshake.",
		About:        "A server that does not speak hixie-75 refuses it, and does not answer it with the handshake of RFC 6455.",
		Requirements: []string{"X5-008"},
	},
	{
		ID: Hixie75Text, Level: Must, Document: hixie75, Section: frame75,
		Quote: "Interpret /raw data/ as a UTF-8 string, and apply whatever server-specific processing is to occur for the resulting string " +
			"(the message from the client).",
		About:        "What stands between 00 and FF is a message.",
		Requirements: []string{"X5-005"},
	},
	{
		ID: Hixie75LengthFrame, Level: Must, Document: hixie75, Section: frame75,
		Quote:        "Read /length/ bytes. ... Discard the read bytes.",
		About:        "A frame with a length is skipped to its last byte, or ends the connection.",
		Requirements: []string{"X5-006"},
	},
	{
		ID: Hixie75Close, Level: Should, Document: hixie75, Section: close75,
		Quote:        "To close the Web Socket connection, either the user agent or the server closes the TCP/IP connection.",
		About:        "When the client closes TCP, so does the server.",
		Room:         `Only of the user agent does the text say that it "must immediately close its side".`,
		Requirements: []string{"X5-007"},
	},
	{
		ID: Hixie75ClosingSent, Level: May, Document: hixie75, Section: close75,
		Quote:        "There is no closing handshake.",
		About:        "No FF 00 is sent.",
		Room:         "A client skips it like any frame with a length, and many servers send it.",
		Requirements: []string{"X5-007"},
	},
	{
		ID: Hixie75FrameSent, Level: Must, Document: hixie75, Section: frame75,
		Quote:        "Send a 0x00 byte to the client to indicate the start of a string.",
		About:        "A server sends texts, and no other frame; FF 00 is judged apart.",
		Requirements: []string{"X5-005"},
	},
	{
		ID: Hixie75UTF8Sent, Level: Must, Document: hixie75, Section: frame75,
		Quote:        "Encode /data/ using UTF-8 and send the resulting byte stream to the client.",
		About:        "The texts that a server sends are UTF-8.",
		Requirements: []string{"X5-005"},
	},
}
