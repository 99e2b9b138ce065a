package mutant

import (
	"bytes"
	"encoding/binary"
	"strings"
	"testing"

	"wsprobe/internal/wire"
)

// header is that of a whole frame with the opcode.
func header(op wire.Opcode) wire.Header { return wire.Header{Fin: true, Opcode: op} }

// violations are frames that fail the connection, and the code that says why.
// Each is given as its bytes up to and with the masking key, which is zero, so
// that the payload stands as it is.
var violations = []struct {
	name, sent string
	code       uint16
}{
	{"not masked", "\x81\x01x", closeProtocol},
	{"RSV1", "\xc1\x80\x00\x00\x00\x00", closeProtocol},
	{"RSV2 on a ping", "\xa9\x80\x00\x00\x00\x00", closeProtocol},
	{"opcode 3", "\x83\x80\x00\x00\x00\x00", closeProtocol},
	{"opcode 11", "\x8b\x80\x00\x00\x00\x00", closeProtocol},
	{"fragmented ping", "\x09\x80\x00\x00\x00\x00", closeProtocol},
	{"ping of 126 bytes", "\x89\xfe\x00\x7e\x00\x00\x00\x00", closeProtocol},
	{"top bit of a length", "\x82\xff\x80\x00\x00\x00\x00\x00\x00\x01\x00\x00\x00\x00", closeProtocol},
	{"length longer than needed", "\x82\xfe\x00\x01\x00\x00\x00\x00x", closeProtocol},
	{"length beyond the limit", "\x82\xff\x00\x00\x00\x00\x04\x00\x00\x01\x00\x00\x00\x00", closeTooBig},
	{"continuation of nothing", "\x80\x80\x00\x00\x00\x00", closeProtocol},
	{"text inside a text", "\x01\x80\x00\x00\x00\x00\x81\x80\x00\x00\x00\x00", closeProtocol},
	{"surrogate", "\x81\x83\x00\x00\x00\x00\xed\xa0\x80", closeData},
	{"surrogate, and more to come", "\x01\xfe\x00\x80\x00\x00\x00\x00\xed\xa0", closeData},
	{"cut code point", "\x81\x81\x00\x00\x00\x00\xce", closeData},
	{"code point that is never whole", "\x01\x81\x00\x00\x00\x00\xce\x80\x80\x00\x00\x00\x00", closeData},
	{"Close of one byte", "\x88\x81\x00\x00\x00\x00\x03", closeProtocol},
	{"Close 1005", "\x88\x82\x00\x00\x00\x00\x03\xed", closeProtocol},
	{"Close 999", "\x88\x82\x00\x00\x00\x00\x03\xe7", closeProtocol},
	{"Close 1016", "\x88\x82\x00\x00\x00\x00\x03\xf8", closeProtocol},
	{"Close 5000", "\x88\x82\x00\x00\x00\x00\x13\x88", closeProtocol},
	{"Close with a bad reason", "\x88\x84\x00\x00\x00\x00\x03\xe8\xc3\x28", closeData},
}

func TestViolationsFailTheConnection(t *testing.T) {
	addr := start(t, nil)
	for _, v := range violations {
		t.Run(v.name, func(t *testing.T) {
			t.Parallel()
			c := openEcho(t, addr, wire.RFC6455)
			c.say([]byte(v.sent)...)
			c.sendFrame(header(wire.OpText), "too late")
			h, body := c.frame()
			if h.Opcode != wire.OpClose || binary.BigEndian.Uint16([]byte(body)) != v.code {
				t.Errorf("answered by %v %q, not by Close %d", h.Opcode, body, v.code)
			}
			if rest := c.rest(); rest != "" {
				t.Errorf("%q came behind the Close", rest)
			}
		})
	}
}

func TestClosesAreAnswered(t *testing.T) {
	addr := start(t, nil)
	for body, want := range map[string]string{
		"":                                    "",
		"\x03\xe8":                            "\x03\xe8",
		"\x0f\xa0" + strings.Repeat("x", 123): "\x0f\xa0",
		"\x03\xf4":                            "\x03\xf4", // 1012, registered since
	} {
		c := openEcho(t, addr, wire.Hybi08)
		c.sendFrame(wire.Header{Opcode: wire.OpText}, "begun")
		c.sendFrame(header(wire.OpClose), body)
		c.sendFrame(header(wire.OpPing), "late")
		if h, got := c.frame(); h.Opcode != wire.OpClose || got != want {
			t.Errorf("Close %q was answered by %v %q", body, h.Opcode, got)
		}
		if rest := c.rest(); rest != "" {
			t.Errorf("%q came behind the Close", rest)
		}
	}
}

