package rules

// Fragmentation, RFC 6455 §5.4.
const (
	// FragmentAssembled asks that fragments are joined in order.
	FragmentAssembled ID = "fragment.assembled"
	// FragmentAnySize asks that fragments of any size are taken, empty ones too.
	FragmentAnySize ID = "fragment.any-size"
	// FragmentControlBetween asks that a control frame between fragments is handled.
	FragmentControlBetween ID = "fragment.control-between"
	// FragmentSeparate asks that a new message begins after a final fragment.
	FragmentSeparate ID = "fragment.separate"
	// FragmentOrphan asks that a continuation of nothing fails the connection.
	FragmentOrphan ID = "fragment.orphan"
	// FragmentOrphanSent forbids to send a continuation of nothing.
	FragmentOrphanSent ID = "fragment.orphan-sent"
	// FragmentInterleaved asks that a new message inside another fails the connection.
	FragmentInterleaved ID = "fragment.interleaved"
	// FragmentInterleavedSent forbids to send a new message inside another.
	FragmentInterleavedSent ID = "fragment.interleaved-sent"
)

// The sentences that bind a sender, and by which a receiver knows a fault.
const (
	fragmented = "A fragmented message consists of a single frame with the FIN bit clear and an opcode other than 0, followed by zero or more frames " +
		"with the FIN bit clear and the opcode set to 0, and terminated by a single frame with the FIN bit set and an opcode of 0."
	interleaved = "The fragments of one message MUST NOT be interleaved between the fragments of another message unless an extension has been " +
		"negotiated that can interpret the interleaving."
)

var fragmentRules = []Rule{
	{
		ID: FragmentAssembled, Level: Must, Document: rfc6455, Section: "5.4",
		Quote:        "Clients and servers MUST support receiving both fragmented and unfragmented messages.",
		About:        "A message that comes in fragments is joined, in order, to what was sent.",
		Requirements: []string{"FR-016"},
	},
	{
		ID: FragmentAnySize, Level: Must, Document: rfc6455, Section: "5.4",
		Quote:        "A sender MAY create fragments of any size for non-control messages.",
		About:        "Fragments of any size are taken: empty ones, first, last or between, as well.",
		Requirements: []string{"FR-017"},
	},
	{
		ID: FragmentControlBetween, Level: Must, Document: rfc6455, Section: "5.4",
		Quote:        "An endpoint MUST be capable of handling control frames in the middle of a fragmented message.",
		About:        "A ping between fragments is answered, and the message stays whole.",
		Requirements: []string{"FR-018", "PM-040"},
	},
	{
		ID: FragmentSeparate, Level: Must, Document: rfc6455, Section: "6.2",
		Quote:        "Subsequent data frames MUST be interpreted as belonging to a new WebSocket message.",
		About:        "After a final fragment a new message begins; both arrive, apart and in order.",
		Requirements: []string{"FR-035"},
	},
	{
		ID: FragmentOrphan, Level: Must, Document: rfc6455, Section: "5.4",
		Quote:        fragmented,
		About:        "A continuation with nothing to continue fails the connection.",
		Requirements: []string{"FR-019"},
	},
	{
		ID: FragmentOrphanSent, Level: Must, Document: rfc6455, Section: "5.4",
		Quote:        fragmented,
		About:        "No continuation is sent with nothing to continue.",
		Requirements: []string{"FR-019"},
	},
	{
		ID: FragmentInterleaved, Level: Must, Document: rfc6455, Section: "5.4",
		Quote:        interleaved,
		About:        "A text or binary frame inside an unfinished message fails the connection.",
		Requirements: []string{"FR-020"},
	},
	{
		ID: FragmentInterleavedSent, Level: Must, Document: rfc6455, Section: "5.4",
		Quote:        interleaved,
		About:        "No text or binary frame is sent inside an unfinished message.",
		Requirements: []string{"FR-020"},
	},
}
