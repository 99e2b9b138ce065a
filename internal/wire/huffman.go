package wire

import "math/bits"

// The alphabets of RFC 1951 §3.2.5 and §3.2.7: how many symbols a block can
// define, and the symbol that ends it.
const (
	maxLiteral = 286
	maxOffset  = 30
	endOfBlock = 256
	maxCode    = 15 // bits of the longest code
)

// lengthCodes and distanceCodes are the two tables of RFC 1951 §3.2.5.
var (
	lengthCodes   = lengthTable()
	distanceCodes = distanceTable()
)

// lengthTable makes the table of symbols 257 to 285: groups of four with one
// more extra bit each, save the first two groups and the last symbol.
func lengthTable() (t [29]extra) {
	base := uint16(3)
	for i := range t {
		t[i] = extra{base, uint8(max(0, i/4-1))}
		base += 1 << t[i].bits
	}
	t[28] = extra{258, 0}
	return t
}

// distanceTable makes the table of distances: pairs with one more extra bit
// each, save the first two pairs.
func distanceTable() (t [maxOffset]extra) {
	base := uint16(1)
	for i := range t {
		t[i] = extra{base, uint8(max(0, i/2-1))}
		base += 1 << t[i].bits
	}
	return t
}

// fixedLengths are the lengths of the codes of RFC 1951 §3.2.6. They make the
// codes complete, with symbols that then stand for nothing.
func fixedLengths() (literals, offsets [maxSymbols]uint8) {
	for i := range literals {
		switch {
		case i < 144:
			literals[i] = 8
		case i < 256:
			literals[i] = 9
		case i < 280:
			literals[i] = 7
		default:
			literals[i] = 8
		}
	}
	for i := range offsets[:32] {
		offsets[i] = 5
	}
	return literals, offsets
}

// The codes of RFC 1951 §3.2.6, to read with.
var fixedLiterals, fixedOffsets = decoderOf(fixedLiteralLengths[:]), decoderOf(fixedOffsetLengths[:32])

func decoderOf(lengths []uint8) (h huffman) {
	h.init(lengths)
	return h
}

// fastBits is how many bits of the stream are looked up at once.
const fastBits = 9

// huffman decodes one canonical code (RFC 1951 §3.2.2): short codes by a table,
// longer ones by counting through the lengths.
type huffman struct {
	fast    [1 << fastBits]uint16 // by the next bits: symbol<<4 | length, or 0
	count   [maxCode + 1]uint16   // how many codes have that length
	symbols [288]uint16           // by code
}

// init makes the decoder for the given code lengths; 0 is a symbol without a
// code. ok is false where they make no code: more of them than fit, or fewer,
// save one symbol of one bit (RFC 1951 §3.2.7) or none at all. complete is false
// for these two as well.
func (h *huffman) init(lengths []uint8) (complete, ok bool) {
	h.count = [maxCode + 1]uint16{}
	for _, l := range lengths {
		h.count[l]++
	}
	used := len(lengths) - int(h.count[0])
	h.count[0] = 0
	var next, index [maxCode + 1]uint16 // by length: the next code, and its place in symbols
	left := 1
	for l := 1; l <= maxCode; l++ {
		if left = left<<1 - int(h.count[l]); left < 0 {
			return false, false
		}
		next[l] = (next[l-1] + h.count[l-1]) << 1
		index[l] = index[l-1] + h.count[l-1]
	}
	h.fast = [1 << fastBits]uint16{}
	for symbol, l := range lengths {
		if l == 0 {
			continue
		}
		h.symbols[index[l]] = uint16(symbol)
		index[l]++
		if l <= fastBits {
			h.spread(next[l], l, uint16(symbol))
		}
		next[l]++
	}
	return left == 0, left == 0 || used == 0 || used == 1 && h.count[1] == 1
}

// spread enters a short code in the table, under each of the bits that may
// follow it. The stream has a code's highest bit first.
func (h *huffman) spread(code uint16, length uint8, symbol uint16) {
	first := bits.Reverse16(code) >> (16 - length)
	for i := int(first); i < len(h.fast); i += 1 << length {
		h.fast[i] = symbol<<4 | uint16(length)
	}
}

// symbol reads one symbol of h.
func (r *bitReader) symbol(h *huffman) (symbol uint, fault InflateFault) {
	if r.n < maxCode {
		r.fill()
	}
	e := uint(h.fast[r.acc&(1<<fastBits-1)])
	if e == 0 {
		e = h.long(r.acc)
	}
	n := e & 15
	switch {
	case n == 0 && r.n >= maxCode:
		return 0, InflateCorrupt
	case n == 0, n > r.n:
		return 0, InflateTruncated
	}
	r.drop(n)
	return e >> 4, InflateOK
}

// long looks a code up bit by bit, and returns symbol<<4 | length, or 0 where
// there is none. Codes of one length are consecutive numbers, and so are their
// places in symbols.
func (h *huffman) long(acc uint64) uint {
	code, first, index := 0, 0, 0
	for l := 1; l <= maxCode; l++ {
		code |= int(acc & 1)
		acc >>= 1
		count := int(h.count[l])
		if code < first+count {
			return uint(h.symbols[index+code-first])<<4 | uint(l)
		}
		index += count
		first = (first + count) << 1
		code <<= 1
	}
	return 0
}

// dynamic reads the two codes of a block (RFC 1951 §3.2.7).
func (f *Inflater) dynamic() InflateFault {
	counts, ok := f.in.take(14)
	if !ok {
		return InflateTruncated
	}
	literals, offsets := int(counts&31)+257, int(counts>>5&31)+1
	if literals > maxLiteral || offsets > maxOffset {
		return InflateCorrupt
	}
	var lengths [len(lengthOrder)]uint8
	for _, symbol := range lengthOrder[:counts>>10+4] {
		l, ok := f.in.take(3)
		if !ok {
			return InflateTruncated
		}
		lengths[symbol] = uint8(l)
	}
	if complete, _ := f.literals.init(lengths[:]); !complete { // borrowed: its own code comes after
		return InflateCorrupt
	}
	all := f.lengths[:literals+offsets]
	if fault := f.readLengths(all); fault != InflateOK {
		return fault
	}
	_, ok1 := f.literals.init(all[:literals])
	_, ok2 := f.offsets.init(all[literals:])
	if !ok1 || !ok2 || all[endOfBlock] == 0 {
		return InflateCorrupt
	}
	return InflateOK
}

// readLengths fills lengths, which f.literals encodes: 0 to 15 are lengths, 16
// repeats the one before, 17 and 18 are runs of zeros.
func (f *Inflater) readLengths(lengths []uint8) InflateFault {
	for i := 0; i < len(lengths); {
		symbol, fault := f.in.symbol(&f.literals)
		if fault != InflateOK {
			return fault
		}
		if symbol < 16 {
			lengths[i] = uint8(symbol)
			i++
			continue
		}
		n, ok := f.in.extended(repeats[symbol-16])
		switch {
		case !ok:
			return InflateTruncated
		case n > len(lengths)-i, symbol == 16 && i == 0:
			return InflateCorrupt
		}
		value := uint8(0)
		if symbol == 16 {
			value = lengths[i-1]
		}
		for ; n > 0; n-- {
			lengths[i] = value
			i++
		}
	}
	return InflateOK
}
