package record

import (
	"net"
	"net/netip"
	"time"

	"github.com/google/gopacket"
	"github.com/google/gopacket/layers"

	"wsprobe/internal/lint"
)

// TCPStream is one connection in a capture.
type TCPStream struct {
	p    *Pcapng
	ends [2]netip.AddrPort
	next [2]uint32 // sequence number of the next byte
}

// Open writes a TCP handshake between two ends.
func (p *Pcapng) Open(at time.Time, client, server netip.AddrPort) *TCPStream {
	s := &TCPStream{p: p, ends: [2]netip.AddrPort{unmapped(client), unmapped(server)}}
	s.segment(lint.Client, at, &layers.TCP{SYN: true}, nil)
	s.segment(lint.Server, at, &layers.TCP{SYN: true, ACK: true}, nil)
	s.segment(lint.Client, at, &layers.TCP{ACK: true}, nil)
	return s
}

func unmapped(a netip.AddrPort) netip.AddrPort { return netip.AddrPortFrom(a.Addr().Unmap(), a.Port()) }

// maxSegment is what the 16-bit length of an IPv4 packet leaves for the bytes
// of one segment (RFC 791 §3.1, RFC 9293 §3.1).
const maxSegment = 1<<16 - 1 - 20 - 20

// Data writes bytes that side sent, with comments on the last of their packets.
func (s *TCPStream) Data(side lint.Side, at time.Time, b []byte, comments ...string) {
	for len(b) > maxSegment {
		s.segment(side, at, &layers.TCP{PSH: true, ACK: true}, b[:maxSegment])
		b = b[maxSegment:]
	}
	s.segment(side, at, &layers.TCP{PSH: true, ACK: true}, b, comments...)
}

// Skip leaves out n bytes that side sent, as a capture that lost packets would.
func (s *TCPStream) Skip(side lint.Side, n uint64) { s.next[side] += uint32(n) }

// End writes the end of side's stream, and that the other side saw a FIN.
func (s *TCPStream) End(side lint.Side, at time.Time, how lint.End, comments ...string) {
	if how == lint.EndReset {
		s.segment(side, at, &layers.TCP{RST: true, ACK: true}, nil, comments...)
		return
	}
	s.segment(side, at, &layers.TCP{FIN: true, ACK: true}, nil, comments...)
	s.segment(1-side, at, &layers.TCP{ACK: true}, nil)
}

// windowScale lets the made-up windows be as wide as they can be, 1 GiB
// (RFC 7323 §2.3), so that no reader finds them full.
const windowScale = 14

// segment writes one packet from side.
func (s *TCPStream) segment(side lint.Side, at time.Time, t *layers.TCP, b []byte, comments ...string) {
	t.SrcPort, t.DstPort = layers.TCPPort(s.ends[side].Port()), layers.TCPPort(s.ends[1-side].Port())
	t.Seq, t.Window = s.next[side], 1<<16-1
	if t.ACK {
		t.Ack = s.next[1-side]
	}
	s.next[side] += uint32(len(b))
	if t.SYN || t.FIN { // each takes a number, as a byte does (RFC 9293 §3.4)
		s.next[side]++
	}
	if t.SYN {
		t.Options = []layers.TCPOption{{OptionType: layers.TCPOptionKindWindowScale, OptionLength: 3, OptionData: []byte{windowScale}}}
	}
	eth, ip := s.below(side)
	t.SetNetworkLayerForChecksum(ip.(gopacket.NetworkLayer))
	err := gopacket.SerializeLayers(s.p.buf, gopacket.SerializeOptions{FixLengths: true, ComputeChecksums: true},
		eth, ip, t, gopacket.Payload(b))
	if s.p.err == nil {
		s.p.err = err
	}
	s.p.packet(at, s.p.buf.Bytes(), comments)
}

// below returns the layers that carry TCP, for a packet from side.
func (s *TCPStream) below(side lint.Side) (*layers.Ethernet, gopacket.SerializableLayer) {
	from, to := s.ends[side].Addr(), s.ends[1-side].Addr()
	// Addresses of nobody's: the second bit of the first byte says "local".
	eth := &layers.Ethernet{SrcMAC: net.HardwareAddr{2, 0, 0, 0, 0, byte(side)}, DstMAC: net.HardwareAddr{2, 0, 0, 0, 0, byte(1 - side)}}
	if from.Is4() && to.Is4() {
		eth.EthernetType = layers.EthernetTypeIPv4
		return eth, &layers.IPv4{
			Version: 4, TTL: 64, Protocol: layers.IPProtocolTCP, Flags: layers.IPv4DontFragment,
			SrcIP: from.AsSlice(), DstIP: to.AsSlice(),
		}
	}
	source, destination := from.As16(), to.As16()
	eth.EthernetType = layers.EthernetTypeIPv6
	return eth, &layers.IPv6{
		Version: 6, HopLimit: 64, NextHeader: layers.IPProtocolTCP, SrcIP: source[:], DstIP: destination[:],
	}
}
