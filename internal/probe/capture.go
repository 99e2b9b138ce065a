package probe

import (
	"crypto/tls"
	"net"
	"net/netip"
	"time"

	"wsprobe/internal/lint"
	"wsprobe/internal/record"
	"wsprobe/report"
)

// captured is what the connections of a case carried.
type captured struct {
	i     int // the case's place in Options.Cases
	conns []*record.Conversation
}

// recorded returns where a connection's bytes are kept: nowhere, unless
// Options.Capture asks for them.
func (p *player) recorded(name string, tcp net.Conn) *record.Conversation {
	if p.target.opts.Capture == nil {
		return nil
	}
	kept := &record.Conversation{
		Name: name, Client: addrPort(tcp.LocalAddr()), Server: addrPort(tcp.RemoteAddr()),
		Start: p.log.start, Opened: p.log.now(),
	}
	if secured, ok := tcp.(*tls.Conn); ok {
		kept.Secure, kept.ServerName = true, secured.ConnectionState().ServerName
	}
	return kept
}

func addrPort(a net.Addr) netip.AddrPort {
	tcp, _ := a.(*net.TCPAddr)
	return tcp.AddrPort()
}

// sent keeps what a write at that time has sent.
func (c *conn) sent(at time.Duration, p []byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.recorded.Data(lint.Client, at, p)
}

// closes keeps that we close what still stands. Whether the system makes a
// reset of it, because bytes had come that were not read, is not seen.
func (c *conn) closes() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.ended == nil || c.ended.End == lint.EndFIN {
		c.recorded.End(lint.Client, c.p.log.now(), lint.EndFIN)
	}
}

// captured returns what was kept of all connections.
func (p *player) captured() []*record.Conversation {
	var all []*record.Conversation
	for _, c := range p.order {
		if c.recorded != nil {
			all = append(all, c.recorded)
		}
	}
	return all
}

// capture hands over what case i, as its result is now, carried. Of the case
// that was kept last, that is known until the next one: it may be blamed yet.
func (r *runner) capture(i int) {
	if r.o.Capture == nil || r.results[i].Verdict == report.Skip {
		return
	}
	var conns []*record.Conversation
	if r.last.i == i {
		conns = r.last.conns
	}
	r.o.Capture(&r.results[i], conns)
}
