package lint

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"wsprobe/internal/wire"
)

// squeeze compresses messages one after the other, as one end does.
func squeeze(bits int, takeover bool, messages ...string) (packed []string) {
	d := wire.NewDeflater(bits, takeover)
	for _, m := range messages {
		packed = append(packed, string(d.Message(nil, []byte(m))))
	}
	return packed
}

// far is a text that repeats itself at a distance of some 2000 bytes.
func far() string {
	var b strings.Builder
	for i := range 2000 {
		b.WriteByte(byte('a' + i*i%97%26))
	}
	return "The quick brown fox" + b.String() + "The quick brown fox"
}

// TestDeflate plays compressed messages, from both sides.
func TestDeflate(t *testing.T) {
	type maker func(wire.Opcode, string, ...shape) []byte
	hello := squeeze(15, true, "Hello Hello Hello", "Hello Hello Hello")
	wideText := squeeze(15, true, far())[0]
	tests := []struct {
		name   string
		params string // %s is the side
		frames func(f maker) []any
		want   string // the rules, one a word; %s is the side
	}{
		{"two messages of one window", "", func(f maker) []any { return []any{f(text, hello[0], rsv(4)), f(text, hello[1], rsv(4))} }, ""},
		{"three fragments", "", func(f maker) []any {
			return []any{f(text, hello[0][:3], rsv(4), notFin), f(more, "", notFin), f(wire.OpPing, "a"), f(more, hello[0][3:])}
		}, ""},
		{"not compressed", "", func(f maker) []any { return []any{f(text, "Hello")} }, ""},
		{"the byte 00", "", func(f maker) []any { return []any{f(text, "\x00", rsv(4))} }, ""},
		{"RSV1 on a continuation", "", func(f maker) []any { return []any{f(text, "a", notFin), f(more, "b", rsv(4))} }, "deflate.rsv1-sent"},
		{"RSV1 on a ping", "", func(f maker) []any { return []any{f(wire.OpPing, "a", rsv(4))} }, "deflate.rsv1-sent"},
		{"RSV2 too", "", func(f maker) []any { return []any{f(text, hello[0], rsv(6))} }, "rsv.sent"},
		{"no DEFLATE data", "", func(f maker) []any { return []any{f(text, "\x07\xff\xff", rsv(4)), f(text, hello[0], rsv(4))} }, "deflate.data-sent"},
		{"DEFLATE data cut short", "", func(f maker) []any { return []any{f(text, hello[0][:4], rsv(4))} }, "deflate.data-sent"},
		{"the tail was left", "", func(f maker) []any { return []any{f(text, hello[0]+"\x00\x00\xff\xff", rsv(4))} }, "deflate.tail"},
		{"text that is no UTF-8", "", func(f maker) []any { return []any{f(text, squeeze(15, true, "a\xffb")[0], rsv(4))} }, "utf8.sent"},
		{"text that ends early", "", func(f maker) []any { return []any{f(text, squeeze(15, true, "a\xc3")[0], rsv(4))} }, "utf8.sent"},
		{"binary that is no UTF-8", "", func(f maker) []any { return []any{f(bin, squeeze(15, true, "a\xff")[0], rsv(4))} }, ""},
		{"a window kept", "; %s_no_context_takeover", func(f maker) []any { return []any{f(text, hello[0], rsv(4)), f(text, hello[1], rsv(4))} }, "deflate.%s-takeover"},
		{"a window not kept", "; %s_no_context_takeover", func(f maker) []any { return []any{f(text, hello[0], rsv(4)), f(text, hello[0], rsv(4))} }, ""},
		{"a window too large", "; %s_max_window_bits=9", func(f maker) []any { return []any{f(text, wideText, rsv(4))} }, "deflate.%s-window"},
		{"a window just right", "; %s_max_window_bits=9", func(f maker) []any { return []any{f(text, squeeze(9, true, far())[0], rsv(4))} }, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			for side, turns := range map[Side]turn{Server: server(tt.frames(sent)...), Client: client(tt.frames(own)...)} {
				params := strings.ReplaceAll(tt.params, "%s", side.String())
				want := strings.Fields(strings.ReplaceAll(tt.want, "%s", side.String()))
				wantRules(t, Options{Keep: 5}, deflated(params, turns), on(side, want)...)
			}
		})
	}
}

