package casefile

import (
	"reflect"
	"regexp"
	"testing"
	"time"

	"wsprobe/internal/wire"
)

// stepsOf reads the steps of a case, in a dialect, and forgets their places.
func stepsOf(t *testing.T, dialect wire.Dialect, steps string) []Step {
	t.Helper()
	_, text := asFile(steps)
	cases, problems := parse([]byte("dialect: "+dialect.String()+"\n"+text), "example.yaml", nil)
	for _, p := range problems {
		t.Fatalf("%s\n%s", p, text)
	}
	for i := range cases[0].Steps {
		forget(&cases[0].Steps[i])
	}
	return cases[0].Steps
}

func forget(s *Step) {
	s.Pos, s.Rule = Pos{}, ""
	for i := range s.Frames {
		s.Frames[i].Pos = Pos{}
	}
	for i := range s.Events {
		s.Events[i].Pos = Pos{}
		if s.Events[i].Status != nil {
			s.Events[i].Status.Pos = Pos{}
		}
	}
	if s.Response != nil && s.Response.Status != nil {
		s.Response.Status.Pos = Pos{}
	}
}

func literal(s string) Text {
	if s == "" {
		return Text{}
	}
	return Text{Parts: []TextPart{{Literal: s}}}
}

func textOf(s string) Payload                { return textPayload(literal(s)) }
func bytesOf(p ...byte) Payload              { return Payload{Parts: []PayloadPart{{Bytes: p}}} }
func exactly(s string) Match                 { p := textOf(s); return Match{Exact: &p} }
func message(o wire.Opcode, m Match) []Event { return []Event{{Opcode: o, Payload: m}} }

// Each verb, with what stands beside it, comes to this.
func TestSteps(t *testing.T) {
	tests := map[string]Step{
		"- open: {path: /chat}":                  {Verb: VerbOpen, Request: &Request{Path: literal("/chat")}},
		"- open: {}":                             {Verb: VerbOpen, Request: &Request{}},
		"- write: {hex: 81 00}":                  {Verb: VerbWrite, Bytes: bytesOf(0x81, 0)},
		"- write: \"\"":                          {Verb: VerbWrite, Bytes: textOf("")},
		"- quiet: 200ms":                         {Verb: VerbQuiet, For: 200 * time.Millisecond},
		"- pause: 1.5s":                          {Verb: VerbPause, For: 1500 * time.Millisecond},
		"- tcp: fin":                             {Verb: VerbTCP, TCP: TCPFin},
		"- tcp: reset":                           {Verb: VerbTCP, TCP: TCPReset},
		"- close: 1001":                          {Verb: VerbClose, Close: &CloseMatch{Codes: []uint16{1001}}},
		"- close: \"\"":                          {Verb: VerbClose, Close: &CloseMatch{Empty: true}},
		"- close: {code: 1000, reason: bye}":     {Verb: VerbClose, Close: &CloseMatch{Codes: []uint16{1000}, Reason: exactly("bye")}},
		"- close: {code: 1000, answer: 1001}":    {Verb: VerbClose, Close: &CloseMatch{Codes: []uint16{1000}}, Answer: &CloseMatch{Codes: []uint16{1001}}},
		"- close: {code: 1, answer: [2, none]}":  {Verb: VerbClose, Close: &CloseMatch{Codes: []uint16{1}}, Answer: &CloseMatch{Codes: []uint16{2}, Empty: true}},
		"- {expect: {text: a}, within: 2m}":      {Verb: VerbExpect, Events: message(wire.OpText, exactly("a")), Within: 2 * time.Minute},
		"- {write: a, chop: 1, every: 2ms}":      {Verb: VerbWrite, Bytes: textOf("a"), Chop: 1, Every: 2 * time.Millisecond},
		"- expect-any: [{ping: a}, {pong: b}]":   {Verb: VerbExpectAny, Events: append(message(wire.OpPing, exactly("a")), message(wire.OpPong, exactly("b"))...)},
		"- expect-all: [{binary: any}]":          {Verb: VerbExpectAll, Events: message(wire.OpBinary, Match{Any: true})},
		"- expect: {json: {id: $id, n: [1.50]}}": {Verb: VerbExpect, Events: []Event{{Kind: EventJSON, Opcode: wire.OpText, Payload: Match{Any: true}, JSON: jsonOf(`{"id": "$id", "n": [1.50]}`)}}},
	}
	for text, want := range tests {
		if got := stepsOf(t, wire.RFC6455, text+"\n")[0]; !reflect.DeepEqual(got, want) {
			t.Errorf("%s\n got %+v\nwant %+v", text, got, want)
		}
	}
}

