package rules

// What HTTP itself asks of a server, in the words by which RFC 6455 calls it in.
const (
	// HTTPFolding asks that a folded field is refused or unfolded.
	HTTPFolding ID = "http.folding"
	// HTTPSpaceBeforeColon asks that a space before a colon is refused.
	HTTPSpaceBeforeColon ID = "http.space-before-colon"
	// HTTPBareLF hopes that lines that end with LF alone are answered.
	HTTPBareLF ID = "http.bare-lf"
	// HTTPLongTarget asks that a target of 8000 bytes is answered.
	HTTPLongTarget ID = "http.long-target"
	// HTTPLargeHead asks that a very large head is answered or cut off.
	HTTPLargeHead ID = "http.large-head"
	// HTTPRequestBody asks that the body of a request is not read as frames.
	HTTPRequestBody ID = "http.request-body"
	// HTTPAuthenticate asks that a 401 says how to authenticate.
	HTTPAuthenticate ID = "http.authenticate"
	// HTTPRedirect asks that a redirect says where to.
	HTTPRedirect ID = "http.redirect"
)

var httpRules = []Rule{
	{
		ID: HTTPFolding, Level: Should, Document: rfc6455, Section: "4.2.1",
		Quote:        refusal,
		About:        "A folded field is refused, or the fold is read as spaces (RFC 9112 §5.2).",
		Room:         "RFC 6455 does not speak of folding, and §10.7 lets a server drop what it does not understand; the MUST is that of HTTP.",
		Requirements: []string{"HS-044"},
	},
	{
		ID: HTTPSpaceBeforeColon, Level: Should, Document: rfc6455, Section: "4.2.1",
		Quote:        refusal,
		About:        "A field name with a space before its colon is refused (RFC 9112 §5.1 has it refused with 400).",
		Room:         "The HTTP that RFC 6455 refers to allows white space there (RFC 2616 §2.1, implied *LWS); the MUST is younger.",
		Requirements: []string{"HS-045"},
	},
	{
		ID: HTTPBareLF, Level: May, Document: rfc6455, Section: "4.2.1",
		Quote:        refusal,
		About:        "A head whose lines end with LF alone is accepted or refused, and not waited for.",
		Room:         "HTTP lets a recipient take a bare LF for the end of a line (RFC 9112 §2.2), and does not ask it to.",
		Requirements: []string{"HS-046"},
	},
	{
		ID: HTTPLongTarget, Level: Should, Document: rfc6455, Section: "4.2.1",
		Quote:        refusal,
		About:        "A target of 8000 bytes gets an HTTP answer, whatever its status (RFC 9112 §3 recommends to support as much).",
		Room:         "RFC 6455 names no length; the recommendation is that of HTTP.",
		Requirements: []string{"HS-058"},
	},
	{
		ID: HTTPLargeHead, Level: Should, Document: rfc6455, Section: "10.7",
		Quote:        "If the invalid data is sent during the WebSocket handshake, the server SHOULD return an appropriate HTTP [RFC2616] status code.",
		About:        "A head larger than the server takes gets an HTTP answer such as 431.",
		Requirements: []string{"HS-059"},
	},
	{
		ID: HTTPRequestBody, Level: Should, Document: rfc6455, Section: "4.1",
		Quote:        "The handshake MUST be a valid HTTP request as specified by [RFC2616].",
		About:        "Bytes that Content-Length declares to be the body of the request are not read as frames.",
		Room:         "RFC 6455 does not speak of a body; HTTP says where it ends (RFC 9112 §6.3).",
		Requirements: []string{"HS-061"},
	},
	{
		ID: HTTPAuthenticate, Level: Should, Document: rfc6455, Section: "4.2.2",
		Quote: "The server can perform additional client authentication, for example, by returning a 401 status code with the " +
			"corresponding |WWW-Authenticate| header field as described in [RFC2616].",
		About:        "A 401 has a WWW-Authenticate field.",
		Room:         `RFC 6455 says "can" and "for example"; the MUST is that of RFC 9110 §15.5.2.`,
		Requirements: []string{"HS-052"},
	},
	{
		ID: HTTPRedirect, Level: Should, Document: rfc6455, Section: "4.2.2",
		Quote:        "The server MAY redirect the client using a 3xx status code [RFC2616].",
		About:        "A redirect has a Location field.",
		Room:         "RFC 6455 leaves the form of a redirect to HTTP, which says SHOULD (RFC 9110 §15.4).",
		Requirements: []string{"HS-053"},
	},
}
