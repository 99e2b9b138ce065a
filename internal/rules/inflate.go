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
