package rules

// Frames, RFC 6455 §5.1 to §5.3, and what becomes of their payload. A name
// that ends in "sent" judges what an endpoint sends, of either side; its
// sibling judges how a server takes what it receives.
const (
	// MaskServer forbids a server to mask.
	MaskServer ID = "mask.server"
	// MaskRequired asks a server to close on a frame that is not masked.
	MaskRequired ID = "mask.required"
	// MaskRemoved asks a server to unmask with the key of the frame.
	MaskRemoved ID = "mask.removed"
	// MaskClient asks a client to mask.
	MaskClient ID = "mask.client"
	// MaskFresh asks a client for a new key for each frame.
	MaskFresh ID = "mask.fresh"
	// RsvUnnegotiated asks that a reserved bit that nobody agreed on fails the connection.
	RsvUnnegotiated ID = "rsv.unnegotiated"
	// RsvSent forbids to send such a bit.
	RsvSent ID = "rsv.sent"
	// OpcodeReserved asks that a reserved opcode fails the connection.
	OpcodeReserved ID = "opcode.reserved"
	// OpcodeSent forbids to send a reserved opcode.
	OpcodeSent ID = "opcode.sent"
	// LengthRead asks that lengths of 7, 16 and 64 bits are read right.
	LengthRead ID = "length.read"
	// LengthMinimal asks that a length is sent in its shortest form.
	LengthMinimal ID = "length.minimal"
	// LengthOverlong hopes that a longer form fails the connection.
	LengthOverlong ID = "length.overlong"
	// LengthTopBit asks that a length of 2^63 or more fails the connection.
	LengthTopBit ID = "length.top-bit"
	// LengthTopBitSent forbids to send such a length.
	LengthTopBitSent ID = "length.top-bit-sent"
	// FrameEcho asks that an echo is what was sent, of the same type.
	FrameEcho ID = "frame.echo"
	// FrameStream asks that frames are read alike however TCP cuts them.
	FrameStream ID = "frame.stream"
	// LimitFrame asks that a huge frame does no harm.
	LimitFrame ID = "limit.frame"
	// LimitMessage asks that a message beyond the server's limit is refused.
	LimitMessage ID = "limit.message"
	// LimitInflated asks that the limit holds for what comes out of deflate.
	LimitInflated ID = "limit.inflated"
	// ServerSurvives asks that a server lives on, whatever it was sent.
	ServerSurvives ID = "server.survives"
)

