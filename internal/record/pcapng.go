package record

import (
	"bufio"
	"encoding/binary"
	"io"
	"strings"
	"time"

	"github.com/google/gopacket"
	"github.com/google/gopacket/layers"
	"github.com/google/gopacket/pcapgo"
)

// Pcapng writes a packet capture of TCP connections of which only the bytes are
// known. The packets around them are made up: the right addresses, sequence
// numbers, checksums and times, and none of the losses, delays and lone
// acknowledgements of a real wire. It is not safe for concurrent use.
type Pcapng struct {
	w   *bufio.Writer
	err error // the first; nothing is written after it
	buf gopacket.SerializeBuffer
}

// NewPcapng begins a file with a comment on the whole of it.
func NewPcapng(w io.Writer, comment string) *Pcapng {
	p := &Pcapng{w: bufio.NewWriter(w), buf: gopacket.NewSerializeBuffer()}
	head, err := pcapgo.NewNgWriterInterface(p.w,
		pcapgo.NgInterface{LinkType: layers.LinkTypeEthernet, TimestampResolution: 9},
		pcapgo.NgWriterOptions{SectionInfo: pcapgo.NgSectionInfo{Application: "wsprobe", Comment: fitting(comment)}})
	if err == nil {
		err = head.Flush()
	}
	p.err = err
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

// What an Enhanced Packet Block is made of (draft-ietf-opsawg-pcapng §3.5, §4.3).
const (
	blockPacket   = 6
	optionEnd     = 0
	optionComment = 1
	maxComment    = 32 << 10 // bytes; an option holds twice as much, and some readers stumble there
)

// packet writes an Enhanced Packet Block. The library has a writer of these,
// which cannot write comments.
func (p *Pcapng) packet(at time.Time, data []byte, comments []string) {
	le := binary.LittleEndian
	var body []byte
	body = le.AppendUint32(body, 0) // the interface
	body = le.AppendUint32(body, uint32(at.UnixNano()>>32))
	body = le.AppendUint32(body, uint32(at.UnixNano()))
	body = le.AppendUint32(body, uint32(len(data))) // captured
	body = le.AppendUint32(body, uint32(len(data))) // of the packet
	body = padded(append(body, data...))
	for _, c := range comments {
		c = fitting(c)
		body = le.AppendUint16(body, optionComment)
		body = le.AppendUint16(body, uint16(len(c)))
		body = padded(append(body, c...))
	}
	if len(comments) > 0 {
		body = append(body, optionEnd, 0, 0, 0)
	}
	size := uint32(len(body)) + 12 // with the type and twice the length
	block := append(le.AppendUint32(le.AppendUint32(nil, blockPacket), size), body...)
	if p.err == nil {
		_, p.err = p.w.Write(le.AppendUint32(block, size))
	}
}

func padded(b []byte) []byte { return append(b, 0, 0, 0)[:(len(b)+3)&^3] }

// fitting returns a comment that fits into an option: UTF-8, and not too long.
func fitting(comment string) string {
	return strings.ToValidUTF8(comment[:min(len(comment), maxComment)], "")
}
