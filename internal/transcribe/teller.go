package transcribe

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"wsprobe/internal/lint"
	"wsprobe/internal/record"
	"wsprobe/internal/rules"
	"wsprobe/internal/wire"
)

// slow is how long an answer may take for the usual patience to be enough.
const slow = 2 * time.Second

// teller tells one connection.
type teller struct {
	*telling
	talk   *record.Talk
	events []lint.Event
	traits wire.Traits
	client string
	of     map[*lint.Frame]*message

	writes   []string // frames that the client sent at once
	writesAt time.Duration
	run      []expectation // of the server, since the client's last step
	last     time.Duration // of the last step
	findings []lint.Finding
	closes   [2]bool
	ended    [2]bool
	asked    *lint.Event
	done     bool // by a step that says all that follows
	pings    [][]byte
}

// expectation is something that the server sent.
type expectation struct {
	at      time.Duration
	text    string
	control bool
	finding *lint.Finding
}

func newTeller(c *telling, talk *record.Talk) *teller {
	t := &teller{telling: c, talk: talk, events: begunFirst(talk.Events), traits: talk.Dialect.Traits(), last: talk.Offset}
	t.of = messages(t.events)
	if len(c.talks) > 1 {
		t.client = name(talk)
	}
	return t
}

func (t *teller) tell() {
	for i := range t.events {
		e := &t.events[i]
		if t.done {
			break
		}
		if e.Side == lint.Server {
			t.server(e)
		} else {
			t.said(e, t.events[i+1:])
		}
	}
	t.flushWrites()
	t.flushRun()
}

// add adds a step.
func (t *teller) add(at time.Duration, text, beside, comment string) {
	t.steps = append(t.steps, step{at: at, client: t.client, text: text, beside: beside, comment: comment})
	t.last = at
}

// said tells what the client did.
func (t *teller) said(e *lint.Event, next []lint.Event) {
	if e.Kind == lint.KindMessage || t.answers(e) {
		return
	}
	t.flushRun()
	if e.Kind != lint.KindFrame || e.At != t.writesAt || closing(e) {
		t.flushWrites()
	}
	switch {
	case e.Kind == lint.KindRequest:
		t.asked = e
	case e.Kind == lint.KindEnd:
		t.clientEnd(e)
	case closing(e):
		t.close(e, next)
	case e.Kind == lint.KindFrame && e.Size > uint64(len(e.Frame.Header.Append(nil))) || e.Kind == lint.KindFrame && e.Frame.Length == 0:
		t.writesAt = e.At
		t.writes = append(t.writes, t.frame(e.Frame, t.of[e.Frame]))
	default:
		t.add(e.At, "write: "+payload(e.Bytes()), "", "")
	}
}

// answers reports whether an event is a pong that answers a ping: the prober
// answers those by itself.
func (t *teller) answers(e *lint.Event) bool {
	if e.Kind != lint.KindFrame || e.Frame.Hixie != nil || e.Frame.Opcode != wire.OpPong {
		return false
	}
	i := slices.IndexFunc(t.pings, func(p []byte) bool { return string(p) == string(e.Frame.Payload) })
	t.pings = t.pings[i+1:]
	return i >= 0
}

func closing(e *lint.Event) bool {
	return e.Kind == lint.KindFrame && e.Frame.Opcode == wire.OpClose && e.Frame.Fin && e.Frame.Rsv == 0 && e.Frame.Masked && e.Frame.Minimal() && e.Frame.Hixie == nil
}

// close tells a Close of the client. Where the server's answer follows, and its
// end, the one step says all of it.
func (t *teller) close(e *lint.Event, next []lint.Event) {
	t.closes[lint.Client] = true
	body := e.Frame.Payload
	answer := -1
	for i := range next {
		if next[i].Side == lint.Server && next[i].Kind == lint.KindMessage && next[i].Message.Opcode != wire.OpPing {
			answer = i
			break
		}
	}
	if t.closes[lint.Server] || answer < 0 || next[answer].Message.Opcode != wire.OpClose || len(body) == 1 {
		t.add(e.At, "send: {close: "+closeBody(body)+"}", "", "")
		return
	}
	t.add(e.At, "close: "+closeStep(body, next[answer].Message), "", "")
	t.done = true
}

// closeStep writes the closing handshake that the client began.
func closeStep(body []byte, answer *lint.Message) string {
	parts := []string{}
	if len(body) >= 2 {
		parts = append(parts, fmt.Sprintf("code: %d", int(body[0])<<8|int(body[1])))
	}
	if len(body) > 2 {
		parts = append(parts, "reason: "+payload(body[2:]))
	}
	if len(parts) == 0 {
		return `""`
	}
	code := "none"
	if answer.Code > 0 {
		code = fmt.Sprint(answer.Code)
	}
	return "{" + strings.Join(append(parts, "answer: "+code), ", ") + "}"
}

func (t *teller) clientEnd(e *lint.Event) {
	t.ended[lint.Client] = true
	switch {
	case t.ended[lint.Server] || t.closes[lint.Client] && t.closes[lint.Server]:
	case e.End == lint.EndReset:
		t.add(e.At, "tcp: reset", "", "")
		t.done = true
	default:
		t.add(e.At, "tcp: fin", "", "")
	}
}