var framingRules = []Rule{
	{
		ID: MaskServer, Level: Must, Document: rfc6455, Section: "5.1",
		Quote:        "A server MUST NOT mask any frames that it sends to the client.",
		About:        "No frame of a server is masked.",
		Requirements: []string{"FR-003"},
	},
	{
		ID: MaskRequired, Level: Must, Document: rfc6455, Section: "5.1",
		Quote:        "The server MUST close the connection upon receiving a frame that is not masked.",
		About:        "A frame of any kind that is not masked ends the connection.",
		Requirements: []string{"FR-001", "FR-002", "CL-020"},
	},
	{
		ID: MaskRemoved, Level: Must, Document: rfc6455, Section: "6.2",
		Quote:        "A server MUST remove masking for data frames received from a client as described in Section 5.3.",
		About:        "A payload is unmasked with the key of its own frame, whatever the key.",
		Requirements: []string{"FR-013", "FR-014"},
	},
	{
		ID: MaskClient, Level: Must, Document: rfc6455, Section: "5.1", Client: true,
		Quote: "To avoid confusing network intermediaries (such as intercepting proxies) and for security reasons that are further discussed in " +
			"Section 10.3, a client MUST mask all frames that it sends to the server (see Section 5.3 for further details).",
		About:        "Every frame of a client is masked.",
		Requirements: []string{"CC-020"},
	},
	{
		ID: MaskFresh, Level: Must, Document: rfc6455, Section: "5.3", Client: true,
		Quote:        "When preparing a masked frame, the client MUST pick a fresh masking key from the set of allowed 32-bit values.",
		About:        "A client does not use one masking key again and again.",
		Requirements: []string{"CC-020"},
	},
	{
		ID: RsvUnnegotiated, Level: Must, Document: rfc6455, Section: "5.2",
		Quote: "If a nonzero value is received and none of the negotiated extensions defines the meaning of such a nonzero value, " +
			"the receiving endpoint MUST _Fail the WebSocket Connection_.",
		About:        "A reserved bit that no agreed extension uses fails the connection, on data and control frames alike.",
		Requirements: []string{"FR-004", "FR-005", "CL-020", "PM-023"},
	},
	{
		ID: RsvSent, Level: Must, Document: rfc6455, Section: "5.2",
		Quote:        "MUST be 0 unless an extension is negotiated that defines meanings for non-zero values.",
		About:        "No frame is sent with a reserved bit that no agreed extension uses.",
		Requirements: []string{"PM-002"},
	},
	{
		ID: OpcodeReserved, Level: Must, Document: rfc6455, Section: "5.2",
		Quote:        "If an unknown opcode is received, the receiving endpoint MUST _Fail the WebSocket Connection_.",
		About:        "The opcodes 3 to 7 and 11 to 15 fail the connection.",
		Requirements: []string{"FR-006", "FR-007"},
	},
	{
		ID: OpcodeSent, Level: Must, Document: rfc6455, Section: "5.1",
		Quote:        "Certain bits and opcodes are reserved for future expansion of the protocol.",
		About:        "No frame is sent with a reserved opcode.",
		Requirements: []string{"FR-006", "FR-007"},
	},
	{
		ID: LengthRead, Level: Must, Document: rfc6455, Section: "5.2",
		Quote:        "If 126, the following 2 bytes interpreted as a 16-bit unsigned integer are the payload length.",
		About:        "Lengths of 7, 16 and 64 bits are read right, at both ends of each range.",
		Requirements: []string{"FR-008"},
	},
	{
		ID: LengthMinimal, Level: Must, Document: rfc6455, Section: "5.2",
		Quote: "Note that in all cases, the minimal number of bytes MUST be used to encode the length, for example, the length of " +
			"a 124-byte-long string can't be encoded as the sequence 126, 0, 124.",
		About:        "A length is sent in its shortest form.",
		Requirements: []string{"FR-009"},
	},
	{
		ID: LengthOverlong, Level: May, Document: rfc6455, Section: "5.2",
		Quote: "Note that in all cases, the minimal number of bytes MUST be used to encode the length, for example, the length of " +
			"a 124-byte-long string can't be encoded as the sequence 126, 0, 124.",
		About:        "A length that comes in a longer form than needed fails the connection.",
		Room:         "The sentence binds the sender. What a receiver does about a longer form is not stated.",
		Requirements: []string{"FR-010"},
	},
	{
		ID: LengthTopBit, Level: Must, Document: rfc6455, Section: "5.2",
		Quote: "If 127, the following 8 bytes interpreted as a 64-bit unsigned integer (the most significant bit MUST be 0) " +
			"are the payload length.",
		About:        "A 64-bit length with its top bit set fails the connection; its payload is not waited for.",
		Requirements: []string{"FR-011"},
	},
	{
		ID: LengthTopBitSent, Level: Must, Document: rfc6455, Section: "5.2",
		Quote: "If 127, the following 8 bytes interpreted as a 64-bit unsigned integer (the most significant bit MUST be 0) " +
			"are the payload length.",
		About:        "No 64-bit length is sent with its top bit set.",
		Requirements: []string{"FR-011"},
	},
	{
		ID: FrameEcho, Level: Must, Document: rfc6455, Section: "6.1",
		Quote: "The opcode (frame-opcode) of the first frame containing the data MUST be set to the appropriate value from Section 5.2 " +
			"for data that is to be interpreted by the recipient as text or binary data.",
		About:        "An echo is what was sent: the same type and the same bytes.",
		Requirements: []string{"FR-008", "FR-034"},
	},
	{
		ID: FrameStream, Level: Must, Document: rfc6455, Section: "6.2",
		Quote:        "Incoming data MUST be parsed as WebSocket frames as defined in Section 5.2.",
		About:        "Frames are read alike however TCP cuts or joins them, from the first byte behind the handshake.",
		Requirements: []string{"FR-015"},
	},
	{
		ID: LimitFrame, Level: Must, Document: rfc6455, Section: "10.4",
		Quote:        limitSentence,
		About:        "A frame that claims a huge length is refused or waited for, and does no harm.",
		Requirements: []string{"FR-012"},
	},
	{
		ID: LimitMessage, Level: Must, Document: rfc6455, Section: "10.4",
		Quote:        limitSentence,
		About:        "A message beyond the server's limit, in one frame or in many, ends the connection.",
		Requirements: []string{"FR-037"},
	},
	{
		ID: LimitInflated, Level: Must, Document: rfc6455, Section: "10.4",
		Quote:        limitSentence,
		About:        "The limit holds for what comes out of deflate: a small frame that inflates to a huge message does no harm.",
		Requirements: []string{"PM-035"},
	},
	{
		ID: ServerSurvives, Level: Must, Document: rfc6455, Section: "10.7",
		Quote:        "Incoming data MUST always be validated by both clients and servers.",
		About:        "Whatever it was sent, the server lives on and takes the next connection.",
		Requirements: []string{"HS-059", "FR-012", "X6-015"},
	},
}

const limitSentence = "Implementations that have implementation- and/or platform-specific limitations regarding the frame size or total message size " +
	"after reassembly from multiple frames MUST protect themselves against exceeding those limits."
