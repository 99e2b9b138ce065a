package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"wsprobe/internal/installed"
)

// sizes are those at which a frame's header changes, and others.
var sizes = []int{0, 1, 124, 125, 126, 127, 1000, 65534, 65535, 65536, 65537, 200000}

// chatty has a client send messages of all sizes, in fragments and compressed too,
// between pings.
func chatty(t *testing.T, url string, n int) {
	d := websocket.Dialer{EnableCompression: n%3 == 0, WriteBufferSize: []int{100, 5000, 1 << 20}[n%3]}
	c, _, err := d.Dial(url, nil)
	if err != nil {
		t.Error(err)
		return
	}
	defer c.Close()
	for i, size := range sizes {
		if n%3 == 0 && size > 1000 {
			break // a thousand fragments of 100 bytes
		}
		c.WriteControl(websocket.PingMessage, bytes.Repeat([]byte("p"), n*i%126), time.Time{})
		if err := c.WriteMessage(1+n%2, bytes.Repeat([]byte{'a' + byte(n)}, size)); err != nil {
			t.Error(err)
		}
		if _, got, err := c.ReadMessage(); len(got) != size || err != nil {
			t.Error(len(got), err)
		}
	}
	c.WriteMessage(websocket.CloseMessage, websocket.FormatCloseMessage(1000+n%2*11, strings.Repeat("r", n)))
	c.ReadMessage()
}

// ours lists the frames of each connection and side, from what was seen as it passed.
func ours(t *testing.T, name string) map[string][]string {
	frames, ports := map[string][]string{}, map[uint64]string{}
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	opcodes := map[string]int{"cont": 0, "text": 1, "binary": 2, "close": 8, "ping": 9, "pong": 10}
	for l := range strings.Lines(string(text)) {
		var v struct {
			Type, Side, Opcode, Mask, Client string
			Conn, Length                     uint64
			Fin                              bool
			RSV                              int
		}
		if err := json.Unmarshal([]byte(l), &v); err != nil {
			t.Fatal(err)
		}
		if v.Type == "open" {
			ports[v.Conn] = v.Client[strings.LastIndex(v.Client, ":")+1:]
		}
		if v.Type == "frame" {
			key := ports[v.Conn] + " " + v.Side
			frames[key] = append(frames[key], fmt.Sprintf("fin %v rsv %d opcode %d mask %v length %d", v.Fin, v.RSV, opcodes[v.Opcode], v.Mask != "", v.Length))
		}
	}
	return frames
}

// theirs lists what Wireshark finds in the same way.
func theirs(t *testing.T, name, port string) map[string][]string {
	frames := map[string][]string{}
	args := []string{"-Y", "websocket", "-T", "fields"}
	for _, f := range []string{"tcp.srcport", "tcp.dstport", "websocket.fin", "websocket.rsv", "websocket.opcode", "websocket.mask", "websocket.payload_length",
		"websocket.payload_length_ext_16", "websocket.payload_length_ext_64"} {
		args = append(args, "-e", f)
	}
	for l := range strings.Lines(wireshark(t, name, port, args...)) {
		f := strings.Split(strings.TrimSuffix(l, "\n"), "\t")
		key := f[0] + " client"
		if f[0] == port {
			key = f[1] + " server"
		}
		length := f[6]
		switch length {
		case "126":
			length = f[7]
		case "127":
			length = f[8]
		}
		rsv, _ := strconv.ParseInt(f[3], 0, 8)
		isTrue := func(s string) bool { return s == "1" || s == "True" }
		frames[key] = append(frames[key], fmt.Sprintf("fin %v rsv %d opcode %s mask %v length %s", isTrue(f[2]), rsv, f[4], isTrue(f[5]), length))
	}
	return frames
}

// Wireshark finds in a recording each frame that passed, in its order: of many
// connections at once, of all lengths, compressed and in fragments.
func TestWiresharkReadsEveryFrame(t *testing.T) {
	if !installed.Program(t, "tshark") {
		return
	}
	server := httptest.NewServer(echo)
	defer server.Close()
	dir, to := t.TempDir(), server.Listener.Addr().String()
	lines, packets := filepath.Join(dir, "talk.jsonl"), filepath.Join(dir, "talk.pcapng")
	addr, stop := proxied(t, to, io.Discard, "-q", "--lossless", "--snaplen", "1000000", "--write", lines, "--write", packets)
	var all sync.WaitGroup
	for n := range 24 {
		all.Go(func() { chatty(t, "ws://"+addr+"/", n) })
	}
	all.Wait()
	stop()
	_, port, _ := strings.Cut(to, ":")
	want, got := ours(t, lines), theirs(t, packets, port)
	total := 0
	for key, frames := range want {
		total += len(frames)
		if !slices.Equal(frames, got[key]) {
			t.Errorf("%s: %d frames, tshark finds %d", key, len(frames), len(got[key]))
			for i := range min(len(frames), len(got[key])) {
				if frames[i] != got[key][i] {
					t.Errorf("frame %d: %s, tshark: %s", i, frames[i], got[key][i])
					break
				}
			}
		}
	}
	if len(want) != 48 || len(got) != 48 || total < 1200 {
		t.Errorf("%d sides, tshark finds %d; %d frames", len(want), len(got), total)
	}
}
