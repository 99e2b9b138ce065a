// Command benchread compares how fast wsproxy and tshark read the same captures,
// which it makes: of many small messages, of mixed ones, and of large ones.
//
//	go run ./targets/benchread bin/wsproxy
package main

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"time"

	"wsprobe/internal/lint"
	"wsprobe/internal/record"
	"wsprobe/internal/wire"
)

// How much is read, and how often.
const (
	captureSize = 120 << 20 // bytes of WebSocket in each capture
	rounds      = 3
	connections = 50
)

// load is what a capture holds.
type load struct {
	name    string
	payload func(*rand.Rand) int
	batch   int // frames that are sent at once
}

var loads = []load{
	{"64 B, a packet each", func(*rand.Rand) int { return 64 }, 1},
	{"64 B, 16 a packet", func(*rand.Rand) int { return 64 }, 16},
	{"20 B to 4 KiB", func(r *rand.Rand) int { return 20 << r.IntN(8) }, 1},
	{"64 KiB", func(*rand.Rand) int { return 64 << 10 }, 1},
}

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "benchread:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) != 1 {
		return fmt.Errorf("usage: benchread WSPROXY")
	}
	dir, err := os.MkdirTemp("", "benchread")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	fmt.Printf("%-20s %8s %14s %14s %8s\n", "", "MB", "tshark MB/s", "wsproxy MB/s", "ratio")
	for _, l := range loads {
		file := filepath.Join(dir, "capture.pcapng")
		size, err := l.write(file)
		if err != nil {
			return err
		}
		var ours, theirs []time.Duration
		for range rounds {
			if err := timed(&ours, args[0], "read", "--quiet", file); err != nil {
				return err
			}
			if err := timed(&theirs, "tshark", "-r", file, "-Y", "websocket"); err != nil {
				return err
			}
		}
		rate := func(all []time.Duration) float64 { return float64(size) / 1e6 / slices.Min(all).Seconds() }
		fmt.Printf("%-20s %8.0f %14.1f %14.1f %8.1f\n", l.name, float64(size)/1e6, rate(theirs), rate(ours), rate(ours)/rate(theirs))
	}
	return nil
}

// timed runs a program and notes how long it took.
func timed(all *[]time.Duration, name string, args ...string) error {
	start := time.Now()
	err := exec.Command(name, args...).Run() // without an output, it writes to nowhere
	*all = append(*all, time.Since(start))
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

// write makes a capture, of clients that are answered with what they say.
func (l *load) write(name string) (size int64, err error) {
	f, err := os.Create(name)
	if err != nil {
		return 0, err
	}
	defer f.Close()
	r := rand.New(rand.NewPCG(1, 1))
	out := record.NewPcapng(f, "a benchmark")
	at := time.Unix(1_700_000_000, 0)
	var streams []*record.TCPStream
	server := netip.MustParseAddrPort("192.0.2.1:80")
	for i := range connections {
		s := out.Open(at, netip.AddrPortFrom(netip.MustParseAddr("192.0.2.2"), uint16(40000+i)), server)
		s.Data(lint.Client, at, []byte("GET / HTTP/1.1\r\nHost: example.com\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"+
			"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"))
		s.Data(lint.Server, at, []byte("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"+
			"Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n"))
		streams = append(streams, s)
	}
	for sent := 0; sent < captureSize; at = at.Add(50 * time.Microsecond) {
		s := streams[r.IntN(len(streams))]
		var asked, answer []byte
		for range l.batch {
			asked, answer = message(r, l.payload(r), asked, answer)
		}
		s.Data(lint.Client, at, asked)
		s.Data(lint.Server, at, answer)
		sent += len(asked) + len(answer)
	}
	if err := out.Close(); err != nil {
		return 0, err
	}
	info, err := f.Stat()
	if err != nil {
		return 0, err
	}
	return info.Size(), nil
}

// message appends a message, masked and not.
func message(r *rand.Rand, size int, asked, answer []byte) ([]byte, []byte) {
	payload := make([]byte, size)
	for i := range payload {
		payload[i] = byte('a' + i%26)
	}
	h := wire.Header{Fin: true, Opcode: wire.OpText, Length: uint64(size)}
	answer = append(h.Append(answer), payload...)
	h.Masked = true
	for i := range h.Mask {
		h.Mask[i] = byte(r.Uint32())
	}
	asked = h.Append(asked)
	wire.Mask(payload, h.Mask, 0)
	return append(asked, payload...), answer
}
