package wire

import (
	"math/bits"
	"slices"
)

// maxSymbols is the size of the largest alphabet, with the two symbols that the
// fixed code has and no block uses.
const maxSymbols = 288

// code is what is written for a symbol: its bits, the first one lowest, above how
// many there are.
type code uint32

// codes are the codes of an alphabet.
type codes [maxSymbols]code

func (c code) bits() uint64 { return uint64(c >> 8) }
func (c code) length() uint { return uint(c & 0xFF) }

// The codes of RFC 1951 §3.2.6, to write with.
var (
	fixedLiteralLengths, fixedOffsetLengths = fixedLengths()
	fixedLiteralCodes, fixedOffsetCodes     codes
)

func init() {
	fixedLiteralCodes.assign(fixedLiteralLengths[:])
	fixedOffsetCodes.assign(fixedOffsetLengths[:])
}

// assign makes the codes with these lengths (RFC 1951 §3.2.2): those of one length
// are consecutive numbers, written with the highest bit first.
func (c *codes) assign(lengths []uint8) *codes {
	var count, next [maxCode + 1]uint16
	for _, l := range lengths {
		count[l]++
	}
	count[0] = 0
	for l := 1; l <= maxCode; l++ {
		next[l] = (next[l-1] + count[l-1]) << 1
	}
	for symbol, l := range lengths {
		if l > 0 {
			c[symbol] = code(bits.Reverse16(next[l])>>(16-l))<<8 | code(l)
			next[l]++
		}
	}
	return c
}

// encoder finds the lengths of a code for symbols that are so frequent.
type encoder struct {
	size    int                // of the alphabet
	counts  [maxSymbols]uint32 // how often each symbol occurs, at most maxBlock times all in all
	lengths [maxSymbols]uint8
	codes   codes

	sorted []uint32 // the symbols that occur, the rarest first: count<<symbolBits | symbol
	nodes  [2*maxSymbols - 1]node
}

const symbolBits = 9

// node is one of the tree's: a symbol, or two nodes joined.
type node struct {
	count  uint32
	parent uint16
	depth  uint8
}

// reset forgets the counts, and sets the size of the alphabet.
func (e *encoder) reset(size int) {
	e.size = size
	clear(e.counts[:size])
}

// cost returns how many bits the symbols take with codes of these lengths.
func (e *encoder) cost(lengths *[maxSymbols]uint8) (bits int) {
	for symbol, n := range e.counts[:e.size] {
		bits += int(n) * int(lengths[symbol])
	}
	return bits
}

// extraBits returns how many bits follow the symbols from first on, of which there
// is a table.
func (e *encoder) extraBits(first int, table []extra) (bits int) {
	for i, x := range table {
		bits += int(e.counts[first+i]) * int(x.bits)
	}
	return bits
}

// measure sets the lengths to those of the shortest code (Huffman's) with no
// length above limit.
func (e *encoder) measure(limit int) {
	e.sort()
	e.join()
	count := e.depths(limit)
	clear(e.lengths[:e.size])
	length := limit
	for _, key := range e.sorted { // the rarest have the longest
		for count[length] == 0 {
			length--
		}
		count[length]--
		e.lengths[key&(1<<symbolBits-1)] = uint8(length)
	}
}

// assign makes the codes of the measured lengths.
func (e *encoder) assign() *codes { return e.codes.assign(e.lengths[:e.size]) }

// sort puts the symbols that occur in order. There are two at the least, used or
// not: a code of one is lawful, but not all who inflate know it.
func (e *encoder) sort() {
	e.sorted = e.sorted[:0]
	for symbol, n := range e.counts[:e.size] {
		if n > 0 {
			e.sorted = append(e.sorted, n<<symbolBits|uint32(symbol))
		}
	}
	for symbol := uint32(0); len(e.sorted) < 2; symbol++ {
		if e.counts[symbol] == 0 {
			e.sorted = append(e.sorted, 1<<symbolBits|symbol)
		}
	}
	slices.Sort(e.sorted)
}

// join makes the tree: the two rarest nodes are joined, until there is one. The
// symbols come first in nodes, then the pairs in the order in which they are
// joined, which is by count too.
func (e *encoder) join() {
	symbols := len(e.sorted)
	for i, key := range e.sorted {
		e.nodes[i].count = key >> symbolBits
	}
	symbol, pair := 0, symbols
	for next := symbols; next < 2*symbols-1; next++ {
		e.nodes[next].count = 0
		for range 2 {
			rarest := &pair
			if symbol < symbols && (pair == next || e.nodes[symbol].count <= e.nodes[pair].count) {
				rarest = &symbol
			}
			e.nodes[next].count += e.nodes[*rarest].count
			e.nodes[*rarest].parent = uint16(next)
			*rarest++
		}
	}
}

// depths returns how many symbols have a code of each length. Where the tree is
// deeper than limit, what is below is moved up, and each time that this leaves
// one code too many, a shorter one is made longer.
func (e *encoder) depths(limit int) (count [maxCode + 1]int) {
	symbols := len(e.sorted)
	e.nodes[2*symbols-2].depth = 0
	over := -(1 << limit) // codes of limit bits that are taken beyond those there are
	for i := 2*symbols - 3; i >= 0; i-- {
		e.nodes[i].depth = e.nodes[e.nodes[i].parent].depth + 1
		if i < symbols {
			length := min(int(e.nodes[i].depth), limit)
			count[length]++
			over += 1 << (limit - length)
		}
	}
	for ; over > 0; over-- {
		length := limit - 1
		for count[length] == 0 {
			length--
		}
		count[length]--
		count[length+1] += 2
		count[limit]--
	}
	return count
}
