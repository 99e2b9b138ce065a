package main

import (
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Whoever listens where others can come is told so, and only then.
func TestWarnings(t *testing.T) {
	for args, want := range map[string]string{
		"--listen 127.0.0.1:0 127.0.0.1:1":                  "",
		"--listen 0.0.0.0:0 127.0.0.1:1":                    "anyone who reaches it can use it",
		"--listen 0.0.0.0:0 --allow 10.0.0.0/8 127.0.0.1:1": "clients of 10.0.0.0/8 can use it",
		"forward": "its loopback services too",
		"forward --listen 0.0.0.0:0 --allow 127.0.0.1":       "clients of 127.0.0.1 can use it; whoever reaches",
		"transparent --listen 0.0.0.0:0 --allow ::1 --quiet": "clients of ::1 can use it",
	} {
		r := started(t, strings.Fields(args)...)
		r.stop()
		_, warning, _ := strings.Cut(r.said.String(), "warning: ")
		if !strings.Contains(warning, want) || want == "" && warning != "" {
			t.Errorf("%s: %s", args, r.said.String())
		}
	}
}

func TestAllow(t *testing.T) {
	for allow, served := range map[string]bool{
		"127.0.0.0/8": true, "127.0.0.1": true, "10.0.0.0/8": false, "::1": false, "0.0.0.0/0": true,
	} {
		server := bundled(t)
		r := started(t, server, "--allow", allow)
		c, err := net.Dial("tcp", r.addr)
		if err != nil {
			t.Fatal(err)
		}
		c.Write([]byte("GET / HTTP/1.0\r\n\r\n"))
		n, _ := c.Read(make([]byte, 1))
		c.Close()
		r.stop()
		if (n > 0) != served || strings.Contains(r.said.String(), "not in --allow") == served {
			t.Errorf("%s: %d bytes; %s", allow, n, r.said.String())
		}
	}
}

// A client that says nothing is in nobody's way.
func TestSilentClients(t *testing.T) {
	r, server := started(t, "forward"), bundled(t)
	for range 50 {
		c, err := net.Dial("tcp", r.addr)
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
	}
	c, err := net.Dial("tcp", r.addr)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	c.Write([]byte("CONNECT " + server + " HTTP/1.1\r\n\r\nGET / HTTP/1.0\r\n\r\n"))
	p := make([]byte, 12)
	if n, err := c.Read(p); string(p[:n]) != "HTTP/1.1 200" {
		t.Errorf("%q, %v", p[:n], err)
	}
	r.stop()
}

// Where one of its ports is taken, wsproxy says nothing but that, and leaves the files
// that it would have replaced.
func TestPortIsTaken(t *testing.T) {
	taken := bundled(t)
	file := filepath.Join(t.TempDir(), "talk.jsonl")
	if err := os.WriteFile(file, []byte("as before"), 0o600); err != nil {
		t.Fatal(err)
	}
	for flag, of := range map[string]string{"--listen": "", "--metrics": "metrics: ", "--ui": "web view: "} {
		code, shown, talk := called(taken, "--write", file, flag+"="+taken)
		if code != 1 || shown != "" || !strings.HasPrefix(talk, "wsproxy: error: "+of+"listen tcp "+taken) || strings.Count(talk, "\n") != 1 {
			t.Errorf("%s: %d %s%s", flag, code, shown, talk)
		}
	}
	if text, err := os.ReadFile(file); string(text) != "as before" {
		t.Errorf("the file has %q then, %v", text, err)
	}
}
