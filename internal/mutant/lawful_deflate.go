package mutant

import (
	"encoding/binary"
	"strconv"

	"wsprobe/internal/wire"
)

// What a lawful mutant agrees to (RFC 7692 §7.1).
var _ = lawful(
	Mutant{Name: "declines-deflate", About: "knows no extension", offer: func(wire.Extension) wire.Extension { return wire.Extension{} }},
	agreeingTo("asks-for-no-takeover", "asks every client to drop its context", param(clientNoTakeover)),
	agreeingTo("offers-no-takeover", "drops its context though nobody asked it to, and says so", param(serverNoTakeover)),
	agreeingTo("drops-all-contexts", "agrees to no context on either side, whatever is offered", param(clientNoTakeover), param(serverNoTakeover)),
	agreeingTo("takes-small-windows", "agrees to windows of 9 bits, its own unasked", bitsParam(serverBits, 9), bitsParam(clientBits, 9)),
	agreeingTo("says-15-bits", "says that its window has 15 bits, where nobody asked", bitsParam(serverBits, 15)),
	agreeingTo("quotes-its-bits", "says its window in quotes", wire.Param{Name: serverBits, Value: "12", HasValue: true, Quoted: true}),
	agreeingTo("says-everything", "answers with all four parameters, where it may",
		param(clientNoTakeover), param(serverNoTakeover), bitsParam(serverBits, 10), bitsParam(clientBits, 15)),
)

func param(name string) wire.Param { return wire.Param{Name: name} }

// agreeingTo is a lawful mutant that puts those parameters into its answer. That
// about the client's window needs an offer (RFC 7692 §7.1.2.2), and no window is
// larger than the one offered.
func agreeingTo(name, about string, params ...wire.Param) Mutant {
	return Mutant{Name: name, About: about, agree: func(offered, agreed *wire.Extension) {
		offer, clientMay, _ := wire.ParseDeflateOffer(*offered)
		for _, p := range params {
			bits, _ := strconv.Atoi(p.Value)
			if p.Name == clientBits && (!clientMay || bits > offer.ClientMaxWindowBits) ||
				p.Name == serverBits && bits > offer.ServerMaxWindowBits {
				continue
			}
			drop(p.Name)(nil, agreed)
			agreed.Params = append(agreed.Params, p)
		}
	}}
}

// What a lawful mutant makes of a message where compression is agreed. DEFLATE
// can be written in many ways (RFC 7692 §7.2.1).
var _ = lawful(
	Mutant{Name: "compresses-nothing", About: "agrees to compression and compresses nothing", pack: func(*session, []byte) []byte { return nil }},
	Mutant{Name: "compresses-long-messages", About: "compresses messages of more than 100 bytes", pack: func(s *session, p []byte) []byte {
		if len(p) <= 100 {
			return nil
		}
		return s.deflate.out.Message([]byte{}, p)
	}},
	Mutant{Name: "compresses-short-messages", About: "compresses messages of up to 100 bytes, the empty one too", pack: func(s *session, p []byte) []byte {
		if len(p) > 100 {
			return nil
		}
		return s.deflate.out.Message([]byte{}, p)
	}},
	Mutant{Name: "stores", About: "sends stored blocks", pack: func(_ *session, p []byte) []byte { return append(stored(nil, p, 65535), 0) }},
	Mutant{Name: "stores-in-pieces", About: "sends stored blocks of 10 bytes with empty ones between them",
		pack: func(_ *session, p []byte) []byte { return append(stored(emptyStored, p, 10), 0) }},
	Mutant{Name: "stores-with-final", About: "sends a stored block with BFINAL set, and an empty one behind it",
		pack: func(_ *session, p []byte) []byte {
			out := stored(nil, p, 65535)
			if len(p) <= 65535 {
				out[0] |= 1
			}
			return append(out, 0)
		}},
	Mutant{Name: "fixes-its-codes", About: "sends blocks with fixed codes, and empty ones before them",
		pack: func(_ *session, p []byte) []byte { return fixed(p) }},
	Mutant{Name: "forgets-its-window", About: "starts each message with an empty window, and says nothing of it",
		pack: func(s *session, p []byte) []byte { return wire.NewDeflater(s.deflate.bits, false).Message([]byte{}, p) }},
	Mutant{Name: "uses-less-window", About: "uses a window of 9 bits, whatever was agreed",
		pack: func(s *session, p []byte) []byte { return s.smallWindow().Message([]byte{}, p) }},
)

// smallWindow compresses with less than may be used, message after message.
func (s *session) smallWindow() *wire.Deflater {
	if s.deflate.bits > 9 {
		s.deflate.out, s.deflate.bits = wire.NewDeflater(9, s.deflate.takeover), 9
	}
	return s.deflate.out
}

// emptyStored is an empty stored block at the border of a byte (RFC 1951 §3.2.4).
var emptyStored = []byte{0, 0, 0, 0xFF, 0xFF}

// stored returns p in stored blocks of so many bytes, with something before each.
func stored(before, p []byte, size int) (out []byte) {
	for first := true; first || len(p) > 0; first = false {
		n := min(size, len(p))
		out = append(append(out, before...), 0)
		out = binary.LittleEndian.AppendUint16(out, uint16(n))
		out = binary.LittleEndian.AppendUint16(out, ^uint16(n))
		out, p = append(out, p[:n]...), p[n:]
	}
	return out
}

// bitWriter writes bits as DEFLATE wants them, the lowest first (RFC 1951 §3.1.1).
type bitWriter struct {
	out  []byte
	acc  uint32
	bits uint
}

func (w *bitWriter) add(v uint32, n uint) {
	w.acc |= v << w.bits
	for w.bits += n; w.bits >= 8; w.bits -= 8 {
		w.out = append(w.out, byte(w.acc))
		w.acc >>= 8
	}
}

// code adds a Huffman code, whose highest bit goes first.
func (w *bitWriter) code(v uint32, n uint) {
	for i := int(n) - 1; i >= 0; i-- {
		w.add(v>>uint(i)&1, 1)
	}
}

// fixed returns p as literals of fixed codes (RFC 1951 §3.2.6), behind two empty
// blocks of the same kind, with the end of an empty stored one behind it.
func fixed(p []byte) []byte {
	w := &bitWriter{}
	for range 2 {
		w.add(1<<1, 3)
		w.code(0, 7)
	}
	w.add(1<<1, 3)
	for _, b := range p {
		if b < 144 {
			w.code(0x30+uint32(b), 8)
		} else {
			w.code(0x190+uint32(b)-144, 9)
		}
	}
	w.code(0, 7)
	w.add(0, 3)
	if w.bits > 0 {
		w.add(0, 8-w.bits)
	}
	return w.out
}
