package casefile

import (
	"gopkg.in/yaml.v3"

	"wsprobe/internal/wire"
)

var eventTable = table[Event]{
	name: "event", like: "{text: Hello}", about: "What is expected: a message or control frame, or an end of the connection.",
	one: "an event is one thing",
	keys: append(messageKeys(),
		field("json", "A text message whose JSON has these members; a new $name keeps a value.", patternValue,
			func(e *Event, v any) { e.Kind, e.Opcode, e.JSON = EventJSON, wire.OpText, v }).alt(),
		field("fail", "The connection failed (RFC 6455 §7.1.7), its Close having this code, one of these, or any.", failValue,
			func(e *Event, codes []uint16) { e.Kind, e.Codes = EventFail, codes }).alt().in(framed),
		field("tcp", "The end of the TCP stream: closed, fin or reset.", tcpValue(TCPClosed, TCPFin, TCPReset),
			func(e *Event, t TCP) { e.Kind, e.TCP = EventTCP, t }).alt(),
		field("status", "An HTTP answer with this status.", statusValue,
			func(e *Event, s *StatusMatch) { e.Kind, e.Status = EventStatus, s }).alt(),
	),
}

// messageKeys are the events that have an opcode and a payload.
func messageKeys() []key[Event] {
	return []key[Event]{
		messageKey("text", "A text message.", wire.OpText),
		messageKey("binary", "A binary message.", wire.OpBinary).in(framed),
		messageKey("ping", "A ping.", wire.OpPing).in(framed),
		messageKey("pong", "A pong.", wire.OpPong).in(framed),
		field("close", `A Close: any, a code, a list of codes (none: no code), "" for an empty body, or {code, reason}.`, closeMatchValue,
			func(e *Event, c *CloseMatch) { e.Opcode, e.Close = wire.OpClose, c }).alt(),
		field("opcode", "Any opcode, 0 to 15 or its word; the payload stands beside it.", opcodeValue,
			func(e *Event, o wire.Opcode) { e.Opcode = o }).alt().in(framed),
		field("payload", "The payload of an event whose key is opcode or type.", matchValue,
			func(e *Event, m Match) { e.Payload = m }).only("opcode", "type"),
	}
}

func messageKey(name, about string, o wire.Opcode) key[Event] {
	return field(name, about, matchValue, func(e *Event, m Match) { e.Opcode, e.Payload = o, m }).alt()
}

var eventValue = value[Event]{
	schema: orName(ref("event")),
	read: func(r *reader, n *yaml.Node) Event {
		e := Event{Pos: r.pos(n), Payload: Match{Any: true}}
		eventTable.read(r, n, &e)
		return e
	},
}

var eventsValue = listOf("events", eventValue)

// oneEvent is the event of an expect.
var oneEvent = value[[]Event]{
	schema: eventValue.schema,
	read:   func(r *reader, n *yaml.Node) []Event { return []Event{eventValue.read(r, n)} },
}

var expectFrameTable = table[Event]{
	name: "expected frame", like: "{text: Hello, fin: true}", about: "The bits of the next frame; what is left out is not looked at.",
	one: "a frame has one opcode",
	keys: append(messageKeys(),
		messageKey("continuation", "A continuation frame.", wire.OpContinuation).in(framed),
		field("type", "The type byte of a hixie frame.", bits(aNumber, 255),
			func(e *Event, b uint64) { e.Frame.Type = ptr(byte(b)) }).alt().in(hixie),
		field("fin", "The FIN bit.", boolValue, func(e *Event, b bool) { e.Frame.Fin = &b }).in(framed),
		field("rsv", "The bits RSV1 (4), RSV2 (2) and RSV3 (1), added up.", number(aNumber, 0, 7),
			func(e *Event, n uint64) { e.Frame.Rsv = ptr(byte(n)) }).in(framed),
		field("masked", "The MASK bit.", boolValue, func(e *Event, b bool) { e.Frame.Masked = &b }).in(framed),
		field("length", "How the length is written.", expectLength,
			func(e *Event, b uint8) { e.Frame.Bits = &b }).in(framed),
	),
}

var expectLengthTable = table[uint8]{
	name: "length", like: "{bits: 16}", about: "How a frame's length is written.",
	keys: []key[uint8]{
		field("bits", "7, 16 or 64: the form of the length.", lengthBits, func(b *uint8, n uint64) { *b = uint8(n) }).must(),
	},
}

var expectLength = value[uint8]{
	schema: orName(ref("expected-length")),
	read: func(r *reader, n *yaml.Node) uint8 {
		var b uint8
		expectLengthTable.read(r, n, &b)
		return b
	},
}

var expectFrameValue = value[[]Event]{
	schema: orName(ref("expected-frame")),
	read: func(r *reader, n *yaml.Node) []Event {
		e := Event{Pos: r.pos(n), Payload: Match{Any: true}, Frame: &FrameMatch{}}
		expectFrameTable.read(r, n, &e)
		return []Event{e}
	},
}

// tcpValue is an end of the TCP stream.
func tcpValue(ends ...TCP) value[TCP] {
	var names []string
	for _, end := range ends {
		names = append(names, string(end))
	}
	word := wordValue("an end of the TCP stream", names)
	return value[TCP]{schema: word.schema, read: func(r *reader, n *yaml.Node) TCP { return TCP(word.read(r, n)) }}
}

// failValue is the codes that the Close of a failed connection may have.
var failValue = value[[]uint16]{
	schema: anyOf(oneOrMore("codes", codeValue).schema, schema{"const": "any"}),
	read: func(r *reader, n *yaml.Node) []uint16 {
		if isWord(n, "any") {
			return nil
		}
		return oneOrMore("codes", codeValue).read(r, n)
	},
}

// expectedCodes are the codes of an expected Close: any, a code, "", none, or a
// list of codes and none.
var expectedCodes = value[CloseMatch]{
	schema: anyOf(schema{"enum": []string{"any", "none", ""}}, codeValue.schema,
		schema{"type": "array", "minItems": 1, "items": anyOf(codeValue.schema, schema{"const": "none"})}),
	read: func(r *reader, n *yaml.Node) CloseMatch {
		var m CloseMatch
		items := []*yaml.Node{n}
		switch {
		case isWord(n, "any"):
			return m
		case emptyText(n):
			return CloseMatch{Empty: true}
		case n.Kind == yaml.SequenceNode:
			items = r.items(n, "codes")
		}
		for _, item := range items {
			if isWord(item, "none") {
				m.Empty = true
			} else {
				m.Codes = append(m.Codes, codeValue.read(r, item))
			}
		}
		return m
	},
}

var closeMatchTable = table[CloseMatch]{
	name: "close", like: "{code: 1000, reason: bye}", about: "What an expected Close must say.",
	keys: []key[CloseMatch]{
		field("code", "any, a code, or a list of codes; none is no code at all.", expectedCodes,
			func(m *CloseMatch, c CloseMatch) { m.Codes, m.Empty = c.Codes, c.Empty }).must(),
		field("reason", "What the reason must be.", matchValue, func(m *CloseMatch, reason Match) { m.Reason = reason }),
	},
}

var closeMatchValue = value[*CloseMatch]{
	schema: anyOf(expectedCodes.schema, ref("expected-close")),
	read: func(r *reader, n *yaml.Node) *CloseMatch {
		var m CloseMatch
		if n.Kind == yaml.MappingNode {
			closeMatchTable.read(r, n, &m)
		} else {
			m = expectedCodes.read(r, n)
		}
		return &m
	},
}
