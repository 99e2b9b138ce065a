package mutant

import "wsprobe/internal/wire"

// headerChecks are what RFC 6455 §5 asks of the header of a client's frame, in
// the order in which the faults of a frame are told, and the mutant, if there
// is one, that takes the frame all the same.
var headerChecks = []struct {
	holds  func(*session, wire.Header) bool
	unless fault
	violation
}{
	{masked, takesUnmaskedFrames, violation{closeProtocol, "a frame is not masked"}},
	{knownOpcode, takesReservedOpcodes, violation{closeProtocol, "an opcode is reserved"}},
	{noRsvOnControl, takesCompressedControl, violation{closeProtocol, "a control frame is marked as compressed"}},
	{noRsvOnContinuation, takesCompressedContinuation, violation{closeProtocol, "a continuation is marked as compressed"}},
	{onlyAgreedRsv, takesReservedBits, violation{closeProtocol, "a reserved bit is set"}},
	{wholeControl, takesFragmentedControl, violation{closeProtocol, "a control frame is fragmented"}},
	{smallControl, takesLargeControl, violation{closeProtocol, "a control frame has more than 125 bytes"}},
	{topBitClear, takesTopBitLength, violation{closeProtocol, "the top bit of a length is set"}},
	{minimalLength, takesOverlongLength, violation{closeProtocol, "a length is longer than it need be"}},
	{continuesSomething, takesOrphans, violation{closeProtocol, "there is no message to continue"}},
	{nothingInterleaved, takesInterleavedMessages, violation{closeProtocol, "a message begins inside another"}},
	{withinLimit, waitsForHugeFrame, violation{closeTooBig, "the message is too large"}},
}

// checkHeader says what is wrong with the header of a frame.
func (s *session) checkHeader(h wire.Header) *violation {
	for _, k := range headerChecks {
		if !k.holds(s, h) && !s.is(k.unless) {
			return &k.violation
		}
	}
	if bad := s.beyondLimits(h); bad != nil {
		return bad
	}
	return s.checkHeaderPickily(h)
}

// checkHeaderPickily is for mutants only: they refuse what is right.
func (s *session) checkHeaderPickily(h wire.Header) *violation {
	refused := s.is(refuses64BitLength) && h.Bits == 64 ||
		s.is(readsLengthAsSigned) && h.Bits == 16 && h.Length >= 1<<15 ||
		s.is(refusesEmptyFragments) && h.Length == 0 && !h.Opcode.Control() && (!h.Fin || h.Opcode == wire.OpContinuation) ||
		s.is(refusesControlBetweenFragments) && h.Opcode.Control() && s.message.open ||
		s.is(refusesUnsolicitedPong) && h.Opcode == wire.OpPong ||
		s.is(refusesUncompressed) && s.deflate != nil && h.Rsv == 0 && (h.Opcode == wire.OpText || h.Opcode == wire.OpBinary) ||
		s.is(refusesWhatItAgreedTo) && s.compression(h) ||
		s.is(refusesHybiFrames) && s.dialect != wire.RFC6455
	if refused {
		return &violation{closeProtocol, "this server cannot do that"}
	}
	return nil
}

func masked(_ *session, h wire.Header) bool { return h.Masked }

func knownOpcode(_ *session, h wire.Header) bool { return !h.Opcode.Reserved() }

// compression reports whether RSV1 stands for a compressed message.
func (s *session) compression(h wire.Header) bool { return s.deflate != nil && h.Rsv == wire.RSV1 }

func noRsvOnControl(s *session, h wire.Header) bool { return !h.Opcode.Control() || !s.compression(h) }

func noRsvOnContinuation(s *session, h wire.Header) bool {
	return h.Opcode != wire.OpContinuation || !s.compression(h)
}

func onlyAgreedRsv(s *session, h wire.Header) bool { return h.Rsv == 0 || s.compression(h) }

func wholeControl(_ *session, h wire.Header) bool { return h.Fin || !h.Opcode.Control() }

func smallControl(_ *session, h wire.Header) bool { return h.Length <= 125 || !h.Opcode.Control() }

func topBitClear(_ *session, h wire.Header) bool { return h.Length < 1<<63 }

func minimalLength(_ *session, h wire.Header) bool { return h.Minimal() }

func continuesSomething(s *session, h wire.Header) bool {
	return h.Opcode != wire.OpContinuation || s.message.open
}

func nothingInterleaved(s *session, h wire.Header) bool {
	return h.Opcode.Control() || h.Opcode == wire.OpContinuation || !s.message.open
}

// withinLimit leaves a length with its top bit set to the check of its own.
func withinLimit(s *session, h wire.Header) bool {
	return h.Length <= uint64(s.limit-len(s.message.data)) || !topBitClear(s, h)
}
