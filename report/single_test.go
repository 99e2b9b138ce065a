package report

import (
	"strings"
	"testing"
)

// An event in one row stays in it, whatever is noted of it.
func TestSingle(t *testing.T) {
	text := []byte(`{"type":"say","text":"the quick brown fox jumps over the lazy dog"}`)
	for _, width := range []int{50, 60, 100} {
		for _, l := range []Line{
			{Kind: "text", Size: 67, Payload: text, Note: "inflated"},
			{Kind: "text", Size: 67, Payload: text, Note: strings.Repeat("a long word of it ", 9)},
			{Kind: "text", Size: 5, Payload: []byte("Hello"), Note: "joined from 2 frames, and much more of it"},
			{Kind: "binary", Size: 67, Name: "MQTT PUBLISH topic=a/b/c", Body: text, Payload: text, Note: "inflated"},
			{Kind: "close", Size: 40, Payload: append([]byte{3, 232}, text...), Note: "normal closure"},
			{Kind: "tcp", Note: "127.0.0.1:58058 connected, on to 127.0.0.1:9701, of which there is more"},
		} {
			printer := NewTranscript(Options{Width: width}, 0)
			printer.Dense, printer.Single = true, true
			var b strings.Builder
			printer.Print(&b, l)
			row, more, _ := strings.Cut(b.String(), "\n")
			if more != "" || textWidth(row) > width || !strings.HasSuffix(row, ")") && l.Kind != "tcp" {
				t.Errorf("%d columns: %q", width, b.String())
			}
		}
	}
}

// On a terminal that is too narrow for it, a row ends where that does.
func TestSingleIsCut(t *testing.T) {
	lines := []Line{
		{Sent: true, Client: "#12", Kind: "text", Size: 67, Payload: []byte("the quick brown fox jumps"), Note: "inflated", Frame: &FrameBits{Fin: true, Rsv: 4}},
		{Client: "#12", Kind: "response", Name: "101 Switching Protocols  permessage-deflate"},
		{Client: "#12", Kind: "tcp", Note: "接続 127.0.0.1:58058 connected, on to 127.0.0.1:9701"},
		{Client: "#12", Kind: "text", Size: 0},
	}
	for width := 1; width <= 60; width++ {
		for _, l := range lines {
			printer := NewTranscript(Options{Width: width}, 0)
			printer.Dense, printer.Single, printer.Cut = true, true, true
			printer.Fit(lines)
			var b strings.Builder
			printer.Print(&b, l)
			row, more, _ := strings.Cut(b.String(), "\n")
			if more != "" || textWidth(row) > width {
				t.Errorf("%d columns: %q", width, b.String())
			}
		}
		printer := NewTranscript(Options{Width: width}, 0) // into a file
		printer.Single = true
		var b strings.Builder
		if printer.Print(&b, lines[2]); strings.Count(b.String(), "\n") != 1 || !strings.Contains(b.String(), "接続 127") {
			t.Errorf("%q", b.String())
		}
	}
}

// A message of nothing has a length, what merely happened has none, and what neither
// side did no arrow.
func TestNothingHasALength(t *testing.T) {
	for want, l := range map[string]Line{
		"0.000  →  text     0  inflated\n": {Sent: true, Kind: "text", Note: "inflated"},
		"0.000  ·  tcp     closed\n":       {Sent: true, Aside: true, Kind: "tcp", Note: "closed"},
	} {
		var b strings.Builder
		if NewTranscript(Options{}, 0).Print(&b, l); b.String() != want {
			t.Errorf("%q, not %q", b.String(), want)
		}
	}
}
