//go:build linux

package main

import (
	"bufio"
	"bytes"
	"compress/flate"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
	"testing"

	"wsprobe/internal/recordtest"
	"wsprobe/internal/wire"
)

// swallow is a server that accepts every WebSocket, with whatever extension is
// offered, and says nothing to what comes then, save that at /echo it sends back
// short frames.
func swallow(t *testing.T) (addr string) {
	t.Helper()
	return recordtest.Accept(t, nil, func(c net.Conn) {
		r := bufio.NewReader(c)
		request, err := http.ReadRequest(r)
		if err == nil {
			extension := ""
			if e := request.Header.Get("Sec-WebSocket-Extensions"); e != "" {
				extension = "Sec-WebSocket-Extensions: " + e + "\r\n"
			}
			fmt.Fprintf(c, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n%sSec-WebSocket-Accept: %s\r\n\r\n",
				extension, wire.Accept(request.Header.Get("Sec-WebSocket-Key")))
		}
		if err == nil && request.URL.Path == "/echo" {
			echoShort(c, r)
		}
		io.Copy(io.Discard, r)
	})
}

func echoShort(c net.Conn, r *bufio.Reader) {
	var p [2 + 4 + 125]byte
	for {
		if _, err := io.ReadFull(r, p[:6]); err != nil {
			return
		}
		h, size := wire.ParseHeader(p[:6])
		body := p[size : size+int(h.Length)]
		io.ReadFull(r, body)
		wire.Mask(body, h.Mask, 0)
		h.Masked = false
		c.Write(wire.AppendFrame(nil, h, body))
	}
}

// handshaken opens a WebSocket by hand, with more fields.
func handshaken(t *testing.T, addr, fields string) net.Conn {
	t.Helper()
	host, path, _ := strings.Cut(addr, "/")
	c, err := net.Dial("tcp", host)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	fmt.Fprintf(c, "GET /%s HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"+
		"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n%s\r\n", path, fields)
	answer, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil || answer.StatusCode != http.StatusSwitchingProtocols {
		t.Fatal(answer, err)
	}
	return c
}

// echoed says something to an echo and hears it.
func echoed(t *testing.T, c net.Conn, text string) {
	t.Helper()
	h := wire.Header{Fin: true, Opcode: wire.OpText, Masked: true, Mask: [4]byte{1, 2, 3, byte(len(text))}, Length: uint64(len(text))}
	c.Write(wire.AppendFrame(nil, h, []byte(text)))
	got := make([]byte, 2+len(text))
	if _, err := io.ReadFull(c, got); err != nil || string(got[2:]) != text {
		t.Errorf("%q came back as %q: %v", text, got, err)
	}
}

// peak returns the most memory that a process had, in MiB.
func peak(t *testing.T, pid int) int {
	t.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(status), "VmHWM:")
	kib, err := strconv.Atoi(strings.Fields(rest)[0])
	if err != nil {
		t.Fatal(err)
	}
	return kib >> 10
}

// bomb is a compressed message, in the form of a frame: 256 MiB of zeros.
func bomb() []byte {
	var packed bytes.Buffer
	w, _ := flate.NewWriter(&packed, flate.BestSpeed)
	for range 256 {
		w.Write(make([]byte, 1<<20))
	}
	w.Flush()
	p := bytes.TrimSuffix(packed.Bytes(), []byte{0, 0, 0xFF, 0xFF})
	h := wire.Header{Fin: true, Rsv: wire.RSV1, Opcode: wire.OpText, Masked: true, Mask: [4]byte{9, 8, 7, 6}, Length: uint64(len(p))}
	return wire.AppendFrame(nil, h, p)
}

// What each of these does costs little memory, and another connection nothing.
func TestHostilePeers(t *testing.T) {
	frame := func(h wire.Header, n int) []byte {
		return bytes.Repeat(wire.AppendFrame(nil, h, nil), n)
	}
	const deflate = "Sec-WebSocket-Extensions: permessage-deflate\r\n"
	for name, attack := range map[string]func(t *testing.T, addr string){
		"a deflate bomb": func(t *testing.T, addr string) {
			bomb := bomb()
			for range 10 {
				handshaken(t, addr, deflate).Write(bomb)
			}
		},
		"frames that never end": func(t *testing.T, addr string) {
			for _, length := range []uint64{1 << 62, 1 << 63} {
				c := handshaken(t, addr, "")
				c.Write(wire.Header{Fin: true, Opcode: wire.OpText, Masked: true, Length: length}.Append(nil))
				for range 32 {
					c.Write(bytes.Repeat([]byte("endless "), 1<<17))
				}
			}
		},
		"a message that never ends": func(t *testing.T, addr string) {
			for _, fields := range []string{"", deflate} {
				c := handshaken(t, addr, fields)
				h := wire.Header{Rsv: byte(len(fields) / 8 % 2 * wire.RSV1), Opcode: wire.OpText, Masked: true, Length: 1 << 20}
				for range 64 {
					c.Write(wire.AppendFrame(nil, h, make([]byte, 1<<20)))
					h.Rsv, h.Opcode = 0, wire.OpContinuation
				}
			}
		},
		"a million frames of nothing": func(t *testing.T, addr string) {
			c := handshaken(t, addr, "")
			c.Write(frame(wire.Header{Fin: true, Opcode: wire.OpPing, Masked: true}, 1_000_000))
			c.Write(frame(wire.Header{Opcode: wire.OpContinuation, Masked: true}, 300_000)) // each breaks a rule
		},
		"a head that never ends": func(t *testing.T, addr string) {
			for _, begin := range []string{"GET / HTTP/1.1\r\n", ""} {
				c, err := net.Dial("tcp", addr)
				if err != nil {
					t.Fatal(err)
				}
				defer c.Close()
				io.WriteString(c, begin)
				for range 32 {
					io.WriteString(c, strings.Repeat("Name: value\r\n", 1<<16))
				}
			}
		},
		"many who dawdle": func(t *testing.T, addr string) {
			for range 500 {
				c, err := net.Dial("tcp", addr)
				if err != nil {
					t.Fatal(err)
				}
				defer c.Close()
				io.WriteString(c, "GET / HT")
			}
		},
		"many who come and go": func(t *testing.T, addr string) {
			for range 3000 {
				c, err := net.Dial("tcp", addr)
				if err != nil {
					t.Fatal(err)
				}
				c.(*net.TCPConn).SetLinger(0)
				c.Close()
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			r := start(t, "", nil, "--write", t.TempDir()+"/out.jsonl", swallow(t))
			other := handshaken(t, r.addr+"/echo", "")
			echoed(t, other, "before")
			attack(t, r.addr)
			echoed(t, other, "and after")
			if most := peak(t, r.Process.Pid); most > 150*memoryFactor {
				t.Errorf("took %d MiB", most)
			}
			if code, said := r.stop(); code != 0 {
				t.Errorf("exit code %d, said:\n%s", code, said)
			}
		})
	}
}
