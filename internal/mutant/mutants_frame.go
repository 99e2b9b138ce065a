package mutant

import (
	"wsprobe/internal/rules"
	"wsprobe/internal/wire"
)

// Frames that a mutant takes though they fail the connection.
var (
	takesUnmaskedFrames      = breaks(rules.MaskRequired, "takes-unmasked-frames", "takes frames that are not masked")
	takesReservedBits        = breaks(rules.RsvUnnegotiated, "takes-reserved-bits", "does not look at RSV1 to RSV3")
	takesReservedOpcodes     = breaks(rules.OpcodeReserved, "takes-reserved-opcodes", "skips frames with a reserved opcode")
	takesTopBitLength        = breaks(rules.LengthTopBit, "takes-top-bit-length", "waits for a payload of 2^63 bytes")
	takesOverlongLength      = breaks(rules.LengthOverlong, "takes-overlong-length", "takes a length in a longer form than needed")
	takesOrphans             = breaks(rules.FragmentOrphan, "takes-orphans", "takes a continuation of nothing for a text")
	takesInterleavedMessages = breaks(rules.FragmentInterleaved, "takes-interleaved-messages", "drops a message when another begins inside it")
	takesFragmentedControl   = breaks(rules.ControlNotFragmented, "takes-fragmented-control", "does not look at FIN of a control frame")
	takesLargeControl        = breaks(rules.ControlSize, "takes-large-control", "answers a ping of 126 bytes")
	dropsBeyondItsLimit      = breaks(rules.LimitMessage, "drops-beyond-its-limit", "drops a message of more than 1000 bytes, and says nothing")
	waitsForHugeFrame        = breaks(rules.LimitFrame, "waits-for-huge-frame", "serves nobody else while it waits for a huge frame")
	readsOneHeadAtATime      = breaks(rules.ServerSurvives, "reads-one-head-at-a-time", "takes no other connection while a head is not complete")
	diesOfGarbage            = breaks(rules.ServerSurvives, "dies-of-garbage", "goes down over bytes that are no HTTP")
)

// Frames that a mutant does not take though they are right, or takes wrongly.
var (
	unmasksWithFirstKey       = breaks(rules.MaskRemoved, "unmasks-with-first-key", "unmasks every frame with the key of the first")
	unmasksBackwards          = breaks(rules.MaskRemoved, "unmasks-backwards", "reads the masking key with its bytes reversed")
	refuses64BitLength        = breaks(rules.LengthRead, "refuses-64-bit-length", "knows no lengths of 64 bits")
	readsLengthAsSigned       = breaks(rules.LengthRead, "reads-length-as-signed", "takes lengths from 32768 on for negative ones")
	wantsFrameInOneRead       = breaks(rules.FrameStream, "wants-frame-in-one-read", "loses a frame that comes in pieces")
	losesSecondFrameOfSegment = breaks(rules.FrameStream, "loses-second-frame", "loses what comes in one segment behind a frame")
	echoesAsBinary            = breaks(rules.FrameEcho, "echoes-as-binary", "echoes texts as binary messages")
	echoesAsText              = breaks(rules.FrameEcho, "echoes-as-text", "echoes binary messages as texts")
	ignoresEmptyMessages      = breaks(rules.LengthRead, "ignores-empty-messages", "does not echo an empty message")

	keepsLastFragmentOnly          = breaks(rules.FragmentAssembled, "keeps-last-fragment-only", "takes the last fragment for the message")
	prependsFragments              = breaks(rules.FragmentAssembled, "prepends-fragments", "joins fragments in the wrong order")
	deliversEachFragment           = breaks(rules.FragmentAssembled, "delivers-each-fragment", "echoes every fragment as a message")
	refusesEmptyFragments          = breaks(rules.FragmentAnySize, "refuses-empty-fragments", "fails the connection on an empty fragment")
	refusesControlBetweenFragments = breaks(rules.FragmentControlBetween, "refuses-control-between-fragments",
		"fails the connection on a ping between fragments")
	losesMessageAtControl = breaks(rules.FragmentControlBetween, "loses-message-at-control", "forgets the fragments before a ping")
	joinsMessages         = breaks(rules.FragmentSeparate, "joins-messages", "puts each message behind the ones before it")

	ignoresPings           = breaks(rules.PingAnswered, "ignores-pings", "answers no ping")
	pongsWithoutData       = breaks(rules.PingData, "pongs-without-data", "answers pings with an empty pong")
	answersLastPingOnly    = breaks(rules.PingEach, "answers-last-ping-only", "answers the last of several pings")
	pongsLate              = breaks(rules.PingPrompt, "pongs-late", "answers a ping after five seconds")
	answersPongs           = breaks(rules.PongUnsolicited, "answers-pongs", "answers a pong with a pong")
	refusesUnsolicitedPong = breaks(rules.PongUnsolicited, "refuses-unsolicited-pong", "fails the connection on a pong it did not ask for")

	takesBadText         = breaks(rules.UTF8TextValid, "takes-bad-text", "does not check texts")
	takesCutText         = breaks(rules.UTF8Complete, "takes-cut-text", "takes a text that ends inside a code point")
	checksTextAtItsEnd   = breaks(rules.UTF8FailFast, "checks-text-at-its-end", "checks a text when it is whole")
	checksFragmentsAlone = breaks(rules.UTF8Split, "checks-fragments-alone", "wants each fragment to be UTF-8")
	refusesNonCharacters = breaks(rules.UTF8Accepted, "refuses-non-characters", "takes U+FFFF for an error")
	checksBinaryAsText   = breaks(rules.UTF8Binary, "checks-binary-as-text", "wants binary messages to be UTF-8")
	sendsBadText         = breaks(rules.UTF8Sent, "sends-bad-text", "sends texts that are not UTF-8")

	refusesHybiFrames = breaks(rules.HybiFraming, "refuses-hybi-frames", "opens versions 7 and 8 and takes no frames there")
)