// Each event comes to this.
func TestEvents(t *testing.T) {
	status := func(m StatusMatch) Event {
		return Event{Kind: EventStatus, Payload: Match{Any: true}, Status: &m}
	}
	closing := func(m CloseMatch) Event {
		return Event{Opcode: wire.OpClose, Payload: Match{Any: true}, Close: &m}
	}
	fail := func(codes ...uint16) Event {
		return Event{Kind: EventFail, Payload: Match{Any: true}, Codes: codes}
	}
	tests := map[string]Event{
		`{text: any}`:                      {Opcode: wire.OpText, Payload: Match{Any: true}},
		`{text: "any"}`:                    {Opcode: wire.OpText, Payload: exactly("any")},
		`{text: {match: /^Hel+o$/}}`:       {Opcode: wire.OpText, Payload: Match{Regexp: regexp.MustCompile(`^Hel+o$`)}},
		`{opcode: binary, payload: x}`:     {Opcode: wire.OpBinary, Payload: exactly("x")},
		`{opcode: 0xB, payload: any}`:      {Opcode: 11, Payload: Match{Any: true}},
		`{opcode: 3}`:                      {Opcode: 3, Payload: Match{Any: true}},
		`{close: any}`:                     closing(CloseMatch{}),
		`{close: 1000}`:                    closing(CloseMatch{Codes: []uint16{1000}}),
		`{close: [1000, none]}`:            closing(CloseMatch{Codes: []uint16{1000}, Empty: true}),
		`{close: ""}`:                      closing(CloseMatch{Empty: true}),
		`{close: {code: 1, reason: bye}}`:  closing(CloseMatch{Codes: []uint16{1}, Reason: exactly("bye")}),
		`{close: {code: any, reason: ""}}`: closing(CloseMatch{Reason: exactly("")}),
		`{fail: 1007}`:                     fail(1007),
		`{fail: [1002, 1007]}`:             fail(1002, 1007),
		`{fail: any}`:                      fail(),
		`{tcp: closed}`:                    {Kind: EventTCP, Payload: Match{Any: true}, TCP: TCPClosed},
		`{status: 400}`:                    status(StatusMatch{Codes: []int{400}}),
		`{status: [400, 426]}`:             status(StatusMatch{Codes: []int{400, 426}}),
		`{status: 4xx}`:                    status(StatusMatch{Class: 4}),
		`{status: error}`:                  status(StatusMatch{Error: true}),
		`{status: not 101}`:                status(StatusMatch{Codes: []int{101}, Except: true}),
	}
	for text, want := range tests {
		if got := stepsOf(t, wire.RFC6455, "- expect: "+text+"\n")[0].Events[0]; !reflect.DeepEqual(got, want) {
			t.Errorf("%s\n got %+v\nwant %+v", text, got, want)
		}
	}
}

func TestExpectedFrames(t *testing.T) {
	frame := func(o wire.Opcode, m Match, f FrameMatch) Event { return Event{Opcode: o, Payload: m, Frame: &f} }
	tests := []struct {
		dialect wire.Dialect
		text    string
		want    Event
	}{
		{wire.RFC6455, `{text: x, fin: true, rsv: 0, masked: false, length: {bits: 16}}`,
			frame(wire.OpText, exactly("x"), FrameMatch{Fin: ptr(true), Rsv: ptr(byte(0)), Masked: ptr(false), Bits: ptr(uint8(16))})},
		{wire.RFC6455, `{continuation: any}`, frame(wire.OpContinuation, Match{Any: true}, FrameMatch{})},
		{wire.Hixie76, `{type: 0x00, payload: x}`, frame(0, exactly("x"), FrameMatch{Type: ptr(byte(0))})},
	}
	for _, tt := range tests {
		if got := stepsOf(t, tt.dialect, "- expect-frame: "+tt.text+"\n")[0].Events[0]; !reflect.DeepEqual(got, tt.want) {
			t.Errorf("%s\n got %+v\nwant %+v", tt.text, got, tt.want)
		}
	}
}
