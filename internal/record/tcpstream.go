package record

import (
	"encoding/binary"
	"math/bits"
	"net/netip"
	"time"

	"wsprobe/internal/lint"
)

// TCPStream is one connection in a capture.
type TCPStream struct {
	p     *Pcapng
	sides [2]segments
}

// segments are what one side sends.
type segments struct {
	below []byte // the headers of Ethernet and IP
	pseud uint64 // the sum of what a TCP checksum covers of these
	ports [2]uint16
	next  uint32 // sequence number of the next byte
	ip4   bool
}

// Open writes a TCP handshake between two ends.
func (p *Pcapng) Open(at time.Time, client, server netip.AddrPort) *TCPStream {
	return p.openAt(at, client, server, [2]uint32{})
}

// openAt is Open with the sequence numbers of the SYNs.
func (p *Pcapng) openAt(at time.Time, client, server netip.AddrPort, first [2]uint32) *TCPStream {
	s := &TCPStream{p: p}
	s.sides[lint.Client] = template(lint.Client, client, server)
	s.sides[lint.Server] = template(lint.Server, server, client)
	for side, n := range first {
		s.sides[side].next = n
	}
	s.segment(lint.Client, at, flagSYN, nil)
	s.segment(lint.Server, at, flagSYN|flagACK, nil)
	s.segment(lint.Client, at, flagACK, nil)
	return s
}

// Where numbers stand in the headers (RFC 791 §3.1, RFC 8200 §3).
const (
	etherSize  = 14
	ip4Size    = 20
	ip6Size    = 40
	tcpSize    = 20
	ip4Length  = etherSize + 2
	ip4Sum     = etherSize + 10
	ip6Length  = etherSize + 4
	protoTCP   = 6
	hops       = 64
	etherType4 = 0x0800
	etherType6 = 0x86DD
)

// template returns the segments from one end to another, without any yet.
func template(side lint.Side, from, to netip.AddrPort) segments {
	s := segments{ports: [2]uint16{from.Port(), to.Port()}}
	source, destination := from.Addr().Unmap(), to.Addr().Unmap()
	s.ip4 = source.Is4() && destination.Is4()
	// Addresses of nobody's: the second bit of the first byte says "local".
	b := append([]byte{2, 0, 0, 0, 0, byte(1 - side)}, 2, 0, 0, 0, 0, byte(side))
	if s.ip4 {
		b = binary.BigEndian.AppendUint16(b, etherType4)
		b = append(b, 0x45, 0, 0, 0, 0, 0, 0x40, 0, hops, protoTCP, 0, 0) // not to be fragmented
		b = append(append(b, source.AsSlice()...), destination.AsSlice()...)
		s.pseud = sum(0, b[len(b)-8:])
	} else {
		b = binary.BigEndian.AppendUint16(b, etherType6)
		b = append(b, 0x60, 0, 0, 0, 0, 0, protoTCP, hops)
		s16, d16 := source.As16(), destination.As16()
		b = append(append(b, s16[:]...), d16[:]...)
		s.pseud = sum(0, b[len(b)-32:])
	}
	s.pseud = sum(s.pseud, []byte{0, protoTCP})
	s.below = b
	return s
}

// maxSegment is what the 16-bit length of an IPv4 packet leaves for the bytes
// of one segment (RFC 791 §3.1, RFC 9293 §3.1).
const maxSegment = 1<<16 - 1 - 20 - 20

// Data writes bytes that side sent, with comments on the last of their packets.
func (s *TCPStream) Data(side lint.Side, at time.Time, b []byte, comments ...string) {
	for len(b) > maxSegment {
		s.segment(side, at, flagPSH|flagACK, b[:maxSegment])
		b = b[maxSegment:]
	}
	s.segment(side, at, flagPSH|flagACK, b, comments...)
}

// Skip leaves out n bytes that side sent, as a capture that lost packets would.
func (s *TCPStream) Skip(side lint.Side, n uint64) { s.sides[side].next += uint32(n) }

