package chatserver

import (
	"encoding/binary"
	"unicode/utf8"

	"github.com/gorilla/websocket"

	"wsprobe/internal/wire"
)

// guard reads frames for gorilla/websocket and sees to what that leaves undone.
// gorilla fails a connection for a wrong mask, opcode, fragment, RSV2 or RSV3
// and for control frames that are too long or in pieces. Left to its user are
//
//   - RSV1 on control frames and continuations, which it takes once
//     permessage-deflate is agreed (RFC 7692 §6.1);
//   - a 64-bit length with its top bit set, which it drops without a Close, and
//     a length that is written longer than needed;
//   - the body of a Close: one byte, or a reason that is no UTF-8, and the code
//     1014, which IANA registered after gorilla's table was written;
//   - DEFLATE blocks behind one that has BFINAL set, which it ignores
//     (RFC 7692 §7.2.1 allows them). So guard takes RSV1 off and remembers it,
//     and socket inflates the message.
//
// A Read returns bytes of one frame at most: when gorilla has met the beginning
// of a message, compressed tells about that message and no later one.
type guard struct {
	*transport
	deflate    bool // permessage-deflate was agreed
	compressed bool // the last data message that began had RSV1 set

	decoder wire.Decoder
	buf     [8 << 10]byte
	in      []byte // the part of buf that is still to be decoded
	out     []byte // decoded, and still to be read
	body    []byte // of a Close, as far as it has come
}

// Read gives gorilla the next bytes of a frame, or a failure.
func (g *guard) Read(p []byte) (int, error) {
	for len(g.out) == 0 {
		if err := g.next(); err != nil {
			return 0, err
		}
	}
	n := copy(p, g.out)
	g.out = g.out[n:]
	return n, nil
}

// next fills out with what the next bytes from the client come to.
func (g *guard) next() error {
	if len(g.in) == 0 {
		n, err := g.transport.Read(g.buf[:])
		if n == 0 {
			return err
		}
		g.in = g.buf[:n]
	}
	c, n, ok := g.decoder.Next(g.in)
	g.in = g.in[n:]
	if !ok {
		return nil
	}
	if err := g.check(&c); err != nil {
		return err
	}
	g.out = g.out[:0]
	if c.First {
		g.out = c.Header.Append(g.out)
	}
	g.out = append(g.out, c.Payload...)
	return nil
}

// check fails what gorilla would not, and takes RSV1 off a compressed message.
func (g *guard) check(c *wire.Chunk) error {
	h := &c.Header
	if c.First {
		switch {
		case h.Length>>63 != 0: // RFC 6455 §5.2: "the most significant bit MUST be 0"
			return fail(codeProtocol, "the top bit of the payload length is set")
		case !h.Minimal(): // "the minimal number of bytes MUST be used"
			return fail(codeProtocol, "the payload length is written longer than needed")
		}
		if err := g.checkRSV1(h); err != nil {
			return err
		}
	}
	if h.Opcode == wire.OpClose && h.Length <= 125 {
		return g.checkClose(c)
	}
	return nil
}

// checkRSV1 holds a frame to RFC 7692 §6.1: the bit belongs to the first frame
// of a message. Where nothing was agreed, gorilla refuses it everywhere.
func (g *guard) checkRSV1(h *wire.Header) error {
	marked := g.deflate && h.Rsv&wire.RSV1 != 0
	switch {
	case h.Opcode == wire.OpText, h.Opcode == wire.OpBinary:
		g.compressed = marked
		if marked {
			h.Rsv &^= wire.RSV1
		}
	case marked:
		return fail(codeProtocol, "RSV1 is set on a %s frame", h.Opcode)
	}
	return nil
}

// checkClose holds the body of a Close to RFC 6455 §5.5.1: nothing, or a code
// of two bytes and a reason in UTF-8. But for 1014 the code is gorilla's to check.
func (g *guard) checkClose(c *wire.Chunk) error {
	if c.First {
		g.body = g.body[:0]
	}
	g.body = append(g.body, c.Payload...)
	if !c.Last {
		return nil
	}
	wire.Mask(g.body, c.Header.Mask, 0)
	if len(g.body) == 1 {
		return fail(codeProtocol, "the body of the Close is one byte")
	}
	if len(g.body) == 0 {
		return nil
	}
	code, reason := int(binary.BigEndian.Uint16(g.body)), g.body[2:]
	switch {
	case !utf8.Valid(reason):
		return fail(codeInvalidData, "the reason of the Close is not UTF-8")
	case code == codeBadGateway && c.Header.Fin && c.Header.Masked && c.Header.Rsv == 0:
		return &websocket.CloseError{Code: code, Text: string(reason)}
	}
	return nil
}
