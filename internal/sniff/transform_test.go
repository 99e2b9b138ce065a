package sniff_test

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"

	"wsprobe/internal/installed"
	"wsprobe/internal/sniff"
)

// packets is a capture in memory.
type packets []sniff.Packet

// load reads the packets of a file.
func load(t *testing.T, file string) (all packets) {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	in, err := sniff.NewFile(f)
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	var p sniff.Packet
	for in.Next(&p) == nil {
		p.Data = bytes.Clone(p.Data)
		all = append(all, p)
	}
	return all
}

// write writes them as a pcap file in any order of bytes.
func (all packets) write(order binary.AppendByteOrder, link sniff.LinkType) *bytes.Buffer {
	b := order.AppendUint32(nil, 0xA1B23C4D)
	b = order.AppendUint16(order.AppendUint16(b, 2), 4)
	b = append(b, make([]byte, 8)...)
	b = order.AppendUint32(order.AppendUint32(b, 1<<18), uint32(link))
	for _, p := range all {
		b = order.AppendUint32(order.AppendUint32(b, uint32(p.At/1e9)), uint32(p.At%1e9))
		b = order.AppendUint32(order.AppendUint32(b, uint32(len(p.Data))), uint32(p.Length))
		b = append(b, p.Data...)
	}
	return bytes.NewBuffer(b)
}

// each makes other packets of each.
func (all packets) each(f func(p sniff.Packet) []sniff.Packet) (out packets) {
	for _, p := range all {
		out = append(out, f(p)...)
	}
	return out
}

func flags(p sniff.Packet) byte {
	ip := p.Data[14:]
	if ip[0]>>4 == 6 {
		return ip[40+13]
	}
	return ip[int(ip[0]&15)*4+13]
}

// pieces cuts an IPv4 packet into fragments.
func pieces(p sniff.Packet) (out []sniff.Packet) {
	ip := p.Data[14:]
	if ip[0]>>4 != 4 || len(ip) < 100 {
		return []sniff.Packet{p}
	}
	head, body, size := ip[:20], ip[20:binary.BigEndian.Uint16(ip[2:])], 0
	for at := 0; at < len(body); at += size {
		size = min(4096, len(body)-at)
		h := bytes.Clone(head)
		more := uint16(0x2000)
		if at+size == len(body) {
			more = 0
		}
		binary.BigEndian.PutUint16(h[2:], uint16(20+size))
		binary.BigEndian.PutUint16(h[6:], uint16(at/8)|more)
		q := p
		q.Data = slices.Concat(p.Data[:14], h, body[at:at+size])
		q.Length = len(q.Data)
		out = append(out, q)
	}
	slices.Reverse(out)
	return out
}

// shuffled moves packets to places near theirs.
func (all packets) shuffled() packets {
	r, place := rand.New(rand.NewPCG(1, 2)), map[*byte]int{}
	for i := range all {
		place[&all[i].Data[0]] = i + r.IntN(12)
	}
	out := slices.Clone(all)
	slices.SortStableFunc(out, func(a, b sniff.Packet) int { return place[&a.Data[0]] - place[&b.Data[0]] })
	for i := range out {
		out[i].At = all[i].At
	}
	return out
}

