package record

import (
	"fmt"
	"io"
	"time"

	"wsprobe/internal/lint"
	"wsprobe/internal/rules"
	"wsprobe/internal/wire"
	"wsprobe/report"
)

// PacketSink is a sink that writes a packet capture: the bytes of each event as
// they were on the wire, in packets made up around them.
type PacketSink struct {
	file    *Pcapng
	streams map[uint64]*TCPStream
	buf     []byte // bytes as on the wire; used again and again
}

// NewPacketSink begins a capture.
func NewPacketSink(w io.Writer) *PacketSink {
	return &PacketSink{
		file:    NewPcapng(w, "Forwarded by wsproxy. The packets are made up around the bytes that passed, with their times."),
		streams: map[uint64]*TCPStream{},
	}
}

// Open implements Sink.
func (s *PacketSink) Open(c *Conn) {
	s.streams[c.ID] = s.file.Open(c.Start, c.Client, c.Server)
}

// Event implements Sink.
func (s *PacketSink) Event(c *Conn, e *lint.Event) {
	stream := s.streams[c.ID]
	var remarks []string
	for _, f := range e.Findings {
		rule, _ := rules.Get(f.Rule)
		remarks = append(remarks, fmt.Sprintf("%s %s %s §%s\n%s", f.Rule, rule.Level, rule.Document, rule.Section, report.Clean(f.Detail)))
	}
	switch {
	case e.Kind == lint.KindMessage:
		if len(remarks) > 0 {
			stream.Data(e.Side, c.When(e.At), nil, remarks...)
		}
	case e.Kind == lint.KindEnd:
		stream.End(e.Side, c.When(e.At), e.End, remarks...)
	default:
		p := e.Bytes()
		stream.Data(e.Side, c.When(e.At), p, remarks...)
		stream.Skip(e.Side, e.Size-uint64(len(p)))
	}
}

// Plain implements PlainSink.
func (s *PacketSink) Plain(c *Conn, p *Plain) {
	stream := s.streams[c.ID]
	if stream == nil {
		return
	}
	s.buf = wire.AppendFrame(s.buf[:0], p.Header, p.Payload)
	stream.Data(p.Side, c.When(p.At), s.buf)
	stream.Skip(p.Side, p.Header.Length-uint64(len(p.Payload)))
}

// Lost implements Sink.
func (s *PacketSink) Lost(Loss) {}

// Note implements Sink.
func (s *PacketSink) Note(*Conn, time.Duration, string) {}

// Close implements Sink.
func (s *PacketSink) Close(c *Conn, at time.Duration) { delete(s.streams, c.ID) }

// Flush implements Sink.
func (s *PacketSink) Flush() error { return s.file.Close() }

// End implements Sink.
func (s *PacketSink) End() error { return s.file.Close() }
