// Package subproto names what messages are to the protocol that is spoken on top of
// a connection: socket.io, STOMP, MQTT, GraphQL over WebSocket, JSON-RPC, CBOR,
// MessagePack.
//
// Which that is, the subprotocol that was agreed on says, or the path, or the message
// itself where it can be nothing else. What is not recognised has no name.
package subproto

import (
	"net/url"
	"strings"

	"wsprobe/internal/lint"
	"wsprobe/internal/wire"
)

// Description says what a message is. The zero one says nothing.
type Description struct {
	Name      string // "MQTT PUBLISH topic=a/b qos=1"
	Pretty    string // what else there is to read in it: JSON, or text
	Note      string // why it is not what was agreed on
	Heartbeat bool   // it only says that its sender is there
}

// family is a group of protocols.
type family uint8

const (
	familyUnknown family = iota
	familyEngine
	familyStomp
	familyMQTT
	familyGraphQL
	familyCBOR
	familyMessagePack
)

// What is looked at of a message, and said of it, at most.
const (
	maxMessage = 1 << 20 // bytes that it has
	maxName    = 1 << 10 // bytes of its name
)

// describer describes the messages of one connection, each of which it must be told
// once, in order. It is not safe for concurrent use.
type describer struct {
	family family
	agreed bool // the family is what both ends said
	batch  bool // its messages are several, each behind its length
	engine [2]engine
	mqtt   mqtt
}

// newDescriber makes a describer for a connection with that request target, on which that
// subprotocol was agreed, "" for none.
func newDescriber(target, protocol string) *describer {
	protocol, batch := strings.CutSuffix(strings.ToLower(protocol), ".batched")
	d := &describer{family: agreedFamily(protocol), batch: batch}
	if d.agreed = d.family != familyUnknown; d.agreed {
		return d
	}
	if u, err := url.Parse(target); err == nil {
		if strings.HasPrefix(u.Path, "/socket.io/") || strings.HasPrefix(u.Path, "/engine.io/") || u.Query().Has("EIO") {
			d.family = familyEngine
		}
	}
	return d
}

func agreedFamily(protocol string) family {
	switch {
	case protocol == "mqtt", protocol == "mqttv3.1":
		return familyMQTT
	case strings.HasSuffix(protocol, ".stomp"), protocol == "stomp":
		return familyStomp
	case protocol == "graphql-transport-ws", protocol == "graphql-ws":
		return familyGraphQL
	case protocol == "cbor", strings.HasSuffix(protocol, ".cbor"):
		return familyCBOR
	case protocol == "msgpack", protocol == "messagepack", strings.HasSuffix(protocol, ".msgpack"):
		return familyMessagePack
	}
	return familyUnknown
}

// describe says what a message is that a side sent. cut says that p is not all of it.
func (d *describer) describe(side lint.Side, op wire.Opcode, p []byte, cut bool) Description {
	what := d.read(side, op, p, cut)
	if len(what.Name) > maxName {
		what.Name = strings.ToValidUTF8(what.Name[:maxName], "") + "…"
	}
	return what
}

func (d *describer) read(side lint.Side, op wire.Opcode, p []byte, cut bool) Description {
	if op != wire.OpText && op != wire.OpBinary || len(p) > maxMessage {
		return Description{}
	}
	text := op == wire.OpText
	d.recognise(side, text, p)
	switch {
	case d.family == familyEngine:
		return d.engine[side].describe(text, p)
	case d.family == familyStomp:
		return d.judged(describeStomp(p, cut), "STOMP")
	case d.family == familyMQTT && text:
		return d.judged(Description{}, "MQTT, which is binary")
	case d.family == familyMQTT:
		return d.judged(d.mqtt.describe(side, p, cut), "MQTT")
	case d.family == familyGraphQL:
		return d.judged(describeGraphQL(p, cut), "a message of GraphQL")
	case d.family == familyCBOR && !text:
		return d.encoded(p, cut, "CBOR", describeCBOR)
	case d.family == familyMessagePack && !text:
		return d.encoded(p, cut, "MessagePack", describeMessagePack)
	case text:
		return describeRPC(p)
	case d.family == familyUnknown && !cut:
		return describeBinary(p)
	}
	return Description{}
}

// encoded describes what is agreed to be encoded so. Of a part nothing can be said.
func (d *describer) encoded(p []byte, cut bool, name string, describe func([]byte) Description) Description {
	switch {
	case cut:
		return Description{Name: name}
	case d.batch:
		return d.judged(batched(p, name, describe), name+" in a batch")
	}
	return d.judged(describe(p), name)
}

// judged says so where a message is not what was agreed on.
func (d *describer) judged(m Description, what string) Description {
	if m == (Description{}) && d.agreed {
		m.Note = "not " + what
	}
	return m
}

// silent reports at a glance that nothing can be said of a message.
func (d *describer) silent(side lint.Side, op wire.Opcode, p []byte) bool {
	switch {
	case d.family != familyUnknown || len(p) > 0 && side == lint.Client && begins(p[0]):
		return false
	case op == wire.OpText:
		return !mayBeRPC(p)
	case op == wire.OpBinary:
		return len(p) == 0 || !packs(p[0]) && !codes(p[0])
	}
	return true
}

// begins reports whether a first message of STOMP or MQTT may begin so.
func begins(c byte) bool { return c == 'C' || c == 'S' || c == 0x10 }

// recognise takes a first message of a client for what it can only be.
func (d *describer) recognise(side lint.Side, text bool, p []byte) {
	switch {
	case d.family != familyUnknown || side != lint.Client:
	case !text && beginsMQTT(p):
		d.family = familyMQTT
	case text && beginsStomp(p):
		d.family = familyStomp
	}
}
