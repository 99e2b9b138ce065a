package casefile

import (
	"gopkg.in/yaml.v3"

	"wsprobe/internal/wire"
)

var echoTable = table[Echo]{
	name: "echo", like: "{text: Hello, times: 100}", about: "A message that is sent and expected back, so many times, one after the other.",
	one: "an echo has one payload",
	keys: []key[Echo]{
		echoKey("text", "A text message.", wire.OpText),
		echoKey("binary", "A binary message.", wire.OpBinary).in(framed),
		field("opcode", "text or binary, where the payload stands beside it.", dataOpcode,
			func(e *Echo, o wire.Opcode) { e.Opcode = o }).alt().in(framed),
		field("payload", "The payload of a message whose key is opcode.", payloadValue, func(e *Echo, p Payload) { e.Payload = p }).only("opcode"),
		field("window", "How many bytes of the payload each message has; each begins where the last one ended. All of it if left out.",
			number(aNumber, 1, maxPayload), func(e *Echo, n uint64) { e.Window = int(n) }),
		field("compress", "Compress as permessage-deflate was agreed.", boolValue, func(e *Echo, b bool) { e.Compress = b }).in(framed),
		field("fragment", "How many bytes each frame of a message has; one frame if left out or 0.", number(aNumber, 0, maxPayload),
			func(e *Echo, n uint64) { e.Fragment = int(n) }).in(framed),
		field("times", "How many messages; at the default volume no more than 20 are played.", number(aNumber, 1, maxTimes),
			func(e *Echo, n uint64) { e.Times = int(n) }),
	},
}

func echoKey(name, about string, o wire.Opcode) key[Echo] {
	return field(name, about, payloadValue, func(e *Echo, p Payload) { e.Opcode, e.Payload = o, p }).alt()
}

// dataOpcode is the opcode of a data message.
var dataOpcode = value[wire.Opcode]{
	schema: orName(enum([]string{"text", "binary"})),
	read: func(r *reader, n *yaml.Node) wire.Opcode {
		o := opcodeValue.read(r, n)
		if o != wire.OpText && o != wire.OpBinary {
			r.problem(n, "a message is text or binary")
		}
		return o
	},
}

var echoValue = value[Echo]{
	schema: anyOf(ref("echo"), ref("name")),
	read: func(r *reader, n *yaml.Node) Echo {
		e := Echo{Times: 1}
		echoTable.read(r, n, &e)
		if e.Window > 0 && e.Payload.Size() == 0 {
			r.problem(n, "there is nothing to take a window of")
		}
		return e
	},
}
