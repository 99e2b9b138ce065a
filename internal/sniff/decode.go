package sniff

// Skipped counts packets that were not looked into.
type Skipped struct {
	Link      uint64 // of a link type that is not read
	Other     uint64 // not TCP over IP
	Fragments uint64 // datagrams whose fragments did not all come, or were cut by the capture
}

// decoder finds TCP segments in packets.
type decoder struct {
	fragments fragments
	skipped   Skipped
}

// decode reads the TCP segment in a packet, if there is one.
func (d *decoder) decode(p *Packet, s *segment) bool {
	b, known := network(p.Link, p.Data)
	if !known {
		d.skipped.Link++
		return false
	}
	all := len(p.Data) >= p.Length
	for range maxNested {
		in, part, ok := ip(b, all)
		if ok && !part.whole() {
			if in, ok = d.fragments.add(&in, part, p.At); !ok {
				return false
			}
		}
		switch {
		case !ok:
			d.skipped.Other++
			return false
		case in.proto == protoTCP:
			ok = tcp(&in, p.At, s)
			if !ok {
				d.skipped.Other++
			}
			return ok
		case in.proto != protoIPv4 && in.proto != protoIPv6:
			d.skipped.Other++
			return false
		}
		b = in.data
	}
	return false
}
