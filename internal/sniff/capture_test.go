package sniff_test

import (
	"bufio"
	"bytes"
	"compress/flate"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"wsprobe/internal/installed"
	"wsprobe/internal/lint"
	"wsprobe/internal/record"
	"wsprobe/internal/sniff"
	"wsprobe/report"
)

// captured has tcpdump capture while traffic runs. ok is false where it may not.
func captured(t *testing.T, device, port string, traffic func(file string), flags ...string) (file string, ok bool) {
	t.Helper()
	if !installed.Program(t, "tcpdump") {
		return "", false
	}
	file = filepath.Join(t.TempDir(), "real.pcap")
	cmd := exec.Command("tcpdump", append(flags, "-i", device, "-s", "0", "-B", "65536", "-Z", "root", "-w", file, "tcp port "+port)...)
	said, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(said)
	for lines.Scan() && !strings.Contains(lines.Text(), "listening on") {
		ok = ok || strings.Contains(lines.Text(), "permission")
	}
	if ok {
		if os.Getenv("CI") != "" {
			t.Fatal("tcpdump may not capture")
		}
		t.Log("tcpdump may not capture: nothing was tried")
		cmd.Wait()
		return "", false
	}
	traffic(file)
	cmd.Process.Signal(os.Interrupt)
	all, _ := io.ReadAll(said)
	cmd.Wait()
	if !bytes.Contains(all, []byte("\n0 packets dropped")) {
		t.Logf("tcpdump: %s", all)
	}
	return file, true
}

// mixed has programs that we did not write talk: gorilla with itself over IPv4 and
// IPv6, and websockets with gorilla and with itself, in many connections at once.
func mixed(t *testing.T, l net.Listener, six net.Listener) {
	up := websocket.Upgrader{EnableCompression: true, WriteBufferSize: 1000, CheckOrigin: func(*http.Request) bool { return true }}
	h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c, err := up.Upgrade(w, r, nil)
		if err != nil {
			return
		}
		defer c.Close()
		c.SetCompressionLevel(flate.BestSpeed)
		for {
			kind, p, err := c.ReadMessage()
			if err != nil || c.WriteMessage(kind, p) != nil {
				return
			}
		}
	})
	for _, l := range []net.Listener{l, six} {
		server := &httptest.Server{Listener: l, Config: &http.Server{Handler: h}}
		server.Start()
		defer server.Close()
	}
	var all sync.WaitGroup
	for i := range 12 {
		all.Go(func() { talk(t, []string{l.Addr().String(), six.Addr().String()}[i%2], i) })
	}
	if _, err := os.Stat("/usr/bin/python3"); err == nil {
		all.Go(func() {
			out, err := exec.Command("/usr/bin/python3", "-c", pythonTalk, "ws://"+l.Addr().String()).CombinedOutput()
			if err != nil {
				t.Logf("websockets was not tried: %s", out)
			}
		})
	}
	all.Wait()
}

const pythonTalk = `
import asyncio, sys, websockets
async def main(url):
    async with websockets.connect(url, max_size=None) as ws:
        for i in range(40):
            await ws.send(["frag", "ments ", "%d" % i] if i % 3 else b"x" * (i * 997))
            await ws.recv()
            await (await ws.ping())
asyncio.run(main(sys.argv[1]))`

// talk is one gorilla client.
func talk(t *testing.T, addr string, n int) {
	dial := websocket.Dialer{EnableCompression: n%3 == 0, WriteBufferSize: 700}
	c, _, err := dial.Dial("ws://"+addr+"/", nil)
	if err != nil {
		t.Error(err)
		return
	}
	defer c.Close()
	for i := range 25 {
		p := []byte(strings.Repeat(fmt.Sprintf("message %d of %d, ", i, n), 1+i*i*(1+n%4)))
		kind := websocket.TextMessage
		if i%4 == 0 {
			kind = websocket.BinaryMessage
			rand.Read(p)
		}
		w, _ := c.NextWriter(kind) // larger than the buffer: fragments
		w.Write(p)
		w.Close()
		c.WriteControl(websocket.PingMessage, fmt.Append(nil, i), time.Now().Add(time.Minute))
		if _, _, err := c.ReadMessage(); err != nil {
			t.Error(err)
			return
		}
	}
	c.WriteMessage(websocket.CloseMessage, websocket.FormatCloseMessage(1000, "enough"))
	c.ReadMessage()
}

// seen is a sink that keeps what each side of each connection said.
type seen struct {
	frames   map[string][]string // by client and side
	payloads map[string][]string
	findings []string
	notes    []string
	ends     map[string]string
	gaps     uint64
	conns    int
}

