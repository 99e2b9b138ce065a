package tlsread

import (
	"bytes"
	"crypto/tls"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"

	"wsprobe/internal/recordtest"
)

// tape is what passed between two programs, in its order.
type tape struct {
	mu    sync.Mutex
	items []item
}

func (a *tape) add(side int, p []byte) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.items = append(a.items, item{side: side, p: bytes.Clone(p)})
}

// taped listens for a client, and passes on to a server what it says.
func taped(t testing.TB, server string) (addr string, a *tape, done func()) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	a = &tape{}
	var all sync.WaitGroup
	all.Go(func() {
		client, err := l.Accept()
		if err != nil {
			return
		}
		defer client.Close()
		up, err := net.Dial("tcp", server)
		if err != nil {
			return
		}
		defer up.Close()
		all.Go(func() { a.pass(Server, client, up) })
		a.pass(Client, up, client)
	})
	return l.Addr().String(), a, func() { l.Close(); all.Wait() }
}

func (a *tape) pass(side int, to, from net.Conn) {
	p := make([]byte, 1500)
	for {
		n, err := from.Read(p)
		if n > 0 {
			a.add(side, p[:n])
			to.Write(p[:n])
		}
		if err != nil {
			to.(*net.TCPConn).CloseWrite()
			return
		}
	}
}

// certificate is one that Go has for tests.
func certificate(t testing.TB) tls.Certificate {
	s := httptest.NewUnstartedServer(nil)
	s.StartTLS()
	defer s.Close()
	return s.TLS.Certificates[0]
}

// echo is an echo over Go's TLS.
func echo(t testing.TB, config *tls.Config) (addr string) {
	t.Helper()
	config.Certificates = []tls.Certificate{certificate(t)}
	return recordtest.Accept(t, config, func(c net.Conn) { io.Copy(c, c) })
}

// counted is text of which eight bytes say where they are from.
func counted(n int) (p []byte) {
	for i := 0; len(p) < n; i++ {
		p = fmt.Appendf(p, "%07d ", i)
	}
	return p[:n]
}

// spoken is what Go's client and server say over TLS, each the same.
func spoken(t testing.TB, client, server *tls.Config) (items []item, log, text []byte) {
	t.Helper()
	addr, a, done := taped(t, echo(t, server))
	var keys bytes.Buffer
	client.InsecureSkipVerify, client.KeyLogWriter = true, &keys
	c, err := tls.Dial("tcp", addr, client)
	if err != nil {
		t.Fatal(err)
	}
	text = counted(150_000)
	for rest, i := text, 0; len(rest) > 0; i++ {
		n := min(len(rest), []int{10, 700, 20_000, 3000, 1}[i%5])
		c.Write(rest[:n])
		if _, err := io.ReadFull(c, make([]byte, n)); err != nil {
			t.Fatal(err)
		}
		rest = rest[n:]
	}
	c.Close()
	done()
	return a.items, keys.Bytes(), text
}

// heard is what a Conn said.
type heard struct {
	agreed []string
	text   [2][]byte
	gaps   []string
	why    string
	wrong  string
	want   []byte // of each side, where gaps are looked at
	at     [2]int
	lost   [2]bool
}

func (h *heard) output() Output {
	return Output{
		Data: func(side int, _ int64, p []byte) {
			h.text[side] = append(h.text[side], p...)
			if h.want == nil {
				return
			}
			at := h.at[side]
			if h.lost[side] {
				if i := bytes.Index(h.want[at:], p[:min(len(p), 16)]); i >= 0 {
					at += i
				}
			}
			if end := at + len(p); end > len(h.want) || !bytes.Equal(h.want[at:end], p) {
				h.wrong = fmt.Sprintf("side %d: %.20q at %d", side, p, at)
			}
			h.at[side], h.lost[side] = at+len(p), false
		},
		Gap: func(side int, _ int64, n uint64, exact bool) {
			h.gaps = append(h.gaps, fmt.Sprint(side, n, exact))
			if exact {
				h.at[side] += int(n)
			} else {
				h.lost[side] = true
			}
		},
		End:    func(int, int64, int) {},
		Agreed: func(_ int64, protocol string) { h.agreed = append(h.agreed, protocol) },
		Closed: func(_ int64, why string) { h.why = why },
	}
}

// hear reads items with a key log.
func hear(items []item, log, want []byte) *heard {
	keys, h := &Keys{}, &heard{want: want}
	keys.Add(log)
	c := New(keys, h.output())
	for _, i := range items {
		c.take(i)
	}
	c.Close(0)
	if keys.held != 0 {
		h.wrong = fmt.Sprintf("%d bytes are held at the end", keys.held)
	}
	return h
}

// cut takes bytes out of what a side sent, and says where.
func cut(items []item, side, from, n int) (out []item) {
	at := 0
	for _, i := range items {
		if i.side != side {
			out = append(out, i)
			continue
		}
		lo, hi := max(from, at)-at, min(from+n, at+len(i.p))-at
		if at += len(i.p); lo >= hi {
			out = append(out, i)
			continue
		}
		if lo > 0 {
			out = append(out, item{side: side, p: i.p[:lo]})
		}
		out = append(out, item{kind: itemGap, side: side, n: hi - lo})
		if hi < len(i.p) {
			out = append(out, item{side: side, p: i.p[hi:]})
		}
	}
	return out
}

