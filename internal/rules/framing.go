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
