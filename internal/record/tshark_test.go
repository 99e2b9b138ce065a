package record_test

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"testing"

	"wsprobe/internal/installed"
	"wsprobe/internal/wire"
)

// framesOf lists the frames behind a head in the words of tshark.
func framesOf(t *testing.T, stream []byte) (frames []string) {
	t.Helper()
	_, stream, _ = bytes.Cut(stream, []byte("\r\n\r\n"))
	for len(stream) > 0 {
		h, n := wire.ParseHeader(stream)
		if n == 0 || uint64(len(stream)-n) < h.Length {
			t.Fatalf("%d bytes are no frame", len(stream))
		}
		frames = append(frames, fmt.Sprintf("%d %#02x %d %d %d", stream[0]>>7, h.Rsv, h.Opcode, stream[1]>>7, stream[1]&0x7f))
		stream = stream[n+int(h.Length):]
	}
	return frames
}

// frames lists the frames of a packet, which may hold several.
func (p packet) frames() (frames []string) {
	for i := range strings.Split(p["websocket.fin"], ",") {
		var words []string
		for _, f := range []string{"fin", "rsv", "opcode", "mask", "payload_length"} {
			words = append(words, strings.Split(p["websocket."+f], ",")[i])
		}
		frames = append(frames, strings.Join(words, " "))
	}
	return frames
}

// from returns the packets of the first connection that a side sent.
func (p *played) from(packets []packet, server bool) (its []packet) {
	for _, told := range packets {
		if told["tcp.stream"] == "0" && server == (told["tcp.srcport"] == p.port) {
			its = append(its, told)
		}
	}
	return its
}

var sides = map[string]bool{"sent-*-1.bin": false, "received-*-1.bin": true}

func TestWiresharkSeesTheFrames(t *testing.T) {
	if !installed.Program(t, "tshark") {
		return
	}
	for id, p := range play(t, "", "fragmentation/answered-between", "fragmentation/empty-part[middle]", "close/same-code[1000]",
		"deflate/round-trip[plain,0]", "deflate/round-trip[plain,126]", "deflate/round-trip[plain,65535]", "close/byte-by-byte") {
		packets := p.tshark()
		for file, server := range sides {
			var got []string
			for _, told := range p.from(packets, server) {
				if told["websocket.fin"] != "" {
					got = append(got, told.frames()...)
				}
			}
			if want := framesOf(t, p.read(file)); len(got) == 0 || !slices.Equal(got, want) {
				t.Errorf("%s: in %s tshark sees\n%q, want\n%q", id, file, got, want)
			}
		}
	}
}

// What Wireshark takes for no WebSocket is there all the same, byte for byte,
// and nothing about any packet is wrong to it.
func TestWiresharkSeesTheBytes(t *testing.T) {
	if !installed.Program(t, "tshark") {
		return
	}
	for id, p := range play(t, "", "hixie76/closing", "hixie75/text[utf8]", "close/reset", "close/half-closed", "deflate/round-trip[plain,126]") {
		packets := p.tshark()
		for file, server := range sides {
			sent := ""
			for _, told := range p.from(packets, server) {
				sent += told["tcp.payload"]
			}
			if want := hex.EncodeToString(p.read(file)); sent != want {
				t.Errorf("%s: in %s tshark sees %s, want %s", id, file, sent, want)
			}
		}
		for i, told := range packets {
			if told["ip.checksum.status"]+told["tcp.checksum.status"] != "11" || told["tcp.analysis.flags"]+told["_ws.malformed"] != "" {
				t.Errorf("%s: tshark finds fault with packet %d: %v", id, i+1, told)
			}
		}
	}
}

func TestWiresharkSeesHowItEnded(t *testing.T) {
	if !installed.Program(t, "tshark") {
		return
	}
	const closed, reset = "close/same-code[1000]", "close/reset"
	for id, p := range play(t, "", closed, reset) {
		packets := p.tshark()
		for _, server := range []bool{false, true} {
			ends := ""
			for _, told := range p.from(packets, server) {
				ends += told["tcp.flags.fin"] + told["tcp.flags.reset"] + " "
			}
			if fin := strings.Contains(ends, "10"); id == closed && !fin {
				t.Errorf("%s: no FIN came from the server (%t): %s", id, server, ends)
			}
			if id == reset && !server && !strings.HasSuffix(ends, "01 ") {
				t.Errorf("%s: our last packet is no reset: %s", id, ends)
			}
		}
	}
}

func TestWiresharkShowsTheFindings(t *testing.T) {
	if !installed.Program(t, "tshark") {
		return
	}
	for id, p := range play(t, "ignores-pings", "control/answered") {
		comments := ""
		for _, told := range p.tshark() {
			comments += told["frame.comment"]
		}
		if !strings.Contains(comments, "fail: ping.answered MUST RFC 6455 §5.5.2") {
			t.Errorf("%s: the comments are %q", id, comments)
		}
	}
}
