package wire

import (
	"encoding/binary"
	"math/bits"
)

// The limits of a match (RFC 1951 §3.2.5). Three bytes would be one too, but to find
// such short ones costs more than they are worth.
const (
	minMatch = 5
	maxMatch = 258
)

// match is so many literals and then a match.
type match struct{ literals, length, distance uint16 }

// matcher finds what a message repeats of itself and of those before it (RFC
// 1951 §4): the latest place with the same hash, or nothing.
type matcher struct {
	window int
	buf    []byte // what was seen: at least the window, or all there was
	base   uint16 // the position of buf[0]
	// latest has, by hash, the position where it was seen last. Positions begin
	// again after 64 KiB, and some are of bytes that are gone: what is there now
	// is looked at in any case.
	latest [1 << hashBits]uint16
}

const (
	hashBits = 14
	maxSeen  = 3 * maxDistance // bytes of buf
)

// forget empties the window.
func (m *matcher) forget() { m.drop(len(m.buf)) }

// drop lets go of the first n bytes that were seen.
func (m *matcher) drop(n int) {
	m.buf = m.buf[:copy(m.buf, m.buf[n:])]
	m.base += uint16(n)
}

// take appends a piece, at most maxBlock bytes, to what was seen, and returns
// where it begins there.
func (m *matcher) take(piece []byte) (from int) {
	if over := len(m.buf) - m.window; over > 0 && len(m.buf)+len(piece) > maxSeen {
		m.drop(over)
	}
	from = len(m.buf)
	m.buf = append(append(m.buf, piece...), make([]byte, wide)...)[:from+len(piece)]
	return from
}

// find appends the matches in a piece, at most maxBlock bytes. What is behind the
// last of them is literals.
func (m *matcher) find(dst []match, piece []byte) []match {
	from := m.take(piece)
	end := len(m.buf)
	seen := m.buf[:end+wide] // bytes behind the end are read, and no part of a match
	for i := from; i+minMatch <= end; {
		next := binary.LittleEndian.Uint64(seen[i:])
		place, position := &m.latest[hash(next)], m.base+uint16(i)
		back := int(position - *place)
		*place = position
		length := 0
		if uint(back-1) < uint(min(m.window, i)) {
			length = common(seen[i-back:], seen[i:min(end, i+maxMatch)+wide])
		}
		if length < minMatch {
			i += 1 + (i-from)>>6 // faster where nothing is found
			continue
		}
		dst = append(dst, match{uint16(i - from), uint16(length), uint16(back)})
		i += length
		from = i
		m.latest[hash(binary.LittleEndian.Uint64(seen[i-2:]))] = m.base + uint16(i-2)
	}
	return dst
}

// hash spreads the first minMatch of eight bytes over the entries.
func hash(next uint64) uint64 {
	return next << (64 - 8*minMatch) * 0x9E3779B185EBCA87 >> (64 - hashBits)
}

// common returns how many bytes b, but for its last wide ones, has in common with
// a, which is longer.
func common(a, b []byte) int {
	most := len(b) - wide
	for n := 0; n < most; n += wide {
		if differ := binary.LittleEndian.Uint64(a[n:]) ^ binary.LittleEndian.Uint64(b[n:]); differ != 0 {
			return min(n+bits.TrailingZeros64(differ)/8, most)
		}
	}
	return most
}

// lengthSymbol returns the literal/length symbol of the match.
func (m match) lengthSymbol() uint {
	if m.length == maxMatch {
		return endOfBlock + uint(len(lengthCodes))
	}
	symbol, _ := group(uint(m.length)-3, 2)
	return endOfBlock + 1 + symbol
}

// distanceSymbol returns the symbol of the match's distance, and how many bits
// follow it.
func (m match) distanceSymbol() (symbol, extra uint) { return group(uint(m.distance)-1, 1) }

// group returns the symbol that stands for v in a table of groups of 2^k symbols,
// each group with one more extra bit but for the first two (RFC 1951 §3.2.5).
func group(v, k uint) (symbol, extra uint) {
	n := uint(bits.Len(v | 1<<k))
	extra = n - 1 - k
	return extra<<k + v>>extra, extra
}
