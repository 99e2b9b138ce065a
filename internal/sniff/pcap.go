package sniff

// The magic numbers of pcap (draft-ietf-opsawg-pcap §4), and that of a variant
// with longer records.
const (
	magicMicro   = 0xA1B2C3D4
	magicNano    = 0xA1B23C4D
	magicPatched = 0xA1B2CD34
)

// pcapHead is how long the header of a file is.
const pcapHead = 24

// pcap is what a pcap file says of all its packets.
type pcap struct {
	link   LinkType
	unit   int64 // nanoseconds of what stands behind the seconds
	record int   // bytes of the header of a record
}

// magic reads the magic number that a file begins with.
func (p *pcap) magic(f *File, head []byte) bool {
	for _, o := range []order{{}, {big: true}} {
		f.order, p.unit, p.record = o, 1000, 16
		switch o.Uint32(head) {
		case magicMicro:
			return true
		case magicNano:
			p.unit = 1
			return true
		case magicPatched:
			p.record = 24
			return true
		}
	}
	return false
}

// pcapHeader reads the header of a pcap file.
func (f *File) pcapHeader() error {
	b, err := f.peek(pcapHead, "its header")
	if err != nil {
		return err
	}
	// The upper bits tell of a frame check sequence at the end of each packet.
	f.pcap.link = LinkType(f.order.Uint32(b[20:]) & 0xFFFF)
	f.take(pcapHead)
	return nil
}

// nextRecord reads a packet of a pcap file.
func (f *File) nextRecord(p *Packet) error {
	head := f.pcap.record
	b, err := f.peek(head, "the header of a packet")
	if err != nil {
		return err
	}
	seconds, fraction := int64(f.order.Uint32(b)), int64(f.order.Uint32(b[4:]))
	size, length := f.order.Uint32(b[8:]), f.order.Uint32(b[12:])
	if size > maxPacket || length > maxPacket<<4 {
		return f.broken("a packet of %d bytes, of which %d are there: this is no packet", length, size)
	}
	if b, err = f.peek(head+int(size), "a packet"); err != nil {
		return err
	}
	*p = Packet{Link: f.pcap.link, At: seconds*1e9 + fraction*f.pcap.unit, Data: b[head:], Length: max(int(length), int(size))}
	f.take(head + int(size))
	return nil
}
