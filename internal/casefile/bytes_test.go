package casefile

import "testing"

func TestDiffers(t *testing.T) {
	word := Text{Parts: []TextPart{{Literal: "say "}, {Capture: "what"}}}
	for _, tt := range []struct {
		name    string
		payload Payload
		got     string
		want    int
	}{
		{"nothing", Payload{}, "", -1},
		{"more than nothing", Payload{}, "x", 0},
		{"a text", textPayload(word), "say hello", -1},
		{"another text", textPayload(word), "say hallo", 5},
		{"a shorter text", textPayload(word), "say he", 6},
		{"a longer text", textPayload(word), "say hello!", 9},
		{"repeated", Payload{Parts: []PayloadPart{{Repeat: []byte("abc"), Size: 7}}}, "abcabca", -1},
		{"repeated with a slip", Payload{Parts: []PayloadPart{{Repeat: []byte("abc"), Size: 7}}}, "abcaXca", 4},
		{"repeated too short", Payload{Parts: []PayloadPart{{Repeat: []byte("abc"), Size: 7}}}, "abca", 4},
		{"repeated too long", Payload{Parts: []PayloadPart{{Repeat: []byte("abc"), Size: 7}}}, "abcabcab", 7},
		{"two parts", Payload{Parts: []PayloadPart{{Bytes: []byte("ab")}, {Repeat: []byte("c"), Size: 2}}}, "abcc", -1},
		{"two parts, the second other", Payload{Parts: []PayloadPart{{Bytes: []byte("ab")}, {Repeat: []byte("c"), Size: 2}}}, "abcd", 3},
	} {
		if got := tt.payload.Differs([]byte(tt.got), Vars{"what": "hello"}); got != tt.want {
			t.Errorf("%s: differs at %d, want %d", tt.name, got, tt.want)
		}
	}
}