// What is done to a capture without loss changes nothing of what is read.
func TestReadsTheSameHoweverItCame(t *testing.T) {
	file, _, ok := real(t, "lo")
	if !ok {
		return
	}
	all, eth := load(t, file), sniff.LinkEthernet
	want, _ := read(t, all.write(binary.LittleEndian, eth))
	var packed bytes.Buffer
	zip := gzip.NewWriter(&packed)
	zip.Write(all.write(binary.LittleEndian, eth).Bytes())
	zip.Close()
	one := func(p sniff.Packet) []sniff.Packet { return []sniff.Packet{p} }
	below := func(head []byte, link sniff.LinkType) *bytes.Buffer {
		return all.each(func(p sniff.Packet) []sniff.Packet {
			p.Data = slices.Concat(head, p.Data[12:])
			p.Length = len(p.Data)
			return one(p)
		}).write(binary.BigEndian, link)
	}
	raw := all.each(func(p sniff.Packet) []sniff.Packet {
		p.Data, p.Length = p.Data[14:], p.Length-14
		return one(p)
	})
	for name, in := range map[string]*bytes.Buffer{
		"the other order of bytes": all.write(binary.BigEndian, eth),
		"gzip":                     &packed,
		"raw IP":                   raw.write(binary.LittleEndian, sniff.LinkRaw),
		"VLANs in a VLAN":          below(slices.Concat(make([]byte, 12), []byte{0x88, 0xA8, 0, 1, 0x81, 0, 0, 2}), eth),
		"fragments":                all.each(pieces).write(binary.LittleEndian, eth),
		"everything twice":         all.each(func(p sniff.Packet) []sniff.Packet { return []sniff.Packet{p, p} }).write(binary.LittleEndian, eth),
		"shuffled":                 all.shuffled().write(binary.LittleEndian, eth),
	} {
		t.Run(name, func(t *testing.T) {
			got, totals := read(t, in)
			differs(t, got.frames, want.frames)
			differs(t, got.payloads, want.payloads)
			if totals.Missing > 0 || len(got.findings) > 0 || totals.Skipped != (sniff.Skipped{}) {
				t.Errorf("%+v %q", totals, got.findings)
			}
		})
	}
	if !installed.Program(t, "editcap") {
		return
	}
	for _, format := range []string{"pcap", "nsecpcap", "modpcap", "pcapng"} {
		other := filepath.Join(t.TempDir(), format)
		if out, err := exec.Command("editcap", "-F", format, file, other).CombinedOutput(); err != nil {
			t.Fatalf("%v %s", err, out)
		}
		b, err := os.ReadFile(other)
		if err != nil {
			t.Fatal(err)
		}
		got, _ := read(t, bytes.NewReader(b))
		differs(t, got.frames, want.frames)
	}
}

// Of what is lost is said that it is missing, nobody is blamed, and all frames that
// are shown are real ones, in their order.
func TestLossBlamesNobody(t *testing.T) {
	file, _, ok := real(t, "lo")
	if !ok {
		return
	}
	all := load(t, file)
	want, _ := read(t, all.write(binary.LittleEndian, sniff.LinkEthernet))
	r := rand.New(rand.NewPCG(3, 4))
	keep := func(f func(i int, p sniff.Packet) bool) packets {
		i := 0
		return all.each(func(p sniff.Packet) []sniff.Packet {
			if i++; f(i, p) {
				return []sniff.Packet{p}
			}
			return nil
		})
	}
	for name, tt := range map[string]struct {
		some packets
		part float64 // of the frames that must be found
	}{
		"no SYN":              {keep(func(_ int, p sniff.Packet) bool { return flags(p)&2 == 0 }), 0.99},
		"one in 50 is lost":   {keep(func(int, sniff.Packet) bool { return r.IntN(50) > 0 }), 0.5},
		"one in 5 is lost":    {keep(func(int, sniff.Packet) bool { return r.IntN(5) > 0 }), 0.1},
		"begun in the middle": {keep(func(i int, _ sniff.Packet) bool { return i > len(all)/3 }), 0.3},
		"one way only":        {keep(func(_ int, p sniff.Packet) bool { return bytes.Compare(p.Data[34:36], p.Data[36:38]) < 0 }), 0.1},
		"cut to 400 bytes": {all.each(func(p sniff.Packet) []sniff.Packet {
			p.Data = p.Data[:min(len(p.Data), 400)]
			return []sniff.Packet{p}
		}), 0.2},
	} {
		t.Run(name, func(t *testing.T) {
			got, totals := read(t, tt.some.write(binary.LittleEndian, sniff.LinkEthernet))
			if len(got.findings) > 0 {
				t.Errorf("found %q", got.findings)
			}
			if n := got.all(); float64(n) < tt.part*float64(want.all()) {
				t.Errorf("%d frames of %d, %+v", n, want.all(), totals)
			}
			for key, frames := range got.frames {
				rest := want.frames[key]
				for _, f := range frames {
					i := slices.Index(rest, f)
					if i < 0 {
						t.Errorf("%s: no frame %s there, of %d", key, f, len(frames))
						break
					}
					rest = rest[i+1:]
				}
			}
		})
	}
}
