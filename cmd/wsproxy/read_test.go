package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// recorded has a client talk through the proxy, and returns the capture of it and
// what was shown.
func recorded(t *testing.T) (file, shown string) {
	t.Helper()
	file = filepath.Join(t.TempDir(), "talk.pcapng")
	var out bytes.Buffer
	addr, stop := proxied(t, bundled(t), &out, "--write", file)
	c := dialed(t, addr)
	for _, s := range []string{"one", "two", "three"} {
		c.WriteMessage(1, []byte(s))
		c.ReadMessage()
	}
	c.WriteMessage(8, []byte("\x03\xe8bye"))
	c.ReadMessage()
	c.Close()
	stop()
	return file, out.String()
}

// calledTimeout is when a command is interrupted that should have ended by itself.
const calledTimeout = time.Minute

// called runs a command to its end.
func called(args ...string) (code int, shown, talk string) {
	ctx, cancel := context.WithTimeout(context.Background(), calledTimeout)
	defer cancel()
	var out, said bytes.Buffer
	code = run(ctx, args, &out, &said)
	return code, out.String(), said.String()
}

// kinds lists what is in a transcript, without times and addresses.
func kinds(shown string) (all []string) {
	for line := range strings.Lines(shown) {
		if f := strings.Fields(line); len(f) > 3 && (f[1] == "→" || f[1] == "←") && f[3] != "tcp" {
			all = append(all, strings.Join(f[1:], " "))
		}
	}
	return all
}

// What was written live reads as it was shown, and writes as it was read.
func TestReadOwnCapture(t *testing.T) {
	file, live := recorded(t)
	dir := t.TempDir()
	again, lines := filepath.Join(dir, "again.pcapng"), filepath.Join(dir, "again.jsonl")
	for _, name := range []string{file, again, lines} {
		args := []string{"read", name}
		if name == file {
			args = append(args, "--write", again, "--write", lines)
		}
		code, shown, talk := called(args...)
		if code != 0 || strings.Join(kinds(shown), "\n") != strings.Join(kinds(live), "\n") || len(kinds(live)) < 10 {
			t.Errorf("%d: %s\nlive:\n%s\nread:\n%s", code, talk, live, shown)
		}
		if name != lines && !strings.Contains(talk, "connections 1: WebSocket 1") {
			t.Error(talk)
		}
	}
}

// A file that is cut or broken is shown up to there.
func TestReadBroken(t *testing.T) {
	file, _ := recorded(t)
	all, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	broken := bytes.Clone(all)
	copy(broken[len(broken)-300:], bytes.Repeat([]byte{0xEE}, 300))
	for name, tt := range map[string]struct {
		bytes []byte
		code  int
		want  string
	}{
		"cut":     {all[:len(all)-100], 0, "the file ends inside a block"},
		"broken":  {broken, 1, "broken.pcapng:"},
		"text":    {[]byte("hello, world"), 1, "neither pcap nor pcapng, nor a recording"},
		"har":     {[]byte(`{"log":{"version":"1.2"}}`), 1, "a HAR is only written"},
		"chrome":  {[]byte("{\n  \"log\": {}}"), 1, "a HAR is only written"},
		"json":    {[]byte(`{"a":1}`), 1, "JSON, but no recording of wsproxy"},
		"nothing": {nil, 1, "nothing in it"},
	} {
		f := filepath.Join(t.TempDir(), name+".pcapng")
		if err := os.WriteFile(f, tt.bytes, 0o600); err != nil {
			t.Fatal(err)
		}
		code, shown, talk := called("read", f)
		if code != tt.code || !strings.Contains(talk, tt.want) || len(tt.bytes) > 1000 && !strings.Contains(shown, "two") {
			t.Errorf("%s: %d %s%s", name, code, talk, shown)
		}
	}
}

// A folder is no file, an empty one is passed over among others, and a connection that
// is asked for and not there is a mistake.
func TestReadWhatIsNotThere(t *testing.T) {
	file, _ := recorded(t)
	empty := filepath.Join(t.TempDir(), "empty.jsonl")
	if err := os.WriteFile(empty, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		args []string
		code int
		want string
	}{
		{[]string{filepath.Dir(file)}, 1, "a folder, not a file"},
		{[]string{empty, empty}, 1, "there is nothing in it"},
		{[]string{empty, file, empty}, 0, "WebSocket 1"},
		{[]string{"--follow", "1", file}, 0, "WebSocket 1"},
		{[]string{"--follow", "1,9999", file}, 1, "--follow 9999: there is no connection of that number\nwsproxy: hint: the only one is 1\n"},
	} {
		if code, _, talk := called(append([]string{"read"}, tt.args...)...); code != tt.code || !strings.Contains(talk, tt.want) {
			t.Errorf("%q: %d %s", tt.args, code, talk)
		}
	}
}

// The standard input is read as files are.
func TestReadStandardInput(t *testing.T) {
	file, _ := recorded(t)
	in, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	stdin := os.Stdin
	defer func() { os.Stdin = stdin }()
	os.Stdin = in
	if code, shown, talk := called("read", "-"); code != 0 || !strings.Contains(shown, "three") {
		t.Errorf("%d %s", code, talk)
	}
	if code, _, _ := called("read"); code != 2 {
		t.Errorf("without a file: %d", code)
	}
}

// A capture of a tunnel that is not read says why nothing is shown of it.
func TestReadTunnel(t *testing.T) {
	packet := "\x45\x00\x00\x18\x00\x00\x00\x00\x40\x2f\x00\x00\x0a\x00\x00\x01\x0a\x00\x00\x02\x00\x00\x08\x00" // IPv4 with GRE
	head := "\xd4\xc3\xb2\xa1\x02\x00\x04\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x04\x00\x65\x00\x00\x00"   // pcap of raw IP
	name := filepath.Join(t.TempDir(), "tunnel.pcap")
	if err := os.WriteFile(name, []byte(head+"\x00\x00\x00\x00\x00\x00\x00\x00\x18\x00\x00\x00\x18\x00\x00\x00"+packet), 0o600); err != nil {
		t.Fatal(err)
	}
	if code, _, talk := called("read", name); code != 0 || !strings.Contains(talk, "none of 1 packets is TCP") {
		t.Errorf("code %d: %s", code, talk)
	}
}
