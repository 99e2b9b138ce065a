package record

import (
	"bytes"
	"fmt"
	"net/netip"
	"strings"

	"wsprobe/report"
)

// packets is the conversation as a packet capture.
func packets(c *report.Case, all []*Conversation) []byte {
	var b bytes.Buffer
	file := NewPcapng(&b, about(c, all))
	streams := make([]*TCPStream, len(all))
	found := placed(c, all)
	for _, m := range timeline(all) {
		conn, s := all[m.of], streams[m.of]
		at := conn.Start.Add(m.at)
		switch {
		case m.piece == nil:
			streams[m.of] = file.Open(at, conn.Client, shown(conn))
		case m.piece.Ended:
			s.Skip(m.piece.Side, conn.Lost[m.piece.Side])
			s.End(m.piece.Side, at, m.piece.How, found[m.piece]...)
		default:
			s.Data(m.piece.Side, at, m.piece.Bytes, found[m.piece]...)
		}
	}
	file.Close() // into memory: that cannot fail
	return b.Bytes()
}

// plainPort is where Wireshark looks for a WebSocket without TLS.
const plainPort = 80

// shown is the server's end as the packets show it. What TLS carried is written
// as if there were none, and so at the port that goes with it.
func shown(c *Conversation) netip.AddrPort {
	if !c.Secure {
		return c.Server
	}
	return netip.AddrPortFrom(c.Server.Addr(), plainPort)
}

// about is the comment on the whole capture.
func about(c *report.Case, all []*Conversation) string {
	text := fmt.Sprintf("%s: %s\n%s\nThe packets are made up around the bytes that were sent and received, with their times.",
		report.Clean(c.ID), c.Verdict, report.Clean(c.About))
	if all[0].Secure {
		text += fmt.Sprintf("\nThe connections were TLS to %s; this is what it carried, as if to port %d.", all[0].Server, plainPort)
	}
	return text
}

// placed finds for each finding of a case the piece that showed it: the last by
// then on its connection.
func placed(c *report.Case, all []*Conversation) map[*Piece][]string {
	found := map[*Piece][]string{}
	line := timeline(all)
	for i := range c.Findings {
		f := &c.Findings[i]
		var piece *Piece
		for _, m := range line {
			if m.piece != nil && (piece == nil || m.at <= f.At) && (f.Client == "" || f.Client == all[m.of].Name) {
				piece = m.piece
			}
		}
		if piece != nil {
			found[piece] = append(found[piece], remark(f))
		}
	}
	return found
}

// remark is a finding in a few lines.
func remark(f *report.Finding) string {
	text := fmt.Sprintf("%s: %s %s %s", f.Verdict, f.Rule, f.Level, f.Source())
	if f.Wanted != "" {
		text += "\nwanted: " + f.Wanted
	}
	if f.Detail != "" {
		text += "\nseen: " + f.Detail
	}
	lines := strings.Split(text, "\n")
	for i := range lines {
		lines[i] = report.Clean(lines[i])
	}
	return strings.Join(lines, "\n")
}
