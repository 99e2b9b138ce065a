package casefile

import (
	"slices"
	"time"

	"gopkg.in/yaml.v3"

	"wsprobe/internal/rules"
	"wsprobe/internal/spell"
)

// The verbs that a modifier goes with.
var (
	expecting = []string{"expect", "expect-any", "expect-all", "expect-frame"}
	waiting   = append([]string{"response", "echo", "close"}, expecting...)
	judging   = append([]string{"open", "response", "echo", "quiet", "close"}, expecting...)
	writing   = []string{"open", "request", "send", "echo", "write", "close"}
)

var stepTable = table[Step]{
	name: "step", like: "{send: {text: Hello}}", about: "One thing done or expected.",
	one: "a step does one thing",
	keys: []key[Step]{
		field("open", "An opening handshake that must end in a valid answer; left out, it happens by itself.", openValue,
			func(s *Step, q *Request) { s.Request = q }).alt(),
		field("request", "Send an opening handshake and no more.", requestValue("request", &requestTable),
			func(s *Step, q *Request) { s.Request = q }).alt(),
		field("response", "What the answer to the request must be.", responseValue,
			func(s *Step, p *Response) { s.Response = p }).alt(),
		field("send", "Send a frame, or a list of frames in one TCP write.", framesValue,
			func(s *Step, f []Frame) { s.Frames = f }).alt(),
		field("echo", "Send a message and expect it back, so many times.", echoValue, func(s *Step, e Echo) { s.Echo = &e }).alt(),
		field("write", "Send bytes with no framing.", payloadValue, func(s *Step, p Payload) { s.Bytes = p }).alt(),
		field("expect", "The next event is this.", oneEvent, func(s *Step, e []Event) { s.Events = e }).alt(),
		field("expect-any", "The next event is one of these.", eventsValue, func(s *Step, e []Event) { s.Events = e }).alt(),
		field("expect-all", "The next events are these, in any order.", eventsValue, func(s *Step, e []Event) { s.Events = e }).alt(),
		field("expect-frame", "The next frame is this, bit for bit.", expectFrameValue,
			func(s *Step, e []Event) { s.Events = e }).alt(),
		field("quiet", "Nothing arrives for so long.", durationValue, func(s *Step, d time.Duration) { s.For = d }).alt(),
		field("pause", "Wait so long, whatever arrives.", durationValue, func(s *Step, d time.Duration) { s.For = d }).alt(),
		field("close", "The closing handshake that we start, answered, and TCP closed.", closeStepValue,
			func(s *Step, c closeStep) { s.Close, s.Answer = &c.sent, c.answer }).alt(),
		field("tcp", "fin: half close. reset: RST.", tcpValue(TCPFin, TCPReset), func(s *Step, t TCP) { s.TCP = t }).alt(),
		field("rule", "The rule that this expectation stands for, where not the case's.", ruleValue,
			func(s *Step, id rules.ID) { s.Rule = id }).only(judging...),
		field("within", "How long to wait for what is expected.", durationValue,
			func(s *Step, d time.Duration) { s.Within = d }).only(waiting...),
		field("chop", "Send in TCP writes of so many bytes.", number(aNumber, 1, maxPayload),
			func(s *Step, n uint64) { s.Chop = int(n) }).only(writing...),
		field("every", "How long from one write of a chop to the next.", durationValue,
			func(s *Step, d time.Duration) { s.Every = d }).and("chop"),
	},
}

// closeStep is a closing handshake that we start.
type closeStep struct {
	sent   CloseMatch
	answer *CloseMatch
}

var closeStepTable = table[closeStep]{
	name: "close", like: "{code: 1000, reason: bye}", about: "The Close that is sent, and the codes of the answer.",
	keys: []key[closeStep]{
		field("code", "The status code that is sent.", codeValue, func(c *closeStep, n uint16) { c.sent.Codes = []uint16{n} }).must(),
		field("reason", "The reason that is sent.", payloadValue, func(c *closeStep, p Payload) { c.sent.Reason.Exact = &p }),
		field("answer", "The codes that may come back; none is no code. Any valid answer if left out.", expectedCodes,
			func(c *closeStep, m CloseMatch) { c.answer = &m }),
	},
}

