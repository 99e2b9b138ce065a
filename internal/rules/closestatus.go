package rules

// CloseStatus is what a status code of a Close stands for.
type CloseStatus struct {
	Low, High int
	Name      string
	Sent      string // who may put it into a Close
	Quote     string // word for word; "" where the RFC does not speak of the code
	Source    string
}

const (
	statusCodes    = "RFC 6455 §7.4.1"
	statusRanges   = "RFC 6455 §7.4.2"
	statusRegistry = "IANA's registry, which RFC 6455 §11.7 sets up"
)

// closeStatuses has every number that fits a Close, in order.
var closeStatuses = []CloseStatus{
	{0, 999, "unused", "nobody", "Status codes in the range 0-999 are not used.", statusRanges},
	{1000, 1000, "normal closure", "either end",
		"1000 indicates a normal closure, meaning that the purpose for which the connection was established has been fulfilled.", statusCodes},
	{1001, 1001, "going away", "either end",
		`1001 indicates that an endpoint is "going away", such as a server going down or a browser having navigated away from a page.`, statusCodes},
	{1002, 1002, "protocol error", "either end",
		"1002 indicates that an endpoint is terminating the connection due to a protocol error.", statusCodes},
	{1003, 1003, "unsupported data", "either end",
		"1003 indicates that an endpoint is terminating the connection because it has received a type of data it cannot accept (e.g., an endpoint that understands only text data MAY send this if it receives a binary message).", statusCodes},
	{1004, 1004, "reserved", "nobody", "Reserved. The specific meaning might be defined in the future.", statusCodes},
	{1005, 1005, "no status received", "nobody",
		"1005 is a reserved value and MUST NOT be set as a status code in a Close control frame by an endpoint. It is designated for use in applications expecting a status code to indicate that no status code was actually present.", statusCodes},
	{1006, 1006, "abnormal closure", "nobody",
		"1006 is a reserved value and MUST NOT be set as a status code in a Close control frame by an endpoint. It is designated for use in applications expecting a status code to indicate that the connection was closed abnormally, e.g., without sending or receiving a Close control frame.", statusCodes},
	{1007, 1007, "invalid payload data", "either end",
		"1007 indicates that an endpoint is terminating the connection because it has received data within a message that was not consistent with the type of the message (e.g., non-UTF-8 [RFC3629] data within a text message).", statusCodes},
	{1008, 1008, "policy violation", "either end",
		"1008 indicates that an endpoint is terminating the connection because it has received a message that violates its policy.", statusCodes},
	{1009, 1009, "message too big", "either end",
		"1009 indicates that an endpoint is terminating the connection because it has received a message that is too big for it to process.", statusCodes},
	{1010, 1010, "mandatory extension", "the client",
		"1010 indicates that an endpoint (client) is terminating the connection because it has expected the server to negotiate one or more extension, but the server didn't return them in the response message of the WebSocket handshake.", statusCodes},
	{1011, 1011, "internal error", "the server",
		"1011 indicates that a server is terminating the connection because it encountered an unexpected condition that prevented it from fulfilling the request.", statusCodes},
	{1012, 1012, "service restart", "the server", "", statusRegistry},
	{1013, 1013, "try again later", "the server", "", statusRegistry},
	{1014, 1014, "bad gateway", "a gateway", "", statusRegistry},
	{1015, 1015, "TLS handshake", "nobody",
		"1015 is a reserved value and MUST NOT be set as a status code in a Close control frame by an endpoint. It is designated for use in applications expecting a status code to indicate that the connection was closed due to a failure to perform a TLS handshake (e.g., the server certificate can't be verified).", statusCodes},
	{1016, 2999, "reserved for the protocol", "nobody, before it is registered",
		"Status codes in the range 1000-2999 are reserved for definition by this protocol, its future revisions, and extensions specified in a permanent and readily available public specification.", statusRanges},
	{3000, 3999, "registered", "either end",
		"Status codes in the range 3000-3999 are reserved for use by libraries, frameworks, and applications. These status codes are registered directly with IANA.", statusRanges},
	{4000, 4999, "private use", "either end",
		"Status codes in the range 4000-4999 are reserved for private use and thus can't be registered. Such codes can be used by prior agreements between WebSocket applications.", statusRanges},
	{5000, 65535, "undefined", "nobody", "", "no document: " + statusRanges + " ends with 4999"},
}

// FindCloseStatus returns what a code stands for.
func FindCloseStatus(code int) (CloseStatus, bool) {
	for _, c := range closeStatuses {
		if c.Low <= code && code <= c.High {
			return c, true
		}
	}
	return CloseStatus{}, false
}
