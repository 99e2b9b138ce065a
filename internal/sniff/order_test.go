package sniff_test

import (
	"crypto/tls"
	"net"
	"slices"
	"strings"
	"testing"

	"wsprobe/internal/sniff"
)

// The packets that begin a connection may be captured in any order: which of them is
// the first to say where a stream begins is a matter of luck, and changes nothing.
func TestBeginsInAnyOrder(t *testing.T) {
	const server, isn = 1000, 1
	ask, answer := uint32(isn+1+len(asked)), uint32(server+1+len(answered))
	begin := []sniff.Packet{
		segmentOf(false, isn, 0, 0x02, nil),
		segmentOf(true, server, isn+1, 0x12, nil),
		segmentOf(false, isn+1, server+1, 0x10, nil),
		segmentOf(false, isn+1, server+1, 0x18, []byte(asked)),
		segmentOf(true, server+1, ask, 0x18, []byte(answered)),
		segmentOf(false, ask, answer, 0x10, nil),
		segmentOf(true, answer, ask, 0x18, []byte("\x81\x02hi")),
	}
	for order := range permutations(len(begin)) {
		sink := newSeen()
		s := sniff.New(sniff.Options{Keep: 100, Sinks: sinksOf(sink)})
		for _, i := range order {
			s.Packet(&begin[i])
		}
		s.Leave()
		frames := sink.payloads["10.0.0.1:40000 server"]
		if len(frames) != 1 || string(frames[0]) != "hi" || sink.gaps > 0 || len(sink.findings) > 0 {
			t.Errorf("order %v: frames %q, %d bytes missing, %q", order, frames, sink.gaps, sink.findings)
		}
	}
}

// permutations yields the numbers below n in all orders; what it yields is valid for
// one round.
func permutations(n int) func(yield func([]int) bool) {
	var fill func(order []int, yield func([]int) bool) bool
	fill = func(order []int, yield func([]int) bool) bool {
		if len(order) == n {
			return yield(order)
		}
		for i := range n {
			if !slices.Contains(order, i) && !fill(append(order, i), yield) {
				return false
			}
		}
		return true
	}
	return func(yield func([]int) bool) { fill(nil, yield) }
}

// conversation is a WebSocket of one client, as segments of which tests add some.
type conversation struct {
	packets []sniff.Packet
	next    [2]uint32
}

// upgraded is a conversation that has opened.
func upgraded() *conversation {
	c := &conversation{next: [2]uint32{1, 1000}}
	c.say(false, 0x02, "")
	c.say(true, 0x12, "")
	c.say(false, 0x18, asked)
	c.say(true, 0x18, answered)
	return c
}

// say adds a segment that comes next.
func (c *conversation) say(server bool, flags byte, data string) {
	from, to := 0, 1
	if server {
		from, to = 1, 0
	}
	c.packets = append(c.packets, segmentOf(server, c.next[from], c.next[to], flags, []byte(data)))
	c.next[from] += uint32(len(data)) + uint32(flags&1) + uint32(flags>>1&1)
}

// frames adds that many frames of the server.
func (c *conversation) frames(n int) {
	for range n {
		c.say(true, 0x18, "\x81\x02hi")
	}
}

// read has the conversation read.
func (c *conversation) read() *seen {
	sink := newSeen()
	s := sniff.New(sniff.Options{Keep: 100, Sinks: sinksOf(sink)})
	for i := range c.packets {
		s.Packet(&c.packets[i])
	}
	s.Leave()
	return sink
}

// A reset at another number than the next is passed over by who gets it (RFC 9293
// §3.5.3): frames that follow are shown. Where none do, it is the end.
func TestResetElsewhere(t *testing.T) {
	for name, away := range map[string]int32{"before": -3, "ahead": 101, "far ahead": 50 << 20, "far before": -50 << 20} {
		for _, more := range []int{0, 100} {
			c := upgraded()
			c.frames(10)
			c.packets = append(c.packets, segmentOf(true, c.next[1]+uint32(away), c.next[0], 0x14, nil))
			c.frames(more)
			sink := c.read()
			if n := len(sink.payloads["10.0.0.1:40000 server"]); n != 10+more || sink.gaps > 0 && more > 0 {
				t.Errorf("%s, %d more: %d frames, %d bytes missing", name, more, n, sink.gaps)
			}
			if end := sink.ends["10.0.0.1:40000 server"]; (end != "") != (more == 0) {
				t.Errorf("%s, %d more: ended %q", name, more, end)
			}
		}
	}
}

