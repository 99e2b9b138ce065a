package mutant

import (
	"slices"
	"strconv"
	"strings"

	"wsprobe/internal/rules"
	"wsprobe/internal/wire"
)

// What a mutant agrees to.
var (
	readsFirstOffer  = breaks(rules.DeflateFallback, "reads-first-offer-only", "looks at the first offer only")
	refusesBadOffer  = breaks(rules.DeflateProceeds, "refuses-bad-offer", "refuses the handshake over an offer that it has to decline")
	agreesToConflict = breaks(rules.DeflateConflict, "agrees-to-conflict", "agrees to every offer of permessage-deflate, and of what else uses RSV1")
)

// How a mutant works with what it agreed to.
var (
	takesCompressedControl      = breaks(rules.DeflateControl, "takes-compressed-control", "takes RSV1 on a control frame")
	takesCompressedContinuation = breaks(rules.DeflateContinuation, "takes-compressed-continuation", "takes RSV1 on a continuation")
	takesBadDeflateData         = breaks(rules.DeflateBadData, "takes-bad-deflate-data", "echoes as it is what does not inflate")
	takesBadInflatedText        = breaks(rules.DeflateUTF8, "takes-bad-inflated-text", "does not check inflated texts")
	cutsInflatedMessages        = breaks(rules.LimitInflated, "cuts-inflated-messages", "echoes the first MiB of what inflates to more")

	refusesUncompressed         = breaks(rules.DeflateUncompressed, "refuses-uncompressed", "wants every message to be compressed")
	inflatesFragmentsAlone      = breaks(rules.DeflateFragments, "inflates-fragments-alone", "inflates each fragment on its own")
	refusesFinalBlock           = breaks(rules.DeflateFinal, "refuses-final-block", "fails the connection on BFINAL")
	refusesStoredBlock          = breaks(rules.DeflateStored, "refuses-stored-block", "fails the connection on a stored block")
	stopsAtFirstBlock           = breaks(rules.DeflateBlocks, "stops-at-first-block", "stops inflating at the first empty stored block")
	refusesEmptyCompressed      = breaks(rules.DeflateEmpty, "refuses-empty-compressed", "fails the connection on an empty compressed message")
	ignoresZeroLengthCompressed = breaks(rules.DeflateZeroLength, "ignores-zero-length-compressed", "ignores a compressed message of no bytes")
	forgetsClientWindow         = breaks(rules.DeflateTakeover, "forgets-client-window", "inflates each message on its own")
	inflatesWithSmallWindow     = breaks(rules.DeflateFullWindow, "inflates-with-small-window", "inflates with a window of 1 KiB")

	keepsItsWindow           = breaks(rules.DeflateServerTakeover, "keeps-its-window", "agrees to drop its window and keeps it")
	compressesWithFullWindow = breaks(rules.DeflateServerWindow, "compresses-with-full-window", "agrees to a small window and uses 32 KiB")
	marksWithoutCompressing  = breaks(rules.DeflateDataSent, "marks-without-compressing", "sets RSV1 on what it did not compress")
	leavesTailOn             = breaks(rules.DeflateTail, "leaves-tail-on", "leaves 00 00 ff ff at the end")
	refusesWhatItAgreedTo    = breaks(rules.DeflateAgreedParameters, "refuses-what-it-agreed-to", "agrees to compression and knows no RSV1")
)

// Offers that are to be declined, or read otherwise.
var _ = garble(
	reading(rules.DeflateDeclineInvalidOffer, "takes-unknown-parameter", "skips parameters that it does not know", keeping(known)),
	reading(rules.DeflateDeclineInvalidOffer, "takes-bad-parameter-value", "takes =16, =08 and =abc for a window", forgivingValues),
	reading(rules.DeflateDeclineInvalidOffer, "takes-repeated-parameter", "takes the first of a parameter given twice", firstOfEach),
	reading(rules.DeflateNameCase, "takes-name-in-any-case", "takes Permessage-Deflate for its name", inLowerCase),
	reading(rules.ExtensionQuoted, "declines-quoted-value", "declines a value in quotes", withoutQuoted),
)

// reading is a mutant that reads an offer otherwise than it is written.
func reading(rule rules.ID, name, about string, offer func(wire.Extension) wire.Extension) Mutant {
	return Mutant{Name: name, Rule: rule, About: about, offer: offer}
}

