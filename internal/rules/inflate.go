package rules

// Messages under permessage-deflate, RFC 7692 §6 and §7.2.
const (
	// DeflateAgreedParameters asks that messages go as was agreed.
	DeflateAgreedParameters ID = "deflate.agreed-parameters"
	// DeflateUncompressed asks that a message may also come uncompressed.
	DeflateUncompressed ID = "deflate.uncompressed"
	// DeflateFragments asks that the fragments of a compressed message are joined first.
	DeflateFragments ID = "deflate.fragments"
	// DeflateContinuation asks that RSV1 on a continuation fails the connection.
	DeflateContinuation ID = "deflate.continuation"
	// DeflateControl asks that RSV1 on a control frame fails the connection.
	DeflateControl ID = "deflate.control"
	// DeflateRSV1Sent forbids to send RSV1 on either.
	DeflateRSV1Sent ID = "deflate.rsv1-sent"
	// DeflateBadData asks that what is not DEFLATE fails the connection.
	DeflateBadData ID = "deflate.bad-data"
	// DeflateUTF8 asks that inflated text is checked.
	DeflateUTF8 ID = "deflate.utf8"
	// DeflateFinal asks that a block with BFINAL set is taken.
	DeflateFinal ID = "deflate.final"
	// DeflateStored asks that a stored block is taken.
	DeflateStored ID = "deflate.stored"
	// DeflateBlocks asks that several blocks are taken.
	DeflateBlocks ID = "deflate.blocks"
	// DeflateEmpty asks that an empty message is taken as the byte 0x00.
	DeflateEmpty ID = "deflate.empty"
	// DeflateZeroLength hopes that a compressed message of no bytes is answered.
	DeflateZeroLength ID = "deflate.zero-length"
	// DeflateTakeover asks that a server keeps the window between messages.
	DeflateTakeover ID = "deflate.takeover"
	// DeflateFullWindow asks that a server inflates with 32 KiB unless agreed otherwise.
	DeflateFullWindow ID = "deflate.full-window"
	// DeflateServerTakeover asks that a server keeps to server_no_context_takeover.
	DeflateServerTakeover ID = "deflate.server-takeover"
	// DeflateServerWindow asks that a server keeps to server_max_window_bits.
	DeflateServerWindow ID = "deflate.server-window"
	// DeflateClientTakeover asks that a client keeps to client_no_context_takeover.
	DeflateClientTakeover ID = "deflate.client-takeover"
	// DeflateClientWindow asks that a client keeps to client_max_window_bits.
	DeflateClientWindow ID = "deflate.client-window"
	// DeflateDataSent asks that what is sent with RSV1 inflates.
	DeflateDataSent ID = "deflate.data-sent"
	// DeflateTail asks that 00 00 ff ff is taken off the end.
	DeflateTail ID = "deflate.tail"
)