// Of a head that was not captured whole, what there is says nothing against HTTP.
func TestHeadCutByTheCapture(t *testing.T) {
	for _, kept := range []int{1, 5, 20, 60, 100} {
		c := upgraded()
		c.frames(20)
		for i := range c.packets {
			if p := &c.packets[i]; len(p.Data) > 40+kept {
				p.Data = p.Data[:40+kept]
			}
		}
		sink := c.read()
		if n := len(sink.payloads["10.0.0.1:40000 server"]); n != 20 && kept >= 4 || len(sink.findings) > 0 {
			t.Errorf("%d bytes kept: %d frames, %q", kept, n, sink.findings)
		}
	}
}

// Where both ends began at once, the client is who asks.
func TestBothBegin(t *testing.T) {
	for _, server := range []bool{false, true} {
		c := &conversation{next: [2]uint32{1, 1000}}
		c.say(server, 0x02, "")
		c.say(!server, 0x02, "")
		c.packets = append(c.packets, segmentOf(false, 1, 1001, 0x12, nil), segmentOf(true, 1000, 2, 0x12, nil))
		c.say(false, 0x18, asked)
		c.say(true, 0x18, answered)
		c.frames(3)
		if n := len(c.read().payloads["10.0.0.1:40000 server"]); n != 3 {
			t.Errorf("the server first: %v: %d frames", server, n)
		}
	}
}

// A client may cut its hello into single bytes, so that no filter reads the name in it.
func TestHelloInPieces(t *testing.T) {
	near, far := net.Pipe()
	go tls.Client(near, &tls.Config{ServerName: "example.com"}).Handshake()
	hello := make([]byte, 4<<10)
	n, err := far.Read(hello)
	far.Close()
	if err != nil {
		t.Fatal(err)
	}
	for _, size := range []int{1, 2, 3, 4, 5, n} {
		c := &conversation{next: [2]uint32{1, 1000}}
		c.say(false, 0x02, "")
		c.say(true, 0x12, "")
		for piece := range slices.Chunk(hello[:n], size) {
			c.say(false, 0x18, string(piece))
		}
		if notes := strings.Join(c.read().notes, "\n"); !strings.Contains(notes, "SNI example.com") {
			t.Errorf("pieces of %d bytes: %q", size, notes)
		}
	}
}

// Where a capture begins within a connection, and the answer to the first request in it
// was lost, the next answer is not taken for it: by the numbers of the client's packets
// bytes of the server are missing.
func TestBegunBehindALostAnswer(t *testing.T) {
	const post, none = "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n", "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"
	const server, client = 1000, 1
	ask, answer := uint32(client+len(post)), uint32(server+len(none))
	frames, opened := ask+uint32(len(asked)), answer+uint32(len(answered))
	sink := newSeen()
	s := sniff.New(sniff.Options{Keep: 100, Sinks: sinksOf(sink)})
	for _, p := range []sniff.Packet{
		segmentOf(false, client, server, 0x18, []byte(post)),
		segmentOf(false, ask, answer, 0x18, []byte(asked)),
		segmentOf(true, answer, frames, 0x18, []byte(answered)),
		segmentOf(false, frames, opened, 0x18, []byte("\x81\x82\x01\x02\x03\x04ik")),
		segmentOf(true, opened, frames+8, 0x18, []byte("\x81\x02hi")),
	} {
		s.Packet(&p)
	}
	s.Leave()
	for side, frames := range map[string]int{"server": 1, "client": 1} {
		if got := sink.payloads["10.0.0.1:40000 "+side]; len(got) != frames || got[0] != "hi" {
			t.Errorf("%s: %q", side, got)
		}
	}
	if sink.gaps != uint64(len(none)) || len(sink.findings) > 0 {
		t.Errorf("%d bytes missing, %q", sink.gaps, sink.findings)
	}
}

// A recording may go over to another file, in which what a connection began with is once
// more, when one end has ended it, or both.
func TestGoesOnBehindItsEnd(t *testing.T) {
	for ended := range 3 {
		c := upgraded()
		c.frames(3)
		for end := range ended {
			c.say(end == 1, 0x11, "")
		}
		again := [2]uint32{c.next[0] - uint32(len(asked)) - 1, c.next[1] - uint32(len(answered)) - 1}
		c.packets = append(c.packets,
			segmentOf(false, again[0], 0, 0x02, nil), segmentOf(true, again[1], again[0]+1, 0x12, nil),
			segmentOf(false, again[0]+1, again[1]+1, 0x18, []byte(asked)), segmentOf(true, again[1]+1, c.next[0], 0x18, []byte(answered)))
		for end := ended; end < 2; end++ {
			c.say(end == 1, 0x11, "")
		}
		s := sniff.New(sniff.Options{})
		for i := range c.packets {
			s.Packet(&c.packets[i])
		}
		s.Leave()
		if got := s.Totals(); got.Conns != 1 || got.WebSockets != 1 || got.Frames[1] != 3 {
			t.Errorf("%d ended: %+v", ended, got)
		}
	}
}
