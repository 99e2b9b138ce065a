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
