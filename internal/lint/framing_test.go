package lint

import (
	"strings"
	"testing"

	"wsprobe/internal/wire"
)

// TestFrames plays frames that break rules, from both sides: the rules that one
// cause breaks, and no more.
func TestFrames(t *testing.T) {
	type maker func(wire.Opcode, string, ...shape) []byte
	long := strings.Repeat("x", 126)
	tests := []struct {
		name   string
		frames func(f maker) []any
		want   string // the rules, one a word
	}{
		{"RSV1", func(f maker) []any { return []any{f(text, "a", rsv(4))} }, "rsv.sent"},
		{"RSV1 and what is no text", func(f maker) []any { return []any{f(text, "\xff\xff", rsv(4))} }, "rsv.sent"},
		{"RSV2 and RSV3", func(f maker) []any { return []any{f(wire.OpPing, "", rsv(3))} }, "rsv.sent"},
		{"RSV1 on a continuation", func(f maker) []any { return []any{f(text, "a", notFin), f(more, "b", rsv(4))} }, "rsv.sent"},
		{"opcode 3", func(f maker) []any { return []any{f(3, "a")} }, "opcode.sent"},
		{"opcode 3 begins a message", func(f maker) []any { return []any{f(3, "a", notFin), f(more, "\xff")} }, "opcode.sent"},
		{"opcode 7 inside a message", func(f maker) []any { return []any{f(text, "a", notFin), f(7, "b"), f(more, "c")} }, "opcode.sent"},
		{"opcode 15", func(f maker) []any { return []any{f(15, "a")} }, "opcode.sent"},
		{"5 bytes in 16 bits", func(f maker) []any { return []any{f(text, "Hello", wide(16)), f(text, "on")} }, "length.minimal"},
		{"126 bytes in 64 bits", func(f maker) []any { return []any{f(text, long, wide(64)), f(text, "on")} }, "length.minimal"},
		{"a ping of 16 bits", func(f maker) []any { return []any{f(wire.OpPing, "", wide(16))} }, "length.minimal"},
		{"the top bit", func(f maker) []any { return []any{f(text, "garbage", claim(1<<63+7)), f(3, "more garbage")} }, "length.top-bit-sent"},
		{"the top bit on a ping", func(f maker) []any { return []any{f(wire.OpPing, "", claim(1<<63))} }, "length.top-bit-sent"},
		{"a ping in fragments", func(f maker) []any { return []any{f(wire.OpPing, "a", notFin)} }, "control.fragmented-sent"},
		{"a ping in fragments, with its rest", func(f maker) []any { return []any{f(wire.OpPing, "a", notFin), f(more, "b"), f(text, "on")} }, "control.fragmented-sent"},
		{"a close in fragments, with its rest", func(f maker) []any { return []any{f(wire.OpClose, "", notFin), f(more, "b"), f(text, "on")} }, "control.fragmented-sent close.last"},
		{"a close in fragments", func(f maker) []any { return []any{f(wire.OpClose, "", notFin)} }, "control.fragmented-sent"},
		{"a ping of 126 bytes", func(f maker) []any { return []any{f(wire.OpPing, long)} }, "control.size-sent"},
		{"a close of 126 bytes", func(f maker) []any { return []any{f(wire.OpClose, long)} }, "control.size-sent"},
		{"a long ping in fragments", func(f maker) []any { return []any{f(wire.OpPing, long, notFin, rsv(1))} },
			"rsv.sent control.fragmented-sent control.size-sent"},
		{"a continuation of nothing", func(f maker) []any { return []any{f(more, "\xff"), f(text, "on")} }, "fragment.orphan-sent"},
		{"continuations of nothing", func(f maker) []any { return []any{f(more, "\xff", notFin), f(more, "b", notFin), f(more, "c")} }, "fragment.orphan-sent"},
		{"a continuation of nothing and a text", func(f maker) []any { return []any{f(more, "a", notFin), f(text, "b")} }, "fragment.orphan-sent"},
		{"a text inside a message", func(f maker) []any { return []any{f(text, "a", notFin), f(text, "b"), f(more, "c")} }, "fragment.interleaved-sent"},
		{"a message inside a message", func(f maker) []any { return []any{f(text, "\xc3", notFin), f(bin, "b", notFin), f(more, "c")} }, "fragment.interleaved-sent"},

		{"text that is no UTF-8", func(f maker) []any { return []any{f(text, "a\xffb\xff"), f(text, "on")} }, "utf8.sent"},
		{"a surrogate over two frames", func(f maker) []any {
			return []any{f(text, "a\xed", notFin), f(more, "\xa0\x80", notFin), f(more, "\xff")}
		}, "utf8.sent"},
		{"text that ends inside a code point", func(f maker) []any { return []any{f(text, "a\xc3", notFin), f(more, "")} }, "utf8.sent"},
		{"a bad text that is not finished", func(f maker) []any { return []any{f(text, "\xff", notFin)} }, "utf8.sent"},
		{"binary", func(f maker) []any { return []any{f(bin, "\xff")} }, ""},

		{"an empty close", func(f maker) []any { return []any{f(wire.OpClose, "")} }, ""},
		{"a close of one byte", func(f maker) []any { return []any{f(wire.OpClose, "a")} }, "close.body-sent"},
		{"a reason that is no UTF-8", func(f maker) []any { return []any{f(wire.OpClose, "\x03\xe8\xff")} }, "close.reason-sent"},
		{"a reserved code and a bad reason", func(f maker) []any { return []any{f(wire.OpClose, "\x03\xed\xff")} }, "close.reserved-sent close.reason-sent"},
		{"a second close", func(f maker) []any { return []any{f(wire.OpClose, ""), f(wire.OpClose, "")} }, "close.once"},
		{"a text after a close", func(f maker) []any { return []any{f(wire.OpClose, ""), f(text, "a")} }, "close.last"},
		{"the rest of a message after a close", func(f maker) []any { return []any{f(text, "a", notFin), f(wire.OpClose, ""), f(more, "b")} }, "close.last"},
		{"a text in fragments after a close", func(f maker) []any { return []any{f(wire.OpClose, ""), f(text, "a", notFin), f(more, "b")} }, "close.last close.last"},
		{"a pong after a close", func(f maker) []any { return []any{f(wire.OpClose, ""), f(wire.OpPong, "")} }, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			words := strings.Fields(tt.want)
			wantRules(t, Options{Keep: 10}, opened(server(tt.frames(sent)...), ends(Server)), on(Server, words)...)
			wantRules(t, Options{}, opened(client(tt.frames(own)...), ends(Client)), on(Client, words)...)
		})
	}
}

