package wire

import (
	"encoding/binary"
	"math"
)

// InflateFault says what is wrong with a compressed message. Zero is nothing.
type InflateFault uint8

// What can be wrong with a compressed message.
const (
	InflateOK        InflateFault = iota
	InflateCorrupt                // not a DEFLATE stream (RFC 1951)
	InflateWindow                 // a distance beyond the agreed window
	InflateContext                // a distance into a message before this one, though no takeover was agreed
	InflateTruncated              // the stream ends inside a block
	InflateTooLong                // more output than the limit
)

var inflateFaults = [...]string{
	InflateOK:        "no fault",
	InflateCorrupt:   "not a DEFLATE stream",
	InflateWindow:    "a distance beyond the agreed window",
	InflateContext:   "a distance into an earlier message, though no context takeover was agreed",
	InflateTruncated: "the stream ends inside a block",
	InflateTooLong:   "more output than the limit",
}

// String says the fault in words.
func (f InflateFault) String() string { return inflateFaults[f] }

// maxDistance is the farthest that DEFLATE can refer back (RFC 1951 §2).
const maxDistance = 1 << maxWindowBits

// Inflater decompresses messages strictly within what was agreed: it follows
// each distance itself, so that one beyond the window is seen even where a
// larger window would have held it.
type Inflater struct {
	window   int
	takeover bool
	history  []byte // output of the messages before, at least the last maxDistance bytes
	in       bitReader
	out      []byte // the bytes that Message appends to, and its output
	base     int    // where in out the message begins
	limit    int    // the length that out may reach
	fault    InflateFault
	lengths  [maxLiteral + maxOffset]uint8
	literals huffman
	offsets  huffman
}

// NewInflater makes a decompressor for a window of 2^bits bytes.
func NewInflater(bits int, takeover bool) *Inflater {
	return &Inflater{window: 1 << bits, takeover: takeover}
}

// Message appends what payload, one message without its last four bytes,
// inflates to (RFC 7692 §7.2.2). At most limit bytes are appended. A window or
// context fault does not stop it as long as the bytes are known; it is returned
// all the same, unless another one does stop it.
//
// A message has to end with the header of an empty stored block, whose other
// four bytes are those that were taken off (§7.2.1); any other end is
// InflateTruncated. A block may have BFINAL set: the next one begins at the next
// byte then (§7.2.3.4).
func (f *Inflater) Message(dst, payload []byte, limit int) ([]byte, InflateFault) {
	f.in = bitReader{p: payload}
	limit = min(max(limit, 0), math.MaxInt-len(dst))
	f.out, f.base, f.limit, f.fault = dst, len(dst), len(dst)+limit, InflateOK
	for done := false; !done; {
		var fault InflateFault
		if done, fault = f.block(); fault != InflateOK {
			f.fault, done = fault, true
		}
	}
	dst = f.out
	f.remember(dst[f.base:])
	f.in, f.out = bitReader{}, nil
	return dst, f.fault
}

// remember appends a message's output to the history.
func (f *Inflater) remember(output []byte) {
	output = output[max(0, len(output)-maxDistance):]
	if len(f.history)+len(output) > 2*maxDistance {
		f.history = f.history[:copy(f.history, f.history[len(f.history)-maxDistance:])]
	}
	f.history = append(f.history, output...)
}

// block inflates one block (RFC 1951 §3.2.3). done tells that the message ends
// with it.
func (f *Inflater) block() (done bool, fault InflateFault) {
	header, ok := f.in.take(3)
	if !ok {
		return false, InflateTruncated
	}
	final, kind := header&1 != 0, header>>1
	switch kind {
	case 0:
		return f.stored()
	case 1:
		fault = f.symbols(&fixedLiterals, &fixedOffsets)
	case 2:
		if fault = f.dynamic(); fault == InflateOK {
			fault = f.symbols(&f.literals, &f.offsets)
		}
	default:
		fault = InflateCorrupt
	}
	if final {
		f.in.align()
	}
	return false, fault
}

// stored copies a stored block (RFC 1951 §3.2.4), or finds in it the message's end.
func (f *Inflater) stored() (done bool, fault InflateFault) {
	f.in.align()
	rest := f.in.p[f.in.at:]
	switch {
	case len(rest) == 0:
		return true, InflateOK
	case len(rest) < 4:
		return false, InflateTruncated
	}
	size := binary.LittleEndian.Uint16(rest)
	if binary.LittleEndian.Uint16(rest[2:]) != ^size {
		return false, InflateCorrupt
	}
	rest = rest[4:]
	n := min(int(size), len(rest))
	f.in.at += 4 + n
	switch free := f.limit - len(f.out); {
	case n > free:
		fault, n = InflateTooLong, free
	case n < int(size):
		fault = InflateTruncated
	}
	f.out = append(f.out, rest[:n]...)
	return false, fault
}

// symbols inflates the literals and matches of a block, to its end (RFC 1951 §3.2.3).
func (f *Inflater) symbols(literals, offsets *huffman) InflateFault {
	for {
		f.fast(literals, offsets)
		if done, fault := f.one(literals, offsets); done || fault != InflateOK {
			return fault
		}
	}
}

// one inflates one literal or match, whatever it is. done tells that it was the
// end of the block.
func (f *Inflater) one(literals, offsets *huffman) (done bool, fault InflateFault) {
	symbol, fault := f.in.symbol(literals)
	switch {
	case fault != InflateOK:
		return false, fault
	case symbol > endOfBlock:
		return false, f.match(symbol, offsets)
	case symbol == endOfBlock:
		return true, InflateOK
	case len(f.out) >= f.limit:
		return false, InflateTooLong
	}
	f.out = append(f.out, byte(symbol))
	return false, InflateOK
}

// match reads the rest of a match and copies it (RFC 1951 §3.2.5).
func (f *Inflater) match(symbol uint, offsets *huffman) InflateFault {
	if symbol >= endOfBlock+1+uint(len(lengthCodes)) {
		return InflateCorrupt
	}
	length, ok := f.in.extended(lengthCodes[symbol-endOfBlock-1])
	if !ok {
		return InflateTruncated
	}
	symbol, fault := f.in.symbol(offsets)
	if fault != InflateOK {
		return fault
	}
	if symbol >= uint(len(distanceCodes)) {
		return InflateCorrupt
	}
	distance, ok := f.in.extended(distanceCodes[symbol])
	if !ok {
		return InflateTruncated
	}
	return f.copy(length, distance)
}

// copy appends length bytes from distance bytes back.
func (f *Inflater) copy(length, distance int) InflateFault {
	var fault InflateFault
	if free := f.limit - len(f.out); length > free {
		fault, length = InflateTooLong, free
	}
	if before := distance - (len(f.out) - f.base); before > 0 {
		if before > len(f.history) {
			return InflateCorrupt
		}
		if !f.takeover {
			f.note(InflateContext)
		}
		n := min(before, length)
		from := len(f.history) - before
		f.out = append(f.out, f.history[from:from+n]...)
		length -= n
	}
	if distance > f.window {
		f.note(InflateWindow)
	}
	for from := len(f.out) - distance; length > 0; {
		n := min(length, len(f.out)-from) // a match may run into what it appends
		f.out = append(f.out, f.out[from:from+n]...)
		length -= n
	}
	return fault
}

// note keeps the first of the faults that do not stop the message.
func (f *Inflater) note(fault InflateFault) {
	if f.fault == InflateOK {
		f.fault = fault
	}
}
