package casefile

import (
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"wsprobe/internal/wire"
)

// casesOf reads a case file that must be right.
func casesOf(t *testing.T, text string) []*Case {
	t.Helper()
	cases, problems := parse([]byte(text), "example.yaml", nil)
	for _, p := range problems {
		t.Fatalf("%s\n%s", p, text)
	}
	return cases
}

// A case has what its suite has, unless it says otherwise.
func TestSuiteAndCase(t *testing.T) {
	cases := casesOf(t, `
suite: example
about: An example.
needs: [echo]
tags: slow
dialect: hixie-76
timeout: 2m
clients: {alice: {path: /a}, bob: {}}
cases:
  - id: heir
    about: It has what the suite has.
    rule: hixie76.challenge
    steps:
      - alice: {send: {text: a}}
      - pause: 10ms
      - bob: {expect: {text: a}}
        within: 1s
        rule: chat.broadcast
  - id: own
    about: It says otherwise.
    rule: ping.answered
    needs: [echo, chat, 404]
    tags: [slow, big]
    dialect: rfc6455
    timeout: 3s
    alias: [autobahn 2.1, other 1]
    clients: {carol: {path: /c}}
    steps:
      - send: {ping: a}
      - carol: {expect: {pong: a}, within: 1s}
`)
	heir, own := cases[0], cases[1]
	if heir.ID != "example/heir" || heir.Suite != "example" || heir.About != "It has what the suite has." || heir.Pos != (Pos{"example.yaml", 10, 5}) {
		t.Errorf("got %+v", heir)
	}
	if !slices.Equal(heir.Needs, []string{"echo"}) || !slices.Equal(own.Needs, []string{"echo", "chat", "404"}) {
		t.Error("needs", heir.Needs, own.Needs)
	}
	if !slices.Equal(heir.Tags, []string{"slow"}) || !slices.Equal(own.Tags, []string{"slow", "big"}) {
		t.Error("tags", heir.Tags, own.Tags)
	}
	if heir.Dialect != wire.Hixie76 || own.Dialect != wire.RFC6455 || heir.Timeout != 2*time.Minute || own.Timeout != 3*time.Second {
		t.Error("dialect or timeout", heir.Dialect, own.Dialect, heir.Timeout, own.Timeout)
	}
	if want := []Client{{"alice", Request{Path: literal("/a")}}, {"bob", Request{}}}; !reflect.DeepEqual(heir.Clients, want) {
		t.Errorf("clients %+v", heir.Clients)
	}
	if want := []Client{{"carol", Request{Path: literal("/c")}}}; !reflect.DeepEqual(own.Clients, want) {
		t.Errorf("clients %+v", own.Clients)
	}
	if !slices.Equal(own.Aliases, []string{"autobahn 2.1", "other 1"}) {
		t.Error("aliases", own.Aliases)
	}
	type step struct {
		client, verb, rule string
		line               int
	}
	var got []step
	for _, s := range slices.Concat(heir.Steps, own.Steps) {
		got = append(got, step{s.Client, string(s.Verb), string(s.Rule), s.Pos.Line})
	}
	want := []step{
		{"alice", "send", "hixie76.challenge", 14}, {"", "pause", "hixie76.challenge", 15}, {"bob", "expect", "chat.broadcast", 16},
		{"", "send", "ping.answered", 29}, {"carol", "expect", "ping.answered", 30},
	}
	if !slices.Equal(got, want) {
		t.Errorf("steps %v", got)
	}
}

func TestNamelessClient(t *testing.T) {
	_, text := asFile("- send: {ping: a}\n")
	if c := casesOf(t, text)[0]; !reflect.DeepEqual(c.Clients, []Client{{}}) || c.Timeout != 0 || c.Dialect != wire.RFC6455 {
		t.Errorf("got %+v", c)
	}
}

const matrixFile = `
suite: example
about: An example.
data:
  kosme: {hex: ce ba}
  pair:  [$kosme, "$$kosme"]
cases:
  - id: case
    about: Size ${size} in ${frame.name}.
    rule: $rule
    alias: autobahn 1.${frame.number}.${size}
    needs: $needs
    tags: ["${frame.name}"]
    matrix:
      frame:
        words:  {name: text, number: 1, frame: {text: {repeat: x, size: 3}}}
        octets: {name: binary, number: 2, frame: {binary: $kosme, fin: false}}
      size: [0, 126]
      rule: [ping.answered]
      needs: {some: [echo, chat]}
      steps: {two: [{ping: a}, {pong: b}]}
    steps:
      - send: $frame.frame
      - send: {ping: {repeat: x, size: "$size"}}
      - send: $steps
      - write: $pair
      - write: $pair.1
`

