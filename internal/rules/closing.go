package rules

// Failing and closing a connection, RFC 6455 §5.5.1 and §7.
const (
	// FailCloseFrame asks for a Close before TCP goes, when a connection is failed.
	FailCloseFrame ID = "fail.close-frame"
	// FailCloseCode asks that this Close has a code that fits.
	FailCloseCode ID = "fail.close-code"
	// FailNoProcessing forbids to go on with the peer's data.
	FailNoProcessing ID = "fail.no-processing"
	// CloseAnswer asks that a Close is answered by a Close.
	CloseAnswer ID = "close.answer"
	// CloseCode hopes that the answer has the code it answers.
	CloseCode ID = "close.code"
	// CloseLast forbids data after a Close.
	CloseLast ID = "close.last"
	// CloseOnce forbids a second Close.
	CloseOnce ID = "close.once"
	// CloseAfterData hopes that what came before a Close is still answered.
	CloseAfterData ID = "close.after-data"
	// CloseBody asks that a body of one byte fails the connection.
	CloseBody ID = "close.body"
	// CloseBodySent forbids to send such a body.
	CloseBodySent ID = "close.body-sent"
	// CloseReason asks that a reason that is not UTF-8 fails the connection.
	CloseReason ID = "close.reason"
	// CloseReasonSent forbids to send such a reason.
	CloseReasonSent ID = "close.reason-sent"
	// CloseReserved asks that 1005, 1006 and 1015 are protocol errors.
	CloseReserved ID = "close.reserved"
	// CloseReservedSent forbids to send 1005, 1006 and 1015.
	CloseReservedSent ID = "close.reserved-sent"
	// CloseUnused asks that codes below 1000 are protocol errors.
	CloseUnused ID = "close.unused"
	// CloseUnusedSent forbids to send a code below 1000.
	CloseUnusedSent ID = "close.unused-sent"
	// CloseUndefined hopes that codes that nobody defined are protocol errors.
	CloseUndefined ID = "close.undefined"
	// CloseUndefinedSent asks not to send a code that nobody defined.
	CloseUndefinedSent ID = "close.undefined-sent"
	// CloseRegistered hopes that codes registered since the RFC are taken.
	CloseRegistered ID = "close.registered"
	// CloseTCP asks that a server closes TCP after both Closes.
	CloseTCP ID = "close.tcp"
	// CloseTCPPrompt asks that it does so at once.
	CloseTCPPrompt ID = "close.tcp-prompt"
	// CloseClean hopes for a FIN instead of a RST.
	CloseClean ID = "close.clean"
	// CloseHalf asks that a server ends its side when the client's ends with no Close.
	CloseHalf ID = "close.half"
	// CloseUnanswered hopes that a server does not wait forever for a Close.
	CloseUnanswered ID = "close.unanswered"
)

