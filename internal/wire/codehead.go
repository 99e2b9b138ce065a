package wire

// lengthOrder is the order in which a block's header gives the lengths of the
// code that its other lengths are written in (RFC 1951 §3.2.7).
var lengthOrder = [19]uint8{16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15}

// repeats are the runs that symbols 16, 17 and 18 stand for, the shortest of each
// and how many bits say how much longer it is: of the length before, and of zeros.
var repeats = [...]extra{{3, 2}, {3, 3}, {11, 7}}

// codeHead is what says the codes of a block (RFC 1951 §3.2.7).
type codeHead struct {
	literals, offsets, own int // how many lengths are given
	lengths                []uint8
	runs                   []run
	code                   encoder // of the runs
}

// run is a length, or a symbol that stands for several and how many more than its
// least.
type run struct{ symbol, more uint8 }

// maxLengthCode is how long a code for lengths may be.
const maxLengthCode = 7

// fill makes the head for two codes and returns how many bits it takes.
func (h *codeHead) fill(literals, offsets *encoder) (bits int) {
	h.literals = used(literals.lengths[:maxLiteral], 257)
	h.offsets = used(offsets.lengths[:maxOffset], 1)
	h.lengths = append(h.lengths[:0], literals.lengths[:h.literals]...)
	h.lengths = append(h.lengths, offsets.lengths[:h.offsets]...)
	h.fold()
	h.code.reset(len(lengthOrder))
	for _, r := range h.runs {
		h.code.counts[r.symbol]++
	}
	h.code.measure(maxLengthCode)
	for i, symbol := range lengthOrder {
		if h.code.lengths[symbol] > 0 {
			h.own = max(i+1, 4)
		}
	}
	return 14 + 3*h.own + h.code.cost(&h.code.lengths) + h.code.extraBits(16, repeats[:])
}

// used returns how many lengths there are without the zeros at their end.
func used(lengths []uint8, least int) int {
	n := len(lengths)
	for n > least && lengths[n-1] == 0 {
		n--
	}
	return n
}

// fold puts the lengths into runs.
func (h *codeHead) fold() {
	h.runs = h.runs[:0]
	for rest := h.lengths; len(rest) > 0; {
		value, n := rest[0], 1
		for n < len(rest) && rest[n] == value {
			n++
		}
		rest = rest[n:]
		if value == 0 {
			n = h.repeat(18, n)
			n = h.repeat(17, n)
		} else {
			h.runs = append(h.runs, run{symbol: value})
			n = h.repeat(16, n-1)
		}
		for range n {
			h.runs = append(h.runs, run{symbol: value})
		}
	}
}

// repeat appends symbol for as much of n lengths as it can stand for, and returns
// how many are left.
func (h *codeHead) repeat(symbol uint8, n int) int {
	r := repeats[symbol-16]
	least := int(r.base)
	for n >= least {
		most := min(n, least+1<<r.bits-1)
		h.runs = append(h.runs, run{symbol, uint8(most - least)})
		n -= most
	}
	return n
}

// write writes the head.
func (h *codeHead) write(w *bitWriter) {
	w.add(uint64(h.literals-257), 5)
	w.add(uint64(h.offsets-1), 5)
	w.add(uint64(h.own-4), 4)
	for _, symbol := range lengthOrder[:h.own] {
		w.add(uint64(h.code.lengths[symbol]), 3)
	}
	codes := h.code.assign()
	for _, r := range h.runs {
		w.add(codes[r.symbol].bits(), codes[r.symbol].length())
		if r.symbol >= 16 {
			w.add(uint64(r.more), uint(repeats[r.symbol-16].bits))
		}
	}
}
