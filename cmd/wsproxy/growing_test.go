package main

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"wsprobe/internal/installed"
)

// following is a wsproxy read that runs.
type following struct {
	t     *testing.T
	lines *bufio.Reader // what it shows
	stop  context.CancelFunc
	said  bytes.Buffer // to be looked at after end
	code  chan int
}

// follow starts one.
func follow(t *testing.T, args ...string) *following {
	t.Helper()
	return reads(t, append([]string{"-f"}, args...)...)
}

// reads starts a wsproxy read.
func reads(t *testing.T, args ...string) *following {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	shown, out := io.Pipe()
	f := &following{t: t, lines: bufio.NewReader(shown), stop: cancel, code: make(chan int, 1)}
	go func() {
		f.code <- run(ctx, append([]string{"read"}, args...), out, &f.said)
		out.Close()
	}()
	t.Cleanup(func() { cancel(); shown.Close() })
	return f
}

// until reads what is shown up to a line with a text in it, and returns that line.
func (f *following) until(text string) (line string) {
	f.t.Helper()
	for before := ""; ; before += line {
		var err error
		line, err = f.lines.ReadString('\n')
		if err != nil {
			f.t.Fatalf("%q is not shown: %v\n%s%s", text, err, before, line)
		}
		if strings.Contains(line, text) {
			return line
		}
	}
}

// end interrupts it, and returns the rest of what it showed, and what it said.
func (f *following) end() (rest, said string) {
	f.t.Helper()
	f.stop()
	text, _ := io.ReadAll(f.lines)
	if code := <-f.code; code != 0 {
		f.t.Errorf("it ended with %d: %s", code, &f.said)
	}
	return string(text), f.said.String()
}

// says has a client say something, which must be shown, there and back, before it
// goes on.
func (f *following) says(addr string, texts ...string) {
	f.t.Helper()
	c := dialed(f.t, addr)
	for _, text := range texts {
		c.WriteMessage(1, []byte(text))
		if _, _, err := c.ReadMessage(); err != nil {
			f.t.Fatal(err)
		}
		for range 2 {
			f.until(text[:min(len(text), 10)]) // of a long one there is no more
		}
	}
	c.Close()
	f.until("closed with FIN")
}

// What another wsproxy records is shown while that goes on.
func TestFollowRecording(t *testing.T) {
	for _, ext := range []string{"jsonl", "pcapng"} {
		t.Run(ext, func(t *testing.T) {
			name := filepath.Join(t.TempDir(), "talk."+ext)
			addr, stop := proxied(t, bundled(t), io.Discard, "-q", "--write", name)
			defer stop()
			f := follow(t, name, "--no-heartbeats")
			f.says(addr, "one", "two", strings.Repeat("three ", 20000))
			f.says(addr, "four")
			if rest, said := f.end(); strings.Contains(rest, "text") || ext == "pcapng" && !strings.Contains(said, "connections 2: WebSocket 2") {
				t.Errorf("%s%s", rest, said)
			}
		})
	}
}

// What dumpcap captures is shown while that goes on.
func TestFollowDumpcap(t *testing.T) {
	if !installed.Program(t, "dumpcap") {
		return
	}
	server := bundled(t)
	_, port, _ := net.SplitHostPort(server)
	name := filepath.Join(t.TempDir(), "live.pcapng")
	cmd := exec.Command("dumpcap", "-q", "-i", "lo", "-f", "tcp port "+port, "-w", name)
	var said bytes.Buffer
	cmd.Stderr = &said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	for about, err := os.Stat(name); err != nil || about.Size() == 0; about, err = os.Stat(name) {
		select {
		case err := <-ended:
			if os.Getenv("CI") != "" {
				t.Fatal(err, said.String())
			}
			t.Logf("nothing was tried: %v: %s", err, &said)
			return
		case <-time.After(20 * time.Millisecond):
		}
	}
	f := follow(t, name)
	f.says(server, "on the wire", "and more")
	cmd.Process.Signal(syscall.SIGTERM)
	select {
	case <-ended:
	case <-time.After(patience):
		cmd.Process.Kill()
		t.Errorf("%v goes on", cmd.Args)
	}
	if rest, said := f.end(); !strings.Contains(said, "connections 1: WebSocket 1") || strings.Contains(said, "ends inside") {
		t.Errorf("%s%s", rest, said)
	}
}

