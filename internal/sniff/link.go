package sniff

import "encoding/binary"

// LinkType is what the packets of a capture begin with, by the numbers of
// https://www.tcpdump.org/linktypes.html.
type LinkType uint16

// The link types that are read.
const (
	LinkNull     LinkType = 0
	LinkEthernet LinkType = 1
	LinkPPP      LinkType = 9
	LinkRawBSD   LinkType = 12
	LinkRawOpen  LinkType = 14
	LinkPPPHDLC  LinkType = 50
	LinkRaw      LinkType = 101
	LinkLoop     LinkType = 108
	LinkSLL      LinkType = 113
	LinkIPv4     LinkType = 228
	LinkIPv6     LinkType = 229
	LinkSLL2     LinkType = 276
)

// What Ethernet says that it carries.
const (
	etherIPv4  = 0x0800
	etherIPv6  = 0x86DD
	etherVLAN  = 0x8100
	etherQinQ  = 0x88A8
	etherQinQ1 = 0x9100
	etherPPPoE = 0x8864
)

// network returns the IP packet that a packet carries. known is false for a link
// type that is not read; ip is nil where there is none in it.
func network(link LinkType, p []byte) (ip []byte, known bool) {
	switch link {
	case LinkEthernet:
		return ethernet(p, 12), true
	case LinkRaw, LinkRawBSD, LinkRawOpen, LinkIPv4, LinkIPv6:
		return p, true
	case LinkNull, LinkLoop: // an address family, which the version of IP says as well
		return from(p, 4), true
	case LinkSLL:
		return ethernet(p, 14), true
	case LinkSLL2:
		if len(p) < 20 {
			return nil, true
		}
		return carried(binary.BigEndian.Uint16(p), p[20:]), true
	case LinkPPP, LinkPPPHDLC:
		return ppp(p), true
	}
	return nil, false
}

// from returns what follows n bytes.
func from(p []byte, n int) []byte {
	if len(p) < n {
		return nil
	}
	return p[n:]
}

// ethernet reads what is carried from a type that stands at a place.
func ethernet(p []byte, at int) []byte {
	if len(p) < at+2 {
		return nil
	}
	return carried(binary.BigEndian.Uint16(p[at:]), p[at+2:])
}

// carried returns the IP packet behind the tags of VLANs and PPPoE.
func carried(kind uint16, p []byte) []byte {
	for {
		switch kind {
		case etherIPv4, etherIPv6:
			return p
		case etherVLAN, etherQinQ, etherQinQ1:
			if len(p) < 4 {
				return nil
			}
			kind, p = binary.BigEndian.Uint16(p[2:]), p[4:]
		case etherPPPoE:
			return ppp(from(p, 6))
		default:
			return nil
		}
	}
}

// ppp returns the IP packet in a PPP packet (RFC 1661 §2, RFC 1662 §3.1).
func ppp(p []byte) []byte {
	if len(p) > 2 && p[0] == 0xFF && p[1] == 0x03 {
		p = p[2:]
	}
	switch {
	case len(p) > 1 && p[0] == 0x00 && (p[1] == 0x21 || p[1] == 0x57):
		return p[2:]
	case len(p) > 0 && (p[0] == 0x21 || p[0] == 0x57): // the protocol in one byte
		return p[1:]
	}
	return nil
}
