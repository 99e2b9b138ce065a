package sniff

import (
	"encoding/binary"
	"math"
	"math/bits"
)

// The blocks of pcapng (draft-ietf-opsawg-pcapng §4).
const (
	blockSection   = 0x0A0D0D0A
	blockInterface = 1
	blockPacket    = 2 // obsolete
	blockSimple    = 3
	blockStats     = 5
	blockEnhanced  = 6
	blockSecrets   = 10
)

// secretsTLS is the type of secrets that are a key log of TLS (§4.7).
const secretsTLS = 0x544C534B

// Options of an Interface Description Block and of Interface Statistics.
const (
	optionResolution = 9
	optionOffset     = 14
	optionDropped    = 5
)

const (
	orderMagic    = 0x1A2B3C4D
	maxInterfaces = 4096 // of a section
	largestBlock  = 1 << 30
)

// pcapng is what the section that is being read says of its packets.
type pcapng struct {
	interfaces []ngInterface
	last       int64 // time of the latest packet: simple ones have none
}

// ngInterface is where packets were captured.
type ngInterface struct {
	link    LinkType
	snaplen uint32
	scale   timeScale
	dropped uint64
}

// nextBlock reads blocks up to the next packet of a pcapng file.
func (f *File) nextBlock(p *Packet) error {
	for {
		b, err := f.peek(12, "a block")
		if err != nil {
			return err
		}
		kind := f.order.Uint32(b)
		if binary.BigEndian.Uint32(b) == blockSection {
			if kind, err = f.section(b); err != nil {
				return err
			}
		}
		size := f.order.Uint32(b[4:])
		if size < 12 || size > largestBlock {
			return f.broken("a block of %d bytes", size)
		}
		size = (size + 3) &^ 3
		is, err := f.block(kind, int(size), p)
		if is || err != nil {
			return err
		}
	}
}

// section begins a section, which has an order of bytes and interfaces of its own.
func (f *File) section(b []byte) (kind uint32, err error) {
	switch {
	case binary.LittleEndian.Uint32(b[8:]) == orderMagic:
		f.order = order{}
	case binary.BigEndian.Uint32(b[8:]) == orderMagic:
		f.order = order{big: true}
	default:
		return 0, f.broken("a section whose order of bytes is %x", b[8:12])
	}
	f.ng.interfaces = f.ng.interfaces[:0]
	return blockSection, nil
}

// block reads one block, and tells whether it was a packet.
func (f *File) block(kind uint32, size int, p *Packet) (is bool, err error) {
	switch kind {
	case blockInterface, blockPacket, blockSimple, blockStats, blockEnhanced, blockSecrets:
	default:
		return false, f.pass(int64(size), "a block")
	}
	if size > maxBlock && (kind != blockSecrets || size > maxSecrets) {
		return false, f.broken("a block of type %d has %d bytes", kind, size)
	}
	b, err := f.peek(size, "a block")
	if err != nil {
		return false, err
	}
	if again := f.order.Uint32(b[size-4:]); (again+3)&^3 != uint32(size) {
		return false, f.broken("a block of %d bytes ends as one of %d", size, again)
	}
	body := b[8 : size-4]
	switch kind {
	case blockInterface:
		err = f.describe(body)
	case blockStats:
		f.statistics(body)
	case blockSecrets:
		f.secrets(body)
	default:
		is = true
		err = f.packet(kind, body, p)
	}
	if err == nil {
		f.take(size)
	}
	return is, err
}

// describe takes an Interface Description Block.
func (f *File) describe(b []byte) error {
	if len(b) < 8 || len(f.ng.interfaces) == maxInterfaces {
		return f.broken("an interface of %d bytes, after %d others", len(b), len(f.ng.interfaces))
	}
	i := ngInterface{link: LinkType(f.order.Uint16(b)), snaplen: f.order.Uint32(b[4:]), scale: scaleOf(6)}
	f.options(b[8:], func(code uint16, v []byte) {
		switch {
		case code == optionResolution && len(v) == 1:
			i.scale.units = scaleOf(v[0]).units
		case code == optionOffset && len(v) == 8:
			i.scale.offset = int64(f.order.Uint64(v))
		}
	})
	f.ng.interfaces = append(f.ng.interfaces, i)
	return nil
}

