package main

import (
	"fmt"
	"io"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"wsprobe/internal/installed"
	"wsprobe/internal/lint"
	"wsprobe/internal/record"
)

// The files that a recording goes over read together as what was said, each thing once,
// also where a connection has context from one message to the next; and so they do in
// Wireshark, once mergecap has made one of them.
func TestRotatedTogether(t *testing.T) {
	const clients = 3
	dir, server := t.TempDir(), bundled(t)
	addr, stop := proxied(t, server, io.Discard, "-q", "--lossless", "--rotate-size", "64KiB",
		"--write", filepath.Join(dir, "talk.jsonl"), "--write", filepath.Join(dir, "talk.pcapng"))
	var said []string
	var all sync.WaitGroup
	for n := range clients {
		var texts []string
		for i := range 40 {
			texts = append(texts, fmt.Sprintf("%d %d %s", n, i, strings.Repeat(fmt.Sprint("word", i), 500)))
		}
		said = append(said, texts...)
		all.Go(func() { talk(t, "ws://"+addr+"/echo", n == 0, texts...) })
	}
	all.Wait()
	stop()
	slices.Sort(said)
	for _, ext := range []string{"jsonl", "pcapng"} {
		files, _ := filepath.Glob(filepath.Join(dir, "talk-*."+ext))
		if slices.Sort(files); len(files) < 4 {
			t.Fatalf("%d files of %s", len(files), ext)
		}
		joined := filepath.Join(dir, "joined-"+ext+".jsonl")
		code, shown, talk := called(append([]string{"read", "-q", "--write", joined}, files...)...)
		h := readLines(t, joined)
		if slices.Sort(h.texts); code != 0 || !slices.Equal(h.texts, said) || h.heads != 2*clients {
			t.Errorf("%s: %d: %d messages of %d, %d heads of %d\n%s%s", ext, code, len(h.texts), len(said), h.heads, 2*clients, shown, talk)
		}
		if text, _ := os.ReadFile(joined); strings.Contains(string(text), `"gap"`) || strings.Contains(string(text), `"findings"`) {
			t.Errorf("%s: something is missing or blamed", ext)
		}
		if ext == "pcapng" && installed.Program(t, "mergecap") {
			merged := filepath.Join(dir, "merged.pcapng")
			if out, err := exec.Command("mergecap", append([]string{"-a", "-w", merged}, files...)...).CombinedOutput(); err != nil {
				t.Fatalf("%v: %s", err, out)
			}
			_, port, _ := net.SplitHostPort(server)
			if out := wireshark(t, merged, port, "-Y", "websocket.opcode==1 && websocket.mask==1", "-T", "fields", "-e", "frame.number"); strings.Count(out, "\n") != len(said) {
				t.Errorf("Wireshark finds %d messages of %d", strings.Count(out, "\n"), len(said))
			}
		}
	}
}

// Connections that have the same ports one after the other are two in a capture.
func TestSamePortsAgain(t *testing.T) {
	name := filepath.Join(t.TempDir(), "talk.pcapng")
	f, err := record.NewFile(name, recorder(name), record.FileOptions{})
	if err != nil {
		t.Fatal(err)
	}
	talk, _ := recorded(t)
	lines := talk + ".jsonl"
	if code, _, said := called("read", "-q", talk, "--write", lines); code != 0 {
		t.Fatal(said)
	}
	again := againSink{Sink: f}
	for again.n = range uint64(2) {
		file, err := os.Open(lines)
		if err != nil {
			t.Fatal(err)
		}
		if err := record.ReadJSONL(file, &again); err != nil {
			t.Fatal(err)
		}
		file.Close()
	}
	f.End()
	if _, shown, talk := called("read", name); strings.Count(shown, "three") != 4 || !strings.Contains(talk, "connections 2: WebSocket 2") {
		t.Errorf("%s%s", shown, talk)
	}
	if installed.Program(t, "tshark") {
		if out := wireshark(t, name, "9001", "-Y", "websocket.opcode==1"); strings.Count(out, "\n") != 12 {
			t.Errorf("Wireshark finds %s", out)
		}
	}
}

// againSink gives what is told numbers of its own, always the same ends, and an hour more.
type againSink struct {
	record.Sink
	n    uint64
	conn record.Conn
}

// Open implements Sink.
func (s *againSink) Open(c *record.Conn) {
	s.conn = *c
	s.conn.ID = s.n + 1
	s.conn.Client, s.conn.Server = netip.MustParseAddrPort("10.0.0.1:40000"), netip.MustParseAddrPort("10.0.0.2:9001")
	s.conn.Start = c.Start.Add(time.Duration(s.n) * time.Hour)
	s.Sink.Open(&s.conn)
}

// Event implements Sink.
func (s *againSink) Event(_ *record.Conn, e *lint.Event) { s.Sink.Event(&s.conn, e) }

// Note implements Sink.
func (s *againSink) Note(_ *record.Conn, at time.Duration, text string) {
	s.Sink.Note(&s.conn, at, text)
}

// Close implements Sink.
func (s *againSink) Close(_ *record.Conn, at time.Duration) { s.Sink.Close(&s.conn, at) }