// TestMask plays masks of both sides.
func TestMask(t *testing.T) {
	tests := []struct {
		name string
		turn turn
		want []string
	}{
		{"a server masks", server(sent(text, "a", masked)), []string{"server mask.server"}},
		{"a server masks what is no UTF-8", server(sent(text, "\xff", masked)), []string{"server mask.server", "server utf8.sent"}},
		{"a client does not mask", client(own(text, "a", bare)), []string{"client mask.client"}},
		{"the key of the frame before", client(own(text, "a", key(1)), own(text, "b", key(1))), []string{"client mask.fresh"}},
		{"two keys in turn", client(own(text, "a", key(1)), own(text, "b", key(2))), nil},
		{"a frame with nothing to mask", client(own(text, "a", key(1)), own(text, "", key(1))), nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			wantRules(t, Options{}, opened(tt.turn), tt.want...)
		})
	}
}

// TestCloseCodes goes through the codes of RFC 6455 §7.4 and the registry.
func TestCloseCodes(t *testing.T) {
	ranges := []struct {
		from, to int
		want     string
	}{
		{0, 999, "close.unused-sent"}, {1000, 1003, ""}, {1004, 1004, "close.undefined-sent"}, {1005, 1006, "close.reserved-sent"},
		{1007, 1014, ""}, {1015, 1015, "close.reserved-sent"}, {1016, 2999, "close.undefined-sent"}, {3000, 4999, ""}, {5000, 65535, "close.undefined-sent"},
	}
	for _, r := range ranges {
		for _, code := range []int{r.from, r.to} {
			body := string([]byte{byte(code >> 8), byte(code)})
			wantRules(t, Options{}, opened(server(sent(wire.OpClose, body))), on(Server, compact(r.want))...)
		}
	}
}

// TestClientDesync sends what throws a client's stream off, in front of right
// frames of the server: nothing of that is the server's.
func TestClientDesync(t *testing.T) {
	for name, garbage := range map[string][]byte{
		"a length that lies":  own(text, "Hello", func(h *wire.Header) { h.Length = 100 }),
		"a length of 2^62":    own(text, "Hello", claim(1<<62)),
		"a length of 2^63":    own(text, "Hello", claim(1<<63)),
		"raw bytes":           []byte("\x00\x01\x02\xff\xfe GET / HTTP/1.1\r\n\r\n"),
		"an unmasked message": sent(text, "Hello"),
	} {
		t.Run(name, func(t *testing.T) {
			events := watch(t, Options{Keep: 100}, opened(
				client(garbage), server(sent(text, "He", notFin)), client(own(text, "x")), server(sent(more, "llo"), sent(wire.OpClose, "\x03\xea")), ends(Server), ends(Client)))
			sameRules(t, of(Server, events), nil)
		})
	}
}

// TestBehindThe101 sends text where frames begin.
func TestBehindThe101(t *testing.T) {
	for name, p := range map[string]string{"a second head": accept(), "a body": "{\"ok\":true}", "a line end": "\r\nmore", "a chunk": "5\r\nHello\r\n0\r\n\r\n"} {
		t.Run(name, func(t *testing.T) {
			wantRules(t, Options{}, opened(server(p), ends(Server)), "server handshake.ends")
		})
	}
}

// TestCloseCodeEchoed answers a Close with its own code: nothing is wrong with
// one that is merely undefined, and everything with one that is never sent.
func TestCloseCodeEchoed(t *testing.T) {
	for code, want := range map[int]string{999: "close.unused-sent", 1004: "", 1005: "close.reserved-sent", 2999: "", 5000: ""} {
		body := string([]byte{byte(code >> 8), byte(code)})
		events := watch(t, Options{Blind: true}, opened(client(own(wire.OpClose, body)), server(sent(wire.OpClose, body))))
		sameRules(t, of(Server, events), on(Server, compact(want)))
	}
}
