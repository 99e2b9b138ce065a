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