// A matrix makes a case of each combination, the first axis changing slowest.
func TestMatrix(t *testing.T) {
	cases := casesOf(t, matrixFile)
	var ids, abouts, aliases []string
	for _, c := range cases {
		ids, abouts, aliases = append(ids, c.ID), append(abouts, c.About), append(aliases, c.Aliases...)
	}
	end := ",ping.answered,some,two]"
	if want := []string{"example/case[words,0" + end, "example/case[words,126" + end, "example/case[octets,0" + end, "example/case[octets,126" + end}; !slices.Equal(ids, want) {
		t.Errorf("ids %q", ids)
	}
	if want := []string{"Size 0 in text.", "Size 126 in text.", "Size 0 in binary.", "Size 126 in binary."}; !slices.Equal(abouts, want) {
		t.Errorf("abouts %q", abouts)
	}
	if want := []string{"autobahn 1.1.0", "autobahn 1.1.126", "autobahn 1.2.0", "autobahn 1.2.126"}; !slices.Equal(aliases, want) {
		t.Errorf("aliases %q", aliases)
	}
	c := cases[3]
	if c.Rule != "ping.answered" || !slices.Equal(c.Needs, []string{"echo", "chat"}) || !slices.Equal(c.Tags, []string{"binary"}) {
		t.Errorf("got %+v", c)
	}
}

// A name stands for a frame, a number, a list, or a payload.
func TestNames(t *testing.T) {
	c := casesOf(t, matrixFile)[3]
	if f := c.Steps[0].Frames[0]; f.Opcode != wire.OpBinary || f.Fin || string(f.Payload.Append(nil, nil)) != "\xce\xba" {
		t.Errorf("frame %+v", f)
	}
	if size := c.Steps[1].Frames[0].Payload.Size(); size != 126 {
		t.Errorf("size %d", size)
	}
	if f := c.Steps[2].Frames; len(f) != 2 || f[1].Opcode != wire.OpPong {
		t.Errorf("frames %+v", f)
	}
	if got := c.Steps[3].Bytes.Append(nil, nil); string(got) != "\xce\xba$kosme" {
		t.Errorf("joined %q", got)
	}
	if got := c.Steps[4].Bytes.Append(nil, nil); string(got) != "$kosme" {
		t.Errorf("part %q", got)
	}
}

// A capture is a name from the step on that made it.
func TestCaptures(t *testing.T) {
	steps := stepsOf(t, wire.RFC6455, strings.TrimLeft(`
- expect: {json: {id: $id, list: [{sub: $sub}], plain: "a ${play.id}"}}
- send: {json: {id: $id}}
- expect: {json: {again: $id, text: "is ${sub}"}}
- send: {text: "${id} and ${sub}"}
- open: {path: "/${id}", set: {X: $sub}}
`, "\n"))
	pattern := steps[0].Events[0].JSON.(map[string]any)
	if pattern["id"] != Capture("id") || !reflect.DeepEqual(pattern["plain"], Text{Parts: []TextPart{{Literal: "a "}, {Capture: PlayID}}}) {
		t.Errorf("pattern %v", pattern)
	}
	vars := Vars{"id": "seven", "sub": jsonOf("8")}
	if got := steps[1].Frames[0].Payload.Append(nil, vars); string(got) != `{"id":"seven"}` {
		t.Errorf("sent %s", got)
	}
	if again := steps[2].Events[0].JSON.(map[string]any); again["again"] != Capture("id") || again["text"].(Text).String(vars) != "is 8" {
		t.Errorf("pattern %v", again)
	}
	if got := steps[3].Frames[0].Payload.Append(nil, vars); string(got) != "seven and 8" {
		t.Errorf("sent %s", got)
	}
	if q := steps[4].Request; q.Path.String(vars) != "/seven" || q.Set[0].Value.String(vars) != "8" {
		t.Errorf("request %+v", q)
	}
}
