package record

import (
	"bytes"
	"math/rand/v2"
	"net"
	"net/netip"
	"testing"

	"github.com/google/gopacket"
	"github.com/google/gopacket/layers"

	"wsprobe/internal/lint"
)

// A packet from the template is, bit for bit, the one that gopacket builds.
func TestPacketsAreGopackets(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for _, ends := range [][2]string{{"192.0.2.7:40000", "198.51.100.1:9001"}, {"[2001:db8::7]:40000", "[2001:db8::1]:443"}} {
		client, server := netip.MustParseAddrPort(ends[0]), netip.MustParseAddrPort(ends[1])
		var b bytes.Buffer
		file := NewPcapng(&b, "")
		s := file.Open(began, client, server)
		for n := range 100 {
			payload := make([]byte, n*n*6)
			for i := range payload {
				payload[i] = byte(random.Uint32())
			}
			s.Data(lint.Side(n%2), began, payload)
		}
		s.End(lint.Client, began, lint.EndFIN)
		s.End(lint.Server, began, lint.EndReset)
		file.Close()
		for i, p := range read(t, b.Bytes()) {
			// Save that gopacket fills up to what Ethernet sends at least.
			if want := rebuilt(t, p)[:len(p.Data())]; !bytes.Equal(p.Data(), want) {
				t.Errorf("%s: packet %d is\n%x, of gopacket\n%x", ends[0], i+1, p.Data(), want)
			}
		}
	}
}

// rebuilt has gopacket serialize a packet from what it read, with lengths and
// checksums of its own.
func rebuilt(t *testing.T, p gopacket.Packet) []byte {
	t.Helper()
	segment := *tcp(t, p)
	segment.Checksum, segment.DataOffset = 0, 0
	var all []gopacket.SerializableLayer
	for _, l := range p.Layers() {
		switch l := l.(type) {
		case *layers.Ethernet:
			all = append(all, &layers.Ethernet{SrcMAC: net.HardwareAddr(l.SrcMAC), DstMAC: l.DstMAC, EthernetType: l.EthernetType})
		case *layers.IPv4:
			ip := &layers.IPv4{Version: 4, TTL: 64, Protocol: layers.IPProtocolTCP, Flags: layers.IPv4DontFragment, SrcIP: l.SrcIP, DstIP: l.DstIP}
			segment.SetNetworkLayerForChecksum(ip)
			all = append(all, ip)
		case *layers.IPv6:
			ip := &layers.IPv6{Version: 6, HopLimit: 64, NextHeader: layers.IPProtocolTCP, SrcIP: l.SrcIP, DstIP: l.DstIP}
			segment.SetNetworkLayerForChecksum(ip)
			all = append(all, ip)
		}
	}
	all = append(all, &segment, gopacket.Payload(segment.Payload))
	buf := gopacket.NewSerializeBuffer()
	if err := gopacket.SerializeLayers(buf, gopacket.SerializeOptions{FixLengths: true, ComputeChecksums: true}, all...); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}