// TestInflated looks at the messages that compressed frames give.
func TestInflated(t *testing.T) {
	hello := squeeze(15, true, "Hello Hello", "Hello Hello")
	bomb := squeeze(15, false, strings.Repeat("\x00", 1<<20))[0]
	const why = "not inflated: an earlier message was not"
	tests := []struct {
		name   string
		o      Options
		params string
		frames [][]byte
		want   []Message // of which Payload, Size, Raw and Cut count
		note   string    // of the last
	}{
		{"whole", Options{Keep: 100}, "", [][]byte{sent(text, hello[0], rsv(4)), sent(text, hello[1], rsv(4))},
			[]Message{{Payload: []byte("Hello Hello"), Size: 11}, {Payload: []byte("Hello Hello"), Size: 11}}, ""},
		{"cut", Options{Keep: 5}, "", [][]byte{sent(text, hello[0], rsv(4))}, []Message{{Payload: []byte("Hello"), Size: 11, Cut: true}}, ""},
		{"nothing kept", Options{}, "", [][]byte{sent(text, hello[0], rsv(4))}, []Message{{Size: 11, Cut: true}}, ""},
		{"a window fault does not lose the message", Options{Keep: 1}, "; server_no_context_takeover",
			[][]byte{sent(text, hello[0], rsv(4)), sent(text, hello[1], rsv(4))},
			[]Message{{Payload: []byte("H"), Size: 11, Cut: true}, {Payload: []byte("H"), Size: 11, Cut: true}}, ""},
		{"inflates beyond the limit", Options{Keep: 1, Inflate: 1 << 16}, "", [][]byte{sent(bin, bomb, rsv(4))},
			[]Message{{Payload: []byte(bomb[:1]), Size: uint64(len(bomb)), Raw: true, Cut: true}}, "not inflated: too large"},
		{"is larger than the limit", Options{Inflate: 10}, "", [][]byte{sent(bin, bomb, rsv(4))},
			[]Message{{Size: uint64(len(bomb)), Raw: true, Cut: true}}, "not inflated: too large"},
		{"after one that was too large", Options{Keep: 1000, Inflate: 1 << 16}, "", [][]byte{sent(bin, bomb, rsv(4)), sent(text, "\x00", rsv(4))},
			[]Message{{Payload: []byte(bomb)[:1000], Size: uint64(len(bomb)), Raw: true, Cut: true}, {Payload: []byte("\x00"), Size: 1, Raw: true}}, why},
		{"after one that was too large, with no window kept", Options{Keep: 1000, Inflate: 1 << 16}, "; server_no_context_takeover",
			[][]byte{sent(bin, bomb, rsv(4)), sent(text, hello[0], rsv(4))},
			[]Message{{Payload: []byte(bomb)[:1000], Size: uint64(len(bomb)), Raw: true, Cut: true}, {Payload: []byte("Hello Hello"), Size: 11}}, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var got []*Message
			note := ""
			for _, e := range watch(t, tt.o, deflated(tt.params, server(tt.frames))) {
				if e.Kind == KindMessage {
					got, note = append(got, e.Message), e.Note
				}
			}
			if len(got) != len(tt.want) || note != tt.note {
				t.Fatalf("%d messages, note %q", len(got), note)
			}
			for i, m := range got {
				w := tt.want[i]
				if !m.Compressed || !bytes.Equal(m.Payload, w.Payload) || m.Size != w.Size || m.Raw != w.Raw || m.Cut != w.Cut {
					t.Errorf("message %d: %+v", i, *m)
				}
			}
		})
	}
}

// TestInflatedStays looks at messages of many sizes when all have come: each is
// what it was.
func TestInflatedStays(t *testing.T) {
	d := wire.NewDeflater(15, true)
	var frames [][]byte
	var want []string
	for i, size := range []int{70000, 70000, 200000, 10, 65536, 65536, 3 << 20, 70000, 0, 1000} {
		m := strings.Repeat(string(rune('a'+i)), size)
		frames, want = append(frames, sent(text, string(d.Message(nil, []byte(m))), rsv(4))), append(want, m)
	}
	var got []string
	for _, e := range watch(t, Options{Keep: 4 << 20}, deflated("", server(frames))) {
		if e.Kind == KindMessage {
			got = append(got, string(e.Message.Payload))
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("%d messages of %d, or not the same", len(got), len(want))
	}
}

// TestForeignExtension agrees on extensions that are not known here.
func TestForeignExtension(t *testing.T) {
	agree := func(extension string, turns ...turn) []turn {
		field := "Sec-WebSocket-Extensions: " + extension
		return append([]turn{client(ask(field)), server(accept(field))}, turns...)
	}
	wantRules(t, Options{}, agree("x-webkit-deflate-frame", server(sent(text, "\xff", rsv(4)), sent(wire.OpPing, "", rsv(7)))))
	events := watch(t, Options{}, agree("deflate-stream", server("\x83\x83\x83")))
	if last := events[len(events)-1]; last.Kind != KindBytes {
		t.Errorf("got:\n%s", tell(events))
	}
}