var closeStepValue = value[closeStep]{
	schema: anyOf(codeValue.schema, schema{"const": ""}, ref("close-step")),
	read: func(r *reader, n *yaml.Node) closeStep {
		var c closeStep
		switch {
		case emptyText(n):
			c.sent.Empty = true
		case n.Kind == yaml.MappingNode:
			closeStepTable.read(r, n, &c)
		default:
			c.sent.Codes = []uint16{codeValue.read(r, n)}
		}
		if r.dialect.Traits().Hixie && !c.sent.Empty {
			r.problem(n, `the closing frame of %s has no code; write close: ""`, r.dialect)
		}
		return c
	},
}

// step reads one step.
func (r *reader) step(n *yaml.Node, rule rules.ID) Step {
	s := Step{Pos: r.pos(n), Rule: rule}
	n, s.Client = r.client(n)
	if n == nil {
		return s
	}
	s.Verb = Verb(stepTable.read(r, n, &s))
	if s.Client == "" && len(r.clients) > 1 && s.Verb != VerbPause && s.Verb != "" {
		r.problem(n, "which client does this? write %s: {%s: ...}", r.clients[0], s.Verb)
	}
	if s.Verb == VerbRequest {
		r.requests[s.Client] = true
	}
	if s.Verb == VerbResponse && !r.requests[s.Client] {
		r.problem(n, "a response needs a request step before it")
	}
	return s
}

// client takes the name of the client out of a step, "alice: {send: ...}", and
// returns the step as it would be without: what stands beside the name and what
// stands behind it in one mapping. It returns nil when there is no step left.
func (r *reader) client(n *yaml.Node) (*yaml.Node, string) {
	at := r.clientKeys(n)
	if len(at) == 0 {
		return n, ""
	}
	if len(at) > 1 {
		r.problem(n, "a step is one client's; this one has both %s and %s", n.Content[at[0]].Value, n.Content[at[1]].Value)
		return nil, ""
	}
	name, inner := n.Content[at[0]].Value, n.Content[at[0]+1]
	if inner.Kind != yaml.MappingNode {
		r.problem(inner, "%s does one thing, such as {send: {text: Hello}}, not %s", name, describe(inner))
		return nil, ""
	}
	step := clone(n)
	step.Content = slices.Concat(n.Content[:at[0]], n.Content[at[0]+2:], inner.Content)
	r.onlyOnce(step)
	return step, name
}

// clientKeys returns where the keys of a step are that name clients. One that
// must be meant for a client is among them.
func (r *reader) clientKeys(n *yaml.Node) []int {
	if n.Kind != yaml.MappingNode {
		return nil
	}
	var at []int
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, inner := n.Content[i], n.Content[i+1]
		switch {
		case slices.Contains(r.clients, key.Value):
			at = append(at, i)
		case looksLikeClient(key.Value, inner):
			r.problem(key, "no client is named %q%s", cut(key.Value), suggest(key.Value, r.clients))
			at = append(at, i)
		}
	}
	return at
}

// looksLikeClient reports whether a key of a step is not one, and what stands
// behind it is.
func looksLikeClient(key string, inner *yaml.Node) bool {
	if inner.Kind != yaml.MappingNode || spell.Nearest(key, stepTable.names()) != "" {
		return false
	}
	for verb := range pairs(inner) {
		if stepTable.isAlternative(verb.Value) {
			return true
		}
	}
	return false
}

// onlyOnce notes a key that stands both beside a client's name and behind it.
func (r *reader) onlyOnce(step *yaml.Node) {
	seen := map[string]bool{}
	for key := range pairs(step) {
		if seen[key.Value] {
			r.problem(key, "%s is here twice, beside the client and inside", cut(key.Value))
		}
		seen[key.Value] = true
	}
}
