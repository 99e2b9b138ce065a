package wire

import "encoding/binary"

const (
	wide = 8 // bytes that are copied at a time

	// pairBits is the most that a match takes whose two codes are short.
	pairBits = fastBits + 5 + fastBits + 13
)

// fast inflates symbols of a block as long as nothing is out of the ordinary: none
// is near either end, has a long code, ends the block, or refers to an earlier
// message or beyond the window. Those it leaves to one.
func (f *Inflater) fast(literals, offsets *huffman) {
	r, out, n := f.in, f.out[:min(cap(f.out), f.limit)], len(f.out)
	for len(r.p)-r.at >= 8 && len(out)-n >= maxMatch+2*wide {
		r.fill()
		e := literals.fast[r.acc%(1<<fastBits)]
		for ; e != 0 && e < endOfBlock<<4 && r.n >= pairBits+fastBits; e = literals.fast[r.acc%(1<<fastBits)] {
			r.drop(uint(e & 15))
			out[n] = byte(e >> 4)
			n++
		}
		if e != 0 && e < endOfBlock<<4 {
			continue
		}
		length, distance, bits := pair(r.acc, e, offsets)
		if bits == 0 || distance > f.window || distance > n-f.base {
			break
		}
		r.drop(bits)
		copyBack(out[n-distance:], distance, length)
		n += length
	}
	f.in, f.out = r, out[:n]
}

// pair returns the match whose first code is that of e, and how many bits it
// takes: 0 where it is none, or has a long code.
func pair(acc uint64, e uint16, offsets *huffman) (length, distance int, bits uint) {
	symbol := uint(e>>4) - endOfBlock - 1
	if e == 0 || symbol >= uint(len(lengthCodes)) {
		return 0, 0, 0
	}
	x := lengthCodes[symbol]
	bits = uint(e & 15)
	length = int(x.base) + int(acc>>(bits&63)&x.mask())
	bits += uint(x.bits)

	e = offsets.fast[acc>>(bits&63)%(1<<fastBits)]
	if e == 0 || int(e>>4) >= len(distanceCodes) {
		return 0, 0, 0
	}
	x = distanceCodes[e>>4]
	bits += uint(e & 15)
	distance = int(x.base) + int(acc>>(bits&63)&x.mask())
	return length, distance, bits + uint(x.bits)
}

// copyBack writes length bytes at distance, which p has from its beginning, and
// maybe some more, which are written over later.
func copyBack(p []byte, distance, length int) {
	if distance < wide {
		for i := range length {
			p[distance+i] = p[i]
		}
		return
	}
	for i := 0; i < length; i += wide {
		binary.LittleEndian.PutUint64(p[distance+i:], binary.LittleEndian.Uint64(p[i:]))
	}
}
