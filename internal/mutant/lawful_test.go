package mutant

import (
	"bytes"
	"net/http"
	"testing"

	gorilla "github.com/gorilla/websocket"

	"wsprobe/internal/rules"
	"wsprobe/internal/wire"
)

// Only a SHOULD can be left out by a right server.
func TestLawfulMutantsMissNoMoreThanShoulds(t *testing.T) {
	for _, m := range Lawful() {
		for _, id := range m.Misses {
			if r, ok := rules.Get(id); !ok || r.Level != rules.Should {
				t.Errorf("%s misses %s, which is no SHOULD", m.Name, id)
			}
		}
	}
}

// A client that was not written here gets along with each server that is said to
// be right, and gets its echo from those that have one.
func TestPeersGetAlongWithLawfulMutants(t *testing.T) {
	for _, m := range Lawful() {
		if m.Name == "hints-early" { // gorilla knows no interim responses (RFC 9110 §15.2)
			continue
		}
		t.Run(m.Name, func(t *testing.T) {
			t.Parallel()
			header := http.Header{}
			if m.Origin != "" {
				header.Set("Origin", m.Origin)
			}
			for name, values := range m.Header {
				header[name] = values
			}
			dialer := gorilla.Dialer{EnableCompression: true, Subprotocols: []string{"echo"}}
			c, _, err := dialer.DialContext(t.Context(), "ws://"+start(t, &m)+"/echo", header)
			if err != nil {
				t.Fatal(err)
			}
			defer c.Close()
			if m.serves != nil || m.Name == "chatters" || m.Name == "chatters-in-binary" {
				return
			}
			for _, n := range []int{0, 1, 100, 126, 700} {
				echoOnce(t, c, bytes.Repeat([]byte{'x'}, n), m)
			}
			if err := closeGorillaSomehow(c); err != nil {
				t.Error(err)
			}
		})
	}
}

// echoOnce sends a message and wants it back, behind a greeting if there is one.
func echoOnce(t *testing.T, c *gorilla.Conn, message []byte, m Mutant) {
	t.Helper()
	if err := c.WriteMessage(gorilla.BinaryMessage, message); err != nil {
		t.Fatal(err)
	}
	kind, p, err := c.ReadMessage()
	if kind == gorilla.TextMessage && string(p) == "welcome" {
		kind, p, err = c.ReadMessage()
	}
	if err != nil || kind != gorilla.BinaryMessage || !bytes.Equal(p, message) {
		t.Fatalf("%d bytes came back as %d of type %d: %v", len(message), len(p), kind, err)
	}
}

// closeGorillaSomehow closes and wants any Close back.
func closeGorillaSomehow(c *gorilla.Conn) error {
	if err := c.WriteMessage(gorilla.CloseMessage, gorilla.FormatCloseMessage(1000, "")); err != nil {
		return err
	}
	for {
		if _, _, err := c.ReadMessage(); err != nil {
			if _, ok := err.(*gorilla.CloseError); ok {
				return nil
			}
			return err
		}
	}
}

// What is written in an odd way inflates to what it was.
func TestOddDeflate(t *testing.T) {
	for _, m := range Lawful() {
		if m.pack == nil {
			continue
		}
		s := &session{deflate: &deflate{out: wire.NewDeflater(15, true), bits: 15, takeover: true}}
		in := wire.NewInflater(15, true)
		for _, n := range []int{0, 1, 9, 10, 11, 255, 65535, 65536, 200000} {
			p := bytes.Repeat([]byte("\x00Hello, \xff\x90"), n/10+1)[:n]
			packed := m.pack(s, p)
			if packed == nil {
				continue
			}
			out, fault := in.Message(nil, packed, 1<<20)
			if fault != wire.InflateOK || !bytes.Equal(out, p) {
				t.Errorf("%s: %d bytes became %d (%v)", m.Name, n, len(out), fault)
			}
		}
	}
}
