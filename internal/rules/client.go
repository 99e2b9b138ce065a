package rules

// The client's opening handshake as an observer sees it, RFC 6455 §4.1. Only a
// client can break these.
const (
	// ClientRequestLine asks for a GET of HTTP/1.1 or higher.
	ClientRequestLine ID = "client.request-line"
	// ClientTarget asks for a target with no fragment that begins with "/" or is an absolute URI.
	ClientTarget ID = "client.target"
	// ClientHost asks for one Host.
	ClientHost ID = "client.host"
	// ClientUpgrade asks for "Upgrade: websocket".
	ClientUpgrade ID = "client.upgrade"
	// ClientConnection asks for "Connection: Upgrade".
	ClientConnection ID = "client.connection"
	// ClientKey asks for a key of 16 bytes in base64.
	ClientKey ID = "client.key"
	// ClientKeyOnce forbids a second key.
	ClientKeyOnce ID = "client.key-once"
	// ClientVersion asks for a version, and that it is 13.
	ClientVersion ID = "client.version"
	// ClientVersionOnce forbids a second version.
	ClientVersionOnce ID = "client.version-once"
	// ClientOrigin asks that a browser names its origin.
	ClientOrigin ID = "client.origin"
	// ClientProtocols asks that the subprotocols are unique tokens.
	ClientProtocols ID = "client.protocols"
	// ClientExtensions asks that the offer of extensions keeps the grammar.
	ClientExtensions ID = "client.extensions"
	// ClientWaits asks that nothing follows the request before the answer.
	ClientWaits ID = "client.waits"
)
