package hello

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"log"
	"net"
	"net/http/httptest"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"wsprobe/internal/installed"
)

// offered returns what a client of Go's sends first.
func offered(t testing.TB, config *tls.Config) []byte {
	t.Helper()
	ours, theirs := net.Pipe()
	go tls.Client(theirs, config).HandshakeContext(context.Background())
	defer ours.Close()
	p := make([]byte, MaxSize)
	n, err := ours.Read(p)
	if err != nil {
		t.Fatal(err)
	}
	return p[:n]
}

// split puts the message of a record into many.
func split(record []byte, size int) (out []byte) {
	for body := range slices.Chunk(record[5:], size) {
		out = append(append(out, 22, 3, 1, byte(len(body)>>8), byte(len(body))), body...)
	}
	return out
}

func TestReadClient(t *testing.T) {
	hello := offered(t, &tls.Config{ServerName: "example.com", NextProtos: []string{"h2", "http/1.1"}, MinVersion: tls.VersionTLS12})
	for _, stream := range [][]byte{hello, split(hello, 100), split(hello, 1)} {
		c, err := ReadClient(stream)
		if err != nil || c.String() != "TLS 1.3, TLS 1.2; SNI example.com; ALPN h2, http/1.1" {
			t.Error(c, err)
		}
	}
	for n := range hello {
		if _, err := ReadClient(hello[:n]); !errors.Is(err, ErrNeedMore) {
			t.Fatalf("of %d bytes: %v", n, err)
		}
	}
	hello[20]++ // in the random: all the same
	if _, err := ReadClient(hello); err != nil {
		t.Error(err)
	}
	for _, not := range []string{"GET / HTTP/1.1\r\n", "\x16\x03\x01\x00\x00", "\x16\x03\x01\x00\x04\x02\x00\x00\x00", "\x16\x03\x01\x00\x04\x01\x00\x00\x00"} {
		if _, err := ReadClient([]byte(not)); !errors.Is(err, ErrNotHello) {
			t.Errorf("%q: %v", not, err)
		}
	}
}

// What programs that others wrote send, and how Go's server answers, as the
// connection shows it.
func TestSeen(t *testing.T) {
	server := httptest.NewUnstartedServer(nil)
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.EnableHTTP2 = true
	server.StartTLS()
	defer server.Close()
	for args, want := range map[string]string{
		"-servername a.example -alpn h2,http/1.1 -tls1_2": "TLS, the client offers TLS 1.2; SNI a.example; ALPN h2, http/1.1 | " +
			"TLS, the server chose TLS 1.2; TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256; ALPN h2",
		"-noservername -tls1_3":                                     "TLS, the client offers TLS 1.3; no SNI; no ALPN | TLS, the server chose TLS 1.3; TLS_AES_128_GCM_SHA256; ALPN not in clear",
		"-noservername -tls1_3 -alpn other":                         "TLS, the client offers TLS 1.3; no SNI; ALPN other | TLS, the server refused: tls: no application protocol",
		"-noservername -tls1_2 -cipher ECDHE-RSA-AES128-GCM-SHA256": "TLS, the client offers TLS 1.2; no SNI; no ALPN | TLS, the server chose TLS 1.2; TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256; no ALPN",
	} {
		if got, ok := throughSeen(t, server.Listener.Addr().String(), strings.Fields(args)); ok && got != want {
			t.Errorf("%s: %s", args, got)
		}
	}
}

// throughSeen has openssl connect to a server and returns what was seen on the way.
func throughSeen(t *testing.T, server string, args []string) (said string, ok bool) {
	t.Helper()
	if !installed.Program(t, "openssl") {
		return "", false
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "openssl", append([]string{"s_client", "-connect", l.Addr().String()}, args...)...)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer cmd.Wait()
	c, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	s, err := net.Dial("tcp", server)
	if err != nil {
		t.Fatal(err)
	}
	var texts [2]string
	back := make(chan struct{})
	var seen [2]Seen // one a side: they are fed by two goroutines
	go func() {
		defer close(back)
		io.Copy(c, io.TeeReader(s, feeder(func(p []byte) { texts[1] += seen[1].Feed(1, p) })))
		c.Close()
	}()
	io.Copy(s, io.TeeReader(c, feeder(func(p []byte) { texts[0] += seen[0].Feed(0, p) })))
	s.Close()
	<-back
	return texts[0] + " | " + texts[1], true
}

type feeder func(p []byte)

func (f feeder) Write(p []byte) (int, error) { f(p); return len(p), nil }

// Something without an end is not kept.
func TestSeenIsBounded(t *testing.T) {
	var s Seen
	endless := split(append(make([]byte, 5), append([]byte{1, 0xff, 0xff, 0xff}, make([]byte, 1<<20)...)...), 1000)
	for piece := range slices.Chunk(endless, 1500) {
		if text := s.Feed(0, piece); text != "" && text != "what the client sent is no hello of TLS" {
			t.Error(text)
		}
		if len(s.begun[0]) > MaxSize {
			t.Fatal(len(s.begun[0]))
		}
	}
	if !s.Over(0) || s.Over(1) {
		t.Error("it goes on")
	}
}

func FuzzSeen(f *testing.F) {
	f.Add(offered(f, &tls.Config{ServerName: "example.com", NextProtos: []string{"h2"}}), 7, false)
	f.Add([]byte("\x16\x03\x03\x00\x2c\x02\x00\x00\x28\x03\x03"+strings.Repeat("r", 32)+"\x00\x13\x01\x00\x00\x00"), 3, true)
	f.Add([]byte("\x15\x03\x03\x00\x02\x02\x28"), 1, true)
	f.Fuzz(func(t *testing.T, stream []byte, cut int, server bool) {
		side := 0
		if server {
			side = 1
		}
		var whole, pieces Seen
		once := whole.Feed(side, stream)
		text := ""
		for piece := range slices.Chunk(stream, max(1, cut)) {
			text += pieces.Feed(side, piece)
		}
		if once != text {
			t.Errorf("whole %q, in pieces %q", once, text)
		}
	})
}