// End writes the end of side's stream, and that the other side saw a FIN.
func (s *TCPStream) End(side lint.Side, at time.Time, how lint.End, comments ...string) {
	if how == lint.EndReset {
		s.segment(side, at, flagRST|flagACK, nil, comments...)
		return
	}
	s.segment(side, at, flagFIN|flagACK, nil, comments...)
	s.segment(1-side, at, flagACK, nil)
}

// The flags of a segment (RFC 9293 §3.1).
const (
	flagFIN = 1 << iota
	flagSYN
	flagRST
	flagPSH
	flagACK
)

// scaleWindow is an option with which the made-up windows are as wide as they can
// be, 1 GiB (RFC 7323 §2.3), so that no reader finds them full.
var scaleWindow = []byte{3, 3, 14, 0} // kind, length, shift; the end of the list

// segment writes one packet from side.
func (s *TCPStream) segment(side lint.Side, at time.Time, flags byte, payload []byte, comments ...string) {
	from, to := &s.sides[side], &s.sides[1-side]
	var more []byte
	if flags&flagSYN != 0 {
		more = scaleWindow
	}
	size := tcpSize + len(more) + len(payload)
	b := s.p.beginPacket(at, len(from.below)+size)
	start := len(b)
	b = append(b, from.below...)
	from.finish(b[start:], size)
	header := len(b)
	b = from.appendTCP(b, to, flags, byte(tcpSize+len(more)))
	b = append(append(b, more...), payload...)
	covered := sum(from.pseud, []byte{byte(size >> 8), byte(size)})
	binary.BigEndian.PutUint16(b[header+16:], checksum(sum(covered, b[header:])))
	s.p.endPacket(b, comments)
	from.next += uint32(len(payload))
	if flags&(flagSYN|flagFIN) != 0 { // each takes a number, as a byte does (RFC 9293 §3.4)
		from.next++
	}
}

// finish fills in a copy of the template for a TCP segment of that size.
func (s *segments) finish(b []byte, size int) {
	if s.ip4 {
		binary.BigEndian.PutUint16(b[ip4Length:], uint16(ip4Size+size))
		binary.BigEndian.PutUint16(b[ip4Sum:], checksum(sum(0, b[etherSize:])))
	} else {
		binary.BigEndian.PutUint16(b[ip6Length:], uint16(size))
	}
}

// appendTCP appends a TCP header without its checksum (RFC 9293 §3.1).
func (s *segments) appendTCP(b []byte, to *segments, flags, size byte) []byte {
	be := binary.BigEndian
	b = be.AppendUint16(b, s.ports[0])
	b = be.AppendUint16(b, s.ports[1])
	b = be.AppendUint32(b, s.next)
	acknowledged := to.next
	if flags&flagACK == 0 {
		acknowledged = 0
	}
	b = be.AppendUint32(b, acknowledged)
	return append(b, size<<2, flags, 0xFF, 0xFF, 0, 0, 0, 0) // size in words; the window
}

// sum adds bytes to a sum of 16-bit words in one's complement. It adds four of them
// at a time and in the order of the processor, which come to the same (RFC 1071 §2).
func sum(total uint64, b []byte) uint64 {
	var carry uint64
	for ; len(b) >= 8; b = b[8:] {
		total, carry = bits.Add64(total, binary.LittleEndian.Uint64(b), carry)
	}
	var rest [8]byte
	copy(rest[:], b)
	total, carry = bits.Add64(total, binary.LittleEndian.Uint64(rest[:]), carry)
	total, carry = bits.Add64(total, 0, carry)
	return total + carry
}

// checksum returns what a sum comes to in a header (RFC 1071 §1).
func checksum(total uint64) uint16 {
	for total>>16 != 0 {
		total = total>>16 + total&0xFFFF
	}
	return bits.ReverseBytes16(^uint16(total))
}
