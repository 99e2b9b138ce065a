package mutant

import "wsprobe/internal/rules"

// What a mutant does wrong in the chat.
var (
	choosesNoProtocol         = breaks(rules.ChatSubprotocol, "chooses-no-protocol", "agrees to no subprotocol")
	chatRefusesUnknownMembers = breaks(rules.ChatUnknownMembers, "chat-refuses-unknown-members", "refuses messages with members that it does not know")
	chatForgetsRef            = breaks(rules.ChatRef, "chat-forgets-ref", "announces without the ref of the asker")
	chatTellsRefToAll         = breaks(rules.ChatRef, "chat-tells-ref-to-all", "tells the ref of one to everyone")
	chatClosesOnBadMessage    = breaks(rules.ChatBadMessage, "chat-closes-on-bad-message", "closes the connection on what is not JSON")
	chatTakesBinary           = breaks(rules.ChatBinary, "chat-takes-binary", "takes binary messages for texts")
	chatHasNoLimit            = breaks(rules.ChatSize, "chat-has-no-limit", "takes messages of any size")

	chatJoinsInSilence          = breaks(rules.ChatJoin, "chat-joins-in-silence", "tells the room nothing of a join")
	chatListsPeopleBeforeJoined = breaks(rules.ChatJoinFirst, "chat-lists-people-before-joined", "tells who is there before it says joined")
	chatMovesToSecondRoom       = breaks(rules.ChatOneRoom, "chat-moves-to-second-room", "takes a second join for a move")
	chatMindsCaseOfNicks        = breaks(rules.ChatNickUnique, "chat-minds-case-of-nicks", "takes Alice and alice for two people")
	chatTakesAnyName            = breaks(rules.ChatNames, "chat-takes-any-name", "takes any nick and any room")
	chatKeepsEmptyRooms         = breaks(rules.ChatRooms, "chat-keeps-empty-rooms", "counts on in a room that was empty")

	chatTellsOthersOnly     = breaks(rules.ChatBroadcast, "chat-tells-others-only", "does not tell the speaker")
	chatTellsEveryRoom      = breaks(rules.ChatBroadcast, "chat-tells-every-room", "tells other rooms too")
	chatTellsSpeakerFirst   = breaks(rules.ChatOrder, "chat-tells-speaker-first", "tells the speaker at once and the others later")
	chatCountsFromZero      = breaks(rules.ChatIDs, "chat-counts-from-zero", "gives the first message the id 0")
	chatLetsWordsOvertake   = breaks(rules.ChatSpeakerOrder, "chat-lets-words-overtake", "tells the second message before the first")
	chatTakesLongText       = breaks(rules.ChatTextLimits, "chat-takes-long-text", "takes a text of any length")
	chatEscapesText         = breaks(rules.ChatText, "chat-escapes-text", "escapes texts for HTML")
	chatIgnoresTheNotJoined = breaks(rules.ChatNotJoined, "chat-ignores-the-not-joined", "says nothing to who speaks outside a room")

	chatLeavesInSilence     = breaks(rules.ChatLeave, "chat-leaves-in-silence", "tells nobody who leaves")
	chatKeepsTheGone        = breaks(rules.ChatGone, "chat-keeps-the-gone", "does not notice who is gone")
	chatKeepsPlaceOfTheLeft = breaks(rules.ChatNickFree, "chat-keeps-place-of-the-left", "keeps telling who left, and keeps the nick")
	chatLeavesAskerOut      = breaks(rules.ChatWho, "chat-leaves-asker-out", "leaves the asker out of those who are there")
	chatTellsErrorsToAll    = breaks(rules.ChatErrors, "chat-tells-errors-to-all", "tells errors to the whole room")
)
