package record

import (
	"bytes"
	"net/netip"
	"strings"
	"testing"

	"github.com/google/gopacket/layers"

	"wsprobe/internal/lint"
)

func TestEndName(t *testing.T) {
	c := &Conn{Client: netip.MustParseAddrPort("[::1]:5"), ServerSocket: "/run/app.sock"}
	if client, server := c.EndName(lint.Client), c.EndName(lint.Server); client != "[::1]:5" || server != "unix:/run/app.sock" {
		t.Error(client, server)
	}
	if name := (&Conn{}).EndName(lint.Client); name != "" {
		t.Error(name)
	}
}

// Ends without an address get one in packets: of the other's family, and each
// connection another.
func TestPacketEnds(t *testing.T) {
	four, six := netip.MustParseAddrPort("127.0.0.1:5000"), netip.MustParseAddrPort("[::1]:5000")
	for _, tt := range []struct {
		c    Conn
		want string
	}{
		{Conn{ID: 1, Client: four, Server: six}, "127.0.0.1:5000 [::1]:5000"},
		{Conn{ID: 1, Client: four}, "127.0.0.1:5000 192.0.2.1:80"},
		{Conn{ID: 1, Client: six}, "[::1]:5000 [2001:db8::1]:80"},
		{Conn{ID: 7, Server: six}, "[2001:db8::2]:16391 [::1]:5000"},
		{Conn{ID: perHost - 1}, "192.0.2.2:65535 192.0.2.1:80"},
		{Conn{ID: perHost}, "192.0.2.3:16384 192.0.2.1:80"},
		{Conn{ID: 253*perHost - 1}, "192.0.2.254:65535 192.0.2.1:80"},
		{Conn{ID: 253 * perHost}, "192.0.2.2:16384 192.0.2.1:80"},
	} {
		client, server := tt.c.packetEnds()
		if got := client.String() + " " + server.String(); got != tt.want {
			t.Errorf("%d: %s, not %s", tt.c.ID, got, tt.want)
		}
	}
}

// What is made up is said at the first packet with something in it.
func TestPacketsOfSockets(t *testing.T) {
	var b bytes.Buffer
	s := NewPacketSink(&b)
	c := &Conn{ID: 1, ClientSocket: "/run/proxy.sock", Secure: true, Start: began}
	s.Open(c)
	s.Event(c, &lint.Event{Kind: lint.KindBytes, Size: 2, Body: []byte("hi")})
	if err := s.End(); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"The client came to unix:/run/proxy.sock: its address here is made up.", "The server's address is not known: the one here is made up.", "It was TLS to an unknown address;",
	} {
		if strings.Count(b.String(), want) != 1 {
			t.Errorf("%q is not there once", want)
		}
	}
	for _, p := range read(t, b.Bytes()) {
		ip, tcp := p.Layer(layers.LayerTypeIPv4).(*layers.IPv4), p.Layer(layers.LayerTypeTCP).(*layers.TCP)
		if ip.SrcIP.IsLoopback() || tcp.SrcPort != 80 && tcp.DstPort != 80 {
			t.Error(p)
		}
	}
}
