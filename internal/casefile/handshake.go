package casefile

import (
	"regexp"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"
)

// requestKeys are the differences from the right opening handshake.
func requestKeys() []key[Request] {
	return []key[Request]{
		field("path", "Path and query; the target's own if left out.", textValue("a path"), func(q *Request, t Text) { q.Path = t }),
		field("target", "The request target of the first line, as it stands there; the path if left out.", textValue("a request target"),
			func(q *Request, t Text) { q.Target = t }),
		field("method", "The method; GET if left out.", textValue("a method"), func(q *Request, t Text) { q.Method = t }),
		field("http", "The version of the first line; HTTP/1.1 if left out.", textValue("a version"),
			func(q *Request, t Text) { q.HTTP = t }),
		field("origin", "The origin, in the field that the dialect has for it.", textValue("an origin"),
			func(q *Request, t Text) { q.Origin = t }),
		field("protocols", "The subprotocols to offer, in one field.", oneOrMore("protocols", textValue("a subprotocol")),
			func(q *Request, t []Text) { q.Protocols = t }),
		field("offer", "Values of Sec-WebSocket-Extensions, one field each.", oneOrMore("offers", textValue("an offer")),
			func(q *Request, t []Text) { q.Offer = t }).in(framed),
		field("set", "Fields in place of those of the same name; a list makes several.", headersValue,
			func(q *Request, h []Header) { q.Set = h }),
		field("add", "Fields at the end, beside those of the same name.", headersValue, func(q *Request, h []Header) { q.Add = h }),
		field("drop", "Names of fields to leave out.", oneOrMore("names", stringValue("the name of a field")),
			func(q *Request, names []string) { q.Drop = names }),
	}
}

var openTable = table[Request]{
	name: "opening", like: "{path: /chat}", about: "An opening handshake, as a difference from the right one.",
	keys: requestKeys(),
}

var requestTable = table[Request]{
	name: "request", like: "{drop: Host}", about: "A request, as a difference from the right opening handshake.",
	keys: append(requestKeys(),
		field("body", "Bytes behind the blank line; in hixie-76 in place of the third key.", payloadValue,
			func(q *Request, p Payload) { q.Body = p }),
		field("raw", "Every byte of the request, in place of all else.", payloadValue, func(q *Request, p Payload) { q.Raw = &p }),
	),
}

var openValue = requestValue("opening", &openTable)

func requestValue(name string, t *table[Request]) value[*Request] {
	return value[*Request]{
		schema: orName(ref(name)),
		read: func(r *reader, n *yaml.Node) *Request {
			var q Request
			t.read(r, n, &q)
			if q.Raw != nil && len(n.Content) > 2 {
				r.problem(n, "raw is every byte of the request; no other key goes with it")
			}
			return &q
		},
	}
}

// headersValue is header fields by name, in the order of the file.
var headersValue = value[[]Header]{
	schema: orName(schema{"type": "object", "minProperties": 1, "additionalProperties": fieldTexts.schema}),
	read: func(r *reader, n *yaml.Node) []Header {
		var list []Header
		for name, value := range r.members(n, "header fields, such as {Host: example.com}") {
			for _, text := range fieldTexts.read(r, value) {
				list = append(list, Header{Name: name.Value, Value: text})
			}
		}
		return list
	},
}

var fieldTexts = oneOrMore("values", textValue("the value of a field"))

var responseTable = table[Response]{
	name: "response", like: "{status: 101}", about: "What the answer to the request must be; what is left out is not looked at.",
	some: true,
	keys: []key[Response]{
		field("status", "A status, a list of them, 4xx, error (4xx or 5xx), or not 101.", statusValue,
			func(s *Response, m *StatusMatch) { s.Status = m }),
		field("headers", "What fields must be; none is no such field.", headerMatches,
			func(s *Response, m []HeaderMatch) { s.Headers = m }),
		field("accept", "valid, or the very value of Sec-WebSocket-Accept.", stringValue("a value of Sec-WebSocket-Accept"),
			func(s *Response, a string) { s.Accept = a }).in(framed),
		field("challenge", "The sixteen bytes that answer the challenge of hixie-76.", challengeValue,
			func(s *Response, p *Payload) { s.Challenge = p }).in(hixie),
		field("extensions", "Sec-WebSocket-Extensions; none is no such field.", optionValue,
			func(s *Response, m *OptionMatch) { s.Extensions = m }).in(framed),
		field("protocol", "The subprotocol; none is no such field.", optionValue, func(s *Response, m *OptionMatch) { s.Protocol = m }),
	},
}

var responseValue = value[*Response]{
	schema: orName(ref("response")),
	read: func(r *reader, n *yaml.Node) *Response {
		var s Response
		responseTable.read(r, n, &s)
		return &s
	},
}

var headerMatches = value[[]HeaderMatch]{
	schema: orName(schema{"type": "object", "minProperties": 1, "additionalProperties": matchValue.schema}),
	read: func(r *reader, n *yaml.Node) []HeaderMatch {
		var list []HeaderMatch
		for name, value := range r.members(n, "header fields, such as {Server: any}") {
			m := HeaderMatch{Name: name.Value, Absent: isWord(value, "none")}
			if !m.Absent {
				m.Match = matchValue.read(r, value)
			}
			list = append(list, m)
		}
		return list
	},
}

var optionValue = value[*OptionMatch]{
	schema: matchValue.schema,
	read: func(r *reader, n *yaml.Node) *OptionMatch {
		if isWord(n, "none") {
			return &OptionMatch{None: true}
		}
		return &OptionMatch{Match: matchValue.read(r, n)}
	},
}

var challengeValue = value[*Payload]{
	schema: payloadValue.schema,
	read: func(r *reader, n *yaml.Node) *Payload {
		p := payloadValue.read(r, n)
		if p.Size() != 16 {
			r.problem(n, "a challenge is answered with 16 bytes, not %d", p.Size())
		}
		return &p
	},
}

var statusClass = regexp.MustCompile(`^([1-5])xx$`)

// statusValue is a set of status codes.
var statusValue = value[*StatusMatch]{
	schema: anyOf(oneOrMore("codes", statusCode).schema, schema{"type": "string", "pattern": "^([1-5]xx|error|not [1-9][0-9]{2})$"}),
	read: func(r *reader, n *yaml.Node) *StatusMatch {
		m := &StatusMatch{Pos: r.pos(n)}
		if n.Kind == yaml.SequenceNode {
			m.Codes = listOf("codes", statusCode).read(r, n)
			return m
		}
		s, ok := r.scalar(n, "a status")
		except, isExcept := strings.CutPrefix(s, "not ")
		switch class := statusClass.FindStringSubmatch(s); {
		case !ok:
		case class != nil:
			m.Class, _ = strconv.Atoi(class[1])
		case s == "error":
			m.Error = true
		case isExcept && decimal.MatchString(except):
			m.Except, m.Codes = true, []int{int(r.between(n, except, 10, 100, 999))}
		case !decimal.MatchString(s):
			r.problem(n, "%q is not a status such as 400, 4xx, error or not 101", cut(s))
		default:
			m.Codes = []int{statusCode.read(r, n)}
		}
		return m
	},
}

var statusNumber = number("a status such as 400", 100, 999)

var statusCode = value[int]{
	schema: statusNumber.schema,
	read:   func(r *reader, n *yaml.Node) int { return int(statusNumber.read(r, n)) },
}
