package http2read

import (
	"strings"
	"testing"

	"wsprobe/internal/lint"
)

// TestOpening tells HTTP/2 from all else by how a connection begins.
func TestOpening(t *testing.T) {
	const settings = "\x00\x00\x06\x04\x00\x00\x00\x00\x00\x00\x03\x00\x00\x00\x64"
	type turn struct {
		side lint.Side
		text string
	}
	for name, tt := range map[string]struct {
		turns []turn
		held  int // of these
		http2 bool
	}{
		"the preface":                  {[]turn{{lint.Client, Preface}}, 0, true},
		"in pieces":                    {[]turn{{lint.Client, Preface[:1]}, {lint.Client, Preface[1:20]}, {lint.Client, Preface[20:] + settings}}, 2, true},
		"behind the server's":          {[]turn{{lint.Server, settings[:2]}, {lint.Server, settings[2:]}, {lint.Client, Preface + settings}}, 2, true},
		"HTTP/1.1":                     {[]turn{{lint.Client, "GET / HTTP/1.1"}}, 0, false},
		"HTTP/1.1 that begins alike":   {[]turn{{lint.Client, "P"}, {lint.Client, "OST / HTTP/1.1"}}, 1, false},
		"a server that speaks first":   {[]turn{{lint.Server, "220 ready"}}, 0, false},
		"a server that goes on and on": {[]turn{{lint.Server, settings}, {lint.Server, strings.Repeat("x", maxOpening)}}, 1, false},
	} {
		var o Opening
		held := 0
		for _, turn := range tt.turns {
			if !o.Hold(turn.side, 0, []byte(turn.text)) {
				break
			}
			held++
		}
		if held != tt.held || o.HTTP2() != tt.http2 || len(o.Decide()) != held || !o.Decided() || len(o.Decide()) != 0 {
			t.Errorf("%s: %d held, HTTP/2 %t", name, held, o.HTTP2())
		}
	}
}
