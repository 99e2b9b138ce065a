package report

import (
	"strings"
	"testing"
)

func TestFoldJSON(t *testing.T) {
	long := `{"type":"say","text":"` + strings.Repeat("ab ", 50) + `","n":12.5,"list":[1,2,[3,{"deep":"er"}]],"e":{}}`
	for _, tt := range []struct {
		in    string
		width int
		want  string
	}{
		{`{"a": 1, "b" : [true, null,"x" ]}`, 80, `{"a":1,"b":[true,null,"x"]}`},
		{long, 300, long},
		{long, 80, `{"type":"say","text":"ab ab ab ab ab ab…","n":12.5,"list":[1,2,[3,{…}]],"e":{}}`},
		{long, 31, `{"type":"say","text":"ab …",+3}`},
		{long, 4, `{…}`},
		{`"text"`, 80, ""}, {`{"cut`, 80, ""}, {`{} {}`, 80, ""}, {"[\"\x1b[2J\"]", 80, ""},
		{"[\"\u202e\"]", 80, `["\u202e"]`},
		{strings.Repeat("[", 200) + strings.Repeat("]", 200), 80, ""},
	} {
		if got := foldJSON([]byte(tt.in), tt.width); got != tt.want {
			t.Errorf("%.40s in %d: %s, not %s", tt.in, tt.width, got, tt.want)
		}
	}
}

func FuzzFoldJSON(f *testing.F) {
	f.Add(`{"a":[1,"x",{"b":null}]}`, 12)
	f.Fuzz(func(t *testing.T, in string, width int) {
		width = 3 + width&0xff
		if s := foldJSON([]byte(in), width); textWidth(s) > width || !printable(s) {
			t.Errorf("%q in %d", s, width)
		}
	})
}

func TestDump(t *testing.T) {
	l := &Line{Kind: "binary", Payload: []byte("0123456789abcdef\x00\xffend"), Size: 100}
	tr := NewTranscript(Options{Width: 100}, 0)
	tr.Rows = 3
	got := strings.Join(tr.payload(l, 90), "\n")
	want := "00000000  30 31 32 33 34 35 36 37 38 39 61 62 63 64 65 66  |0123456789abcdef|\n" +
		"00000010  00 ff 65 6e 64                                   |..end|\n… 79 more bytes"
	if got != want {
		t.Errorf("%s", got)
	}
}
