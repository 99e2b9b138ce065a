package rules

// What a server answers to an opening handshake, RFC 6455 §4.2.2.
const (
	// HandshakeAccepts asks that a right request gets a right 101.
	HandshakeAccepts ID = "handshake.accepts"
	// HandshakeStatusLine asks for a well-formed HTTP/1.1 status line.
	HandshakeStatusLine ID = "handshake.status-line"
	// HandshakeUpgrade asks for "Upgrade: websocket", once.
	HandshakeUpgrade ID = "handshake.upgrade"
	// HandshakeConnection asks for "Connection: Upgrade".
	HandshakeConnection ID = "handshake.connection"
	// HandshakeAcceptValue asks for the Sec-WebSocket-Accept that the key gives.
	HandshakeAcceptValue ID = "handshake.accept-value"
	// HandshakeAcceptOnce forbids a second Sec-WebSocket-Accept.
	HandshakeAcceptOnce ID = "handshake.accept-once"
	// HandshakeKeyTrimmed keeps the white space around a key out of the accept value.
	HandshakeKeyTrimmed ID = "handshake.key-trimmed"
	// HandshakeNoBody forbids Content-Length and Transfer-Encoding in a 101.
	HandshakeNoBody ID = "handshake.no-body"
	// HandshakeEnds forbids anything but frames behind the blank line of a 101.
	HandshakeEnds ID = "handshake.ends"
	// HandshakeHTTPResponse asks that a refusal is an HTTP response.
	HandshakeHTTPResponse ID = "handshake.http-response"
	// HandshakeSegments asks that a request may come in any number of TCP segments.
	HandshakeSegments ID = "handshake.segments"
	// HandshakeEarlyData hopes that a frame right behind the request is not lost.
	HandshakeEarlyData ID = "handshake.early-data"
	// HandshakeResource asks that a resource that is not there is refused.
	HandshakeResource ID = "handshake.resource"
	// HandshakeConnectStatus forbids 101 in HTTP/2.
	HandshakeConnectStatus ID = "handshake.connect-status"
	// HandshakeConnectLowercase asks for names of fields in lower case in HTTP/2.
	HandshakeConnectLowercase ID = "handshake.connect-lowercase"
	// OriginRefusal asks that an unwelcome origin is told so in HTTP.
	OriginRefusal ID = "origin.refusal"
	// OriginForbidden asks that an unwelcome origin is told 403.
	OriginForbidden ID = "origin.forbidden"
	// OriginOptional hopes that a client that is no browser needs no Origin.
	OriginOptional ID = "origin.optional"
)