var configs = []struct {
	name    string
	version uint16
	suite   uint16
}{
	{"1.3", tls.VersionTLS13, 0},
	{"1.2 AES-GCM", tls.VersionTLS12, tls.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256},
	{"1.2 ChaCha20", tls.VersionTLS12, tls.TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256},
}

// Whatever is missing, what is read is right, where it is, and what can be found
// again is.
func TestGaps(t *testing.T) {
	for _, in := range configs {
		client := &tls.Config{MaxVersion: in.version}
		if in.suite != 0 {
			client.CipherSuites = []uint16{in.suite}
		}
		items, log, text := spoken(t, client, &tls.Config{})
		if h := hear(items, log, text); h.why != "" || h.wrong != "" || !bytes.Equal(h.text[0], text) || !bytes.Equal(h.text[1], text) {
			t.Fatalf("%s: %q %q, %d and %d bytes", in.name, h.why, h.wrong, len(h.text[0]), len(h.text[1]))
		}
		random := rand.New(rand.NewPCG(1, 2))
		for range 150 {
			side, n := random.IntN(2), 1+random.IntN([]int{20, 2000, 40_000}[random.IntN(3)])
			from := random.IntN(150_000)
			h := hear(cut(items, side, from, n), log, text)
			if h.wrong != "" {
				t.Errorf("%s, %d bytes from %d of side %d: %s, %q", in.name, n, from, side, h.wrong, h.gaps)
			}
			early := h.why != "" && len(h.text[side]) == 0 && from < 4000
			if !early && (len(h.text[1-side]) != len(text) || len(h.text[side]) < len(text)-n-40_000) {
				t.Errorf("%s, %d bytes from %d of side %d: %d and %d bytes were read, %q %q", in.name, n, from, side, len(h.text[0]), len(h.text[1]), h.gaps, h.why)
			}
		}
	}
}

// Keys that come after the packets are found, and what has none ends.
func TestLateAndMissingKeys(t *testing.T) {
	items, log, text := spoken(t, &tls.Config{}, &tls.Config{})
	for _, late := range []int{1, 2, 5, 20} {
		keys, h, source := &Keys{}, &heard{}, &bytes.Buffer{}
		keys.Follow(source)
		c := New(keys, h.output())
		for n, i := range items {
			if n == late {
				source.Write(log[:300])
			}
			if n == late+4 {
				source.Write(log[300:])
			}
			c.take(i)
		}
		c.Close(0)
		if !bytes.Equal(h.text[0], text) || !bytes.Equal(h.text[1], text) || keys.held != 0 {
			t.Errorf("%d: %q, %d and %d bytes", late, h.why, len(h.text[0]), len(h.text[1]))
		}
	}
	if h := hear(items, nil, nil); h.why != "TLS, not looked into: the key log has nothing of this connection" || h.wrong != "" {
		t.Errorf("%q %q", h.why, h.wrong)
	}
	wrong := bytes.ReplaceAll(log, []byte("a"), []byte("b"))
	wrong = append(wrong, log...)
	other := bytes.ReplaceAll(log, log[len(log)-20:], []byte("0123456789012345678\n"))
	if h := hear(items, other, nil); h.why == "" && len(h.text[1]) > 0 || h.wrong != "" {
		t.Errorf("with a wrong key: %q %q", h.why, h.wrong)
	}
	if h := hear(items, wrong, text); h.why != "" || h.wrong != "" {
		t.Errorf("with more keys: %q %q", h.why, h.wrong)
	}
}

// What is not looked into says why.
func TestNotLookedInto(t *testing.T) {
	for why, config := range map[string]*tls.Config{
		"TLS, not looked into: only TLS 1.2 and 1.3 with AES-GCM or ChaCha20-Poly1305 are, this is TLS 1.2; TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA; no ALPN": {
			MaxVersion: tls.VersionTLS12, CipherSuites: []uint16{tls.TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA}},
	} {
		items, log, _ := spoken(t, config, &tls.Config{NextProtos: config.NextProtos})
		if h := hear(items, log, nil); h.why != why || len(h.text[0]) > 0 {
			t.Errorf("%q, not %q", h.why, why)
		}
	}
}

// The protocol that was agreed on is told, once.
func TestAgreed(t *testing.T) {
	for _, version := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
		items, log, text := spoken(t, &tls.Config{NextProtos: []string{"h2"}, MaxVersion: version}, &tls.Config{NextProtos: []string{"h2"}})
		if h := hear(items, log, text); !slices.Equal(h.agreed, []string{"h2"}) || h.why != "" || h.wrong != "" {
			t.Errorf("%#x: %q %q %q", version, h.agreed, h.why, h.wrong)
		}
	}
}
