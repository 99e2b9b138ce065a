package casefile

import (
	"encoding/binary"
	"encoding/hex"
	"math"

	"gopkg.in/yaml.v3"

	"wsprobe/internal/wire"
)

// opcodeWords are the keys and words that stand for opcodes (RFC 6455 §11.8).
var opcodeWords = []struct {
	word   string
	opcode wire.Opcode
}{
	{"text", wire.OpText}, {"binary", wire.OpBinary}, {"continuation", wire.OpContinuation},
	{"close", wire.OpClose}, {"ping", wire.OpPing}, {"pong", wire.OpPong},
}

var opcodeNumber = bits("an opcode such as text or 3", 15)

// opcodeValue is an opcode by its word or number.
var opcodeValue = value[wire.Opcode]{
	schema: anyOf(opcodeNumber.schema, enum(opcodeNames())),
	read: func(r *reader, n *yaml.Node) wire.Opcode {
		for _, w := range opcodeWords {
			if isWord(n, w.word) {
				return w.opcode
			}
		}
		return wire.Opcode(opcodeNumber.read(r, n))
	},
}

func opcodeNames() []string {
	var names []string
	for _, w := range opcodeWords {
		names = append(names, w.word)
	}
	return names
}

var frameTable = table[Frame]{
	name: "frame", like: "{text: Hello}", about: "A frame to send. Its key is the opcode.",
	one: "a frame has one opcode",
	keys: []key[Frame]{
		frameKey("text", "A text frame.", wire.OpText, payloadValue),
		frameKey("binary", "A binary frame.", wire.OpBinary, payloadValue).in(framed),
		frameKey("continuation", "A continuation frame.", wire.OpContinuation, payloadValue).in(framed),
		frameKey("ping", "A ping.", wire.OpPing, payloadValue).in(framed),
		frameKey("pong", "A pong.", wire.OpPong, payloadValue).in(framed),
		frameKey("close", `A Close: its code, "" for an empty body, {code, reason} or {payload} for odd bodies.`, wire.OpClose, closeBodyValue),
		field("json", "A text frame with the value as JSON.", jsonValue, func(f *Frame, v any) {
			f.Opcode, f.Payload.Parts = wire.OpText, make([]PayloadPart, 1)
			f.Payload.Parts[0].setJSON(v)
		}).alt(),
		field("opcode", "Any opcode, 0 to 15 or its word; the bytes stand beside it under payload.", opcodeValue,
			func(f *Frame, o wire.Opcode) { f.Opcode = o }).alt().in(framed),
		field("type", "The type byte of a hixie frame; the bytes stand beside it under payload.", bits(aNumber, 255),
			func(f *Frame, b uint64) { f.Type = ptr(byte(b)) }).alt().in(hixie),
		field("payload", "The bytes of a frame whose key is opcode or type.", payloadValue,
			func(f *Frame, p Payload) { f.Payload = p }).only("opcode", "type"),
		field("fin", "The FIN bit; true if left out.", boolValue, func(f *Frame, b bool) { f.Fin = b }).in(framed),
		field("rsv", "The bits RSV1 (4), RSV2 (2) and RSV3 (1), added up.", number(aNumber, 0, 7),
			func(f *Frame, n uint64) { f.Rsv = byte(n) }).in(framed),
		field("mask", "false for no mask, or the masking key as eight hexadecimal digits; random if left out.", maskValue,
			func(f *Frame, m mask) { f.Mask, f.Key = m.mode, m.key }).in(framed),
		field("length", "How the length is written, where not in the right and shortest way.", lengthValue,
			func(f *Frame, l length) { f.Bits, f.Groups, f.Claim = l.bits, l.groups, l.claim }),
		field("compress", "Compress as permessage-deflate was agreed, and set RSV1; a continuation goes on with its message, without RSV1.",
			boolValue,
			func(f *Frame, b bool) { f.Compress = b }).in(framed),
		field("times", "How often the frame is sent; once if left out.", number(aNumber, 1, maxTimes),
			func(f *Frame, n uint64) { f.Times = int(n) }),
	},
}

// frameKey is a key whose name is the opcode and whose value is the payload.
func frameKey(name, about string, o wire.Opcode, v value[Payload]) key[Frame] {
	return field(name, about, v, func(f *Frame, p Payload) { f.Opcode, f.Payload = o, p }).alt()
}

// framesValue is a frame, or the list of frames of one TCP write.
var framesValue = value[[]Frame]{
	schema: orName(oneOrMore("frames", frameValue).schema),
	read: func(r *reader, n *yaml.Node) []Frame {
		frames := oneOrMore("frames", frameValue).read(r, n)
		total := 0
		for _, f := range frames {
			total += (f.Payload.Size() + 14) * f.Times
		}
		if total > maxPayload {
			r.problem(n, "frames of %d bytes; at most 64 MiB can be sent in a step", total)
		}
		return frames
	},
}

