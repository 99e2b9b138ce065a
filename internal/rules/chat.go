package rules

// The chat protocol of the bundled server, chatserver/PROTOCOL.md.
const (
	// ChatSubprotocol asks that the subprotocol chat is agreed to where it is offered.
	ChatSubprotocol ID = "chat.subprotocol"
	// ChatUnknownMembers asks that unknown members are ignored.
	ChatUnknownMembers ID = "chat.unknown-members"
	// ChatRef asks that an answer carries the ref of what it answers.
	ChatRef ID = "chat.ref"
	// ChatBadMessage asks that what is no message of the protocol gets an error.
	ChatBadMessage ID = "chat.bad-message"
	// ChatBinary asks that a binary message ends the connection.
	ChatBinary ID = "chat.binary"
	// ChatSize asks that too large a message ends the connection.
	ChatSize ID = "chat.size"
	// ChatJoin asks that a join is told to the whole room.
	ChatJoin ID = "chat.join"
	// ChatJoinFirst asks that one's own join comes first.
	ChatJoinFirst ID = "chat.join-first"
	// ChatOneRoom asks that nobody is in two rooms.
	ChatOneRoom ID = "chat.one-room"
	// ChatNickUnique asks that nobody has the nick of another.
	ChatNickUnique ID = "chat.nick-unique"
	// ChatNames asks that nicks and rooms have lawful names.
	ChatNames ID = "chat.names"
	// ChatRooms asks that a room comes and goes with its people.
	ChatRooms ID = "chat.rooms"
	// ChatBroadcast asks that what is said is heard by everyone in the room.
	ChatBroadcast ID = "chat.broadcast"
	// ChatOrder asks that everyone hears it in the same order.
	ChatOrder ID = "chat.order"
	// ChatIDs asks that messages are counted.
	ChatIDs ID = "chat.ids"
	// ChatSpeakerOrder asks that nobody's words overtake each other.
	ChatSpeakerOrder ID = "chat.speaker-order"
	// ChatTextLimits asks that texts are neither empty nor too long.
	ChatTextLimits ID = "chat.text-limits"
	// ChatText asks that a text is not changed.
	ChatText ID = "chat.text"
	// ChatNotJoined asks that nobody speaks outside a room.
	ChatNotJoined ID = "chat.not-joined"
	// ChatLeave asks that a leave is told to the room.
	ChatLeave ID = "chat.leave"
	// ChatGone asks that the end of a connection is told to the room.
	ChatGone ID = "chat.gone"
	// ChatNickFree asks that the nick of one who left is free.
	ChatNickFree ID = "chat.nick-free"
	// ChatWho asks for the list of those in the room.
	ChatWho ID = "chat.who"
	// ChatErrors asks that an error is told to the one who caused it only.
	ChatErrors ID = "chat.errors"
)

