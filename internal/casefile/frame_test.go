package casefile

import (
	"reflect"
	"testing"

	"wsprobe/internal/wire"
)

// Each frame to send comes to this.
func TestFrames(t *testing.T) {
	frame := func(o wire.Opcode, p Payload, change func(*Frame)) Frame {
		f := Frame{Opcode: o, Payload: p, Fin: true, Times: 1}
		if change != nil {
			change(&f)
		}
		return f
	}
	coded := func(code ...byte) Payload { return bytesOf(code...) }
	tests := map[string]Frame{
		`{text: Hello}`:                                  frame(wire.OpText, textOf("Hello"), nil),
		`{text: 010}`:                                    frame(wire.OpText, textOf("010"), nil),
		`{text: 2001-01-01}`:                             frame(wire.OpText, textOf("2001-01-01"), nil),
		`{binary: {hex: 00 ff}}`:                         frame(wire.OpBinary, bytesOf(0, 255), nil),
		`{continuation: "", fin: false}`:                 frame(wire.OpContinuation, textOf(""), func(f *Frame) { f.Fin = false }),
		`{ping: x, rsv: 5}`:                              frame(wire.OpPing, textOf("x"), func(f *Frame) { f.Rsv = wire.RSV1 | wire.RSV3 }),
		`{pong: x, times: 10}`:                           frame(wire.OpPong, textOf("x"), func(f *Frame) { f.Times = 10 }),
		`{json: {a: 1}}`:                                 frame(wire.OpText, bytesOf([]byte(`{"a":1}`)...), nil),
		`{opcode: 3}`:                                    frame(3, Payload{}, nil),
		`{opcode: 0xB, payload: x}`:                      frame(11, textOf("x"), nil),
		`{opcode: close, payload: x}`:                    frame(wire.OpClose, textOf("x"), nil),
		`{close: 1000}`:                                  frame(wire.OpClose, coded(3, 232), nil),
		`{close: ""}`:                                    frame(wire.OpClose, Payload{}, nil),
		`{close: {code: 1, reason: bye}}`:                frame(wire.OpClose, Payload{append(coded(0, 1).Parts, textOf("bye").Parts...)}, nil),
		`{close: {payload: {hex: "03"}}}`:                frame(wire.OpClose, bytesOf(3), nil),
		`{text: x, compress: true}`:                      frame(wire.OpText, textOf("x"), func(f *Frame) { f.Compress = true }),
		`{text: x, mask: false}`:                         frame(wire.OpText, textOf("x"), func(f *Frame) { f.Mask = MaskNone }),
		`{text: x, mask: true}`:                          frame(wire.OpText, textOf("x"), nil),
		`{text: x, mask: 00000000}`:                      frame(wire.OpText, textOf("x"), func(f *Frame) { f.Mask = MaskKey }),
		`{text: x, mask: 37fa213d}`:                      frame(wire.OpText, textOf("x"), func(f *Frame) { f.Mask, f.Key = MaskKey, [4]byte{0x37, 0xfa, 0x21, 0x3d} }),
		`{text: x, length: {bits: 64}}`:                  frame(wire.OpText, textOf("x"), func(f *Frame) { f.Bits = 64 }),
		`{text: x, length: {claim: 200}}`:                frame(wire.OpText, textOf("x"), func(f *Frame) { f.Claim = ptr(uint64(200)) }),
		`{text: x, length: {claim: 0x8000000000000000}}`: frame(wire.OpText, textOf("x"), func(f *Frame) { f.Claim = ptr(uint64(1) << 63) }),
	}
	for text, want := range tests {
		if got := stepsOf(t, wire.RFC6455, "- send: "+text+"\n")[0].Frames; !reflect.DeepEqual(got, []Frame{want}) {
			t.Errorf("%s\n got %+v\nwant %+v", text, got, want)
		}
	}
}

func TestHixieFrames(t *testing.T) {
	tests := map[string]Frame{
		`{text: Hello}`: {Opcode: wire.OpText, Payload: textOf("Hello")},
		`{close: ""}`:   {Opcode: wire.OpClose},
		`{type: 5}`:     {Type: ptr(byte(5))},
		`{type: 0x80, payload: x, length: {groups: 3, claim: 9}}`: {Type: ptr(byte(0x80)), Payload: textOf("x"), Groups: 3, Claim: ptr(uint64(9))},
	}
	for text, want := range tests {
		want.Fin, want.Times = true, 1
		if got := stepsOf(t, wire.Hixie76, "- send: "+text+"\n")[0].Frames; !reflect.DeepEqual(got, []Frame{want}) {
			t.Errorf("%s\n got %+v\nwant %+v", text, got, want)
		}
	}
}

func TestFramesOfOneWrite(t *testing.T) {
	frames := stepsOf(t, wire.RFC6455, "- send: [{text: a}, {ping: b}]\n")[0].Frames
	if len(frames) != 2 || frames[0].Opcode != wire.OpText || frames[1].Opcode != wire.OpPing {
		t.Errorf("got %+v", frames)
	}
}