// secrets takes a Decryption Secrets Block.
func (f *File) secrets(b []byte) {
	if f.Keys == nil || len(b) < 8 || f.order.Uint32(b) != secretsTLS {
		return
	}
	f.Keys.Add(b[8:][:min(int64(f.order.Uint32(b[4:])), int64(len(b)-8))])
}

// statistics takes an Interface Statistics Block: each tells what was lost so far.
func (f *File) statistics(b []byte) {
	if len(b) < 12 || int64(f.order.Uint32(b)) >= int64(len(f.ng.interfaces)) {
		return
	}
	i := &f.ng.interfaces[f.order.Uint32(b)]
	f.options(b[12:], func(code uint16, v []byte) {
		if code == optionDropped && len(v) == 8 {
			n := f.order.Uint64(v)
			if n > i.dropped {
				f.Dropped += n - i.dropped
				i.dropped = n
			}
		}
	})
}

// options calls f for each option in b.
func (f *File) options(b []byte, call func(code uint16, value []byte)) {
	for len(b) >= 4 {
		code, n := f.order.Uint16(b), int(f.order.Uint16(b[2:]))
		if code == 0 || n > len(b)-4 {
			return
		}
		call(code, b[4:4+n])
		b = b[min(len(b), 4+(n+3)&^3):]
	}
}

// packet takes one of the three blocks that hold a packet.
func (f *File) packet(kind uint32, b []byte, p *Packet) error {
	head, from := 20, uint32(0)
	if kind == blockSimple {
		head = 4
	}
	if len(b) < head {
		return f.broken("a packet in %d bytes", len(b))
	}
	switch kind {
	case blockEnhanced:
		from = f.order.Uint32(b)
	case blockPacket:
		from = uint32(f.order.Uint16(b))
	}
	if int64(from) >= int64(len(f.ng.interfaces)) {
		return f.broken("a packet of interface %d, of which nothing was said", from)
	}
	i := &f.ng.interfaces[from]
	length := f.order.Uint32(b[head-4:])
	size := length
	if kind == blockSimple {
		if i.snaplen > 0 {
			size = min(size, i.snaplen)
		}
	} else {
		size = f.order.Uint32(b[12:])
		f.ng.last = i.scale.nanoseconds(uint64(f.order.Uint32(b[4:]))<<32 | uint64(f.order.Uint32(b[8:])))
	}
	if int64(size) > int64(len(b)-head) {
		return f.broken("a packet of %d bytes in a block of %d", size, len(b))
	}
	*p = Packet{Link: i.link, At: f.ng.last, Data: b[head : head+int(size)], Length: int(max(size, min(length, maxPacket<<4)))}
	return nil
}

// timeScale is how an interface counts time (if_tsresol, if_tsoffset).
type timeScale struct {
	units  uint64 // of a second
	offset int64  // seconds
}

// scaleOf returns that of a code: a negative power of 10, or of 2 with the top bit set.
func scaleOf(code byte) timeScale {
	units := uint64(1)
	if exponent := code & 0x7F; code&0x80 != 0 {
		units = 1 << min(exponent, 63)
	} else {
		for range min(exponent, 19) {
			units *= 10
		}
	}
	return timeScale{units: units}
}

// nanoseconds returns a time in nanoseconds since 1970.
func (s timeScale) nanoseconds(t uint64) int64 {
	hi, lo := bits.Mul64(t%s.units, 1e9)
	fraction, _ := bits.Div64(hi, lo, s.units)
	seconds := t / s.units
	if seconds > math.MaxInt64/1_000_000_000-1 {
		return 0
	}
	return (int64(seconds)+s.offset)*1e9 + int64(fraction)
}
