package sniff_test

import (
	"bytes"
	"encoding/binary"
	"testing"

	"wsprobe/internal/sniff"
)

// FuzzFile reads files of any bytes, and looks into what packets there are.
func FuzzFile(f *testing.F) {
	one := packets{{At: 1e9, Data: make([]byte, 60), Length: 60}}
	f.Add(one.write(binary.LittleEndian, sniff.LinkEthernet).Bytes())
	f.Add(one.write(binary.BigEndian, sniff.LinkSLL2).Bytes())
	f.Add([]byte("\x0a\x0d\x0d\x0a\x1c\x00\x00\x00\x4d\x3c\x2b\x1a\x01\x00\x00\x00\xff\xff\xff\xff\xff\xff\xff\xff\x1c\x00\x00\x00" +
		"\x01\x00\x00\x00\x14\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00\x00\x14\x00\x00\x00" +
		"\x03\x00\x00\x00\x14\x00\x00\x00\x04\x00\x00\x00abcd\x14\x00\x00\x00"))
	f.Fuzz(func(t *testing.T, b []byte) {
		in, err := sniff.NewFileAt(bytes.NewReader(b))
		if err != nil {
			return
		}
		defer in.Close()
		s := sniff.New(sniff.Options{Keep: 100})
		var p sniff.Packet
		for in.Next(&p) == nil {
			if p.Length < len(p.Data) {
				t.Fatalf("%d bytes of %d", len(p.Data), p.Length)
			}
			s.Packet(&p)
		}
		s.Leave()
	})
}

// segmentOf makes an IP packet with a piece of a stream.
func segmentOf(server bool, seq, ack uint32, flags byte, data []byte) sniff.Packet {
	b := make([]byte, 40, 40+len(data))
	b[0], b[9] = 0x45, 6
	binary.BigEndian.PutUint16(b[2:], uint16(40+len(data)))
	copy(b[12:], []byte{10, 0, 0, 1, 10, 0, 0, 2})
	binary.BigEndian.PutUint16(b[20:], 40000)
	binary.BigEndian.PutUint16(b[22:], 80)
	if server {
		copy(b[12:], []byte{10, 0, 0, 2, 10, 0, 0, 1})
		binary.BigEndian.PutUint16(b[20:], 80)
		binary.BigEndian.PutUint16(b[22:], 40000)
	}
	binary.BigEndian.PutUint32(b[24:], seq)
	binary.BigEndian.PutUint32(b[28:], ack)
	b[32], b[33] = 0x50, flags
	b = append(b, data...)
	return sniff.Packet{Link: sniff.LinkRaw, At: 1e9, Data: b, Length: len(b)}
}

const (
	asked    = "GET / HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
	answered = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n"
)

// FuzzSegments cuts a stream into segments that overlap, come twice and out of
// order, at sequence numbers that wrap: each byte is given once, in order.
func FuzzSegments(f *testing.F) {
	f.Add([]byte("\x00\x10\x08\x20\x00\x80\x40\x40"), uint32(0xFFFFFFF0))
	f.Add([]byte("\xf0\x10\x01\x01\x80\x80\x00\xff"), uint32(7))
	f.Fuzz(func(t *testing.T, cuts []byte, isn uint32) {
		var stream []byte
		for i := range 40 {
			stream = append(stream, 0x82, 4, byte(i), 1, 2, 3)
		}
		sink := newSeen()
		s := sniff.New(sniff.Options{Keep: 100, Sinks: sinksOf(sink)})
		give := func(p sniff.Packet) { s.Packet(&p) }
		give(segmentOf(false, 1, 0, 2, nil))
		give(segmentOf(true, isn, 2, 0x12, nil))
		give(segmentOf(false, 2, isn+1, 0x10, []byte(asked)))
		give(segmentOf(true, isn+1, 2+uint32(len(asked)), 0x10, []byte(answered)))
		base := isn + 1 + uint32(len(answered))
		for len(cuts) >= 2 {
			from := min(int(cuts[0]), len(stream))
			to := min(from+int(cuts[1]), len(stream))
			give(segmentOf(true, base+uint32(from), 2+uint32(len(asked)), 0x10, stream[from:to]))
			cuts = cuts[2:]
		}
		give(segmentOf(true, base, 2+uint32(len(asked)), 0x11, stream))
		s.Leave()
		frames := sink.payloads["10.0.0.1:40000 server"]
		if len(frames) != 40 || sink.gaps > 0 || len(sink.findings) > 0 {
			t.Fatalf("%d frames, %d bytes missing, %q", len(frames), sink.gaps, sink.findings)
		}
		for i, p := range frames {
			if p[0] != byte(i) {
				t.Fatalf("frame %d is %q", i, p)
			}
		}
	})
}
