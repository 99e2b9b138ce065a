package sniff

import (
	"encoding/binary"
	"net/netip"
)

// The protocols that IP carries, as far as they are of interest.
const (
	protoHops    = 0
	protoIPv4    = 4
	protoTCP     = 6
	protoIPv6    = 41
	protoRouting = 43
	protoFrag    = 44
	protoAuth    = 51
	protoOptions = 60
)

// maxNested is how many IP packets in each other, and headers in one, are read.
const maxNested = 16

// datagram is what one IP packet carries.
type datagram struct {
	src, dst [16]byte // IPv4 as ::ffff:0:0/96
	proto    byte
	data     []byte // as far as it was captured
	length   int    // in full
}

// fragment is where the data of a datagram belongs in one that was cut.
type fragment struct {
	id     uint32
	offset int
	more   bool
}

// whole reports whether nothing was cut.
func (f fragment) whole() bool { return f.offset == 0 && !f.more }

// ip reads an IP packet, of which p may be the beginning; all says that it is the
// whole packet, or more.
func ip(p []byte, all bool) (d datagram, f fragment, ok bool) {
	switch {
	case len(p) >= 20 && p[0]>>4 == 4:
		d, f, ok = ipv4(p)
	case len(p) >= 40 && p[0]>>4 == 6:
		d, f, ok = ipv6(p)
	}
	if ok && len(d.data) < d.length && all {
		return d, f, false // it says that it is larger than it is
	}
	return d, f, ok
}

// mapped begins an IPv4 address in the form of IPv6.
var mapped = netip.MustParseAddr("::ffff:0.0.0.0").As16()

// ipv4 reads a header of RFC 791 §3.1.
func ipv4(p []byte) (d datagram, f fragment, ok bool) {
	head, total := int(p[0]&0x0F)*4, int(binary.BigEndian.Uint16(p[2:]))
	if total == 0 { // left to the network card
		total = len(p)
	}
	if head < 20 || total < head || len(p) < head {
		return d, f, false
	}
	d.src, d.dst, d.proto = mapped, mapped, p[9]
	copy(d.src[12:], p[12:16])
	copy(d.dst[12:], p[16:20])
	d.length = total - head
	d.data = p[head:min(total, len(p))]
	flags := binary.BigEndian.Uint16(p[6:])
	f = fragment{id: uint32(binary.BigEndian.Uint16(p[4:])), offset: int(flags&0x1FFF) * 8, more: flags&0x2000 != 0}
	return d, f, true
}

// ipv6 reads a header of RFC 8200 §3, and those that extend it (§4).
func ipv6(p []byte) (d datagram, f fragment, ok bool) {
	length := int(binary.BigEndian.Uint16(p[4:]))
	if length == 0 { // a jumbogram, or left to the network card
		length = len(p) - 40
	}
	copy(d.src[:], p[8:])
	copy(d.dst[:], p[24:])
	d.proto, d.data, d.length = p[6], p[40:min(len(p), 40+length)], length
	for range maxNested {
		size := 0
		switch b := d.data; {
		case d.proto != protoHops && d.proto != protoRouting && d.proto != protoOptions && d.proto != protoFrag && d.proto != protoAuth:
			return d, f, true
		case len(b) < 8:
			return d, f, false
		case d.proto == protoFrag:
			at := binary.BigEndian.Uint16(b[2:])
			f = fragment{id: binary.BigEndian.Uint32(b[4:]), offset: int(at &^ 7), more: at&1 != 0}
			size = 8
		case d.proto == protoAuth:
			size = (int(b[1]) + 2) * 4
		default:
			size = (int(b[1]) + 1) * 8
		}
		if size > len(d.data) {
			return d, f, false
		}
		d.proto, d.data, d.length = d.data[0], d.data[size:], d.length-size
		if !f.whole() {
			return d, f, true
		}
	}
	return d, f, false
}

// Flags of a TCP segment.
const (
	flagFIN = 1 << iota
	flagSYN
	flagRST
	_
	flagACK
)

// segment is one TCP segment.
type segment struct {
	key      key
	from     int // which end of key sent it
	at       int64
	seq, ack uint32
	flags    byte
	data     []byte
	lost     int // bytes that follow data and were not captured
}

// has reports whether all these flags are set.
func (s *segment) has(flags byte) bool { return s.flags&flags == flags }

// key is the two ends of a connection, the lower one first.
type key struct {
	addr [2][16]byte
	port [2]uint16
}

// end returns one of the two.
func (k *key) end(i int) netip.AddrPort {
	return netip.AddrPortFrom(netip.AddrFrom16(k.addr[i]).Unmap(), k.port[i])
}

// tcp reads a TCP segment (RFC 9293 §3.1).
func tcp(d *datagram, at int64, s *segment) bool {
	b := d.data
	if len(b) < 20 {
		return false
	}
	head := int(b[12]>>4) * 4
	if head < 20 || head > d.length {
		return false
	}
	*s = segment{at: at, seq: binary.BigEndian.Uint32(b[4:]), ack: binary.BigEndian.Uint32(b[8:]), flags: b[13]}
	s.data = b[min(head, len(b)):]
	s.lost = d.length - head - len(s.data)
	src, dst := binary.BigEndian.Uint16(b), binary.BigEndian.Uint16(b[2:])
	s.key = key{[2][16]byte{d.src, d.dst}, [2]uint16{src, dst}}
	if order := compare(d.src, d.dst); order > 0 || order == 0 && src > dst {
		s.key = key{[2][16]byte{d.dst, d.src}, [2]uint16{dst, src}}
		s.from = 1
	}
	return true
}

// compare orders two addresses.
func compare(a, b [16]byte) int {
	for _, i := range [2]int{0, 8} {
		x, y := binary.BigEndian.Uint64(a[i:]), binary.BigEndian.Uint64(b[i:])
		if x != y {
			if x < y {
				return -1
			}
			return 1
		}
	}
	return 0
}
