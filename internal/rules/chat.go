package rules

// The chat protocol of the bundled server.
const (
	// ChatJoin asks that a join is told to the whole room.
	ChatJoin ID = "chat.join"
	// ChatLeave asks that a leave is told to the room.
	ChatLeave ID = "chat.leave"
	// ChatBroadcast asks that what is said is heard by everyone in the room.
	ChatBroadcast ID = "chat.broadcast"
	// ChatOrder asks that everyone hears it in the same order.
	ChatOrder ID = "chat.order"
	// ChatRooms asks that nobody hears another room.
	ChatRooms ID = "chat.rooms"
	// ChatWho asks for the list of those in the room.
	ChatWho ID = "chat.who"
	// ChatErrors asks that a request that cannot be met gets an error.
	ChatErrors ID = "chat.errors"
)
