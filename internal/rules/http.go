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
