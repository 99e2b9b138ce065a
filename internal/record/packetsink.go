package record

import (
	"fmt"
	"io"
	"net/netip"
	"strings"
	"time"

	"wsprobe/internal/lint"
	"wsprobe/internal/rules"
	"wsprobe/internal/wire"
	"wsprobe/report"
)

// PacketSink is a sink that writes a packet capture: the bytes of each event as
// they were on the wire, in packets made up around them. What is not recorded
// leaves a gap in the sequence numbers, and a comment at its place.
type PacketSink struct {
	file    *Pcapng
	streams map[uint64]*packetStream
	earlier map[uint64]*packetStream // those of the file before
	buf     []byte                   // bytes as on the wire; used again and again
	lost    Loss                     // that no packet tells of yet
	latest  time.Time
}

// packetStream is a connection of a capture.
type packetStream struct {
	*TCPStream
	next     [2]uint64 // offset of what each side sends next
	repeated int       // events to come that an earlier file has, too
	joined   [2]bool   // what comes next goes on from an earlier file, with no gap
	remark   string    // for its next packet
}

// NewPacketSink begins a capture.
func NewPacketSink(w io.Writer) *PacketSink {
	return &PacketSink{
		file:    newPcapng(w, "wsproxy", "Forwarded by wsproxy. The packets are made up around the bytes that passed, with their times."),
		streams: map[uint64]*packetStream{},
	}
}

// Open implements Sink.
func (s *PacketSink) Open(c *Conn) {
	p := &packetStream{repeated: c.Repeated, remark: c.madeUpRemark()}
	client, server := c.packetEnds()
	if c.Secure {
		server = netip.AddrPortFrom(server.Addr(), plainPort)
		p.say(fmt.Sprintf("It was TLS to %s; this is what it carried, as if to port %d.", shownEnd(c, lint.Server), plainPort))
	}
	if c.Continues {
		p.say("The connection began in an earlier file. Its handshake is repeated here.")
		p.joined = [2]bool{true, true}
	}
	p.TCPStream = s.file.openAt(c.Start, client, server, s.begins(p, c))
	s.streams[c.ID] = p
}

// goOn implements successor.
func (s *PacketSink) goOn(before Sink) {
	if b, ok := before.(*PacketSink); ok {
		s.earlier = b.streams
	}
}

// begins returns the numbers of the SYNs of a connection, which differ from those of
// another that had the same ports. One that goes on is numbered as if the file before
// did: what is repeated lies between its SYNs and what is new, so that whoever reads
// all files finds each byte once.
func (s *PacketSink) begins(p *packetStream, c *Conn) (first [2]uint32) {
	old := s.earlier[c.ID]
	if !c.Continues || old == nil {
		const golden = 0x9E3779B1 // spreads them
		return [2]uint32{uint32(c.ID) * golden, uint32(c.ID) * golden}
	}
	delete(s.earlier, c.ID)
	p.next, p.joined = old.next, [2]bool{}
	for side := range first {
		first[side] = old.sides[side].next - uint32(c.again[side]) - 1
	}
	return first
}

// say adds a line to what is said of the next packet.
func (p *packetStream) say(text string) { p.remark = strings.TrimSpace(p.remark + "\n" + text) }

// place leaves a gap where something before offset is not recorded, and returns what
// is to be said of the packet there.
func (s *PacketSink) place(p *packetStream, side lint.Side, offset, size, known uint64) (remarks []string) {
	if p.remark != "" {
		remarks, p.remark = append(remarks, p.remark), ""
	}
	if gap := offset - p.next[side]; p.repeated == 0 && !p.joined[side] && offset > p.next[side] {
		p.Skip(side, gap)
		remarks = append(remarks, fmt.Sprintf("%d bytes of the %s before this packet are not recorded.", gap, side))
	}
	if p.repeated > 0 {
		p.repeated--
	} else {
		p.joined[side], p.next[side] = false, offset+size
	}
	if s.lost != (Loss{}) {
		remarks = append(remarks, s.lost.String())
		s.lost = Loss{}
	}
	if known < size {
		remarks = append(remarks, fmt.Sprintf("Of %d bytes, %d are recorded.", size, known))
	}
	return remarks
}

// Event implements Sink.
func (s *PacketSink) Event(c *Conn, e *lint.Event) {
	stream := s.streams[c.ID]
	if stream == nil {
		return
	}
	s.latest = c.When(e.At)
	var remarks []string
	p := e.Bytes()
	if e.Kind != lint.KindMessage {
		remarks = s.place(stream, e.Side, e.Offset, e.Size, uint64(len(p)))
	}
	for _, f := range e.Findings {
		rule, _ := rules.Get(f.Rule)
		remarks = append(remarks, fmt.Sprintf("%s %s %s §%s\n%s", f.Rule, rule.Level, rule.Document, rule.Section, report.Clean(f.Detail)))
	}
	switch {
	case e.Kind == lint.KindMessage:
		if len(remarks) > 0 {
			stream.Data(e.Side, s.latest, nil, remarks...)
		}
	case e.Kind == lint.KindEnd:
		stream.End(e.Side, s.latest, e.End, remarks...)
	default:
		stream.Data(e.Side, s.latest, p, remarks...)
		stream.Skip(e.Side, e.Size-uint64(len(p)))
	}
}

// Plain implements PlainSink.
func (s *PacketSink) Plain(c *Conn, p *Plain) {
	stream := s.streams[c.ID]
	if stream == nil {
		return
	}
	header := uint64(p.Header.Size())
	remarks := s.place(stream, p.Side, p.Offset, header+p.Header.Length, header+uint64(len(p.Payload)))
	s.latest = c.When(p.At)
	s.buf = wire.AppendFrame(s.buf[:0], p.Header, p.Payload)
	stream.Data(p.Side, s.latest, s.buf, remarks...)
	stream.Skip(p.Side, p.Header.Length-uint64(len(p.Payload)))
}

// Lost implements Sink. It is told with the next packet.
func (s *PacketSink) Lost(n Loss) {
	s.lost.Payloads += n.Payloads
	s.lost.Events += n.Events
}

// Note implements Sink.
func (s *PacketSink) Note(c *Conn, _ time.Duration, text string) {
	if p := s.streams[c.ID]; p != nil {
		p.say(report.Clean(text))
	}
}

// Close implements Sink.
func (s *PacketSink) Close(c *Conn, at time.Duration) { delete(s.streams, c.ID) }

// Flush implements Sink.
func (s *PacketSink) Flush() error { return s.file.Close() }

// Buffered returns how many bytes Flush would write.
func (s *PacketSink) Buffered() int { return s.file.w.Buffered() }

// End implements Sink.
func (s *PacketSink) End() error {
	if s.lost != (Loss{}) {
		s.file.Remark(s.latest, s.lost.String())
		s.lost = Loss{}
	}
	return s.file.Close()
}