func newSeen() *seen {
	return &seen{frames: map[string][]string{}, payloads: map[string][]string{}, ends: map[string]string{}}
}

func (s *seen) Open(*record.Conn) { s.conns++ }
func (s *seen) Event(c *record.Conn, e *lint.Event) {
	key := fmt.Sprintf("%v %v", c.Client, e.Side)
	for _, f := range e.Findings {
		s.findings = append(s.findings, fmt.Sprintf("%s: %s: %s", key, f.Rule, f.Detail))
	}
	switch {
	case e.Kind == lint.KindFrame:
		f := e.Frame
		masked, fin := 0, 0
		if f.Masked {
			masked = 1
		}
		if f.Fin {
			fin = 1
		}
		s.frames[key] = append(s.frames[key], fmt.Sprintf("%d %d %d %d", fin, f.Opcode, masked, f.Length))
		s.payloads[key] = append(s.payloads[key], string(f.Payload))
	case e.Kind == lint.KindEnd:
		s.ends[key] = e.End.String()
	case e.Kind == lint.KindBytes && e.Note != "":
		s.gaps += e.Size
	}
}
func (s *seen) Lost(record.Loss) {}
func (s *seen) Note(_ *record.Conn, _ time.Duration, text string) {
	s.notes = append(s.notes, report.Clean(text))
}
func (s *seen) Close(*record.Conn, time.Duration) {}
func (s *seen) Flush() error                      { return nil }
func (s *seen) End() error                        { return nil }

// all counts the frames.
func (s *seen) all() (n int) {
	for _, f := range s.frames {
		n += len(f)
	}
	return n
}

// read reads a capture.
func read(t testing.TB, r io.Reader) (*seen, sniff.Totals) {
	t.Helper()
	s := newSeen()
	sniffer := sniff.New(sniff.Options{Keep: 1 << 20, Inflate: 1 << 20, Sinks: []record.Sink{s}})
	file, err := sniff.NewFile(r)
	if err == nil {
		defer file.Close()
	}
	var p sniff.Packet
	for err == nil {
		if err = file.Next(&p); err == nil {
			sniffer.Packet(&p)
		}
	}
	var broken *sniff.Broken
	if err != io.EOF && !(errors.As(err, &broken) && broken.Short) && !errors.Is(err, sniff.ErrUnknown) {
		t.Fatal(err)
	}
	sniffer.Leave()
	return s, sniffer.Totals()
}

// wireshark lists the frames that tshark sees, by client and side, by the port of
// their servers.
func wireshark(t *testing.T, file string, ports ...string) map[string][]string {
	t.Helper()
	var flags []string
	for _, port := range ports {
		flags = append(flags, "-d", "tcp.port=="+port+",http")
	}
	return tshark(t, file, ports, flags...)
}

// tshark does so with flags that say what is at the ports.
func tshark(t *testing.T, file string, ports []string, flags ...string) map[string][]string {
	t.Helper()
	args := append(flags, "-r", file, "-Y", "websocket", "-T", "fields")
	for _, f := range []string{"ip.src", "ipv6.src", "tcp.srcport", "ip.dst", "ipv6.dst", "tcp.dstport",
		"websocket.fin", "websocket.opcode", "websocket.mask", "websocket.payload_length",
		"websocket.payload_length_ext_16", "websocket.payload_length_ext_64"} {
		args = append(args, "-e", f)
	}
	out, err := exec.Command("tshark", args...).Output()
	if err != nil {
		t.Fatal(err)
	}
	frames := map[string][]string{}
	for line := range strings.Lines(string(out)) {
		f := strings.Split(strings.TrimRight(line, "\n"), "\t")
		from, to := net.JoinHostPort(f[0]+f[1], f[2]), net.JoinHostPort(f[3]+f[4], f[5])
		key := from + " client"
		if slices.Contains(ports, f[2]) {
			key = to + " server"
		}
		fin, opcode, mask, length := strings.Split(f[6], ","), strings.Split(f[7], ","), strings.Split(f[8], ","), strings.Split(f[9], ",")
		longer, longest := strings.Split(f[10], ","), strings.Split(f[11], ",")
		for i := range fin {
			switch length[i] {
			case "126":
				length[i], longer = longer[0], longer[1:]
			case "127":
				length[i], longest = longest[0], longest[1:]
			}
			frames[key] = append(frames[key], strings.Join([]string{fin[i], opcode[i], mask[i], length[i]}, " "))
		}
	}
	return frames
}

func sinksOf(s record.Sink) []record.Sink { return []record.Sink{s} }