// Frames that no server may send.
var _ = garble(
	sending(rules.MaskServer, "masks-its-frames", "masks what it sends", func(_ *session, f frame) []frame {
		f.Masked = true
		return []frame{f}
	}),
	sending(rules.RsvSent, "sends-rsv2", "sets RSV2 on what it sends", onData(withHeader(func(h *wire.Header) { h.Rsv |= wire.RSV2 }))),
	sending(rules.OpcodeSent, "sends-reserved-opcode", "sends a frame of opcode 3 behind each message", onData(behind(newFrame(3, nil)))),
	sending(rules.LengthMinimal, "sends-16-bit-lengths", "writes small lengths with 16 bits", onData(inBits(16))),
	sending(rules.LengthMinimal, "sends-64-bit-lengths", "writes every length with 64 bits", onData(inBits(64))),
	sending(rules.LengthTopBitSent, "sends-top-bit-length", "sets the top bit of a length", onData(withTopBit)),
	sending(rules.FragmentOrphanSent, "sends-orphans", "sends each message as a continuation",
		onData(withHeader(func(h *wire.Header) { h.Opcode = wire.OpContinuation }))),
	sending(rules.FragmentInterleavedSent, "interleaves-messages", "begins each message twice", onData(begunTwice)),
	sending(rules.ControlFragmentedSent, "fragments-pongs", "sends pongs in two fragments", on(wire.OpPong, split)),
	sending(rules.ControlSizeSent, "sends-large-pongs", "sends pongs of 126 bytes and more",
		on(wire.OpPong, func(f frame) []frame { return []frame{f.resized(append(f.payload, make([]byte, 126)...))} })),
)

// sending is a mutant that garbles the frames that it sends.
func sending(rule rules.ID, name, about string, garble func(*session, frame) []frame) Mutant {
	return Mutant{Name: name, Rule: rule, About: about, frame: garble}
}

// inBits writes lengths in a form of that many bits, where it is not too short.
func inBits(bits uint8) func(frame) []frame {
	return withHeader(func(h *wire.Header) { h.Bits = max(bits, wire.BitsFor(h.Length)) })
}

func withTopBit(f frame) []frame {
	f.Bits, f.Length = 64, f.Length|1<<63
	return []frame{f}
}

// begunTwice sends the first half of a message, and then the message.
func begunTwice(f frame) []frame { return []frame{split(f)[0], f} }
