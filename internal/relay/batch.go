package relay

import (
	"encoding/binary"
	"time"

	"wsprobe/internal/lint"
	"wsprobe/internal/record"
	"wsprobe/internal/wire"
)

// batch is a piece of the log: what was seen, in bytes where there is much of it
// and as values where there is little. It is what passes from those who forward
// to the one who writes.
type batch struct {
	bytes  []byte
	values []value
	loss   record.Loss // of what would have come next
}

// The kinds of entries in a batch's bytes.
const (
	entryPlain byte = iota // a plain frame
	entryValue             // the next value
)

// value is an entry that is seldom.
type value struct {
	conn   *watched
	open   bool
	closed bool
	note   string
	at     time.Duration
	events []lint.Event
}

// plainSize is what a plain frame takes beside its payload.
const plainSize = 1 + 8 + 8 + 8 + 2 + 4 + 4 + 4

// appendPlain writes down a plain frame, with the payload that it is given.
//
//	kind, connection, time, offset, first two bits of the header, key, length, bytes of payload here
func appendPlain(b []byte, conn uint64, side lint.Side, at time.Duration, offset uint64, h wire.Header, payload []byte) []byte {
	le := binary.LittleEndian
	b = append(b, entryPlain)
	b = le.AppendUint64(b, conn)
	b = le.AppendUint64(b, uint64(at))
	b = le.AppendUint64(b, offset)
	b = append(b, byte(h.Opcode), byte(side))
	b = append(b, h.Mask[:]...)
	b = le.AppendUint32(b, uint32(h.Length))
	b = le.AppendUint32(b, uint32(len(payload)))
	return append(b, payload...)
}

// readPlain reads what appendPlain wrote, and returns the connection and what
// comes behind it.
func readPlain(b []byte, f *record.Plain) (conn uint64, rest []byte) {
	le := binary.LittleEndian
	conn = le.Uint64(b[1:])
	f.At = time.Duration(le.Uint64(b[9:]))
	f.Offset = le.Uint64(b[17:])
	f.Side = lint.Side(b[26])
	f.Header = wire.Header{Fin: true, Opcode: wire.Opcode(b[25]), Masked: f.Side == lint.Client, Length: uint64(le.Uint32(b[31:]))}
	f.Header.Bits = wire.BitsFor(f.Header.Length)
	copy(f.Header.Mask[:], b[27:31])
	n := int(le.Uint32(b[35:]))
	f.Payload = b[plainSize : plainSize+n]
	return conn, b[plainSize+n:]
}
