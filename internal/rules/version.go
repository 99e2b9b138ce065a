package rules

// Sec-WebSocket-Version, RFC 6455 §4.2.2 and §4.4.
const (
	// VersionRequired asks that a request without a version is refused.
	VersionRequired ID = "version.required"
	// VersionUnknown asks that a version the server does not speak is refused.
	VersionUnknown ID = "version.unknown"
	// VersionList asks that the refusal lists the versions the server speaks.
	VersionList ID = "version.list"
	// VersionAdvertised asks that a version so listed is then accepted.
	VersionAdvertised ID = "version.advertised"
	// VersionStatus hopes that the refusal is a 426.
	VersionStatus ID = "version.status"
	// VersionUpgradeField asks that a 426 has an Upgrade field.
	VersionUpgradeField ID = "version.upgrade-field"
	// VersionForm asks that what is no version number is refused.
	VersionForm ID = "version.form"
	// VersionOnce asks that two versions in one request are refused.
	VersionOnce ID = "version.once"
)

// versionRefusal is the sentence of §4.2.2 about a version that is not understood.
const versionRefusal = "If this version does not match a version understood by the server, the server MUST abort the WebSocket handshake described in this section " +
	"and instead send an appropriate HTTP error code (such as 426 Upgrade Required) and a |Sec-WebSocket-Version| header field " +
	"indicating the version(s) the server is capable of understanding."

var versionRules = []Rule{
	{
		ID: VersionRequired, Level: Must, Document: rfc6455, Section: "4.2.1",
		Quote:        unless("A |Sec-WebSocket-Version| header field, with a value of 13."),
		About:        "A request with no version does not get the handshake of RFC 6455.",
		Requirements: []string{"HS-037"},
	},
	{
		ID: VersionUnknown, Level: Must, Document: rfc6455, Section: "4.2.2",
		Quote:        versionRefusal,
		About:        "A version that the server does not speak is refused with an HTTP error.",
		Requirements: []string{"HS-038"},
	},
	{
		ID: VersionList, Level: Must, Document: rfc6455, Section: "4.4",
		Quote: "If the server doesn't support the requested version, it MUST respond with a |Sec-WebSocket-Version| header field " +
			"(or multiple |Sec-WebSocket-Version| header fields) containing all versions it is willing to use.",
		About:        "The refusal of a version lists those that the server speaks.",
		Requirements: []string{"HS-038"},
	},
	{
		ID: VersionAdvertised, Level: Must, Document: rfc6455, Section: "4.4",
		Quote:        "If the server supports the requested version and the handshake message is otherwise valid, the server will accept that version.",
		About:        "A version that the server lists is not one that it refuses.",
		Requirements: []string{"HS-042", "DR-001"},
	},
	{
		ID: VersionStatus, Level: May, Document: rfc6455, Section: "4.2.2",
		Quote:        versionRefusal,
		About:        "The status that refuses a version is 426.",
		Room:         `The text says "such as", and its own example in §4.4 is a 400.`,
		Requirements: []string{"HS-039"},
	},
	{
		ID: VersionUpgradeField, Level: Should, Document: rfc6455, Section: "4.2.2",
		Quote:        versionRefusal,
		About:        "A 426 has an Upgrade field that names the protocol to upgrade to.",
		Room:         "RFC 6455 takes 426 from HTTP; the MUST is that of RFC 9110 §15.5.22.",
		Requirements: []string{"HS-039"},
	},
	{
		ID: VersionForm, Level: Must, Document: rfc6455, Section: "4.3",
		Quote:        `version = DIGIT | (NZDIGIT DIGIT) | ("1" DIGIT DIGIT) | ("2" DIGIT DIGIT) ; Limited to 0-255 range, with no leading zeros`,
		About:        "What is no number from 0 to 255 without leading zeros is refused (§4.2.1 counts the grammar in).",
		Requirements: []string{"HS-040"},
	},
	{
		ID: VersionOnce, Level: Should, Document: rfc6455, Section: "11.3.5",
		Quote:        "However, the |Sec-WebSocket-Version| header field MUST NOT appear more than once in an HTTP request.",
		About:        "A request that names two versions is refused.",
		Room:         "The sentence binds the client; that a server refuses such a request is only implied.",
		Requirements: []string{"HS-041"},
	},
}
