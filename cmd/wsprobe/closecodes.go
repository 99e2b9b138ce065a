package main

// closeCode is what a status code of a Close stands for.
type closeCode struct {
	low, high int
	name      string
	sent      string // who may put it into a Close
	quote     string // word for word; "" where the RFC does not speak of the code
	source    string
}

const (
	definedCodes = "RFC 6455 §7.4.1"
	codeRanges   = "RFC 6455 §7.4.2"
	codeRegistry = "IANA's registry, which RFC 6455 §11.7 sets up"
)

// closeCodes has every number that fits a Close, in order.
var closeCodes = []closeCode{
	{0, 999, "unused", "nobody", "Status codes in the range 0-999 are not used.", codeRanges},
	{1000, 1000, "normal closure", "either end",
		"1000 indicates a normal closure, meaning that the purpose for which the connection was established has been fulfilled.", definedCodes},
	{1001, 1001, "going away", "either end",
		`1001 indicates that an endpoint is "going away", such as a server going down or a browser having navigated away from a page.`, definedCodes},
	{1002, 1002, "protocol error", "either end",
		"1002 indicates that an endpoint is terminating the connection due to a protocol error.", definedCodes},
	{1003, 1003, "unsupported data", "either end",
		"1003 indicates that an endpoint is terminating the connection because it has received a type of data it cannot accept (e.g., an endpoint that understands only text data MAY send this if it receives a binary message).", definedCodes},
	{1004, 1004, "reserved", "nobody", "Reserved. The specific meaning might be defined in the future.", definedCodes},
	{1005, 1005, "no status received", "nobody",
		"1005 is a reserved value and MUST NOT be set as a status code in a Close control frame by an endpoint. It is designated for use in applications expecting a status code to indicate that no status code was actually present.", definedCodes},
	{1006, 1006, "abnormal closure", "nobody",
		"1006 is a reserved value and MUST NOT be set as a status code in a Close control frame by an endpoint. It is designated for use in applications expecting a status code to indicate that the connection was closed abnormally, e.g., without sending or receiving a Close control frame.", definedCodes},
	{1007, 1007, "invalid payload data", "either end",
		"1007 indicates that an endpoint is terminating the connection because it has received data within a message that was not consistent with the type of the message (e.g., non-UTF-8 [RFC3629] data within a text message).", definedCodes},
	{1008, 1008, "policy violation", "either end",
		"1008 indicates that an endpoint is terminating the connection because it has received a message that violates its policy.", definedCodes},
	{1009, 1009, "message too big", "either end",
		"1009 indicates that an endpoint is terminating the connection because it has received a message that is too big for it to process.", definedCodes},
	{1010, 1010, "mandatory extension", "the client",
		"1010 indicates that an endpoint (client) is terminating the connection because it has expected the server to negotiate one or more extension, but the server didn't return them in the response message of the WebSocket handshake.", definedCodes},
	{1011, 1011, "internal error", "the server",
		"1011 indicates that a server is terminating the connection because it encountered an unexpected condition that prevented it from fulfilling the request.", definedCodes},
	{1012, 1012, "service restart", "the server", "", codeRegistry},
	{1013, 1013, "try again later", "the server", "", codeRegistry},
	{1014, 1014, "bad gateway", "a gateway", "", codeRegistry},
	{1015, 1015, "TLS handshake", "nobody",
		"1015 is a reserved value and MUST NOT be set as a status code in a Close control frame by an endpoint. It is designated for use in applications expecting a status code to indicate that the connection was closed due to a failure to perform a TLS handshake (e.g., the server certificate can't be verified).", definedCodes},
	{1016, 2999, "reserved for the protocol", "nobody, before it is registered",
		"Status codes in the range 1000-2999 are reserved for definition by this protocol, its future revisions, and extensions specified in a permanent and readily available public specification.", codeRanges},
	{3000, 3999, "registered", "either end",
		"Status codes in the range 3000-3999 are reserved for use by libraries, frameworks, and applications. These status codes are registered directly with IANA.", codeRanges},
	{4000, 4999, "private use", "either end",
		"Status codes in the range 4000-4999 are reserved for private use and thus can't be registered. Such codes can be used by prior agreements between WebSocket applications.", codeRanges},
	{5000, 65535, "undefined", "nobody", "", "no document: " + codeRanges + " ends with 4999"},
}

// findCloseCode returns what a code stands for.
func findCloseCode(code int) (closeCode, bool) {
	for _, c := range closeCodes {
		if c.low <= code && code <= c.high {
			return c, true
		}
	}
	return closeCode{}, false
}
