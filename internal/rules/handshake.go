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
	// OriginRefusal asks that an unwelcome origin is told so in HTTP.
	OriginRefusal ID = "origin.refusal"
	// OriginForbidden asks that an unwelcome origin is told 403.
	OriginForbidden ID = "origin.forbidden"
	// OriginOptional hopes that a client that is no browser needs no Origin.
	OriginOptional ID = "origin.optional"
)
