package mutant

import (
	"encoding/base64"
	"encoding/hex"
	"strings"

	"wsprobe/internal/rules"
	"wsprobe/internal/wire"
)

// Decisions about an opening handshake of RFC 6455 or hybi.
var (
	wantsHeadInOneRead = breaks(rules.HandshakeSegments, "wants-head-in-one-read", "refuses a head that comes in pieces")
	losesEarlyData     = breaks(rules.HandshakeEarlyData, "loses-early-data", "loses a frame that comes right behind the request")
	servesEveryPath    = breaks(rules.HandshakeResource, "serves-every-path", "is an echo under every path")
	hashesUntrimmedKey = breaks(rules.HandshakeKeyTrimmed, "hashes-untrimmed-key", "hashes the white space around a key too")

	dropsForeignOrigin          = breaks(rules.OriginRefusal, "drops-foreign-origin", "closes TCP on an origin that is not its own")
	refusesForeignOriginWith400 = breaks(rules.OriginForbidden, "refuses-origin-with-400", "refuses an origin with 400")
	wantsOrigin                 = breaksFrom("http://localhost", rules.OriginOptional, "wants-origin", "refuses a handshake without Origin")

	takesNoVersion         = breaks(rules.VersionRequired, "takes-no-version", "takes a handshake without a version")
	takesUnknownVersions   = breaks(rules.VersionUnknown, "takes-unknown-versions", "takes whatever version is asked for")
	takesVersionInAnyForm  = breaks(rules.VersionForm, "takes-version-in-any-form", "takes 013 and -1 for versions")
	takesTwoVersions       = breaks(rules.VersionOnce, "takes-two-versions", "takes the first of two versions")
	refusesVersionsItLists = breaks(rules.VersionAdvertised, "refuses-versions-it-lists", "lists versions that it does not speak")
	refusesHybi07          = breaks(rules.HybiAccepts, "refuses-hybi-07", "lists version 7 and refuses it")
	takesOlderDrafts       = breaks(rules.HybiOlder, "takes-older-drafts", "takes versions 4 to 6 as if they were 13")
	takesUnusedVersions    = breaks(rules.HybiUnused, "takes-unused-versions", "takes versions 9 to 12, which never were")
	refusesTwoOrigins      = breaks(rules.HybiTwoOrigins, "refuses-two-origins", "refuses Origin beside Sec-WebSocket-Origin")

	choosesProtocolUnasked  = breaks(rules.SubprotocolUnasked, "chooses-protocol-unasked", "names a subprotocol to everyone")
	agreesToUnknownProtocol = breaks(rules.SubprotocolOffered, "agrees-to-unknown-protocol", "names a subprotocol that was not offered")
	agreesToEmptyProtocol   = breaks(rules.SubprotocolEmpty, "agrees-to-empty-protocol", "names no subprotocol in an empty field")
	readsFirstProtocolField = breaks(rules.SubprotocolTwoFields, "reads-first-protocol-field", "reads one Sec-WebSocket-Protocol only")
	takesBadProtocolOffer   = breaks(rules.SubprotocolOfferForm, "takes-bad-protocol-offer", "takes an empty offer of subprotocols")
	takesRepeatedProtocol   = breaks(rules.SubprotocolOfferUnique, "takes-repeated-protocol", "takes a subprotocol that is offered twice")

	refusesUnknownExtensions = breaks(rules.HandshakeAccepts, "refuses-unknown-extensions", "refuses whoever offers an extension it does not know")
	agreesToExtensionUnasked = breaks(rules.ExtensionUnasked, "agrees-to-extension-unasked", "names permessage-deflate to everyone")
	agreesToUnknownExtension = breaks(rules.ExtensionUnknown, "agrees-to-unknown-extension", "repeats any extension that is offered")
	takesMalformedDeflate    = breaks(rules.ExtensionMalformed, "takes-malformed-deflate", "reads what it can of an offer that has no sense")
	takesMalformedExtensions = breaks(rules.ExtensionMalformedUnread, "takes-malformed-extensions", "takes an offer of nothing that it knows and that has no sense")
	readsFirstExtensionField = breaks(rules.ExtensionTwoFields, "reads-first-extension-field", "reads one Sec-WebSocket-Extensions only")
)