var handshakeRules = []Rule{
	{
		ID: HandshakeConnectStatus, Level: Must, Document: rfc8441, Section: "1",
		Quote: "Due to its multiplexing nature, HTTP/2 does not allow connection-wide header fields or status codes, such as the Upgrade and " +
			"Connection request-header fields or the 101 (Switching Protocols) response code.",
		About:        "In HTTP/2, a WebSocket is accepted with a status of success, such as 200.",
		Requirements: []string{"H2-004"},
	},
	{
		ID: HandshakeConnectLowercase, Level: Must, Document: rfc8441, Section: "5",
		Quote:        "Note that HTTP/1 header field names were case insensitive, whereas HTTP/2 requires they be encoded as lowercase.",
		About:        "In HTTP/2, the names of the response's fields are in lower case.",
		Requirements: []string{"H2-010"},
	},
	{
		ID: HandshakeAccepts, Level: Must, Document: rfc6455, Section: "4.2.2",
		Quote:        "If the server chooses to accept the incoming connection, it MUST reply with a valid HTTP response indicating the following.",
		About:        "A right opening handshake gets a right 101 response.",
		Requirements: []string{"HS-001"},
	},
	{
		ID: HandshakeStatusLine, Level: Must, Document: rfc6455, Section: "4.2.2",
		Quote:        "A Status-Line with a 101 response code as per RFC 2616 [RFC2616].",
		About:        "The status line is that of HTTP/1.1, with any reason phrase or an empty one.",
		Requirements: []string{"HS-001"},
	},
	{
		ID: HandshakeUpgrade, Level: Must, Document: rfc6455, Section: "4.2.2",
		Quote:        `An |Upgrade| header field with value "websocket" as per RFC 2616 [RFC2616].`,
		About:        "The 101 has one Upgrade field, and its value is websocket in any case.",
		Requirements: []string{"HS-002"},
	},
	{
		ID: HandshakeConnection, Level: Must, Document: rfc6455, Section: "4.2.2",
		Quote:        `A |Connection| header field with value "Upgrade".`,
		About:        "The 101 has the token Upgrade, in any case, in its Connection field.",
		Requirements: []string{"HS-003"},
	},
	{
		ID: HandshakeAcceptValue, Level: Must, Document: rfc6455, Section: "4.2.2",
		Quote: `The value of this header field is constructed by concatenating /key/, defined above in step 4 in Section 4.2.2, ` +
			`with the string "258EAFA5-E914-47DA-95CA-C5AB0DC85B11", taking the SHA-1 hash of this concatenated value to obtain ` +
			`a 20-byte value and base64-encoding (see Section 4 of [RFC4648]) this 20-byte hash.`,
		About:        "Sec-WebSocket-Accept is what the key of this very request gives.",
		Requirements: []string{"HS-004", "HS-005"},
	},
	{
		ID: HandshakeAcceptOnce, Level: Must, Document: rfc6455, Section: "11.3.3",
		Quote:        "The |Sec-WebSocket-Accept| header MUST NOT appear more than once in an HTTP response.",
		About:        "The 101 has one Sec-WebSocket-Accept field.",
		Requirements: []string{"HS-004"},
	},
	{
		ID: HandshakeKeyTrimmed, Level: Must, Document: rfc6455, Section: "4.3",
		Quote:        `This section is using ABNF syntax/rules from Section 2.1 of [RFC2616], including the "implied *LWS rule".`,
		About:        "White space around a key is no part of it, and goes into no hash (RFC 9110 §5.5).",
		Requirements: []string{"HS-006"},
	},
	{
		ID: HandshakeNoBody, Level: Should, Document: rfc6455, Section: "4.2.2",
		Quote:        "If the server chooses to accept the incoming connection, it MUST reply with a valid HTTP response indicating the following.",
		About:        "A 101 has neither Content-Length nor Transfer-Encoding (RFC 9110 §8.6, RFC 9112 §6.1).",
		Room:         "The HTTP that RFC 6455 refers to has a recipient pass over these fields in a 101 (RFC 2616 §4.4); the MUST NOT is younger.",
		Requirements: []string{"HS-054"},
	},
	{
		ID: HandshakeEnds, Level: Must, Document: rfc6455, Section: "4.2.2",
		Quote:        "This completes the server's handshake.",
		About:        "Behind the blank line of the 101 come frames: no body, and no second head.",
		Requirements: []string{"HS-064"},
	},
	{
		ID: HandshakeHTTPResponse, Level: Should, Document: rfc6455, Section: "10.7",
		Quote:        "If the invalid data is sent during the WebSocket handshake, the server SHOULD return an appropriate HTTP [RFC2616] status code.",
		About:        "A handshake that is refused is refused by an HTTP response. TCP is not just closed.",
		Room:         "§4.2.1 says MUST, but §10.7 lets an endpoint that sees an unexpected handshake drop the TCP connection.",
		Requirements: []string{"HS-057"},
	},
	{
		ID: HandshakeSegments, Level: Must, Document: rfc6455, Section: "4.2.1",
		Quote:        "The server must parse at least part of this handshake in order to obtain the necessary information to generate the server part of the handshake.",
		About:        "A request is read alike in one TCP segment, in several, and byte by byte.",
		Requirements: []string{"HS-055"},
	},
	{
		ID: HandshakeEarlyData, Level: May, Document: rfc6455, Section: "4.1",
		Quote:        "Once the client's opening handshake has been sent, the client MUST wait for a response from the server before sending any further data.",
		About:        "A frame that comes right behind the request is handled or refused, not lost.",
		Room:         "The sentence binds the client. What a server does with a client that does not wait is left open.",
		Requirements: []string{"HS-056", "FR-038"},
	},
	{
		ID: HandshakeResource, Level: May, Document: rfc6455, Section: "4.2.2",
		Quote:        "If the requested service is not available, the server MUST send an appropriate HTTP error code (such as 404 Not Found) and abort the WebSocket handshake.",
		About:        "A resource that does not exist is refused with an HTTP error.",
		Room:         "A server may offer one service under every name. Whether a service exists cannot be seen from outside.",
		Requirements: []string{"HS-049"},
	},
	{
		ID: OriginRefusal, Level: Should, Document: rfc6455, Section: "4.2.2",
		Quote: "If the server does not wish to accept this connection, it MUST return an appropriate HTTP error code (e.g., 403 Forbidden) " +
			"and abort the WebSocket handshake described in this section.",
		About:        "An origin is accepted, or refused by an HTTP error. TCP is not just closed.",
		Room:         "§10.7 lets an endpoint that sees an incorrect origin drop the TCP connection.",
		Requirements: []string{"HS-050"},
	},
	{
		ID: OriginForbidden, Level: Should, Document: rfc6455, Section: "10.2",
		Quote: "If the origin indicated is unacceptable to the server, then it SHOULD respond to the WebSocket handshake with a reply " +
			"containing HTTP 403 Forbidden status code.",
		About:        "The status that refuses an origin is 403.",
		Requirements: []string{"HS-050"},
	},
	{
		ID: OriginOptional, Level: May, Document: rfc6455, Section: "4.2.1",
		Quote:        "A connection attempt lacking this header field SHOULD NOT be interpreted as coming from a browser client.",
		About:        "A client that sends no Origin is no browser, and is let in.",
		Room:         "Origin is optional, but a server is free to let in none but browsers.",
		Requirements: []string{"HS-051"},
	},
}
