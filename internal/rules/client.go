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
	// ClientConnectTarget asks that a CONNECT in HTTP/2 says what it is for.
	ClientConnectTarget ID = "client.connect-target"
	// ClientConnectScheme asks that a CONNECT in HTTP/2 has a scheme of HTTP.
	ClientConnectScheme ID = "client.connect-scheme"
	// ClientConnectFields forbids Connection and Upgrade in HTTP/2.
	ClientConnectFields ID = "client.connect-fields"
	// ClientConnectAuthority asks that a CONNECT in HTTP/2 says which host it is for.
	ClientConnectAuthority ID = "client.connect-authority"
	// ClientConnectLowercase asks for names of fields in lower case in HTTP/2.
	ClientConnectLowercase ID = "client.connect-lowercase"
	// ClientConnectEnabled asks that a WebSocket is opened in HTTP/2 where the server has
	// said that it takes one.
	ClientConnectEnabled ID = "client.connect-enabled"
)

var clientRules = []Rule{
	{
		ID: ClientRequestLine, Level: Must, Document: rfc6455, Section: "4.1", Client: true,
		Quote:        "The method of the request MUST be GET, and the HTTP version MUST be at least 1.1.",
		About:        "The request line is a GET of HTTP/1.1 or higher.",
		Requirements: []string{"CC-001"},
	},
	{
		ID: ClientTarget, Level: Must, Document: rfc6455, Section: "4.1", Client: true,
		Quote: `The "Request-URI" part of the request MUST match the /resource name/ defined in Section 3 (a relative URI) or be an absolute ` +
			`http/https URI that, when parsed, has a /resource name/, /host/, and /port/ that match the corresponding ws/wss URI.`,
		About:        "The target is a path that begins with a slash, or an absolute URI, and has no fragment.",
		Requirements: []string{"CC-002"},
	},
	{
		ID: ClientHost, Level: Must, Document: rfc6455, Section: "4.1", Client: true,
		Quote: `The request MUST contain a |Host| header field whose value contains /host/ plus optionally ":" followed by /port/ ` +
			`(when not using the default port).`,
		About:        "The request has one Host field.",
		Requirements: []string{"CC-003"},
	},
	{
		ID: ClientUpgrade, Level: Must, Document: rfc6455, Section: "4.1", Client: true,
		Quote:        `The request MUST contain an |Upgrade| header field whose value MUST include the "websocket" keyword.`,
		About:        "The request asks for an upgrade to websocket.",
		Requirements: []string{"CC-004"},
	},
	{
		ID: ClientConnection, Level: Must, Document: rfc6455, Section: "4.1", Client: true,
		Quote:        `The request MUST contain a |Connection| header field whose value MUST include the "Upgrade" token.`,
		About:        "The request has the token Upgrade in its Connection field.",
		Requirements: []string{"CC-004"},
	},
	{
		ID: ClientKey, Level: Must, Document: rfc6455, Section: "4.1", Client: true,
		Quote: "The value of this header field MUST be a nonce consisting of a randomly selected 16-byte value that has been " +
			"base64-encoded (see Section 4 of [RFC4648]).",
		About:        "The request has a key, and it is 16 bytes in base64.",
		Requirements: []string{"CC-005"},
	},
	{
		ID: ClientKeyOnce, Level: Must, Document: rfc6455, Section: "11.3.1", Client: true,
		Quote:        "The |Sec-WebSocket-Key| header field MUST NOT appear more than once in an HTTP request.",
		About:        "The request has one key.",
		Requirements: []string{"CC-005"},
	},
	{
		ID: ClientVersion, Level: Must, Document: rfc6455, Section: "4.1", Client: true,
		Quote:        "The request MUST include a header field with the name |Sec-WebSocket-Version|.",
		About:        "The request names the version of its dialect: 13 for RFC 6455.",
		Requirements: []string{"CC-006"},
	},
	{
		ID: ClientVersionOnce, Level: Must, Document: rfc6455, Section: "11.3.5", Client: true,
		Quote:        "However, the |Sec-WebSocket-Version| header field MUST NOT appear more than once in an HTTP request.",
		About:        "The request names one version.",
		Requirements: []string{"CC-006"},
	},
	{
		ID: ClientOrigin, Level: Should, Document: rfc6455, Section: "4.1", Client: true,
		Quote:        "The request MUST include a header field with the name |Origin| [RFC6454] if the request is coming from a browser client.",
		About:        "A request whose User-Agent is a browser's has an Origin.",
		Room:         "From outside a browser is known only by what it says of itself in User-Agent, which others say too.",
		Requirements: []string{"CC-007"},
	},
	{
		ID: ClientProtocols, Level: Must, Document: rfc6455, Section: "4.1", Client: true,
		Quote: "The elements that comprise this value MUST be non-empty strings with characters in the range U+0021 to U+007E not including " +
			"separator characters as defined in [RFC2616] and MUST all be unique strings.",
		About:        "The subprotocols offered are tokens, and each is offered once.",
		Requirements: []string{"CC-008"},
	},
	{
		ID: ClientExtensions, Level: Must, Document: rfc6455, Section: "4.3", Client: true,
		Quote:        `extension = extension-token *( ";" extension-param )`,
		About:        "The extensions offered keep the grammar.",
		Requirements: []string{"CC-008"},
	},
	{
		ID: ClientWaits, Level: Must, Document: rfc6455, Section: "4.1", Client: true,
		Quote:        "Once the client's opening handshake has been sent, the client MUST wait for a response from the server before sending any further data.",
		About:        "Nothing follows the request before the answer has come.",
		Requirements: []string{"CC-009"},
	},
	{
		ID: ClientConnectTarget, Level: Must, Document: rfc8441, Section: "4", Client: true,
		Quote: "On requests that contain the :protocol pseudo-header field, the :scheme and :path pseudo-header fields of the target URI " +
			"(see Section 5) MUST also be included.",
		About:        "In HTTP/2, the request has the scheme and the path of its target.",
		Requirements: []string{"CC-046"},
	},
	{
		ID: ClientConnectScheme, Level: Must, Document: rfc8441, Section: "5", Client: true,
		Quote: "The scheme of the target URI (Section 5.1 of [RFC7230]) MUST be “https” for “wss”-schemed WebSockets and “http” for " +
			"“ws”-schemed WebSockets.",
		About:        "In HTTP/2, the scheme of the target is http or https.",
		Requirements: []string{"CC-046"},
	},
	{
		ID: ClientConnectFields, Level: Must, Document: rfc8441, Section: "5", Client: true,
		Quote: "[RFC6455] requires the use of Connection and Upgrade header fields that are not part of HTTP/2. They MUST NOT be included in " +
			"the CONNECT request defined here.",
		About:        "In HTTP/2, the request has neither Connection nor Upgrade.",
		Requirements: []string{"CC-046"},
	},
	{
		ID: ClientConnectAuthority, Level: Must, Document: rfc8441, Section: "5", Client: true,
		Quote:        "The Host information is conveyed as part of the :authority pseudo-header field, which is required on every HTTP/2 transaction.",
		About:        "In HTTP/2, the request says which host it is for: in :authority or, where it came in HTTP/1.1, in Host.",
		Requirements: []string{"CC-046"},
	},
	{
		ID: ClientConnectLowercase, Level: Must, Document: rfc8441, Section: "5", Client: true,
		Quote:        "Note that HTTP/1 header field names were case insensitive, whereas HTTP/2 requires they be encoded as lowercase.",
		About:        "In HTTP/2, the names of the request's fields are in lower case.",
		Requirements: []string{"CC-046"},
	},
	{
		ID: ClientConnectEnabled, Level: Must, Document: rfc8441, Section: "3", Client: true,
		Quote: "Upon receipt of SETTINGS_ENABLE_CONNECT_PROTOCOL with a value of 1, a client MAY use the Extended CONNECT as defined in this " +
			"document when creating new streams. ... Specifically, the addition a new pseudo-header field, “:protocol”, and the change in " +
			"meaning of the :authority pseudo-header field in Section 4 require opt-in negotiation.",
		About:        "In HTTP/2, a WebSocket is asked for only once the server has said that it takes them.",
		Requirements: []string{"CC-045"},
	},
}
