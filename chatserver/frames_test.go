package chatserver

import (
	"bytes"
	"encoding/binary"
	"strings"
	"testing"

	"wsprobe/internal/wire"
)

// deflate is what the tests offer, and the server agrees to.
const deflate = deflateName

// hello is "Hello" in DEFLATE blocks of RFC 7692 §7.2.3.1, .3, .4 and .5.
const (
	helloFixed  = "\xf2\x48\xcd\xc9\xc9\x07\x00"
	helloStored = "\x00\x05\x00\xfa\xff\x48\x65\x6c\x6c\x6f\x00"
	helloFinal  = "\xf3\x48\xcd\xc9\xc9\x07\x00\x00"
	helloTwo    = "\xf2\x48\x05\x00\x00\x00\xff\xff\xca\xc9\xc9\x07\x00"
)

func TestFrames(t *testing.T) {
	addr := start(t, Config{EchoLimit: 100000})
	long := strings.Repeat("x", 70000)
	text := answered(0x81, "Hello")
	for _, c := range []struct {
		name       string
		extensions string
		send       []byte
		want       []byte // before the Close
		code       int    // of the Close; 0: there is none, and the connection lives on
	}{
		{"text", "", frame(0x81, "Hello"), text, 0},
		{"binary", "", frame(0x82, "\xff\xfe"), answered(0x82, "\xff\xfe"), 0},
		{"empty", "", frame(0x81, ""), answered(0x81, ""), 0},
		{"125 bytes", "", frame(0x82, long[:125]), answered(0x82, long[:125]), 0},
		{"126 bytes", "", frame(0x82, long[:126]), answered(0x82, long[:126]), 0},
		{"65535 bytes", "", frame(0x82, long[:65535]), answered(0x82, long[:65535]), 0},
		{"65536 bytes", "", frame(0x82, long[:65536]), answered(0x82, long[:65536]), 0},
		{"fragments", "", join(frame(0x01, "Hel"), frame(0x00, ""), frame(0x80, "lo")), text, 0},
		{"empty fragments", "", join(frame(0x01, ""), frame(0x00, ""), frame(0x80, "")), answered(0x81, ""), 0},
		{"ping between fragments", "", join(frame(0x01, "Hel"), frame(0x89, "p"), frame(0x80, "lo")), join(answered(0x8a, "p"), text), 0},
		{"ping of 125 bytes", "", frame(0x89, long[:125]), answered(0x8a, long[:125]), 0},
		{"two pings", "", join(frame(0x89, "1"), frame(0x89, "2")), join(answered(0x8a, "1"), answered(0x8a, "2")), 0},
		{"unasked pong", "", join(frame(0x8a, "p"), frame(0x81, "Hello")), text, 0},
		{"no mask", "", answered(0x81, "Hello"), nil, 1002},
		{"ping without mask", "", answered(0x89, ""), nil, 1002},
		{"Close without mask", "", answered(0x88, ""), nil, 1002},
		{"RSV1", "", frame(0xc1, "Hello"), nil, 1002},
		{"RSV2", "", frame(0xa1, "Hello"), nil, 1002},
		{"RSV3", "", frame(0x91, "Hello"), nil, 1002},
		{"RSV1 on a ping", "", frame(0xc9, "p"), nil, 1002},
		{"RSV2, deflate", deflate, frame(0xa1, "Hello"), nil, 1002},
		{"RSV1 on a ping, deflate", deflate, frame(0xc9, "p"), nil, 1002},
		{"RSV1 on a Close, deflate", deflate, frame(0xc8, "\x03\xe8"), nil, 1002},
		{"RSV1 on a continuation, deflate", deflate, join(frame(0x41, helloFixed[:3]), frame(0xc0, helloFixed[3:])), nil, 1002},
		{"opcode 3", "", frame(0x83, ""), nil, 1002},
		{"opcode 11", "", frame(0x8b, ""), nil, 1002},
		{"opcode 15 after a text", "", join(frame(0x81, "Hello"), frame(0x8f, ""), frame(0x81, "no")), text, 1002},
		{"nothing to continue", "", frame(0x80, "x"), nil, 1002},
		{"text in a fragmented text", "", join(frame(0x01, "Hel"), frame(0x81, "lo")), nil, 1002},
		{"ping in fragments", "", join(frame(0x09, "p"), frame(0x80, "q")), nil, 1002},
		{"ping of 126 bytes", "", frame(0x89, long[:126]), nil, 1002},
		{"top bit of the length", "", header(0x82, 1<<63), nil, 1002},
		{"5 bytes in 16 bits", "", append([]byte{0x81, 0xfe, 0, 5, 0, 0, 0, 0}, "Hello"...), nil, 1002},
		{"5 bytes in 64 bits", "", append([]byte{0x81, 0xff, 0, 0, 0, 0, 0, 0, 0, 5, 0, 0, 0, 0}, "Hello"...), nil, 1002},
		{"length of 2^62", "", header(0x82, 1<<62), nil, 1009},
		{"lengths that overflow together", "", join(frame(0x02, long), header(0x80, 1<<63-1)), nil, 1009},
		{"longer than the limit", "", header(0x82, 100001), nil, 1009},
		{"fragments longer than the limit", "", join(frame(0x02, long[:60000]), frame(0x80, long[:60000])), nil, 1009},
		{"as long as the limit", "", frame(0x82, strings.Repeat("x", 100000)), answered(0x82, strings.Repeat("x", 100000)), 0},
		{"code point over fragments", "", join(frame(0x01, "\xce"), frame(0x80, "\xba")), answered(0x81, "κ"), 0},
		{"every plane", "", frame(0x81, "a\u0000ß\uffff\U0001f600\U0010ffff\ufeff"), answered(0x81, "a\u0000ß\uffff\U0001f600\U0010ffff\ufeff"), 0},
		{"surrogate", "", frame(0x81, "\xed\xa0\x80"), nil, 1007},
		{"overlong", "", frame(0x81, "\xc0\xaf"), nil, 1007},
		{"beyond U+10FFFF", "", frame(0x81, "\xf4\x90\x80\x80"), nil, 1007},
		{"text that stops inside a code point", "", frame(0x81, "x\xce"), nil, 1007},
		{"bad text before its end", "", frame(0x01, "\xce\xba\xff"), nil, 1007},
		{"bad text inside a frame", "", frame(0x81, "\xff"+long)[:100], nil, 1007},
		{"bad bytes in a binary", "", frame(0x82, "\xff"), answered(0x82, "\xff"), 0},
		{"compressed", deflate, frame(0xc1, helloFixed), answered(0xc1, "Hello"), 0},
		{"compressed in fragments", deflate, join(frame(0x41, helloFixed[:3]), frame(0x89, ""), frame(0x80, helloFixed[3:])), join(answered(0x8a, ""), answered(0xc1, "Hello")), 0},
		{"stored block", deflate, frame(0xc1, helloStored), answered(0xc1, "Hello"), 0},
		{"two blocks", deflate, frame(0xc1, helloTwo), answered(0xc1, "Hello"), 0},
		{"BFINAL", deflate, frame(0xc1, helloFinal), answered(0xc1, "Hello"), 0},
		{"blocks behind BFINAL", deflate, frame(0xc1, "\x01\x02\x00\xfd\xffHe\x01\x03\x00\xfc\xffllo\x00"), answered(0xc1, "Hello"), 0},
		{"compressed and empty", deflate, frame(0xc1, "\x00"), answered(0xc1, ""), 0},
		{"not compressed though agreed", deflate, frame(0x81, "Hello"), answered(0xc1, "Hello"), 0},
		{"reserved block type", deflate, frame(0xc1, "\x06\x00"), nil, 1007},
		{"distance before the message", deflate, join(frame(0xc1, helloFixed), frame(0xc1, "\xf2\x00\x11\x00\x00")), answered(0xc1, "Hello"), 1007},
		{"compressed bad text", deflate, frame(0xc1, "\x00\x01\x00\xfe\xff\xff\x00"), nil, 1007},
		{"compressed bad binary", deflate, frame(0xc2, "\x00\x01\x00\xfe\xff\xff\x00"), answered(0xc2, "\xff"), 0},
		{"bomb", deflate, frame(0xc2, bomb(100001)), nil, 1009},
		{"bomb that just fits", deflate, frame(0xc2, bomb(100000)), answered(0xc2, string(make([]byte, 100000))), 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := openRaw(t, addr, "/echo", c.extensions)
			r.send(c.send...)
			r.wantFrames(c.want)
			if c.code > 0 {
				r.wantClose(c.code)
				return
			}
			r.send(frame(0x88, "\x03\xe8bye")...)
			r.wantClose(1000)
		})
		if c.code != 0 || len(c.send) > 1000 {
			continue
		}
		t.Run(c.name+", byte by byte", func(t *testing.T) {
			r := openRaw(t, addr, "/echo", c.extensions)
			r.dribble(c.send)
			r.wantFrames(c.want)
		})
	}
}