// A file that another one takes the place of is read from its beginning.
func TestFollowCut(t *testing.T) {
	for _, ext := range []string{"jsonl", "pcapng"} {
		t.Run(ext, func(t *testing.T) {
			name, server := filepath.Join(t.TempDir(), "talk."+ext), bundled(t)
			addr, stop := proxied(t, server, io.Discard, "-q", "--write", name)
			f := follow(t, name)
			f.says(addr, strings.Repeat("long ", 2000))
			stop()
			addr, stop = proxied(t, server, io.Discard, "-q", "--write", name)
			defer stop()
			f.says(addr, "again")
			if rest, said := f.end(); strings.Count(said, "is read again from its beginning") != 1 {
				t.Errorf("%s%s", rest, said)
			}
		})
	}
}

// What comes in pieces of any size reads as what is there at once does.
func TestPipedInPieces(t *testing.T) {
	file, _ := recorded(t)
	lines := strings.TrimSuffix(file, "pcapng") + "jsonl"
	if code, _, talk := called("read", "-q", file, "--write", lines); code != 0 {
		t.Fatal(code, talk)
	}
	stdin := os.Stdin
	defer func() { os.Stdin = stdin }()
	for _, name := range []string{file, lines} {
		_, want, _ := called("read", name, "-vv")
		all, _ := os.ReadFile(name)
		for _, size := range []int{1, 1000} {
			r, w, err := os.Pipe()
			if err != nil {
				t.Fatal(err)
			}
			os.Stdin = r
			go func() {
				defer w.Close()
				for p := range slices.Chunk(all, size) {
					w.Write(p)
				}
			}()
			if code, got, talk := called("read", "-", "-vv"); code != 0 || got != want {
				t.Errorf("%s in pieces of %d: %d %s\n%s", name, size, code, talk, got)
			}
			r.Close()
		}
	}
}

// What comes from a pipe is shown before more comes, and an interrupt ends it there.
func TestPipedIsShown(t *testing.T) {
	file, _ := recorded(t)
	all, _ := os.ReadFile(file)
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	stdin := os.Stdin
	defer func() { os.Stdin = stdin }()
	os.Stdin = r
	w.Write(all[:len(all)-10])
	f := reads(t, "-")
	f.until("three")
	if rest, said := f.end(); !strings.Contains(said, "connections 1: WebSocket 1") {
		t.Errorf("%s%s", rest, said)
	}
}

// What cannot be followed is said.
func TestFollowMistakes(t *testing.T) {
	file, _ := recorded(t)
	dir := t.TempDir()
	write := func(name, text string) string {
		name = filepath.Join(dir, name)
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return name
	}
	for _, tt := range []struct {
		args []string
		code int
		want string
	}{
		{nil, 2, "which file?"},
		{[]string{file, file}, 2, "-f follows one file"},
		{[]string{"-"}, 2, "is shown as it comes anyway"},
		{[]string{dir}, 1, "a folder, not a file"},
		{[]string{dir + "/none"}, 1, "no such file"},
		{[]string{write("packed.gz", "\x1f\x8b\x08rest")}, 2, "packed with gzip"},
		{[]string{write("foreign", strings.Repeat(`{"a":1}`+"\n", 20))}, 1, "JSON, but no recording of wsproxy"},
		{[]string{write("text", strings.Repeat("text ", 20))}, 1, "neither pcap nor pcapng, nor a recording"},
		{[]string{file, "--write", file}, 2, "would be replaced"},
		{[]string{file, "--follow", file}, 2, "to go on as a file grows is read -f"},
	} {
		if tt.args != nil && tt.args[0] == "-" {
			r, w, err := os.Pipe()
			if err != nil {
				t.Fatal(err)
			}
			stdin := os.Stdin
			os.Stdin = r
			defer func() { os.Stdin = stdin; r.Close(); w.Close() }()
		}
		if code, _, talk := called(append([]string{"read", "-f"}, tt.args...)...); code != tt.code || !strings.Contains(talk, tt.want) {
			t.Errorf("%q: %d %s", tt.args, code, talk)
		}
	}
}

// A file with nothing in it, or half of something, is no mistake while it is written.
func TestFollowNothingYet(t *testing.T) {
	file, _ := recorded(t)
	all, _ := os.ReadFile(file)
	for name, n := range map[string]int{"nothing": 0, "a part": 1000} {
		part := filepath.Join(t.TempDir(), "part.pcapng")
		os.WriteFile(part, all[:n], 0o600)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		var said bytes.Buffer
		if code := run(ctx, []string{"read", "-f", part}, io.Discard, &said); code != 0 || strings.Contains(said.String(), "ends inside") {
			t.Errorf("%s: %d %s", name, code, &said)
		}
	}
}