var inflateRules = []Rule{
	{
		ID: DeflateAgreedParameters, Level: Must, Document: rfc7692, Section: "5",
		Quote: `If a server responds with a valid PMCE element in the "Sec-WebSocket-Extensions" header and _the WebSocket Connection is established_, ` +
			`both endpoints MUST use the algorithm described in Section 6 and the message payload transformation (compressing and decompressing) ` +
			`procedure of the PMCE configured with the "agreed parameters" returned by the server to exchange messages.`,
		About:        "Whatever was agreed, a compressed message survives the round trip.",
		Requirements: []string{"PM-011", "PM-018"},
	},
	{
		ID: DeflateUncompressed, Level: Must, Document: rfc7692, Section: "6.2",
		Quote:        "An endpoint MUST use the following algorithm to receive a message in the form of an uncompressed message.",
		About:        "With compression agreed, a message with RSV1 clear is taken as it is.",
		Requirements: []string{"PM-019"},
	},
	{
		ID: DeflateFragments, Level: Must, Document: rfc7692, Section: "6",
		Quote: "An endpoint receiving a compressed message decompresses the concatenation of the compressed data of the frames of the message " +
			"by following the decompression procedure specified by the PMCE in use.",
		About:        "A compressed message in several fragments, RSV1 on the first, is joined and then inflated.",
		Requirements: []string{"PM-020"},
	},
	{
		ID: DeflateContinuation, Level: Must, Document: rfc7692, Section: "6.1",
		Quote:        compressedBit,
		About:        "RSV1 on a continuation fails the connection.",
		Requirements: []string{"PM-021"},
	},
	{
		ID: DeflateControl, Level: Must, Document: rfc7692, Section: "6.1",
		Quote:        compressedBit,
		About:        "RSV1 on a control frame fails the connection.",
		Requirements: []string{"PM-022"},
	},
	{
		ID: DeflateRSV1Sent, Level: Must, Document: rfc7692, Section: "6.1",
		Quote:        `An endpoint MUST NOT set the "Per-Message Compressed" bit of control frames and non-first fragments of a data message.`,
		About:        "RSV1 is sent on the first frame of a data message only.",
		Requirements: []string{"PM-036", "PM-040"},
	},
	{
		ID: DeflateBadData, Level: Must, Document: rfc7692, Section: "6.2",
		Quote:        "An endpoint MUST use the following algorithm to receive a message in the form of a compressed message.",
		About:        "A compressed message that is not DEFLATE fails the connection: there is nothing to deliver.",
		Requirements: []string{"PM-024"},
	},
	{
		ID: DeflateUTF8, Level: Must, Document: rfc7692, Section: "6.1",
		Quote:        "At the receiver, the payload data portion after decompression is subject to the constraints for the original data type again.",
		About:        "A compressed text that inflates to what is not UTF-8 fails the connection.",
		Requirements: []string{"PM-025"},
	},
	{
		ID: DeflateFinal, Level: Must, Document: rfc7692, Section: "7.2.1",
		Quote:        `An endpoint MAY use both DEFLATE blocks with the "BFINAL" bit set to 0 and DEFLATE blocks with the "BFINAL" bit set to 1.`,
		About:        "A message that ends with a block that has BFINAL set is inflated.",
		Requirements: []string{"PM-026"},
	},
	{
		ID: DeflateStored, Level: Must, Document: rfc7692, Section: "7.2.1",
		Quote:        "An endpoint MAY use DEFLATE blocks of any type.",
		About:        "A stored block is inflated like any other.",
		Requirements: []string{"PM-027"},
	},
	{
		ID: DeflateBlocks, Level: Must, Document: rfc7692, Section: "7.2.1",
		Quote:        "An endpoint MAY use multiple DEFLATE blocks to compress one message.",
		About:        "A message of several blocks is inflated to its end.",
		Requirements: []string{"PM-028"},
	},
	{
		ID: DeflateEmpty, Level: Must, Document: rfc7692, Section: "7.2.3.6",
		Quote: "If the compression library being used doesn't generate any data when its buffer is empty, an empty uncompressed DEFLATE block " +
			"can be built and used for this purpose as follows: 0x00",
		About:        "The byte 0x00 is the empty message, compressed.",
		Requirements: []string{"PM-029"},
	},
	{
		ID: DeflateZeroLength, Level: May, Document: rfc7692, Section: "7.2.2",
		Quote:        "Append 4 octets of 0x00 0x00 0xff 0xff to the tail end of the payload of the message.",
		About:        "A compressed message of no bytes at all is taken for empty, or fails the connection.",
		Room:         "No sender following §7.2.1 makes one; with the four octets appended it inflates to nothing by the letter.",
		Requirements: []string{"PM-030"},
	},
	{
		ID: DeflateTakeover, Level: Must, Document: rfc7692, Section: "7.2.2",
		Quote: `If the "agreed parameters" contain the "client_no_context_takeover" extension parameter, the server MAY decompress each new message ` +
			`with an empty LZ77 sliding window. Otherwise, the server MUST decompress each new message using the LZ77 sliding window used to process ` +
			`the last compressed message.`,
		About:        "A message may refer to those before it, unless client_no_context_takeover was agreed.",
		Requirements: []string{"PM-031"},
	},
	{
		ID: DeflateFullWindow, Level: Must, Document: rfc7692, Section: "7.2.2",
		Quote:        "Otherwise, the server MUST use a 32,768-byte LZ77 sliding window to decompress received messages.",
		About:        "A distance of 32,768 bytes is inflated, unless client_max_window_bits was agreed.",
		Requirements: []string{"PM-034"},
	},
	{
		ID: DeflateServerTakeover, Level: Must, Document: rfc7692, Section: "7.2.1",
		Quote: `If the "agreed parameters" contain the "server_no_context_takeover" extension parameter, the server MUST start compressing ` +
			`each new message with an empty LZ77 sliding window.`,
		About:        "A server that agreed to server_no_context_takeover sends messages that inflate each on its own.",
		Requirements: []string{"PM-032"},
	},
	{
		ID: DeflateServerWindow, Level: Must, Document: rfc7692, Section: "7.2.1",
		Quote: `If the "agreed parameters" contain the "server_max_window_bits" extension parameter with a value of w, the server MUST NOT use ` +
			`an LZ77 sliding window longer than the w-th power of 2 bytes to compress messages to send.`,
		About:        "A server that agreed to server_max_window_bits sends no distance beyond that window.",
		Requirements: []string{"PM-033"},
	},
	{
		ID: DeflateClientTakeover, Level: Must, Document: rfc7692, Section: "7.2.1", Client: true,
		Quote: `If the "agreed parameters" contain the "client_no_context_takeover" extension parameter, the client MUST start compressing ` +
			`each new message with an empty LZ77 sliding window.`,
		About:        "A client bound by client_no_context_takeover sends messages that inflate each on its own.",
		Requirements: []string{"CC-039"},
	},
	{
		ID: DeflateClientWindow, Level: Must, Document: rfc7692, Section: "7.2.1", Client: true,
		Quote: `If the "agreed parameters" contain the "client_max_window_bits" extension parameter with a value of w, the client MUST NOT use ` +
			`an LZ77 sliding window longer than the w-th power of 2 bytes to compress messages to send.`,
		About:        "A client bound by client_max_window_bits sends no distance beyond that window.",
		Requirements: []string{"CC-038"},
	},
	{
		ID: DeflateDataSent, Level: Must, Document: rfc7692, Section: "6.1",
		Quote:        "An endpoint MUST use the following algorithm to send a message in the form of a compressed message.",
		About:        "What is sent with RSV1 is DEFLATE, and inflates to its end.",
		Requirements: []string{"PM-018", "PM-038"},
	},
	{
		ID: DeflateTail, Level: Must, Document: rfc7692, Section: "7.2.1",
		Quote:        "Remove 4 octets (that are 0x00 0x00 0xff 0xff) from the tail end.",
		About:        "A compressed message is sent without the four octets that end every one.",
		Requirements: []string{"PM-018", "PM-037"},
	},
}

const compressedBit = `An endpoint MUST NOT set the "Per-Message Compressed" bit of control frames and non-first fragments of a data message. ` +
	`An endpoint receiving such a frame MUST _Fail the WebSocket Connection_.`