// Answers that are not right.
var _ = garble(
	agreeing(rules.DeflateServerTakeoverAck, "server-takeover-unacknowledged", "does not acknowledge server_no_context_takeover",
		drop(serverNoTakeover)),
	agreeing(rules.DeflateServerWindowAck, "server-window-unacknowledged", "does not acknowledge server_max_window_bits", drop(serverBits)),
	agreeing(rules.DeflateServerWindowAck, "server-window-enlarged", "answers server_max_window_bits with 15", setBits(serverBits, 15)),
	agreeing(rules.DeflateClientWindowUnasked, "client-window-unasked", "asks every client for a window of 15 bits",
		func(offered, agreed *wire.Extension) {
			if !has(offered, clientBits) {
				agreed.Params = append(agreed.Params, bitsParam(clientBits, 15))
			}
		}),
	agreeing(rules.DeflateClientWindowHint, "client-window-enlarged", "answers client_max_window_bits with 15", setBits(clientBits, 15)),
	agreeing(rules.DeflateResponse, "answers-window-without-value", "answers client_max_window_bits without a value",
		func(_, agreed *wire.Extension) {
			agreed.Params = append(agreed.Params, wire.Param{Name: clientBits})
		}),
	agreeing(rules.DeflateResponse, "answers-unknown-parameter", "answers with a parameter of its own",
		func(_, agreed *wire.Extension) {
			agreed.Params = append(agreed.Params, wire.Param{Name: "compression_level", Value: "6", HasValue: true})
		}),
)

// agreeing is a mutant that garbles what it agreed to.
func agreeing(rule rules.ID, name, about string, agree func(offered, agreed *wire.Extension)) Mutant {
	return Mutant{Name: name, Rule: rule, About: about, agree: agree}
}

var _ = garble(
	sending(rules.DeflateRSV1Sent, "compresses-pongs", "sets RSV1 on pongs",
		compressed(on(wire.OpPong, withHeader(func(h *wire.Header) { h.Rsv |= wire.RSV1 })))),
	sending(rules.DeflateRSV1Sent, "marks-every-fragment", "sends messages in two fragments with RSV1 on both",
		compressed(onData(func(f frame) []frame {
			halves := split(f)
			halves[1].Rsv = f.Rsv
			return halves
		}))),
)

// compressed garbles frames only where permessage-deflate was agreed.
func compressed(garble func(*session, frame) []frame) func(*session, frame) []frame {
	return func(s *session, f frame) []frame {
		if s.deflate == nil {
			return []frame{f}
		}
		return garble(s, f)
	}
}

func known(p wire.Param) bool {
	return slices.Contains([]string{serverNoTakeover, clientNoTakeover, serverBits, clientBits}, p.Name)
}

func inLowerCase(e wire.Extension) wire.Extension {
	e.Name = strings.ToLower(e.Name)
	return e
}

// withoutQuoted makes another extension of one with a quoted value.
func withoutQuoted(e wire.Extension) wire.Extension {
	if slices.ContainsFunc(e.Params, func(p wire.Param) bool { return p.Quoted }) {
		e.Name = ""
	}
	return e
}

func has(e *wire.Extension, name string) bool {
	return slices.ContainsFunc(e.Params, func(p wire.Param) bool { return p.Name == name })
}

func drop(name string) func(_, agreed *wire.Extension) {
	return func(_, agreed *wire.Extension) {
		agreed.Params = slices.DeleteFunc(agreed.Params, func(p wire.Param) bool { return p.Name == name })
	}
}

func bitsParam(name string, bits int) wire.Param {
	return wire.Param{Name: name, Value: strconv.Itoa(bits), HasValue: true}
}

// setBits gives a window that is agreed another size.
func setBits(name string, bits int) func(_, agreed *wire.Extension) {
	return func(_, agreed *wire.Extension) {
		for i, p := range agreed.Params {
			if p.Name == name {
				agreed.Params[i] = bitsParam(name, bits)
			}
		}
	}
}

// keeping reads an offer without the parameters that keep does not hold of.
func keeping(keep func(wire.Param) bool) func(wire.Extension) wire.Extension {
	return func(e wire.Extension) wire.Extension {
		e.Params = slices.DeleteFunc(slices.Clone(e.Params), func(p wire.Param) bool { return !keep(p) })
		return e
	}
}

// forgivingValues reads each parameter's value as the nearest that is allowed.
func forgivingValues(e wire.Extension) wire.Extension {
	e.Params = slices.Clone(e.Params)
	for i, p := range e.Params {
		switch p.Name {
		case serverNoTakeover, clientNoTakeover:
			e.Params[i].HasValue = false
		case serverBits, clientBits:
			bits, _ := strconv.Atoi(p.Value)
			e.Params[i].Value, e.Params[i].HasValue = strconv.Itoa(min(max(bits, 8), 15)), true
		}
	}
	return e
}

// firstOfEach reads the first parameter of each name.
func firstOfEach(e wire.Extension) wire.Extension {
	seen := map[string]bool{}
	return keeping(func(p wire.Param) bool {
		again := seen[p.Name]
		seen[p.Name] = true
		return !again
	})(e)
}
