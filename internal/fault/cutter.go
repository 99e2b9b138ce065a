package fault

import "wsprobe/internal/wire"

// cutter finds where the frames of a stream begin and end, in any dialect.
type cutter struct {
	hixie bool
	rfc   wire.Decoder
	old   wire.HixieDecoder
}

// piece is some of a frame: the next n bytes. Where a header is not complete,
// known is false, and the bytes belong to what the next piece begins.
type piece struct {
	n           int
	known       bool
	first, last bool
	header      wire.Header
	kind        string
}

// next takes bytes from the front of p, which is not empty.
func (c *cutter) next(p []byte) piece {
	if c.hixie {
		k, n, ok := c.old.Next(p)
		h := wire.Header{Fin: true, Opcode: wire.OpText, Length: k.Header.Length}
		if k.Header.Closing() {
			h.Opcode = wire.OpClose
		}
		return piece{n, ok, k.First, k.Last, h, h.Opcode.String()}
	}
	k, n, ok := c.rfc.Next(p)
	return piece{n, ok, k.First, k.Last, k.Header, k.Header.Opcode.String()}
}
