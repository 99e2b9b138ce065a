package wire

import (
	"encoding/binary"
	"math/bits"
)

// The limits of a match (RFC 1951 §3.2.5). Three bytes would be one too, but are
// seldom shorter than their literals.
const (
	minMatch = 4
	maxMatch = 258
)

// match is so many literals and then a match.
type match struct{ literals, length, distance uint16 }

// matcher finds what a message repeats of itself and of those before it (RFC
// 1951 §4): the latest place with the same hash, or nothing.
type matcher struct {
	window int
	buf    []byte                // what was seen: at least the window, or all there was
	base   uint32                // the position of buf[0] in the stream
	latest [1 << hashBits]uint32 // by hash: the position where it was seen last
}

const (
	hashBits = 14
	maxSeen  = 3 * maxDistance // bytes of buf
)

// begin starts at a position from which an entry that was never made is beyond
// any window.
func (m *matcher) begin() {
	m.latest = [1 << hashBits]uint32{}
	m.buf, m.base = m.buf[:0], maxDistance+1
}

// forget empties the window: all that was seen is beyond it from now on.
func (m *matcher) forget() {
	m.base += uint32(len(m.buf)) + maxDistance
	m.buf = m.buf[:0]
}

// take appends a piece, at most maxBlock bytes, to what was seen, and returns
// where it begins there.
func (m *matcher) take(piece []byte) int {
	if over := len(m.buf) - m.window; over > 0 && len(m.buf)+len(piece) > maxSeen {
		m.buf = m.buf[:copy(m.buf, m.buf[over:])]
		m.base += uint32(over)
	}
	if m.base > 1<<31 { // long before positions begin again
		m.begin()
	}
	m.buf = append(m.buf, piece...)
	return len(m.buf) - len(piece)
}

// find appends the matches in a piece, at most maxBlock bytes. What is behind the
// last of them is literals.
func (m *matcher) find(dst []match, piece []byte) []match {
	from := m.take(piece)
	seen, window := m.buf, uint32(m.window)
	for i := from; i+minMatch <= len(seen); {
		four := binary.LittleEndian.Uint32(seen[i:])
		place := &m.latest[hash(four)]
		back := m.base + uint32(i) - *place
		*place += back
		if back > window || binary.LittleEndian.Uint32(seen[i-int(back):]) != four {
			i += 1 + (i-from)>>6 // faster where nothing is found
			continue
		}
		end := min(len(seen), i+maxMatch)
		length := minMatch + same(seen[i-int(back)+minMatch:], seen[i+minMatch:end])
		dst = append(dst, match{uint16(i - from), uint16(length), uint16(back)})
		i += length
		from = i
		if i+minMatch <= len(seen)+2 {
			m.latest[hash(binary.LittleEndian.Uint32(seen[i-2:]))] = m.base + uint32(i-2)
		}
	}
	return dst
}

// hash spreads four bytes over the entries.
func hash(four uint32) uint32 { return four * 0x9E3779B1 >> (32 - hashBits) }

// same returns how many bytes b has in common with a, which is longer.
func same(a, b []byte) int {
	n := 0
	for ; n+8 <= len(b); n += 8 {
		if differ := binary.LittleEndian.Uint64(a[n:]) ^ binary.LittleEndian.Uint64(b[n:]); differ != 0 {
			return n + bits.TrailingZeros64(differ)/8
		}
	}
	for n < len(b) && a[n] == b[n] {
		n++
	}
	return n
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
