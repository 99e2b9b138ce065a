// Package sniff reads WebSocket traffic from packets that others captured, or
// that pass on an interface: link layers, IP and its fragments, TCP put in order
// again, and what lint makes of each connection, for the sinks of record.
//
// The packages that Go has for it are not used here: their readers name no place in
// a file that is broken, and their reassembly knows nothing of the order between the
// two sides. What is held here is bounded for each connection and in all, no packet
// costs an allocation, and gaps are told at their place. gopacket reads and writes
// captures in the tests here.
package sniff

import (
	"bufio"
	"compress/gzip"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"

	"wsprobe/internal/tlsread"
)

// What a file may make us hold.
const (
	maxPacket = 4 << 20 // bytes of one packet; the largest that Linux makes is 512 KiB
	maxBlock  = 4 << 20 // bytes of a block of pcapng that is looked into
	// maxSecrets is that of one with keys, which browsers write for months.
	maxSecrets = 64 << 20
)

// Packet is one packet of a capture. Data is valid until the next one is read.
type Packet struct {
	Link   LinkType
	At     int64 // nanoseconds since 1970, UTC
	Data   []byte
	Length int // of the packet; Data may be cut
}

// Broken is where a file could not be read on.
type Broken struct {
	Offset int64 // in the file, once unpacked
	Reason string
	Short  bool // the file ends there, in the middle of something
}

// Error implements error.
func (b *Broken) Error() string { return fmt.Sprintf("byte %d: %s", b.Offset, b.Reason) }

// File reads a capture: pcap or pcapng, also packed with gzip. Close ends it.
type File struct {
	r      *ahead
	offset int64 // of what r gives next
	next   func(*Packet) error
	order  order

	pcap pcap
	ng   pcapng

	// Dropped is how many packets the file says that the capture lost.
	Dropped uint64
	// Keys gets the secrets of TLS that the file carries, where it is not nil.
	Keys *tlsread.Keys
}

// ErrUnknown says that a file is no capture.
var ErrUnknown = errors.New("neither pcap nor pcapng")

// NewFile begins to read a capture. The error is ErrUnknown where r is none.
func NewFile(r io.Reader) (*File, error) { return newFile(r, readAhead) }

// NewFileAt begins to read a capture that is there at once, by two cores.
func NewFileAt(r io.ReaderAt) (*File, error) {
	head := make([]byte, len(gzipHead))
	if r.ReadAt(head, 0); string(head) == gzipHead {
		return NewFile(io.NewSectionReader(r, 0, math.MaxInt64))
	}
	return begin(readShared(r))
}

// NewGrowing begins to read a capture that is being written. r is read during calls of
// Next alone.
func NewGrowing(r io.Reader) (*File, error) { return newFile(r, readAsked) }

func newFile(r io.Reader, read func(io.Reader) *ahead) (*File, error) {
	begun := bufio.NewReader(r)
	if head, _ := begun.Peek(len(gzipHead)); string(head) == gzipHead {
		unpacked, err := gzip.NewReader(begun)
		if err != nil {
			return nil, fmt.Errorf("unpacking: %w", err)
		}
		r = unpacked
	} else {
		r = begun
	}
	return begin(read(r))
}

// gzipHead is what a file begins with that is packed (RFC 1952 §2.3.1).
const gzipHead = "\x1F\x8B"

func begin(r *ahead) (*File, error) {
	f := &File{r: r}
	if err := f.begin(); err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}

// begin finds out what is read.
func (f *File) begin() error {
	head, err := f.r.Peek(4)
	if err != nil && err != io.EOF {
		return err
	}
	switch {
	case len(head) < 4:
		return ErrUnknown
	case binary.BigEndian.Uint32(head) == blockSection:
		f.next = f.nextBlock
		return nil
	case f.pcap.magic(f, head):
		f.next = f.nextRecord
		return f.pcapHeader()
	}
	return ErrUnknown
}

// Close ends the reading. It does not close what is read.
func (f *File) Close() { f.r.Close() }

// Next reads a packet. The error is io.EOF at the end, and a *Broken where the
// file is.
func (f *File) Next(p *Packet) error { return f.next(p) }

// order is that of the bytes of a number. It stands for a binary.ByteOrder, each call
// of which goes through an interface.
type order struct{ big bool }

// Uint16 reads a number.
func (o order) Uint16(b []byte) uint16 {
	if o.big {
		return binary.BigEndian.Uint16(b)
	}
	return binary.LittleEndian.Uint16(b)
}

// Uint32 reads a number.
func (o order) Uint32(b []byte) uint32 {
	if o.big {
		return binary.BigEndian.Uint32(b)
	}
	return binary.LittleEndian.Uint32(b)
}

// Uint64 reads a number.
func (o order) Uint64(b []byte) uint64 {
	if o.big {
		return binary.BigEndian.Uint64(b)
	}
	return binary.LittleEndian.Uint64(b)
}

// peek returns the next n bytes without taking them; what names them in an error.
func (f *File) peek(n int, what string) ([]byte, error) {
	b, err := f.r.Peek(n)
	switch {
	case err == nil:
		return b, nil
	case err == io.EOF && len(b) == 0:
		return nil, io.EOF
	case err == io.EOF || errors.Is(err, io.ErrUnexpectedEOF):
		return nil, &Broken{Offset: f.offset, Reason: fmt.Sprintf("the file ends inside %s", what), Short: true}
	}
	return nil, &Broken{Offset: f.offset + int64(len(b)), Reason: err.Error()}
}

// take takes n bytes that were peeked at.
func (f *File) take(n int) {
	f.r.Discard(n)
	f.offset += int64(n)
}

// pass passes over n bytes.
func (f *File) pass(n int64, what string) error {
	for n > 0 {
		k, err := f.r.Discard(int(min(n, 1<<20)))
		f.offset += int64(k)
		n -= int64(k)
		switch {
		case err == io.EOF || errors.Is(err, io.ErrUnexpectedEOF):
			return &Broken{Offset: f.offset, Reason: fmt.Sprintf("the file ends inside %s", what), Short: true}
		case err != nil:
			return &Broken{Offset: f.offset, Reason: err.Error()}
		}
	}
	return nil
}

// broken says what is wrong with what comes next.
func (f *File) broken(format string, args ...any) error {
	return &Broken{Offset: f.offset, Reason: fmt.Sprintf(format, args...)}
}
