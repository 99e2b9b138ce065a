package rules

// Control frames, RFC 6455 §5.5; Close has a file of its own.
const (
	// ControlNotFragmented asks that a control frame with FIN clear fails the connection.
	ControlNotFragmented ID = "control.not-fragmented"
	// ControlFragmentedSent forbids to send one.
	ControlFragmentedSent ID = "control.fragmented-sent"
	// ControlSize asks that a control frame of more than 125 bytes fails the connection.
	ControlSize ID = "control.size"
	// ControlSizeSent forbids to send one.
	ControlSizeSent ID = "control.size-sent"
	// PingAnswered asks for a Pong.
	PingAnswered ID = "ping.answered"
	// PingData asks that the Pong has the data of the Ping.
	PingData ID = "ping.data"
	// PingEach hopes for a Pong for each of several Pings.
	PingEach ID = "ping.each"
	// PingPrompt asks for the Pong as soon as practical.
	PingPrompt ID = "ping.prompt"
	// PingAfterClose hopes for no Pong once Close was answered.
	PingAfterClose ID = "ping.after-close"
	// PongUnsolicited asks that a Pong nobody asked for changes nothing.
	PongUnsolicited ID = "pong.unsolicited"
)

const controlSentence = "All control frames MUST have a payload length of 125 bytes or less and MUST NOT be fragmented."

var controlRules = []Rule{
	{
		ID: ControlNotFragmented, Level: Must, Document: rfc6455, Section: "5.4",
		Quote:        "Control frames themselves MUST NOT be fragmented.",
		About:        "A control frame with FIN clear fails the connection.",
		Requirements: []string{"FR-021", "CL-020"},
	},
	{
		ID: ControlFragmentedSent, Level: Must, Document: rfc6455, Section: "5.5",
		Quote:        controlSentence,
		About:        "No control frame is sent with FIN clear.",
		Requirements: []string{"FR-036"},
	},
	{
		ID: ControlSize, Level: Must, Document: rfc6455, Section: "5.5",
		Quote:        controlSentence,
		About:        "A control frame of more than 125 bytes fails the connection.",
		Requirements: []string{"FR-022", "CL-006"},
	},
	{
		ID: ControlSizeSent, Level: Must, Document: rfc6455, Section: "5.5",
		Quote:        controlSentence,
		About:        "No control frame of more than 125 bytes is sent.",
		Requirements: []string{"FR-036", "CL-021"},
	},
	{
		ID: PingAnswered, Level: Must, Document: rfc6455, Section: "5.5.2",
		Quote:        "Upon receipt of a Ping frame, an endpoint MUST send a Pong frame in response, unless it already received a Close frame.",
		About:        "A ping is answered by a pong; of several at once, the last at least.",
		Requirements: []string{"FR-023", "FR-024", "FR-026"},
	},
	{
		ID: PingData, Level: Must, Document: rfc6455, Section: "5.5.3",
		Quote: `A Pong frame sent in response to a Ping frame must have identical "Application data" as found in the message body ` +
			`of the Ping frame being replied to.`,
		About:        "A pong has the very data of its ping, text or not.",
		Requirements: []string{"FR-023", "FR-024"},
	},
	{
		ID: PingEach, Level: May, Document: rfc6455, Section: "5.5.3",
		Quote: "If an endpoint receives a Ping frame and has not yet sent Pong frame(s) in response to previous Ping frame(s), " +
			"the endpoint MAY elect to send a Pong frame for only the most recently processed Ping frame.",
		About:        "Each of several pings at once is answered, in order.",
		Room:         "An endpoint may answer the last of them only.",
		Requirements: []string{"FR-024"},
	},
	{
		ID: PingPrompt, Level: Should, Document: rfc6455, Section: "5.5.2",
		Quote:        "It SHOULD respond with Pong frame as soon as is practical.",
		About:        "A ping is answered soon, even while a large message is under way.",
		Requirements: []string{"FR-026"},
	},
	{
		ID: PingAfterClose, Level: May, Document: rfc6455, Section: "5.5.2",
		Quote:        "Upon receipt of a Ping frame, an endpoint MUST send a Pong frame in response, unless it already received a Close frame.",
		About:        "A ping behind a Close gets no pong.",
		Room:         "The sentence lifts the duty and forbids nothing; only data frames may not follow a Close.",
		Requirements: []string{"FR-042"},
	},
	{
		ID: PongUnsolicited, Level: Must, Document: rfc6455, Section: "5.5.3",
		Quote:        "A Pong frame MAY be sent unsolicited.",
		About:        "A pong that nobody asked for is not answered, and the connection stays open.",
		Requirements: []string{"FR-025"},
	},
}
