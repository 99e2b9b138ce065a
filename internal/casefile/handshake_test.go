package casefile

import (
	"reflect"
	"regexp"
	"testing"

	"wsprobe/internal/wire"
)

// Each difference from the right opening handshake comes to this.
func TestRequests(t *testing.T) {
	header := func(name, v string) Header { return Header{Name: name, Value: literal(v)} }
	raw := Payload{Parts: []PayloadPart{{Text: &Text{Parts: []TextPart{
		{Literal: "GET "}, {Capture: TargetPath}, {Literal: " HTTP/1.1\r\nHost: x\r\n\r\n"},
	}}}}}
	unfinished := textOf("GET / HTTP/1.1\r\n")
	tests := map[string]Request{
		`{path: /a, target: "http://x/", method: POST, http: HTTP/1.0, origin: null}`: {
			Path: literal("/a"), Target: literal("http://x/"), Method: literal("POST"), HTTP: literal("HTTP/1.0"), Origin: literal("null")},
		`{set: {B: 1, A: [x, y]}, add: {A: ""}}`: {
			Set: []Header{header("B", "1"), header("A", "x"), header("A", "y")}, Add: []Header{header("A", "")}},
		`{drop: Host}`:                       {Drop: []string{"Host"}},
		`{drop: [Host, Origin]}`:             {Drop: []string{"Host", "Origin"}},
		`{offer: a; b=1, protocols: [x, y]}`: {Offer: []Text{literal("a; b=1")}, Protocols: []Text{literal("x"), literal("y")}},
		`{body: ""}`:                         {Body: textOf("")},
		`{raw: {head: "GET ${target.path} HTTP/1.1\nHost: x\n"}}`: {Raw: &raw},
		`{raw: {lines: GET / HTTP/1.1}}`:                          {Raw: &unfinished},
	}
	for text, want := range tests {
		if got := stepsOf(t, wire.RFC6455, "- request: "+text+"\n")[0].Request; !reflect.DeepEqual(got, &want) {
			t.Errorf("%s\n got %+v\nwant %+v", text, got, want)
		}
	}
}

// A block of lines is a head with CRLF at each end and a blank line behind.
func TestHeadBlock(t *testing.T) {
	step := stepsOf(t, wire.RFC6455, "- request:\n    raw:\n      - head: |\n          GET / HTTP/1.1\n          Host: ${target.host}\n      - hex: 81 00\n")[0]
	got := step.Request.Raw.Append(nil, Vars{TargetHost: "example.com:80"})
	if want := "GET / HTTP/1.1\r\nHost: example.com:80\r\n\r\n\x81\x00"; string(got) != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// What the answer must be comes to this.
func TestResponses(t *testing.T) {
	key := exactly("8jKS'y:G*Co,Wxa-").Exact
	tests := []struct {
		dialect wire.Dialect
		text    string
		want    Response
	}{
		{wire.RFC6455, `{status: 101, accept: valid}`, Response{Status: &StatusMatch{Codes: []int{101}}, Accept: "valid"}},
		{wire.RFC6455, `{extensions: none, protocol: chat}`, Response{Extensions: &OptionMatch{None: true}, Protocol: &OptionMatch{Match: exactly("chat")}}},
		{wire.RFC6455, `{extensions: {match: /deflate/}}`, Response{Extensions: &OptionMatch{Match: Match{Regexp: regexp.MustCompile("deflate")}}}},
		{wire.RFC6455, `{headers: {Server: any, X: none, Y: "none"}}`, Response{Headers: []HeaderMatch{
			{Name: "Server", Match: Match{Any: true}}, {Name: "X", Absent: true}, {Name: "Y", Match: exactly("none")}}}},
		{wire.Hixie76, `{challenge: "8jKS'y:G*Co,Wxa-"}`, Response{Challenge: key}},
	}
	for _, tt := range tests {
		steps := stepsOf(t, tt.dialect, "- request: {}\n- response: "+tt.text+"\n")
		if got := steps[1].Response; !reflect.DeepEqual(got, &tt.want) {
			t.Errorf("%s\n got %+v\nwant %+v", tt.text, got, tt.want)
		}
	}
}
