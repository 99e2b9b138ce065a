package sniff_test

import (
	"slices"
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