var chatRules = []Rule{
	{
		ID: ChatSubprotocol, Level: Must, Document: chatProtocol, Section: "1.2",
		Quote: "When a client offers it, the server MUST select it; when a client offers none, or only others, the server MUST NOT select one " +
			"and MUST serve the connection all the same.",
		About: "The subprotocol chat is selected if and only if it is offered.",
	},
	{
		ID: ChatUnknownMembers, Level: Must, Document: chatProtocol, Section: "2.2",
		Quote: "A receiver MUST ignore members that it does not know.",
		About: "A message with members of later versions is taken for what the rest of it says.",
	},
	{
		ID: ChatRef, Level: Must, Document: chatProtocol, Section: "2.3",
		Quote: "Every answer to that message that the server sends to that client MUST carry the same `ref`; what other clients are sent MUST NOT.",
		About: "The asker finds its ref in the answer, and nobody else does.",
	},
	{
		ID: ChatBadMessage, Level: Must, Document: chatProtocol, Section: "2.4",
		Quote: "The server MUST answer what is not a JSON object with the error `bad-json`, a `type` that it does not know with `unknown-type`, " +
			"and a message that lacks a member, or has one of the wrong type, with `bad-message`.",
		About: "What is no message of the protocol gets the error that says so, and the connection stays open.",
	},
	{
		ID: ChatBinary, Level: Must, Document: chatProtocol, Section: "2.5",
		Quote: "The server MUST close a connection that sends a binary message with 1003.",
		About: "A binary message ends the connection with 1003.",
	},
	{
		ID: ChatSize, Level: Must, Document: chatProtocol, Section: "2.6",
		Quote: "The server MUST close a connection that sends a message over the size limit of section 8 with 1009.",
		About: "Too large a message ends the connection with 1009.",
	},
	{
		ID: ChatJoin, Level: Must, Document: chatProtocol, Section: "3.1",
		Quote: "The server MUST send `joined` to everyone in the room, the one who joined included.",
		About: "Everyone in the room learns who joined.",
	},
	{
		ID: ChatJoinFirst, Level: Must, Document: chatProtocol, Section: "3.2",
		Quote: "The one who joined MUST NOT be sent anything else of that room before its own `joined`.",
		About: "The first thing heard of a room is one's own join.",
	},
	{
		ID: ChatOneRoom, Level: Must, Document: chatProtocol, Section: "3.3",
		Quote: "A `join` while it is in one MUST be answered with `already-joined`.",
		About: "A second join is refused, and the first stands.",
	},
	{
		ID: ChatNickUnique, Level: Must, Document: chatProtocol, Section: "3.4",
		Quote: "Two people in one room MUST NOT have the same nick; the second gets `nick-taken`.",
		About: "A nick that is taken, in whatever case, is refused.",
	},
	{
		ID: ChatNames, Level: Must, Document: chatProtocol, Section: "3.5",
		Quote: "Anything else MUST be answered with `bad-nick` or `bad-room`.",
		About: "A name that is empty, too long or not printable is refused.",
	},
	{
		ID: ChatRooms, Level: Must, Document: chatProtocol, Section: "3.6",
		Quote: "A room MUST come to be when the first person joins it, and cease when the last one leaves.",
		About: "A room that was empty begins anew, its count of messages with it.",
	},
	{
		ID: ChatBroadcast, Level: Must, Document: chatProtocol, Section: "4.1",
		Quote: "The server MUST send `said` to everyone in the room, the speaker included.",
		About: "What one says, everyone in the room hears, and nobody outside it.",
	},
	{
		ID: ChatOrder, Level: Must, Document: chatProtocol, Section: "4.2",
		Quote: "Everyone in a room MUST be sent its `joined`, `said` and `left` messages in the same order.",
		About: "Everyone hears everything in the same order.",
	},
	{
		ID: ChatIDs, Level: Must, Document: chatProtocol, Section: "4.2",
		Quote: "`id` MUST count the `said` messages of a room up by one from 1.",
		About: "Messages are numbered from 1 without a gap.",
	},
	{
		ID: ChatSpeakerOrder, Level: Must, Document: chatProtocol, Section: "4.3",
		Quote: "What one connection says MUST be sent on in the order in which it said it.",
		About: "Nobody's words overtake each other.",
	},
	{
		ID: ChatTextLimits, Level: Must, Document: chatProtocol, Section: "4.4",
		Quote: "No text at all MUST be answered with `bad-text`, a longer one with `too-long`.",
		About: "An empty text and one that is too long are refused, each with its own error.",
	},
	{
		ID: ChatText, Level: Must, Document: chatProtocol, Section: "4.5",
		Quote: "The server MUST NOT change `text`.",
		About: "A text is heard as it was said, to the last character.",
	},
	{
		ID: ChatNotJoined, Level: Must, Document: chatProtocol, Section: "4.6",
		Quote: "A `say` from a connection that is in no room MUST be answered with `not-joined`.",
		About: "Who is in no room cannot speak, leave or ask who is there.",
	},
	{
		ID: ChatLeave, Level: Must, Document: chatProtocol, Section: "5.1",
		Quote: "The server MUST send `left` to everyone in the room, the one who leaves included.",
		About: "Everyone in the room learns who left.",
	},
	{
		ID: ChatGone, Level: Must, Document: chatProtocol, Section: "5.2",
		Quote: "When a connection ends, however it ends, the server MUST send `left` to those who stay in its room.",
		About: "A lost connection has left the room.",
	},
	{
		ID: ChatNickFree, Level: Must, Document: chatProtocol, Section: "5.3",
		Quote: "Once `left` was sent, the nick MUST be free, and the one who left MUST NOT be sent anything more of that room.",
		About: "Who left hears no more, and another may take the nick.",
	},
	{
		ID: ChatWho, Level: Must, Document: chatProtocol, Section: "6.1",
		Quote: "The server MUST answer `who` with `people`: the nicks of everyone in the room, the asker included, sorted.",
		About: "Who asks is told who is there.",
	},
	{
		ID: ChatErrors, Level: Must, Document: chatProtocol, Section: "7.1",
		Quote: "An error MUST be sent to the client that caused it and to nobody else, and MUST NOT change who is in which room.",
		About: "An error is told to the one who caused it, and changes nothing.",
	},
}
