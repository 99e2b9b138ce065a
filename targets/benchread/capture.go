package main

import (
	"math/rand/v2"
	"net/netip"
	"os"
	"time"

	"wsprobe/internal/lint"
	"wsprobe/internal/record"
	"wsprobe/internal/wire"
)

// How each conversation begins.
const (
	request = "GET / HTTP/1.1\r\nHost: example.com\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
		"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
	response = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
		"Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n"
)

// talk is a connection of a capture: what its client says, and what is answered.
type talk interface {
	exchange(at time.Time, asked, answer []byte) error
}

// plain is a talk in clear.
type plain struct{ *record.TCPStream }

func (p plain) exchange(at time.Time, asked, answer []byte) error {
	p.Data(lint.Client, at, asked)
	p.Data(lint.Server, at, answer)
	return nil
}

// write makes a capture with at least so many bytes, of clients that are answered
// with what they say, and a file with the keys of what is TLS in it.
func (l *load) write(name, keys string, least int) (size int64, err error) {
	f, err := os.Create(name)
	if err != nil {
		return 0, err
	}
	defer f.Close()
	secrets, err := os.Create(keys)
	if err != nil {
		return 0, err
	}
	defer secrets.Close()
	out := record.NewPcapng(f, "a benchmark")
	if err := l.converse(out, secrets, least); err != nil {
		return 0, err
	}
	if err := out.Close(); err != nil {
		return 0, err
	}
	info, err := f.Stat()
	if err != nil {
		return 0, err
	}
	return info.Size(), nil
}

// converse has clients talk until there are so many bytes.
func (l *load) converse(out *record.Pcapng, keys *os.File, least int) error {
	r := rand.New(rand.NewPCG(1, 1))
	at := time.Unix(1_700_000_000, 0)
	var talks []talk
	for i := range connections {
		t, err := l.begin(out, i, at, keys)
		if err != nil {
			return err
		}
		talks = append(talks, t)
	}
	for sent := 0; sent < least; at = at.Add(50 * time.Microsecond) {
		var asked, answer []byte
		for range l.batch {
			asked, answer = message(r, l.payload(r), asked, answer)
		}
		if err := talks[r.IntN(len(talks))].exchange(at, asked, answer); err != nil {
			return err
		}
		sent += len(asked) + len(answer)
	}
	return nil
}

// begin begins the i-th connection.
func (l *load) begin(out *record.Pcapng, i int, at time.Time, keys *os.File) (t talk, err error) {
	port := uint16(80)
	if l.secure {
		port = 443
	}
	s := out.Open(at, netip.AddrPortFrom(netip.MustParseAddr("192.0.2.2"), uint16(40000+i)),
		netip.AddrPortFrom(netip.MustParseAddr("192.0.2.1"), port))
	if t = (plain{s}); l.secure {
		if t, err = newSecure(s, at, keys); err != nil {
			return nil, err
		}
	}
	return t, t.exchange(at, []byte(request), []byte(response))
}

// message appends a message, masked and not.
func message(r *rand.Rand, size int, asked, answer []byte) ([]byte, []byte) {
	payload := make([]byte, size)
	for i := range payload {
		payload[i] = byte('a' + i%26)
	}
	h := wire.Header{Fin: true, Opcode: wire.OpText, Length: uint64(size)}
	answer = append(h.Append(answer), payload...)
	h.Masked = true
	for i := range h.Mask {
		h.Mask[i] = byte(r.Uint32())
	}
	asked = h.Append(asked)
	wire.Mask(payload, h.Mask, 0)
	return append(asked, payload...), answer
}
