package mutant

import (
	"strings"

	"wsprobe/internal/rules"
	"wsprobe/internal/wire"
)

// Decisions about the opening handshake of the hixie dialects.
var (
	takesBadKeys76          = breaks(rules.Hixie76KeySpaces, "takes-bad-keys-76", "opens a connection whatever the spaces of the keys")
	fallsBackToHixie75      = breaks(rules.Hixie76KeySpaces, "falls-back-to-hixie-75", "takes a broken hixie-76 handshake for hixie-75")
	wantsKey3WithHead       = breaks(rules.Hixie76LateKey, "wants-key3-with-head", "does not wait for the eight bytes")
	takesHixieWithoutOrigin = breaks(rules.Hixie76OriginMissing, "takes-hixie-without-origin", "takes a hixie handshake without Origin")
	losesEarlyHixieFrame    = breaks(rules.Hixie76EarlyFrame, "loses-early-hixie-frame", "loses a frame that comes with the eight bytes")
	answersHixie75As6455    = breaks(rules.Hixie75Refusal, "answers-hixie-75-as-rfc6455", "answers hixie-75 with the handshake of RFC 6455")
)

// What a mutant makes of hixie frames.
var (
	wantsHixieFrameInOneRead = breaks(rules.Hixie76Stream, "wants-hixie-frame-in-one-read", "loses a hixie frame that comes in pieces")
	losesSecondHixieFrame    = breaks(rules.Hixie76Stream, "loses-second-hixie-frame", "loses what comes in one segment behind a hixie frame")
	stallsAtLengthFrame      = breaks(rules.Hixie76LengthFrame, "stalls-at-length-frame", "reads nothing behind a hixie frame with a length")
	takesAnyHixieType        = breaks(rules.Hixie76OtherType, "takes-any-hixie-type", "takes hixie frames of type 01 to 7f for texts")
	cutsLongLength           = breaks(rules.Hixie76LongLength, "cuts-long-length", "keeps 32 bits of a hixie length")
	repairsWithQuestionMarks = breaks(rules.Hixie76UTF8, "repairs-with-question-marks", "puts ? for bad UTF-8")
	neverAnswersHixieClosing = breaks(rules.Hixie76Closing, "never-answers-ff-00", "closes TCP with no FF 00 in answer to one")
	echoesAfterHixieClosing  = breaks(rules.Hixie76Last, "sends-after-ff-00", "sends a text behind its FF 00")
	closesHixie75With76      = breaks(rules.Hixie75ClosingSent, "closes-hixie-75-with-ff-00", "sends FF 00 under hixie-75, when the client sends it or is gone")
	keepsHixie75Open         = breaks(rules.Hixie75Close, "keeps-hixie-75-open", "does not end its side when the client has ended its own")
)

// The same of both hixie dialects, each a mutant of its own.
var (
	ignoresEmptyTexts = breaksBoth(rules.Hixie75Text, rules.Hixie76Text, "ignores-empty-texts", "does not echo an empty text")
	takesLengthFrames = breaksBoth(rules.Hixie75LengthFrame, rules.Hixie76LengthFrame,
		"takes-length-frames", "takes a frame with a length for a text")
	sendsLengthFrames = breaksBoth(rules.Hixie75FrameSent, rules.Hixie76FrameSent, "sends-length-frames", "sends texts in frames with a length")
	sendsLatin1       = breaksBoth(rules.Hixie75UTF8Sent, rules.Hixie76UTF8Sent, "sends-latin-1", "sends texts in ISO-8859-1")
)

// hixieFault is a fault that is one mutant under each hixie dialect.
type hixieFault map[wire.Dialect]fault

func breaksBoth(rule75, rule76 rules.ID, name, about string) hixieFault {
	return hixieFault{
		wire.Hixie75: breaks(rule75, name+"-75", about+" under hixie-75"),
		wire.Hixie76: breaks(rule76, name+"-76", about+" under hixie-76"),
	}
}

// An answer to hixie-76 that is not right.
var _ = garble(
	answering76(rules.Hixie76Challenge, "wrong-challenge", "answers the challenge with zeros", func(a *answer) { clear(a.body) }),
	answering76(rules.Hixie76Challenge, "no-challenge", "leaves the sixteen bytes out", func(a *answer) { a.body = nil }),
	answering76(rules.Hixie76Status, "hixie-76-answers-200", "answers 200", line("HTTP/1.1 200 OK")),
	answering76(rules.Hixie76Upgrade, "hixie-76-upgrade-in-lower-case", "upgrades to websocket in lower case", replace("Upgrade", "websocket")),
	answering76(rules.Hixie76Connection, "hixie-76-connection-in-lower-case", "says upgrade in lower case", replace("Connection", "upgrade")),
	answering76(rules.Hixie76Location, "hixie-76-location-without-query", "leaves the query out of the location", change(location76, withoutQuery)),
	answering76(rules.Hixie76Location, "hixie-76-no-location", "leaves the location out", without(location76)),
	answering76(rules.Hixie76Origin, "hixie-76-any-origin", "answers every origin with *", replace("Sec-WebSocket-Origin", "*")),
	answering76(rules.Hixie76Protocol, "hixie-76-other-protocol", "names another subprotocol than the one asked for", replace("Sec-WebSocket-Protocol", "other")),
	answering76(rules.Hixie76Protocol, "hixie-76-protocol-none", "names a subprotocol that nobody asked for", unlessThere("Sec-WebSocket-Protocol", "None")),
)

// An answer to hixie-75 that is not right.
var _ = garble(
	answering75(rules.Hixie75Handshake, "hixie-75-status-of-76", "answers with the status line of hixie-76",
		line("HTTP/1.1 101 WebSocket Protocol Handshake")),
	answering75(rules.Hixie75Handshake, "hixie-75-connection-first", "says Connection before Upgrade",
		func(a *answer) { a.fields[0], a.fields[1] = a.fields[1], a.fields[0] }),
	answering75(rules.Hixie75Origin, "hixie-75-any-origin", "answers every origin with *", replace("WebSocket-Origin", "*")),
	answering75(rules.Hixie75Location, "hixie-75-location-without-query", "leaves the query out of the location",
		change("WebSocket-Location", withoutQuery)),
	answering75(rules.Hixie75Protocol, "hixie-75-other-protocol", "names another subprotocol than the one asked for", replace("WebSocket-Protocol", "other")),
	answering75(rules.Hixie75Protocol, "hixie-75-protocol-none", "names a subprotocol that nobody asked for", unlessThere("WebSocket-Protocol", "None")),
	answering75(rules.Hixie75NoChallenge, "hixie-75-with-accept", "answers with a Sec-WebSocket-Accept", with("Sec-WebSocket-Accept", wire.Accept(""))),
	answering75(rules.Hixie75NoChallenge, "hixie-75-with-challenge", "sends sixteen bytes behind its answer",
		func(a *answer) { a.body = wire.AppendHixieText(nil, make([]byte, 14)) }),
)

const location76 = "Sec-WebSocket-Location"

// answering76 and answering75 are mutants that garble a hixie answer.
func answering76(rule rules.ID, name, about string, answer func(*answer)) Mutant {
	return Mutant{Name: name, Rule: rule, About: about, Dialect: wire.Hixie76, answer: answer}
}

func answering75(rule rules.ID, name, about string, answer func(*answer)) Mutant {
	return Mutant{Name: name, Rule: rule, About: about, Dialect: wire.Hixie75, answer: answer}
}

func withoutQuery(url string) string {
	before, _, _ := strings.Cut(url, "?")
	return before
}
