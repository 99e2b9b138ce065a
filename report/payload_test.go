package report

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestEscape(t *testing.T) {
	tests := []struct{ in, want string }{
		{"", ""},
		{"Hello, κόσμε", "Hello, κόσμε"},
		{"\xf4\x90\x80\x80", `\xf4\x90\x80\x80`},
		{"a\\b", `a\\b`},
		{"\x1b[31m\a\r\n\t\x00\x7f", `\x1b[31m\a\r\n\t\x00\x7f`},
		{"\u202eevil\u200b", `\u202eevil\u200b`},
		{"\u0085\u00a0", `\u0085\u00a0`},
		{"\xed\xa0\x80", `\xed\xa0\x80`},
		{"\ufffd", `\ufffd`},
		{"\U0010ffff", `\U0010ffff`},
		{"日本 🎉", "日本 🎉"},
	}
	for _, tt := range tests {
		if got := Escape([]byte(tt.in)); got != tt.want {
			t.Errorf("Escape(%q) = %s, want %s", tt.in, got, tt.want)
		}
	}
}

func TestPayloadRows(t *testing.T) {
	long := strings.Repeat("Hello ", 20)
	tests := []struct {
		name  string
		line  Line
		width int
		most  int
		want  string
	}{
		{"text", Line{Kind: "text", Payload: []byte("Hello")}, 20, 1, "Hello"},
		{"empty", Line{Kind: "text"}, 20, 1, ""},
		{"text with a fault", Line{Kind: "text", Payload: []byte("Hello\xff")}, 20, 1, `Hello\xff`},
		{"text of faults", Line{Kind: "text", Payload: []byte("\xff\xfe\xfd")}, 20, 1, "ff fe fd"},
		{"readable binary", Line{Kind: "binary", Payload: []byte("Hello")}, 20, 1, "Hello"},
		{"binary", Line{Kind: "binary", Payload: []byte{0, 1, 255}}, 20, 1, "00 01 ff"},
		{"compressed", Line{Kind: "text", Payload: []byte("ABC"), Frame: &FrameBits{Rsv: 4}}, 20, 1, "41 42 43"},
		{"too long", Line{Kind: "text", Payload: []byte(long)}, 12, 1, "Hello Hello…"},
		{"in rows", Line{Kind: "text", Payload: []byte(long)}, 12, 3, "Hello Hello| Hello Hell|o Hello Hel…"},
		{"bytes too long", Line{Kind: "op3", Payload: make([]byte, 20)}, 12, 1, "00 00 00 00…"},
		{"cut short", Line{Kind: "text", Payload: []byte("Hello"), Cut: true}, 20, 1, "Hello…"},
		{"cut inside a character", Line{Kind: "text", Payload: []byte("Hello\xce"), Cut: true}, 20, 1, "Hello…"},
		{"wide characters", Line{Kind: "text", Payload: []byte("日本日本日本")}, 7, 1, "日本日…"},
	}
	for _, tt := range tests {
		got := strings.Join(payloadRows(&tt.line, tt.width, tt.most), "|")
		if got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}

func TestCloseText(t *testing.T) {
	tests := []struct{ payload, want string }{
		{"\x03\xe8", "1000"},
		{"\x03\xeabad frame", "1002 bad frame"},
		{"\x03\xea\xff\x1b", `1002 \xff\x1b`},
	}
	for _, tt := range tests {
		if got := closeText(&Line{Payload: []byte(tt.payload)}, 40); got != tt.want {
			t.Errorf("%q: %q, want %q", tt.payload, got, tt.want)
		}
	}
}

func TestWrap(t *testing.T) {
	tests := []struct {
		in   string
		at   int
		want string
	}{
		{"", 10, ""},
		{"one two three", 20, "one two three"},
		{"one two three", 7, "one two|three"},
		{"one two three", 8, "one two|three"},
		{"extraordinarily so", 6, "extrao|rdinar|ily so"},
		{"日本 日本", 4, "日本|日本"},
		{"a\x1bb", 10, `a\x1bb`},
	}
	for _, tt := range tests {
		if got := strings.Join(Wrap(tt.in, tt.at), "|"); got != tt.want {
			t.Errorf("Wrap(%q, %d) = %q, want %q", tt.in, tt.at, got, tt.want)
		}
	}
}

// FuzzEscape checks that what comes out is harmless, and is not told apart
// from what went in by anything but the escapes.
func FuzzEscape(f *testing.F) {
	f.Add([]byte("Hello \x1b[2J \xff \u202e \\x41"))
	f.Fuzz(func(t *testing.T, p []byte) {
		s := Escape(p)
		if !printable(s) || !utf8.ValidString(s) {
			t.Errorf("Escape(%q) = %q", p, s)
		}
		if Clean(s) != s {
			t.Errorf("clean changes %q", s)
		}
		for n := 0; n < len(p); {
			piece, used := escapeTo(p[n:], 10)
			if used < 1 || textWidth(piece) > 10 {
				t.Fatalf("a piece of %d bytes and %d columns", used, textWidth(piece))
			}
			n += used
		}
	})
}
