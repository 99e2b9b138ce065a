package record

import (
	"bufio"
	"encoding/binary"
	"io"
	"strings"
	"time"
)

// Pcapng writes a packet capture of TCP connections of which only the bytes are
// known. The packets around them are made up: the right addresses, sequence
// numbers, checksums and times, and none of the losses, delays and lone
// acknowledgements of a real wire. It is not safe for concurrent use.
//
// All packets are alike but for a few numbers, and there is one for each frame,
// so they are written from a template: serializing them layer by layer takes
// twenty times as long.
type Pcapng struct {
	w   *bufio.Writer
	err error // the first; nothing is written after it
}

// pcapngBuffer is how much is written at once.
const pcapngBuffer = 256 << 10

// The blocks of a file, and what is in them (draft-ietf-opsawg-pcapng §3.5, §4.1
// to §4.3).
const (
	blockSection   = 0x0A0D0D0A
	blockInterface = 1
	blockPacket    = 6
	blockCounts    = 5

	byteOrder = 0x1A2B3C4D
	ethernet  = 1 // the type of link

	optionEnd         = 0
	optionComment     = 1
	optionApplication = 4 // of a section
	optionResolution  = 9 // of an interface: of its times
	nanoseconds       = 9

	packetHead = 28       // bytes in front of a packet in its block
	maxComment = 32 << 10 // bytes; an option holds twice as much, and some readers stumble there
)

// NewPcapng begins a file with a comment on the whole of it.
func NewPcapng(w io.Writer, comment string) *Pcapng { return newPcapng(w, "wsprobe", comment) }

// newPcapng begins a file that names the program that writes it.
func newPcapng(w io.Writer, application, comment string) *Pcapng {
	p := &Pcapng{w: bufio.NewWriterSize(w, pcapngBuffer)}
	le := binary.LittleEndian
	b := le.AppendUint32(p.begin(blockSection), byteOrder)
	b = le.AppendUint32(b, 1)       // version 1.0
	b = le.AppendUint64(b, 1<<64-1) // how long the section is, nobody knows
	p.end(options(b, option{optionApplication, application}, option{optionComment, comment}))
	b = le.AppendUint32(p.begin(blockInterface), ethernet)
	b = le.AppendUint32(b, 0) // packets are captured whole
	p.end(options(b, option{optionResolution, string(rune(nanoseconds))}))
	return p
}

// Close writes out what is left, and returns the first error that there was.
// It does not close what is below.
func (p *Pcapng) Close() error {
	if err := p.w.Flush(); p.err == nil {
		p.err = err
	}
	return p.err
}

// Remark writes a comment that belongs to no packet, in a block of statistics.
func (p *Pcapng) Remark(at time.Time, comment string) {
	le, t := binary.LittleEndian, at.UnixNano()
	b := le.AppendUint32(p.begin(blockCounts), 0) // the interface
	b = le.AppendUint32(b, uint32(t>>32))
	b = le.AppendUint32(b, uint32(t))
	p.end(options(b, option{optionComment, comment}))
}

// begin begins a block, in the free part of the buffer where it fits in there.
func (p *Pcapng) begin(kind uint32) []byte {
	return append(binary.LittleEndian.AppendUint32(p.w.AvailableBuffer(), kind), 0, 0, 0, 0)
}

// end writes a block, with its length in front and at its end.
func (p *Pcapng) end(block []byte) {
	size := uint32(len(block) + 4)
	binary.LittleEndian.PutUint32(block[4:], size)
	block = binary.LittleEndian.AppendUint32(block, size)
	if p.err == nil {
		_, p.err = p.w.Write(block)
	}
}

// beginPacket begins the block of a packet of that size, which follows.
func (p *Pcapng) beginPacket(at time.Time, size int) []byte {
	le, t := binary.LittleEndian, at.UnixNano()
	b := le.AppendUint32(p.begin(blockPacket), 0) // the interface
	b = le.AppendUint32(b, uint32(t>>32))
	b = le.AppendUint32(b, uint32(t))
	b = le.AppendUint32(b, uint32(size)) // captured
	return le.AppendUint32(b, uint32(size))
}

// endPacket writes the block of a packet, with comments.
func (p *Pcapng) endPacket(block []byte, comments []string) {
	block = padded(block)
	if len(comments) > 0 {
		all := make([]option, len(comments))
		for i, c := range comments {
			all[i] = option{optionComment, c}
		}
		block = options(block, all...)
	}
	p.end(block)
}

// option is something more about what a block holds.
type option struct {
	code uint16
	text string
}

// options appends options, save those without text, and their end.
func options(b []byte, all ...option) []byte {
	le := binary.LittleEndian
	for _, o := range all {
		if text := fitting(o.text); text != "" {
			b = le.AppendUint16(b, o.code)
			b = le.AppendUint16(b, uint16(len(text)))
			b = padded(append(b, text...))
		}
	}
	return append(b, optionEnd, 0, 0, 0)
}

// padded fills up a block, which begins at b's start, to whole words.
func padded(b []byte) []byte { return append(b, 0, 0, 0)[:(len(b)+3)&^3] }

// fitting returns a comment that fits into an option: UTF-8, and not too long.
func fitting(comment string) string {
	return strings.ToValidUTF8(comment[:min(len(comment), maxComment)], "")
}
