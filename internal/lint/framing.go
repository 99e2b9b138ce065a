package lint

import (
	"wsprobe/internal/rules"
	"wsprobe/internal/wire"
)

// checkFrame judges a header of RFC 6455 by all that it says, and by what came
// before it on its side. Of a stream that was joined mid-stream only messages are
// judged: a header out of order may follow a loss, and one that is wrong in
// itself is taken for the sign of one.
func (s *Session) checkFrame(st *stream, h wire.Header) (f []Finding) {
	if st.joined {
		return nil
	}
	f = st.checkMask(f, h)
	f = s.checkRsv(f, h)
	f = checkOpcode(f, h)
	f = checkLength(f, h)
	f = checkControl(f, h)
	return st.checkOrder(f, h)
}

// checkMask judges the mask (RFC 6455 §5.1, §5.3).
func (st *stream) checkMask(f []Finding, h wire.Header) []Finding {
	switch {
	case st.side == Server && h.Masked:
		f = append(f, found(rules.MaskServer, "a %v frame is masked", h.Opcode))
	case st.side == Client && !h.Masked:
		f = append(f, found(rules.MaskClient, "a %v frame is not masked", h.Opcode))
	case h.Masked && h.Length > 0 && st.masked && h.Mask == st.mask:
		f = append(f, found(rules.MaskFresh, "the key %x is that of the frame before", h.Mask))
	}
	return f
}

// checkRsv judges the reserved bits. Where an extension is in use that is not
// known here they may mean anything.
func (s *Session) checkRsv(f []Finding, h wire.Header) []Finding {
	rsv := h.Rsv
	if s.foreign {
		return f
	}
	if s.deflate != nil {
		// RFC 7692 §6.1: only the first frame of a data message may have RSV1.
		if rsv&wire.RSV1 != 0 && (h.Opcode.Control() || h.Opcode == wire.OpContinuation) {
			f = append(f, found(rules.DeflateRSV1Sent, "a %v frame has RSV1", h.Opcode))
		}
		rsv &^= wire.RSV1
	}
	// §5.2: the others are 0 unless an extension says what they mean.
	if rsv != 0 {
		f = append(f, found(rules.RsvSent, "a %v frame has RSV bits %03b", h.Opcode, rsv))
	}
	return f
}

// checkOpcode judges the opcode (RFC 6455 §5.1, §5.2).
func checkOpcode(f []Finding, h wire.Header) []Finding {
	if h.Opcode.Reserved() {
		f = append(f, found(rules.OpcodeSent, "opcode %d", h.Opcode))
	}
	return f
}

// checkLength judges the length and its form (RFC 6455 §5.2).
func checkLength(f []Finding, h wire.Header) []Finding {
	switch {
	case h.Length>>63 != 0:
		f = append(f, found(rules.LengthTopBitSent, "length %#x", h.Length))
	case !h.Minimal():
		f = append(f, found(rules.LengthMinimal, "a length of %d is written in %d bits", h.Length, h.Bits))
	}
	return f
}

// checkControl judges what is asked of a control frame alone (RFC 6455 §5.4, §5.5).
func checkControl(f []Finding, h wire.Header) []Finding {
	if !h.Opcode.Control() {
		return f
	}
	if !h.Fin {
		f = append(f, found(rules.ControlFragmentedSent, "a %v frame has FIN clear", h.Opcode))
	}
	if h.Length > maxControl && h.Length>>63 == 0 {
		f = append(f, found(rules.ControlSizeSent, "a %v frame of %d bytes", h.Opcode, h.Length))
	}
	return f
}

// checkOrder judges a frame by those before it. A data frame of no defined
// opcode has been judged for that.
func (st *stream) checkOrder(f []Finding, h wire.Header) []Finding {
	inside, orphan := st.message.begun, st.message.orphan
	switch {
	case h.Opcode == wire.OpContinuation && orphan: // its first frame was judged
	case h.Opcode.Reserved():
	// §5.5.1: a Close is the last frame but for control frames, and the only Close.
	case st.closed && h.Opcode == wire.OpClose:
		f = append(f, found(rules.CloseOnce, "a second Close"))
	case st.closed && !h.Opcode.Control():
		f = append(f, found(rules.CloseLast, "a %v frame after Close", h.Opcode))
	// §5.4: fragments follow the frame that begins their message.
	case h.Opcode == wire.OpContinuation && !inside:
		f = append(f, found(rules.FragmentOrphanSent, "a continuation with nothing to continue"))
	// §5.4: fragments of one message are not interleaved with those of another.
	case !h.Opcode.Control() && h.Opcode != wire.OpContinuation && inside && !orphan:
		f = append(f, found(rules.FragmentInterleavedSent, "a %v frame inside an unfinished message", h.Opcode))
	}
	// §4.1: the client waits for the response.
	if st.early {
		st.early = false
		f = append(f, found(rules.ClientWaits, "a %v frame before the response", h.Opcode))
	}
	return f
}
