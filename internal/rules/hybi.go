package rules

// The drafts between hixie-76 and RFC 6455, as RFC 6455 speaks of them.
const (
	// HybiAccepts asks that version 7 or 8 is accepted where it is spoken.
	HybiAccepts ID = "hybi.accepts"
	// HybiFraming asks that versions 7 and 8 frame as RFC 6455 does.
	HybiFraming ID = "hybi.framing"
	// HybiOlder asks that versions 4 to 6, which frame otherwise, are refused.
	HybiOlder ID = "hybi.older"
	// HybiUnused asks that versions 9 to 12, which were never used, are refused.
	HybiUnused ID = "hybi.unused"
	// HybiTwoOrigins hopes that a request with both origin fields is answered.
	HybiTwoOrigins ID = "hybi.two-origins"
)

// unusedVersions is what RFC 6455 §4.1 says of the drafts between version 8 and itself.
const unusedVersions = "Although draft versions of this document (-09, -10, -11, and -12) were posted (they were mostly comprised of editorial changes " +
	"and clarifications and not changes to the wire protocol), values 9, 10, 11, and 12 were not used as valid values for Sec-WebSocket-Version."

var hybiRules = []Rule{
	{
		ID: HybiAccepts, Level: Must, Document: rfc6455, Section: "4.4",
		Quote:        "If the server supports the requested version and the handshake message is otherwise valid, the server will accept that version.",
		About:        "A server that speaks version 7 or 8 accepts it, with the origin in Sec-WebSocket-Origin.",
		Requirements: []string{"DR-001"},
	},
	{
		ID: HybiFraming, Level: Must, Document: rfc6455, Section: "4.1",
		Quote:        unusedVersions,
		About:        "Under version 7 or 8 frames are those of RFC 6455.",
		Requirements: []string{"DR-003"},
	},
	{
		ID: HybiOlder, Level: Should, Document: rfc6455, Section: "4.2.2",
		Quote:        versionRefusal,
		About:        "Versions 4 to 6 are refused: their frames are masked, and their opcodes numbered, in other ways.",
		Room:         "A server may speak one of these drafts as well; that is rare enough to look into.",
		Requirements: []string{"DR-002"},
	},
	{
		ID: HybiUnused, Level: Must, Document: rfc6455, Section: "4.1",
		Quote:        unusedVersions,
		About:        "Versions 9 to 12 are refused.",
		Requirements: []string{"DR-004"},
	},
	{
		ID: HybiTwoOrigins, Level: May, Document: rfc6455, Section: "4.4",
		Quote:        "If the server supports the requested version and the handshake message is otherwise valid, the server will accept that version.",
		About:        "Under version 7 or 8 a request with both Origin and Sec-WebSocket-Origin is accepted.",
		Room:         "Which of the two fields counts is not said in any version.",
		Requirements: []string{"DR-005"},
	},
}
