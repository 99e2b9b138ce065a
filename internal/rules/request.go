package rules

// What a server asks of a request before it accepts it, RFC 6455 §4.2.1.
const (
	// RequestMethod asks that a method other than GET is refused.
	RequestMethod ID = "request.method"
	// RequestHTTPVersion asks that HTTP/1.0 is refused.
	RequestHTTPVersion ID = "request.http-version"
	// RequestHost asks that a request without Host is refused.
	RequestHost ID = "request.host"
	// RequestHostOnce asks that a request with two Hosts is refused.
	RequestHostOnce ID = "request.host-once"
	// RequestUpgrade asks that a request without "Upgrade: websocket" is refused.
	RequestUpgrade ID = "request.upgrade"
	// RequestUpgradeCase asks that "websocket" is read in any case.
	RequestUpgradeCase ID = "request.upgrade-case"
	// RequestUpgradeList hopes that "websocket" is found in a list of protocols.
	RequestUpgradeList ID = "request.upgrade-list"
	// RequestConnection asks that a request without "Connection: Upgrade" is refused.
	RequestConnection ID = "request.connection"
	// RequestConnectionCase asks that "Upgrade" is read in any case.
	RequestConnectionCase ID = "request.connection-case"
	// RequestConnectionList asks that "Upgrade" is found in a list of tokens.
	RequestConnectionList ID = "request.connection-list"
	// RequestKey asks that a request without a key is refused.
	RequestKey ID = "request.key"
	// RequestKeyEmpty asks that an empty key is refused.
	RequestKeyEmpty ID = "request.key-empty"
	// RequestKeySize asks that a key of other than 16 bytes is refused.
	RequestKeySize ID = "request.key-size"
	// RequestKeyBase64 asks that a key that is not base64 is refused.
	RequestKeyBase64 ID = "request.key-base64"
	// RequestKeyOnce asks that a request with two keys is refused.
	RequestKeyOnce ID = "request.key-once"
	// RequestFieldNames asks that field names are read in any case.
	RequestFieldNames ID = "request.field-names"
	// RequestFieldOrder asks that fields are taken in any order.
	RequestFieldOrder ID = "request.field-order"
	// RequestWhiteSpace asks that white space around a value is no part of it.
	RequestWhiteSpace ID = "request.white-space"
	// RequestUnknownFields asks that unknown fields are ignored.
	RequestUnknownFields ID = "request.unknown-fields"
	// RequestAbsoluteTarget asks that an absolute URI is taken as the target.
	RequestAbsoluteTarget ID = "request.absolute-target"
	// RequestFragment hopes that a fragment in the target is ignored or refused.
	RequestFragment ID = "request.fragment"
	// RequestPlainGet asks that a plain GET is not answered with a 101.
	RequestPlainGet ID = "request.plain-get"
)

// refusal is the sentence of §4.2.1 that every rule about a request rests on.
const refusal = "If the server, while reading the handshake, finds that the client did not send a handshake that matches the description below ... " +
	"the server MUST stop processing the client's handshake and return an HTTP response with an appropriate error code (such as 400 Bad Request)."

// unless quotes §4.2.1 with one item of its list of what a request consists of.
func unless(item string) string {
	return "the server MUST stop processing the client's handshake and return an HTTP response with an appropriate error code ... " + item
}

