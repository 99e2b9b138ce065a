package wire

// Deflater compresses messages as one end of a connection does (RFC 7692 §7.2.1).
// No distance that it writes leaves the window.
//
// It is made for a prober, which compresses as much as its target does and should
// cost less: a match is the first that a hash finds, and a block is stored, or in
// fixed codes, or in codes of its own, whichever is shortest. So a target meets
// all three kinds, as its data would have it.
type Deflater struct {
	takeover bool
	matcher  matcher
	matches  []match // of the block that is being made
	literals encoder
	offsets  encoder
	head     codeHead
}

// maxBlock is how many bytes of a message make one block; a stored one has no
// room for more than 65535 (RFC 1951 §3.2.4).
const maxBlock = 32 << 10

// worthCodes is the size from which a block may be worth codes of its own, which
// take some fifty bytes.
const worthCodes = 128

// The kinds of blocks (RFC 1951 §3.2.3).
const (
	kindStored  = 0
	kindFixed   = 1
	kindDynamic = 2
	headerBits  = 3 // BFINAL, and the kind
)

// NewDeflater makes a compressor with a window of 2^bits bytes, bits being 8 to
// 15. takeover keeps the window from message to message.
func NewDeflater(bits int, takeover bool) *Deflater {
	d := &Deflater{takeover: takeover}
	d.matcher.window = 1 << bits
	return d
}

// Message appends the compressed form of one message, without the four bytes
// 00 00 ff ff that its end would have.
func (d *Deflater) Message(dst, payload []byte) []byte {
	if !d.takeover {
		d.matcher.forget()
	}
	w := bitWriter{out: dst}
	for len(payload) > 0 {
		piece := payload[:min(len(payload), maxBlock)]
		payload = payload[len(piece):]
		d.matches = d.matcher.find(d.matches[:0], piece)
		d.block(&w, piece)
	}
	w.add(kindStored<<1, headerBits) // of an empty block, whose other bytes are left out
	w.align()
	return w.out
}

// block writes a piece, in which the matches were found, as the kind of block
// that is shortest.
func (d *Deflater) block(w *bitWriter, piece []byte) {
	d.count(piece)
	extra := d.literals.extraBits(endOfBlock+1, lengthCodes[:]) + d.offsets.extraBits(0, distanceCodes[:])
	stored := 7 + 32 + 8*len(piece) // 7: to the next whole byte
	fixed := extra + d.literals.cost(&fixedLiteralLengths) + d.offsets.cost(&fixedOffsetLengths)
	dynamic := stored
	if len(piece) >= worthCodes {
		d.literals.measure(maxCode)
		d.offsets.measure(maxCode)
		dynamic = d.head.fill(&d.literals, &d.offsets) + extra +
			d.literals.cost(&d.literals.lengths) + d.offsets.cost(&d.offsets.lengths)
	}
	w.grow(headerBits + min(stored, fixed, dynamic))
	switch {
	case stored <= min(fixed, dynamic):
		w.add(kindStored<<1, headerBits)
		w.stored(piece)
	case fixed <= dynamic:
		w.add(kindFixed<<1, headerBits)
		w.symbols(piece, d.matches, &fixedLiteralCodes, &fixedOffsetCodes)
	default:
		w.add(kindDynamic<<1, headerBits)
		d.head.write(w)
		w.symbols(piece, d.matches, d.literals.assign(), d.offsets.assign())
	}
}

// count counts the symbols that a piece is made of.
func (d *Deflater) count(piece []byte) {
	d.literals.reset(maxLiteral)
	d.offsets.reset(maxOffset)
	literals, offsets := &d.literals.counts, &d.offsets.counts
	for _, m := range d.matches {
		for _, b := range piece[:m.literals] {
			literals[b]++
		}
		piece = piece[int(m.literals)+int(m.length):]
		literals[m.lengthSymbol()]++
		symbol, _ := m.distanceSymbol()
		offsets[symbol]++
	}
	for _, b := range piece {
		literals[b]++
	}
	literals[endOfBlock]++
}