func join(parts ...[]byte) []byte { return bytes.Join(parts, nil) }

// header makes the header of a masked frame that claims a length.
func header(first byte, length uint64) []byte {
	p := append([]byte{first, 0xff}, binary.BigEndian.AppendUint64(nil, length)...)
	return append(p, "mask"...)
}

// bomb makes zeros that take few bytes.
func bomb(size int) string {
	return string(wire.NewDeflater(15, false).Message(nil, make([]byte, size)))
}

func TestClosing(t *testing.T) {
	addr := start(t, Config{})
	long := strings.Repeat("x", 124)
	for _, c := range []struct {
		name string
		body string
		want []byte // instead of a Close with code
		code int
	}{
		{"1000", "\x03\xe8", nil, 1000},
		{"1001", "\x03\xe9going", nil, 1001},
		{"1013", "\x03\xf5", nil, 1013},
		{"1014", "\x03\xf6bye", nil, 1014},
		{"3000", "\x0b\xb8", nil, 3000},
		{"4999", "\x13\x87", nil, 4999},
		{"longest reason", "\x03\xe8" + long[:123], nil, 1000},
		{"nothing", "", answered(0x88, ""), 0},
		{"one byte", "\x03", nil, 1002},
		{"too long a reason", "\x03\xe8" + long, nil, 1002},
		{"reason that is no UTF-8", "\x03\xe8\xff", nil, 1007},
		{"0", "\x00\x00", nil, 1002},
		{"999", "\x03\xe7", nil, 1002},
		{"1004", "\x03\xec", nil, 1002},
		{"1005", "\x03\xed", nil, 1002},
		{"1006", "\x03\xee", nil, 1002},
		{"1015", "\x03\xf7", nil, 1002},
		{"1016", "\x03\xf8", nil, 1002},
		{"2999", "\x0b\xb7", nil, 1002},
		{"5000", "\x13\x88", nil, 1002},
		{"65535", "\xff\xff", nil, 1002},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := openRaw(t, addr, "/echo", "")
			// Nothing behind the Close is looked at, and TCP ends without a reset.
			r.send(join(frame(0x88, c.body), frame(0x81, "late"), frame(0x89, "late"))...)
			r.want(c.want)
			if c.want != nil {
				r.wantEnd()
			} else {
				r.wantClose(c.code)
			}
		})
	}
}

func TestCloseInsideMessage(t *testing.T) {
	r := openRaw(t, start(t, Config{}), "/echo", "")
	r.send(join(frame(0x81, "Hello"), frame(0x01, "Hel"), frame(0x88, "\x03\xe8"))...)
	r.want(answered(0x81, "Hello"))
	r.wantClose(1000)
}

func TestEndWithoutClose(t *testing.T) {
	r := openRaw(t, start(t, Config{}), "/echo", "")
	r.send(frame(0x81, "Hello")...)
	r.Conn.(interface{ CloseWrite() error }).CloseWrite()
	r.want(answered(0x81, "Hello"))
	r.wantEnd()
}

func TestKeepalive(t *testing.T) {
	r := openRaw(t, start(t, Config{PingInterval: 1e6, IdleTimeout: 100e6}), "/echo", "")
	r.want(answered(0x89, ""))
	r.wantGone() // since we do not answer
}