var closingRules = []Rule{
	{
		ID: FailCloseFrame, Level: Should, Document: rfc6455, Section: "7.1.7",
		Quote: "If _The WebSocket Connection is Established_ prior to the point where the endpoint is required to _Fail the WebSocket Connection_, " +
			"the endpoint SHOULD send a Close frame with an appropriate status code (Section 7.4) before proceeding to _Close the WebSocket Connection_.",
		About:        "A connection that is failed gets a Close before TCP is closed.",
		Room:         "An endpoint MAY leave it out if it believes that the other side cannot process it, and for a frame that is not masked it is a MAY in any case (§5.1).",
		Requirements: []string{"FR-040"},
	},
	{
		ID: FailCloseCode, Level: Should, Document: rfc6455, Section: "7.1.7",
		Quote:        "the endpoint SHOULD send a Close frame with an appropriate status code (Section 7.4)",
		About:        "The Close of an endpoint that fails the connection has the code that fits: 1002, 1003, 1007 or 1009.",
		Requirements: []string{"FR-041"},
	},
	{
		ID: FailNoProcessing, Level: Must, Document: rfc6455, Section: "7.1.7",
		Quote: "An endpoint MUST NOT continue to attempt to process data (including a responding Close frame) from the remote endpoint " +
			"after being instructed to _Fail the WebSocket Connection_.",
		About:        "What follows the fault is not answered and not echoed.",
		Requirements: []string{"FR-039"},
	},
	{
		ID: CloseAnswer, Level: Must, Document: rfc6455, Section: "5.5.1",
		Quote: "If an endpoint receives a Close frame and did not previously send a Close frame, the endpoint MUST send a Close frame " +
			"in response.",
		About:        "A Close is answered by a Close: with a code or empty, with a reason, in the middle of a message.",
		Requirements: []string{"CL-001", "CL-003", "CL-005", "CL-017"},
	},
	{
		ID: CloseCode, Level: May, Document: rfc6455, Section: "5.5.1",
		Quote:        "(When sending a Close frame in response, the endpoint typically echos the status code it received.)",
		About:        "The answer has the code of the Close that it answers.",
		Room:         `"Typically" asks for nothing: another valid code, or none, conforms.`,
		Requirements: []string{"CL-002"},
	},
	{
		ID: CloseLast, Level: Must, Document: rfc6455, Section: "5.5.1",
		Quote:        "The application MUST NOT send any more data frames after sending a Close frame.",
		About:        "No data frame follows a Close.",
		Requirements: []string{"CL-015", "CL-019"},
	},
	{
		ID: CloseOnce, Level: Should, Document: rfc6455, Section: "7.1.5",
		Quote: "As an example, if the remote endpoint sent a Close frame but the local application has not yet read the data containing the " +
			"Close frame from its socket's receive buffer, and the local application independently decided to close the connection and send a " +
			"Close frame, both endpoints will have sent and received a Close frame and will not send further Close frames.",
		About:        "One Close is sent, however many are received.",
		Room:         "No sentence forbids a second Close in so many words; §5.5.1 has a Close answered only by an endpoint that sent none.",
		Requirements: []string{"CL-016"},
	},
	{
		ID: CloseAfterData, Level: May, Document: rfc6455, Section: "5.5.1",
		Quote:        "An endpoint MAY delay sending a Close frame until its current message is sent",
		About:        "A message that came whole before the Close is still answered, and then the Close.",
		Room:         "An endpoint may close at once and drop what it had to say.",
		Requirements: []string{"CL-019"},
	},
	{
		ID: CloseBody, Level: Must, Document: rfc6455, Section: "5.5.1",
		Quote:        closeBody,
		About:        "A Close whose body is one byte long fails the connection.",
		Requirements: []string{"CL-004"},
	},
	{
		ID: CloseBodySent, Level: Must, Document: rfc6455, Section: "5.5.1",
		Quote:        closeBody,
		About:        "No Close is sent with a body of one byte.",
		Requirements: []string{"CL-021"},
	},
	{
		ID: CloseReason, Level: Must, Document: rfc6455, Section: "8.1",
		Quote:        notUTF8,
		About:        "A Close whose reason is not UTF-8 fails the connection.",
		Requirements: []string{"CL-007"},
	},
	{
		ID: CloseReasonSent, Level: Must, Document: rfc6455, Section: "5.5.1",
		Quote:        "Following the 2-byte integer, the body MAY contain UTF-8-encoded data with value /reason/",
		About:        "No Close is sent with a reason that is not UTF-8.",
		Requirements: []string{"CL-021"},
	},
	{
		ID: CloseReserved, Level: Should, Document: rfc6455, Section: "7.4.1",
		Quote:        "1005 is a reserved value and MUST NOT be set as a status code in a Close control frame by an endpoint.",
		About:        "A Close with 1005, 1006 or 1015 is a protocol error.",
		Room:         "The sentence binds the sender; that a receiver takes it for a protocol error is only implied.",
		Requirements: []string{"CL-008"},
	},
	{
		ID: CloseReservedSent, Level: Must, Document: rfc6455, Section: "7.4.1",
		Quote:        "1005 is a reserved value and MUST NOT be set as a status code in a Close control frame by an endpoint.",
		About:        "No Close is sent with 1005, 1006 or 1015.",
		Requirements: []string{"CL-003", "CL-008", "CL-018", "CL-021"},
	},
	{
		ID: CloseUnused, Level: Should, Document: rfc6455, Section: "7.4.2",
		Quote:        "Status codes in the range 0-999 are not used.",
		About:        "A Close with a code below 1000 is a protocol error.",
		Room:         "The text says what is not sent, and not what to do when it is received.",
		Requirements: []string{"CL-009"},
	},
	{
		ID: CloseUnusedSent, Level: Must, Document: rfc6455, Section: "5.5.1",
		Quote:        closeBody,
		About:        "No Close is sent with a code below 1000, not even in answer to one: those are not used (§7.4.2).",
		Requirements: []string{"CL-009", "CL-021"},
	},
	{
		ID: CloseUndefined, Level: May, Document: rfc6455, Section: "7.4.2",
		Quote:        definedCodes,
		About:        "A Close with a code that nobody has defined (1004, 1016 to 2999, 5000 and above) is a protocol error.",
		Room:         "What a receiver does with such a code is not stated, and codes from 5000 on are not spoken of at all.",
		Requirements: []string{"CL-010", "CL-012"},
	},
	{
		ID: CloseUndefinedSent, Level: Should, Document: rfc6455, Section: "7.4.2",
		Quote:        definedCodes,
		About:        "No Close is sent with a code that nobody has defined, unless in answer to one.",
		Room:         "Codes can be registered at any time: a code unknown here may be defined by now.",
		Requirements: []string{"CL-021"},
	},
	{
		ID: CloseRegistered, Level: May, Document: rfc6455, Section: "7.4.2",
		Quote:        definedCodes,
		About:        "A Close with 1012, 1013 or 1014, which IANA registered later, is taken as any other.",
		Room:         "Software older than the registration is right to refuse the code.",
		Requirements: []string{"CL-011"},
	},
	{
		ID: CloseTCP, Level: Must, Document: rfc6455, Section: "5.5.1",
		Quote: "After both sending and receiving a Close message, an endpoint considers the WebSocket connection closed and MUST close " +
			"the underlying TCP connection.",
		About:        "Once both Closes have passed, the server closes TCP.",
		Requirements: []string{"CL-013"},
	},
	{
		ID: CloseTCPPrompt, Level: Should, Document: rfc6455, Section: "7.1.1",
		Quote: "As such, when a server is instructed to _Close the WebSocket Connection_ it SHOULD initiate a TCP Close immediately, " +
			"and when a client is instructed to do the same, it SHOULD wait for a TCP Close from the server.",
		About:        "The server closes TCP at once, and before the client does.",
		Room:         `§5.5.1 says MUST, of a server, and "immediately" with no number of seconds; longer than 3 s is counted as late.`,
		Requirements: []string{"CL-013"},
	},
	{
		ID: CloseClean, Level: May, Document: rfc6455, Section: "7.1.1",
		Quote: "An endpoint SHOULD use a method that cleanly closes the TCP connection, as well as the TLS session, if applicable, " +
			"discarding any trailing bytes that may have been received.",
		About:        "TCP ends with FIN, and not with RST.",
		Room:         "Whether the client sees FIN or RST also hangs on what was under way: the same server shows both from run to run.",
		Requirements: []string{"CL-014"},
	},
	{
		ID: CloseHalf, Level: May, Document: rfc6455, Section: "7.1.4",
		Quote:        "When the underlying TCP connection is closed, it is said that _The WebSocket Connection is Closed_ and that the WebSocket connection is in the CLOSED state.",
		About:        "When the client ends its side of TCP with no Close, the server ends its own.",
		Room:         "The text does not speak of a connection that is closed on one side.",
		Requirements: []string{"CL-018"},
	},
	{
		ID: CloseUnanswered, Level: May, Document: rfc6455, Section: "7.1.1",
		Quote:        "An endpoint MAY close the connection via any means available when necessary, such as when under attack.",
		About:        "A server whose Close is never answered closes TCP after a while.",
		Room:         "No time is stated.",
		Requirements: []string{"CL-022"},
	},
}

const (
	closeBody = "If there is a body, the first two bytes of the body MUST be a 2-byte unsigned integer (in network byte order) representing " +
		"a status code with value /code/ defined in Section 7.4."
	definedCodes = "Status codes in the range 1000-2999 are reserved for definition by this protocol, its future revisions, and extensions " +
		"specified in a permanent and readily available public specification."
)
