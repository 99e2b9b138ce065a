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
