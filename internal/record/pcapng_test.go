package record

import (
	"bytes"
	"errors"
	"io"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/google/gopacket"
	"github.com/google/gopacket/layers"
	"github.com/google/gopacket/pcapgo"

	"wsprobe/internal/lint"
)

var began = time.Date(2024, 5, 17, 9, 30, 0, 123456789, time.UTC)

// read reads a capture back.
func read(t *testing.T, file []byte) (packets []gopacket.Packet) {
	t.Helper()
	r, err := pcapgo.NewNgReader(bytes.NewReader(file), pcapgo.DefaultNgReaderOptions)
	if err != nil {
		t.Fatal(err)
	}
	for {
		data, info, err := r.ReadPacketData()
		if err == io.EOF {
			return packets
		}
		if err != nil {
			t.Fatalf("packet %d: %v", len(packets)+1, err)
		}
		p := gopacket.NewPacket(data, r.LinkType(), gopacket.Default)
		p.Metadata().CaptureInfo = info
		packets = append(packets, p)
	}
}

func tcp(t *testing.T, p gopacket.Packet) *layers.TCP {
	t.Helper()
	layer, ok := p.Layer(layers.LayerTypeTCP).(*layers.TCP)
	if !ok {
		t.Fatalf("no TCP in %v", p)
	}
	return layer
}

// flags writes a segment as "SYN ACK 0 1 5": its flags, numbers and size.
func flags(s *layers.TCP) string {
	var words []string
	for _, f := range []struct {
		set  bool
		name string
	}{{s.SYN, "SYN"}, {s.FIN, "FIN"}, {s.RST, "RST"}, {s.PSH, "PSH"}, {s.ACK, "ACK"}} {
		if f.set {
			words = append(words, f.name)
		}
	}
	return strings.Join(words, " ")
}

func TestTCPStream(t *testing.T) {
	type segment struct {
		from     lint.Side
		flags    string
		seq, ack uint32
		size     int
	}
	handshake := []segment{
		{lint.Client, "SYN", 0, 0, 0}, {lint.Server, "SYN ACK", 0, 1, 0}, {lint.Client, "ACK", 1, 1, 0},
	}
	tests := []struct {
		name string
		play func(s *TCPStream)
		want []segment
	}{
		{"nothing", func(s *TCPStream) {}, nil},
		{"asked and answered", func(s *TCPStream) {
			s.Data(lint.Client, began, []byte("hello"))
			s.Data(lint.Server, began, []byte("hi"))
		}, []segment{{lint.Client, "PSH ACK", 1, 1, 5}, {lint.Server, "PSH ACK", 1, 6, 2}}},
		{"both close", func(s *TCPStream) {
			s.End(lint.Server, began, lint.EndFIN)
			s.End(lint.Client, began, lint.EndFIN)
		}, []segment{
			{lint.Server, "FIN ACK", 1, 1, 0}, {lint.Client, "ACK", 1, 2, 0},
			{lint.Client, "FIN ACK", 1, 2, 0}, {lint.Server, "ACK", 2, 2, 0},
		}},
		{"reset", func(s *TCPStream) { s.End(lint.Server, began, lint.EndReset) },
			[]segment{{lint.Server, "RST ACK", 1, 1, 0}}},
		{"more than a segment", func(s *TCPStream) { s.Data(lint.Client, began, make([]byte, 2*maxSegment+1)) }, []segment{
			{lint.Client, "PSH ACK", 1, 1, maxSegment}, {lint.Client, "PSH ACK", 1 + maxSegment, 1, maxSegment},
			{lint.Client, "PSH ACK", 1 + 2*maxSegment, 1, 1},
		}},
		{"bytes left out", func(s *TCPStream) {
			s.Skip(lint.Client, 100)
			s.End(lint.Client, began, lint.EndFIN)
		}, []segment{{lint.Client, "FIN ACK", 101, 1, 0}, {lint.Server, "ACK", 1, 102, 0}}},
	}
	for _, ends := range [][2]string{
		{"192.0.2.7:40000", "198.51.100.1:9001"}, {"[2001:db8::7]:40000", "[2001:db8::1]:443"},
		{"[::ffff:192.0.2.7]:40000", "198.51.100.1:80"},
	} {
		client, server := netip.MustParseAddrPort(ends[0]), netip.MustParseAddrPort(ends[1])
		for _, test := range tests {
			t.Run(test.name+" "+ends[0], func(t *testing.T) {
				var b bytes.Buffer
				file := NewPcapng(&b, "")
				test.play(file.Open(began, client, server))
				if err := file.Close(); err != nil {
					t.Fatal(err)
				}
				for i, p := range read(t, b.Bytes()) {
					s, want := tcp(t, p), append(handshake, test.want...)[i]
					got := segment{lint.Client, flags(s), s.Seq, s.Ack, len(s.Payload)}
					if s.SrcPort == layers.TCPPort(server.Port()) {
						got.from = lint.Server
					}
					if got != want {
						t.Errorf("packet %d is %v, want %v", i+1, got, want)
					}
					if from := p.NetworkLayer().NetworkFlow().Src().String(); got.from == lint.Server && from != server.Addr().String() {
						t.Errorf("packet %d comes from %s", i+1, from)
					}
					if at := p.Metadata().Timestamp; !at.Equal(began) {
						t.Errorf("packet %d is of %v", i+1, at)
					}
				}
				if n := len(read(t, b.Bytes())); n != len(handshake)+len(test.want) {
					t.Errorf("%d packets", n)
				}
			})
		}
	}
}

func TestCommentsFit(t *testing.T) {
	var b bytes.Buffer
	file := NewPcapng(&b, strings.Repeat("é", maxComment))
	s := file.Open(began, netip.MustParseAddrPort("127.0.0.1:2"), netip.MustParseAddrPort("127.0.0.1:3"))
	for n := range 5 { // each padding
		s.Data(lint.Client, began, []byte("x"), "one"+strings.Repeat("!", n), strings.Repeat("é", maxComment))
	}
	if err := file.Close(); err != nil {
		t.Fatal(err)
	}
	if n := len(read(t, b.Bytes())); n != 8 {
		t.Errorf("%d packets", n)
	}
	if !bytes.Contains(b.Bytes(), []byte("one!!!!")) {
		t.Error("a comment is missing")
	}
}

// limited fails a write beyond its size.
type limited int

func (l *limited) Write(p []byte) (int, error) {
	if *l -= limited(len(p)); *l < 0 {
		return 0, errors.New("the disk is full")
	}
	return len(p), nil
}

func TestFirstErrorIsKept(t *testing.T) {
	for _, size := range []limited{0, 200, 5000} {
		file := NewPcapng(&size, "")
		s := file.Open(began, netip.MustParseAddrPort("[::1]:2"), netip.MustParseAddrPort("[::1]:3"))
		s.Data(lint.Client, began, make([]byte, 10000))
		if err := file.Close(); err == nil || err.Error() != "the disk is full" {
			t.Errorf("the error is %v", err)
		}
	}
}
