package sniff_test

import (
	"bytes"
	"crypto/tls"
	"io"
	"log"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"testing"

	"wsprobe/internal/installed"
	"wsprobe/internal/sniff"
)

// listen listens on both loopbacks at one port.
func listen(t *testing.T) (four, six net.Listener, port string) {
	t.Helper()
	four, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_, port, _ = net.SplitHostPort(four.Addr().String())
	if six, err = net.Listen("tcp6", "[::1]:"+port); err != nil {
		t.Fatal(err)
	}
	return four, six, port
}

// real captures traffic of real programs on an interface.
func real(t *testing.T, device string) (file, port string, ok bool) {
	four, six, port := listen(t)
	defer four.Close()
	defer six.Close()
	file, ok = captured(t, device, port, func(string) { mixed(t, four, six) })
	return file, port, ok
}

// differs compares two lists of frames by client and side.
func differs(t *testing.T, got, want map[string][]string) {
	t.Helper()
	for _, key := range slices.Sorted(maps.Keys(want)) {
		if !slices.Equal(got[key], want[key]) {
			t.Errorf("%s: %d frames, want %d", key, len(got[key]), len(want[key]))
		}
	}
	if len(got) != len(want) {
		t.Errorf("%d sides, want %d", len(got), len(want))
	}
}

// What is read is what Wireshark reads, frame for frame, of Ethernet and of Linux's
// cooked packets.
func TestReadsAsWiresharkDoes(t *testing.T) {
	if !installed.Program(t, "tshark") {
		return
	}
	for _, device := range []string{"lo", "any"} {
		t.Run(device, func(t *testing.T) {
			file, port, ok := real(t, device)
			if !ok {
				return
			}
			all, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			s, totals := read(t, bytes.NewReader(all))
			differs(t, s.frames, wireshark(t, file, port))
			if s.all() < 1000 || totals.WebSockets < 12 || totals.Missing > 0 || len(s.findings) > 0 {
				t.Errorf("%d frames, %+v, %q", s.all(), totals, s.findings)
			}
		})
	}
}

// Of TLS is told what it shows, and no more.
func TestTLSIsNotLookedInto(t *testing.T) {
	server := httptest.NewUnstartedServer(http.NotFoundHandler())
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.StartTLS()
	defer server.Close()
	_, port, _ := net.SplitHostPort(server.Listener.Addr().String())
	var s *seen
	var totals sniff.Totals
	_, ok := captured(t, "lo", port, func(file string) {
		for range 3 {
			c, err := tls.Dial("tcp", server.Listener.Addr().String(), &tls.Config{InsecureSkipVerify: true, ServerName: "example.com"})
			if err != nil {
				t.Fatal(err)
			}
			c.Write([]byte("GET / HTTP/1.0\r\n\r\n"))
			io.ReadAll(c)
			c.Close()
		}
		for totals.TLS < 3 && t.Context().Err() == nil { // until it is written
			if f, err := os.Open(file); err == nil {
				s, totals = read(t, f)
				f.Close()
			}
		}
	}, "-U", "--immediate-mode")
	if !ok {
		return
	}
	notes := strings.Join(s.notes, "\n")
	if totals.TLS != 3 || s.conns != 3 || strings.Count(notes, "TLS, not looked into") != 3 || strings.Count(notes, "SNI example.com") != 3 {
		t.Errorf("%+v %s", totals, notes)
	}
}