var requestRules = []Rule{
	{
		ID: RequestMethod, Level: Must, Document: rfc6455, Section: "4.2.1",
		Quote:        unless("An HTTP/1.1 or higher GET request"),
		About:        "A request whose method is not GET, letter for letter, is refused.",
		Requirements: []string{"HS-019"},
	},
	{
		ID: RequestHTTPVersion, Level: Must, Document: rfc6455, Section: "4.2.1",
		Quote:        unless("An HTTP/1.1 or higher GET request"),
		About:        "A request of HTTP/1.0 is refused.",
		Requirements: []string{"HS-020"},
	},
	{
		ID: RequestHost, Level: Must, Document: rfc6455, Section: "4.2.1",
		Quote:        unless("A |Host| header field containing the server's authority."),
		About:        "A request with no Host is refused (RFC 9112 §3.2 has it refused with 400).",
		Requirements: []string{"HS-021"},
	},
	{
		ID: RequestHostOnce, Level: Should, Document: rfc6455, Section: "4.2.1",
		Quote:        unless("A |Host| header field containing the server's authority."),
		About:        "A request with two Host fields is refused (RFC 9112 §3.2 has it refused with 400).",
		Room:         "RFC 6455 does not speak of a second Host, nor does the HTTP that it refers to say what a server does about one (RFC 2616 §14.23).",
		Requirements: []string{"HS-022"},
	},
	{
		ID: RequestUpgrade, Level: Must, Document: rfc6455, Section: "4.2.1",
		Quote:        unless(`An |Upgrade| header field containing the value "websocket"`),
		About:        "A request whose Upgrade field is missing, or names another protocol, is not answered with a 101.",
		Requirements: []string{"HS-023", "HS-024"},
	},
	{
		ID: RequestUpgradeCase, Level: Must, Document: rfc6455, Section: "4.2.1",
		Quote:        `An |Upgrade| header field containing the value "websocket", treated as an ASCII case-insensitive value.`,
		About:        "WebSocket and WEBSOCKET are as good as websocket.",
		Requirements: []string{"HS-025"},
	},
	{
		ID: RequestUpgradeList, Level: May, Document: rfc6455, Section: "4.2.1",
		Quote:        `An |Upgrade| header field containing the value "websocket", treated as an ASCII case-insensitive value.`,
		About:        "websocket is found beside other protocols in one Upgrade field.",
		Room:         "HTTP makes Upgrade a list, and lets a server ignore it (RFC 9110 §7.8): both a 101 and a refusal conform.",
		Requirements: []string{"HS-026"},
	},
	{
		ID: RequestConnection, Level: Must, Document: rfc6455, Section: "4.2.1",
		Quote:        unless(`A |Connection| header field that includes the token "Upgrade"`),
		About:        "A request whose Connection field is missing, or lacks the token Upgrade, is refused.",
		Requirements: []string{"HS-027", "HS-028"},
	},
	{
		ID: RequestConnectionCase, Level: Must, Document: rfc6455, Section: "4.2.1",
		Quote:        `A |Connection| header field that includes the token "Upgrade", treated as an ASCII case-insensitive value.`,
		About:        "upgrade and UPGRADE are as good as Upgrade.",
		Requirements: []string{"HS-030"},
	},
	{
		ID: RequestConnectionList, Level: Must, Document: rfc6455, Section: "4.2.1",
		Quote:        `A |Connection| header field that includes the token "Upgrade", treated as an ASCII case-insensitive value.`,
		About:        "Upgrade is found among other tokens, in one Connection field or over several.",
		Requirements: []string{"HS-029", "HS-031"},
	},
	{
		ID: RequestKey, Level: Must, Document: rfc6455, Section: "4.2.1",
		Quote:        unless("A |Sec-WebSocket-Key| header field with a base64-encoded (see Section 4 of [RFC4648]) value"),
		About:        "A request with no key is refused.",
		Requirements: []string{"HS-032"},
	},
	{
		ID: RequestKeyEmpty, Level: Must, Document: rfc6455, Section: "4.3",
		Quote:        `Sec-WebSocket-Key = base64-value-non-empty`,
		About:        "A request with an empty key is refused: no decoding is needed to see that nothing is there.",
		Requirements: []string{"HS-033"},
	},
	{
		ID: RequestKeySize, Level: Should, Document: rfc6455, Section: "4.2.1",
		Quote:        unless("A |Sec-WebSocket-Key| header field with a base64-encoded (see Section 4 of [RFC4648]) value that, when decoded, is 16 bytes in length."),
		About:        "A key of more or fewer than 16 bytes is refused.",
		Room:         "§4.2.2 says that it is not necessary for the server to base64-decode the key.",
		Requirements: []string{"HS-034"},
	},
	{
		ID: RequestKeyBase64, Level: Should, Document: rfc6455, Section: "4.2.1",
		Quote:        unless("A |Sec-WebSocket-Key| header field with a base64-encoded (see Section 4 of [RFC4648]) value that, when decoded, is 16 bytes in length."),
		About:        "A key that is not base64 is refused.",
		Room:         "§4.2.2 says that it is not necessary for the server to base64-decode the key.",
		Requirements: []string{"HS-035"},
	},
	{
		ID: RequestKeyOnce, Level: Should, Document: rfc6455, Section: "11.3.1",
		Quote:        "The |Sec-WebSocket-Key| header field MUST NOT appear more than once in an HTTP request.",
		About:        "A request with two keys is refused.",
		Room:         "The sentence binds the client; that a server refuses such a request is only implied.",
		Requirements: []string{"HS-036"},
	},
	{
		ID: RequestFieldNames, Level: Must, Document: rfc6455, Section: "4.1",
		Quote:        "Please note that according to [RFC2616], all header field names in both HTTP requests and HTTP responses are case-insensitive.",
		About:        "Field names are read in any case.",
		Requirements: []string{"HS-043"},
	},
	{
		ID: RequestFieldOrder, Level: Must, Document: rfc6455, Section: "4.2.1",
		Quote:        "note that as per [RFC2616], the order of the header fields is not important",
		About:        "Fields are taken in any order.",
		Requirements: []string{"HS-043"},
	},
	{
		ID: RequestWhiteSpace, Level: Must, Document: rfc6455, Section: "4.3",
		Quote:        `This section is using ABNF syntax/rules from Section 2.1 of [RFC2616], including the "implied *LWS rule".`,
		About:        "White space around the value of a field is no part of it, and need not be there (RFC 9110 §5.5).",
		Requirements: []string{"HS-043"},
	},
	{
		ID: RequestUnknownFields, Level: Must, Document: rfc6455, Section: "4.2.1",
		Quote:        "Unknown header fields are ignored, as per [RFC2616].",
		About:        "Fields that mean nothing to the server change nothing.",
		Requirements: []string{"HS-043", "HS-059"},
	},
	{
		ID: RequestAbsoluteTarget, Level: Must, Document: rfc6455, Section: "4.2.1",
		Quote: `An HTTP/1.1 or higher GET request, including a "Request-URI" [RFC2616] that should be interpreted as a /resource name/ ` +
			`defined in Section 3 (or an absolute HTTP/HTTPS URI containing the /resource name/).`,
		About:        "An absolute URI is as good a target as a path.",
		Requirements: []string{"HS-047"},
	},
	{
		ID: RequestFragment, Level: May, Document: rfc6455, Section: "3",
		Quote:        "Fragment identifiers are meaningless in the context of WebSocket URIs and MUST NOT be used on these URIs.",
		About:        "A target with a fragment is refused.",
		Room:         "The sentence binds the client. A server may as well ignore the fragment.",
		Requirements: []string{"HS-048"},
	},
	{
		ID: RequestPlainGet, Level: Must, Document: rfc6455, Section: "4.2.1",
		Quote:        refusal,
		About:        "A plain GET of the same URL gets an HTTP answer that is not 101.",
		Requirements: []string{"HS-060"},
	},
}