var frameValue = value[Frame]{
	schema: anyOf(ref("frame"), ref("name")),
	read: func(r *reader, n *yaml.Node) Frame {
		f := Frame{Pos: r.pos(n), Fin: true, Times: 1}
		chosen := frameTable.read(r, n, &f)
		if chosen == "close" && r.dialect.Traits().Hixie && f.Payload.Size() > 0 {
			r.problem(child(n, "close"), `the closing frame of %s has no body; write ""`, r.dialect)
		}
		return f
	},
}

// mask is how a frame is masked.
type mask struct {
	mode MaskMode
	key  [4]byte
}

var maskValue = value[mask]{
	schema: anyOf(schema{"type": "boolean"}, schema{"type": "string"}, schema{"type": "number"}),
	read: func(r *reader, n *yaml.Node) mask {
		s, ok := r.scalar(n, "false or a masking key")
		if !ok || isWord(n, "true") {
			return mask{}
		}
		if isWord(n, "false") {
			return mask{mode: MaskNone}
		}
		m := mask{mode: MaskKey}
		if b, err := hex.DecodeString(s); err != nil || copy(m.key[:], b) != 4 || len(b) != 4 {
			r.problem(n, "%q is neither false nor a masking key such as 37fa213d", cut(s))
		}
		return m
	},
}

// length is how a frame's length is written.
type length struct {
	bits   uint8
	groups int
	claim  *uint64
}

var lengthTable = table[length]{
	name: "length", like: "{bits: 64}", about: "How a frame's length is written.", some: true,
	keys: []key[length]{
		field("bits", "7, 16 or 64: the form of the length, needed or not.", lengthBits,
			func(l *length, n uint64) { l.bits = uint8(n) }).in(framed),
		field("groups", "How many bytes the length of a hixie frame takes, needed or not.", number(aNumber, 1, 1000),
			func(l *length, n uint64) { l.groups = int(n) }).in(hixie),
		field("claim", "The length that the header claims, true or not; may be hexadecimal.", bits(aNumber, math.MaxUint64),
			func(l *length, n uint64) { l.claim = &n }),
	},
}

var lengthValue = value[length]{
	schema: orName(ref("length")),
	read: func(r *reader, n *yaml.Node) length {
		var l length
		lengthTable.read(r, n, &l)
		return l
	},
}

var lengthBits = value[uint64]{
	schema: orName(schema{"enum": []int{7, 16, 64}}),
	read: func(r *reader, n *yaml.Node) uint64 {
		b := number(aNumber, 0, 64).read(r, n)
		if b != 0 && b != 7 && b != 16 && b != 64 {
			r.problem(n, "a length has 7, 16 or 64 bits, not %d", b)
		}
		return b
	},
}

// closeBody is the body of a Close to send.
type closeBody struct {
	code    uint16
	coded   bool
	reason  Payload
	payload Payload
}

var closeBodyTable = table[closeBody]{
	name: "close", like: "{code: 1000, reason: bye}", about: "The body of a Close to send (RFC 6455 §5.5.1).",
	one: "a Close has a code or a payload",
	keys: []key[closeBody]{
		field("code", "The status code, sent as it is.", codeValue, func(c *closeBody, n uint16) { c.code, c.coded = n, true }).alt(),
		field("reason", "The bytes behind the code.", payloadValue, func(c *closeBody, p Payload) { c.reason = p }).only("code"),
		field("payload", "The whole body, for bodies that have no code.", payloadValue,
			func(c *closeBody, p Payload) { c.payload = p }).alt(),
	},
}

var codeNumber = number("a status code such as 1000", 0, math.MaxUint16)

var codeValue = value[uint16]{
	schema: codeNumber.schema,
	read:   func(r *reader, n *yaml.Node) uint16 { return uint16(codeNumber.read(r, n)) },
}

// closeBodyValue is a code, "" for an empty body, or a mapping.
var closeBodyValue = value[Payload]{
	schema: anyOf(codeValue.schema, schema{"const": ""}, ref("close-body")),
	read: func(r *reader, n *yaml.Node) Payload {
		var c closeBody
		switch {
		case emptyText(n):
			return Payload{}
		case n.Kind == yaml.MappingNode:
			closeBodyTable.read(r, n, &c)
		default:
			c.code, c.coded = codeValue.read(r, n), true
		}
		return c.bytes()
	},
}

func (c closeBody) bytes() Payload {
	if !c.coded {
		return c.payload
	}
	code := PayloadPart{Bytes: binary.BigEndian.AppendUint16(nil, c.code)}
	return Payload{Parts: append([]PayloadPart{code}, c.reason.Parts...)}
}

func ptr[T any](v T) *T { return &v }