// flushWrites adds the step of what was sent at once.
func (t *teller) flushWrites() {
	switch len(t.writes) {
	case 0:
		return
	case 1:
		t.add(t.writesAt, "send: "+t.writes[0], "", "")
	default:
		t.add(t.writesAt, "send: ["+strings.Join(t.writes, ", ")+"]", "", "")
	}
	t.writes = nil
}

// server tells what the server did.
func (t *teller) server(e *lint.Event) {
	t.flushWrites()
	t.findings = append(t.findings, e.Findings...)
	x := expectation{at: e.At}
	switch {
	case e.Kind == lint.KindResponse:
		t.response(e)
		return
	case e.Kind == lint.KindEnd:
		t.ended[lint.Server] = true
		x.text, x.control = "tcp: closed", true
		t.flushRun() // it is the last thing in any order
	case e.Kind != lint.KindMessage:
		return
	case e.Message.Opcode == wire.OpPing:
		t.pings = append(t.pings, e.Message.Payload)
		return
	default:
		x.control = e.Message.Opcode.Control()
		x.text = t.expected(e)
	}
	if e.Kind == lint.KindMessage && e.Message.Opcode == wire.OpClose {
		t.closes[lint.Server] = true
		t.flushRun()
	}
	x.finding = t.broken()
	t.run = append(t.run, x)
}

// broken returns the gravest of the rules that the server broke since it was asked.
func (t *teller) broken() (worst *lint.Finding) {
	for i := range t.findings {
		f := &t.findings[i]
		if r, ok := rules.Get(f.Rule); ok && (worst == nil || r.Level == rules.Must) && !r.Client {
			worst = f
			if r.Level == rules.Must {
				break
			}
		}
	}
	t.findings = nil
	return worst
}

// expected writes a message of the server.
func (t *teller) expected(e *lint.Event) string {
	m := e.Message
	if m.Opcode == wire.OpClose {
		if len(m.Payload) < 2 {
			return `close: ""`
		}
		return "close: " + closeBody(m.Payload)
	}
	if m.Opcode == wire.OpText {
		if members, ok := object(m.Payload); ok {
			if text := t.pattern(members, e.At); text != "{}" {
				return "json: " + text
			}
			return "text: any"
		}
		if pattern := t.around(string(m.Payload)); pattern != "" {
			return "text: {match: " + scalar("/"+pattern+"/") + "}"
		}
	}
	if word, ok := frameWords[m.Opcode]; ok {
		return word + ": " + payload(m.Payload)
	}
	return fmt.Sprintf("opcode: %d, payload: %s", m.Opcode, payload(m.Payload))
}

// response tells the opening handshake, both sides of it.
func (t *teller) response(e *lint.Event) {
	q, r := t.asked, e.Response
	if q == nil || r == nil {
		return
	}
	comment := ""
	if f := t.broken(); f != nil {
		comment = fmt.Sprintf("it broke %s: %s", f.Rule, f.Detail)
	}
	protocol := r.Get(t.traits.ProtocolField)
	switch {
	case !t.talk.Open:
		t.add(q.At, "request: "+t.request(q.Request), "", "")
		t.add(e.At, fmt.Sprintf("expect: {status: %d}", r.Status), "", comment)
		t.done = true
	case t.traits.ProtocolField != "" && protocol != "":
		t.add(q.At, "request: "+t.request(q.Request), "", "")
		t.add(e.At, "response: {status: 101, protocol: "+scalar(protocol)+"}", "", comment)
	default:
		t.add(q.At, "open: "+t.request(q.Request), "", comment)
		t.last = e.At
	}
}

// flushRun adds the steps of what came from the server since the client's last
// step. Between data and control frames there is no order.
func (t *teller) flushRun() {
	run := t.run
	t.run = nil
	mixed := slices.ContainsFunc(run, func(x expectation) bool { return x.control }) &&
		slices.ContainsFunc(run, func(x expectation) bool { return !x.control })
	if !mixed {
		for _, x := range run {
			t.expect("expect: {"+x.text+"}", x.at, x.finding)
		}
		return
	}
	var parts []string
	var broken *lint.Finding
	for _, x := range run {
		parts = append(parts, "{"+x.text+"}")
		if broken == nil {
			broken = x.finding
		}
	}
	t.expect("expect-all: ["+strings.Join(parts, ", ")+"]", run[len(run)-1].at, broken)
}

// expect adds an expectation. Of a rule that was broken it becomes the test.
func (t *teller) expect(text string, at time.Duration, broken *lint.Finding) {
	var beside []string
	comment := ""
	if broken != nil {
		comment = fmt.Sprintf("it broke %s: %s", broken.Rule, broken.Detail)
		beside = append(beside, "rule: "+string(broken.Rule))
	}
	if gap := at - t.last; gap > slow {
		beside = append(beside, fmt.Sprintf("within: %ds", int((3*gap).Seconds())+1))
	}
	t.add(at, text, strings.Join(beside, "\n        "), comment)
}
