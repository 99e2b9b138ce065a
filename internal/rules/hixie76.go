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
