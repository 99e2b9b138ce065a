package tlsread

import (
	"bytes"
	"crypto/tls"
	"testing"
)

// FuzzKeys reads key logs of any bytes, whole and in pieces.
func FuzzKeys(f *testing.F) {
	f.Add([]byte("# a remark\nCLIENT_RANDOM 00 11\nCLIENT_TRAFFIC_SECRET_0 "), uint8(3))
	_, log, _ := spoken(f, &tls.Config{}, &tls.Config{})
	f.Add(log, uint8(17))
	f.Fuzz(func(t *testing.T, b []byte, n uint8) {
		var whole, pieces Keys
		whole.Add(b)
		for rest := b; len(rest) > 0; {
			size := min(len(rest), 1+int(n))
			pieces.write(rest[:size])
			rest = rest[size:]
		}
		pieces.line(pieces.partial)
		if len(whole.known) < len(pieces.known) {
			t.Fatalf("%d, and %d in pieces", len(whole.known), len(pieces.known))
		}
		for who, s := range pieces.known {
			if *whole.known[who] != *s {
				t.Fatalf("of %x: %v and %v", who, whole.known[who], s)
			}
		}
	})
}

// FuzzRecords changes, cuts and leaves out what real programs said: nothing is made up.
func FuzzRecords(f *testing.F) {
	type talk struct {
		items     []item
		log, text []byte
	}
	var talks []talk
	for _, in := range configs {
		client := &tls.Config{MaxVersion: in.version}
		if in.suite != 0 {
			client.CipherSuites = []uint16{in.suite}
		}
		items, log, text := spoken(f, client, &tls.Config{})
		talks = append(talks, talk{items, log, text})
	}
	f.Add(uint8(0), []byte("\x00\x10\x20\x01"))
	f.Add(uint8(1), []byte("\x05\xff\x20\x00\x30\x01\x01\x03"))
	f.Fuzz(func(t *testing.T, which uint8, steps []byte) {
		in := talks[int(which)%len(talks)]
		var items []item
		for n, i := range in.items {
			if len(steps) >= 2 && n%16 == int(steps[0]%16) && len(i.p) > 0 {
				at := int(steps[1]) * len(i.p) / 256
				switch steps[0] >> 6 {
				case 0: // a hole
					items = append(items, item{side: i.side, p: i.p[:at]}, item{kind: itemGap, side: i.side, n: len(i.p) - at})
					steps = steps[2:]
					continue
				case 1: // other bytes
					i.p = append([]byte(nil), i.p...)
					i.p[at] ^= steps[1] | 1
				case 2: // left out unseen
					i.p = i.p[:at]
				}
				steps = steps[2:]
			}
			items = append(items, i)
		}
		keys, h := &Keys{}, &heard{}
		keys.Add(in.log)
		out := h.output()
		out.Data = func(side int, _ int64, p []byte) {
			if n := min(len(p), 40); n >= 8 && !bytes.Contains(in.text, p[:n]) {
				t.Fatalf("side %d never said %q", side, p[:n])
			}
		}
		c := New(keys, out)
		for _, i := range items {
			c.take(i)
		}
		c.Close(0)
		if keys.held != 0 {
			t.Fatalf("%d bytes are held", keys.held)
		}
	})
}