// A 101 that is not right.
var _ = garble(
	opening(rules.HandshakeStatusLine, "answers-in-http-1.0", "answers in HTTP/1.0", line("HTTP/1.0 101 Switching Protocols")),
	opening(rules.HandshakeUpgrade, "no-upgrade-field", "leaves Upgrade out", without("Upgrade")),
	opening(rules.HandshakeUpgrade, "upgrade-twice", "says Upgrade twice", twice("Upgrade")),
	opening(rules.HandshakeUpgrade, "upgrade-to-hybi", "upgrades to something else", replace("Upgrade", "hybi")),
	opening(rules.HandshakeConnection, "no-connection-field", "leaves Connection out", without("Connection")),
	opening(rules.HandshakeConnection, "keep-alive", "says keep-alive for Upgrade", replace("Connection", "keep-alive")),
	opening(rules.HandshakeAcceptValue, "no-accept", "leaves Sec-WebSocket-Accept out", without("Sec-WebSocket-Accept")),
	opening(rules.HandshakeAcceptValue, "accept-in-hex", "writes the hash in hexadecimal", change("Sec-WebSocket-Accept", inHex)),
	opening(rules.HandshakeAcceptValue, "fixed-accept", "answers every key as that of the RFC's example",
		replace("Sec-WebSocket-Accept", wire.Accept("dGhlIHNhbXBsZSBub25jZQ=="))),
	opening(rules.HandshakeAcceptOnce, "accept-twice", "says Sec-WebSocket-Accept twice", twice("Sec-WebSocket-Accept")),
	opening(rules.HandshakeNoBody, "content-length-0", "says Content-Length: 0 in the 101", with("Content-Length", "0")),
	opening(rules.HandshakeNoBody, "chunked-101", "says Transfer-Encoding in the 101", with("Transfer-Encoding", "chunked")),
	opening(rules.HandshakeEnds, "body-behind-101", "sends a body behind the 101",
		func(a *answer) { a.body = []byte("welcome\r\n") }),
	opening(rules.SubprotocolOnce, "protocol-twice", "says Sec-WebSocket-Protocol twice", twice("Sec-WebSocket-Protocol")),
	opening(rules.SubprotocolOffered, "protocol-in-capitals", "writes the subprotocol in capitals",
		change("Sec-WebSocket-Protocol", strings.ToUpper)),
	opening(rules.ExtensionAnswerForm, "empty-extensions", "answers with an empty Sec-WebSocket-Extensions",
		with("Sec-WebSocket-Extensions", "")),
	opening(rules.ExtensionAnswerForm, "extensions-with-dangling-semicolon", "ends its extensions with a semicolon",
		change("Sec-WebSocket-Extensions", func(v string) string { return v + ";" })),
)

// opening is a mutant that garbles the 101 of RFC 6455.
func opening(rule rules.ID, name, about string, answer func(*answer)) Mutant {
	return Mutant{Name: name, Rule: rule, About: about, Dialect: wire.RFC6455, answer: answer}
}

// A refusal that is not right.
var _ = garble(
	Mutant{Name: "no-version-list", Rule: rules.VersionList,
		About: "refuses a version without a list of those it speaks", refusal: without(versions.Name)},
	Mutant{Name: "426-without-upgrade", Rule: rules.VersionUpgradeField,
		About: "refuses a version without an Upgrade field", refusal: without("Upgrade")},
	Mutant{Name: "refuses-version-with-400", Rule: rules.VersionStatus,
		About: "refuses a version with 400", refusal: line("HTTP/1.1 400 Bad Request")},
)

// inHex writes base64 in hexadecimal.
func inHex(v string) string {
	p, _ := base64.StdEncoding.DecodeString(v)
	return hex.EncodeToString(p)
}