// A conversation with everything in it is answered alike in one piece and byte
// by byte.
func TestFramesOfAnyCut(t *testing.T) {
	addr := start(t, nil)
	var sent []byte
	add := func(h wire.Header, payload string) {
		h.Masked, h.Mask, h.Length = true, [4]byte{0xa5, 0, 0xff, 1}, uint64(len(payload))
		sent = wire.AppendFrame(sent, h, []byte(payload))
	}
	add(wire.Header{Opcode: wire.OpText}, "κ\xce")
	add(header(wire.OpPing), "now")
	add(wire.Header{}, "")
	add(header(wire.OpPong), "unasked")
	add(header(wire.OpContinuation), "\xbaσμε")
	add(header(wire.OpBinary), "\xed\xa0\x80")
	add(header(wire.OpText), "")
	add(header(wire.OpBinary), strings.Repeat("x", 70000))
	add(header(wire.OpClose), "\x03\xe9")
	want := "\x8a\x03now\x81\x0aκκσμε\x82\x03\xed\xa0\x80\x81\x00\x82\x7f\x00\x00\x00\x00\x00\x01\x11\x70" +
		strings.Repeat("x", 70000) + "\x88\x02\x03\xe9"
	for _, size := range []int{len(sent), 1000, 7} {
		c := openEcho(t, addr, wire.RFC6455)
		for rest := sent; len(rest) > 0; rest = rest[min(size, len(rest)):] {
			c.say(rest[:min(size, len(rest))]...)
		}
		if got := c.rest(); got != want {
			t.Errorf("in pieces of %d: %d bytes came back, %.60q", size, len(got), got)
		}
	}
}

func TestCompressedMessages(t *testing.T) {
	addr := start(t, nil)
	c, r := open(t, addr, wire.Handshake{Dialect: wire.RFC6455, Target: "/echo",
		Extensions: "permessage-deflate; server_no_context_takeover; server_max_window_bits=9, permessage-deflate"})
	if r.Status != 101 {
		t.Fatal(r.Line)
	}
	in := wire.NewInflater(9, false) // which minds what goes beyond
	out := wire.NewDeflater(15, true)
	for _, m := range []string{"", "Hello", "Hello", strings.Repeat("0123456789", 5000)} {
		compressed := string(out.Message(nil, []byte(m)))
		half := len(compressed) / 2
		c.sendFrame(wire.Header{Rsv: wire.RSV1, Opcode: wire.OpText}, compressed[:half])
		c.sendFrame(header(wire.OpContinuation), compressed[half:])
		h, p := c.frame()
		got, fault := in.Message(nil, []byte(p), maxEcho)
		if h.Rsv != wire.RSV1 || fault != wire.InflateOK || !bytes.Equal(got, []byte(m)) {
			t.Errorf("%.20q came back as %.20q, RSV %d, fault %d", m, got, h.Rsv, fault)
		}
	}
	for name, v := range map[string]struct {
		h    wire.Header
		sent string
		code uint16
	}{
		"no DEFLATE":          {wire.Header{Fin: true, Rsv: wire.RSV1, Opcode: wire.OpText}, "\xff\xff", closeData},
		"inflates to no text": {wire.Header{Fin: true, Rsv: wire.RSV1, Opcode: wire.OpText}, string(wire.NewDeflater(15, false).Message(nil, []byte{0xff})), closeData},
		"RSV1 on a ping":      {wire.Header{Fin: true, Rsv: wire.RSV1, Opcode: wire.OpPing}, "", closeProtocol},
	} {
		c, _ := open(t, addr, wire.Handshake{Dialect: wire.RFC6455, Target: "/echo", Extensions: "permessage-deflate"})
		c.sendFrame(v.h, v.sent)
		if h, body := c.frame(); h.Opcode != wire.OpClose || binary.BigEndian.Uint16([]byte(body)) != v.code {
			t.Errorf("%s: answered by %v %q", name, h.Opcode, body)
		}
	}
}
