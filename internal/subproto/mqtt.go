package subproto

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"strings"
	"unicode/utf8"

	"wsprobe/internal/lint"
)

// mqtt is a connection with MQTT 3.1, 3.1.1 or 5 on it. Its packets need not be cut
// as the messages are (MQTT 5 §6.0: "a single WebSocket data frame can contain
// multiple or partial MQTT Control Packets").
type mqtt struct {
	version byte
	partial [2][]byte // of a packet whose end is to come
	skip    [2]int    // bytes to come of a packet too large to be kept
}

// maxPartial is how much of an unfinished packet is kept, and maxNamed how many
// packets of a message are named.
const (
	maxPartial = 64 << 10
	maxNamed   = 8
)

// mqttPackets are the packets by the high four bits of their first byte.
var mqttPackets = [16]string{1: "CONNECT", "CONNACK", "PUBLISH", "PUBACK", "PUBREC", "PUBREL", "PUBCOMP", "SUBSCRIBE", "SUBACK",
	"UNSUBSCRIBE", "UNSUBACK", "PINGREQ", "PINGRESP", "DISCONNECT", "AUTH"}

// beginsMQTT reports whether p begins with a CONNECT.
func beginsMQTT(p []byte) bool {
	body, _, ok := packetOf(p)
	return ok && len(p) > 0 && p[0] == 1<<4 && connectVersion(body) > 0
}

// packetOf returns the body of the packet at the start of p, and how many bytes the
// whole of it takes, 0 where p has too few to say. It is not ok where no packet
// begins like that.
func packetOf(p []byte) (body []byte, size int, ok bool) {
	if len(p) == 0 {
		return nil, 0, true
	}
	if p[0]>>4 == 0 {
		return nil, 0, false
	}
	length, n := binary.Uvarint(p[1:min(len(p), 5)])
	switch {
	case n < 0 || n == 0 && len(p) >= 5:
		return nil, 0, false
	case n == 0:
		return nil, 0, true
	}
	size = 1 + n + int(length)
	return p[1+n : min(size, len(p))], size, true
}

// connectVersion returns the level of a CONNECT's protocol; 0: it is none.
func connectVersion(body []byte) byte {
	name, rest, ok := mqttString(body)
	if !ok || name != "MQTT" && name != "MQIsdp" || len(rest) == 0 {
		return 0
	}
	return rest[0]
}

// mqttString takes a string off: two bytes of length, and UTF-8.
func mqttString(p []byte) (s string, rest []byte, ok bool) {
	if len(p) < 2 {
		return "", nil, false
	}
	n := 2 + int(binary.BigEndian.Uint16(p))
	if n > len(p) || !utf8.Valid(p[2:n]) {
		return "", nil, false
	}
	return string(p[2:n]), p[n:], true
}

func (m *mqtt) describe(side lint.Side, p []byte, cut bool) Description {
	skipped := min(m.skip[side], len(p))
	m.skip[side] -= skipped
	p = append(m.partial[side], p[skipped:]...)
	m.partial[side] = nil
	var names []string
	var d Description
	if skipped > 0 {
		names = append(names, "more of the packet before")
	}
	for len(p) > 0 {
		body, size, ok := packetOf(p)
		if !ok {
			return Description{}
		}
		if size == 0 || size > len(p) {
			names = append(names, m.unfinished(side, p, size, cut))
			break
		}
		name, pretty := m.packet(p[0], body)
		d.Heartbeat = (name == "PINGREQ" || name == "PINGRESP") && len(names) == 0 && size == len(p)
		d.Pretty = pretty
		names, p = append(names, name), p[size:]
	}
	if len(names) > 1 {
		d.Pretty = ""
	}
	if more := len(names) - maxNamed; more > 0 {
		names = append(names[:maxNamed:maxNamed], fmt.Sprintf("and %d more", more))
	}
	d.Name = "MQTT " + strings.Join(names, ", ")
	return d
}

// unfinished keeps the start of a packet until more comes.
func (m *mqtt) unfinished(side lint.Side, p []byte, size int, cut bool) string {
	name := "start of " + mqttPackets[p[0]>>4]
	switch {
	case cut:
		return mqttPackets[p[0]>>4]
	case len(p) > maxPartial:
		m.skip[side] = size - len(p)
	default:
		m.partial[side] = bytes.Clone(p)
	}
	return name
}

// packet names a whole packet.
func (m *mqtt) packet(first byte, body []byte) (name, pretty string) {
	name = mqttPackets[first>>4]
	switch name {
	case "CONNECT":
		m.version = connectVersion(body)
		return fmt.Sprintf("%s version=%d", name, m.version), ""
	case "CONNACK":
		if len(body) >= 2 {
			return fmt.Sprintf("%s code=%d", name, body[1]), ""
		}
	case "PUBLISH":
		return m.publish(name, first, body)
	case "SUBSCRIBE", "UNSUBSCRIBE":
		return m.subscribe(name, body), ""
	case "PUBACK", "PUBREC", "PUBREL", "PUBCOMP", "SUBACK", "UNSUBACK":
		if len(body) >= 2 {
			return fmt.Sprintf("%s id=%d", name, binary.BigEndian.Uint16(body)), ""
		}
	}
	return name, ""
}

// publish reads a PUBLISH: the topic, an id where it is to be acknowledged, with
// MQTT 5 properties, and what is published.
func (m *mqtt) publish(name string, first byte, body []byte) (_, pretty string) {
	topic, rest, ok := mqttString(body)
	if !ok {
		return name, ""
	}
	if topic == "" {
		topic = "(alias)"
	}
	name += " topic=" + topic
	if qos := first >> 1 & 3; qos > 0 && len(rest) >= 2 {
		name += fmt.Sprintf(" qos=%d id=%d", qos, binary.BigEndian.Uint16(rest))
		rest = rest[2:]
	}
	if first&1 != 0 {
		name += " retain"
	}
	if first&8 != 0 {
		name += " dup"
	}
	rest = m.properties(rest)
	name += fmt.Sprintf(" %d bytes", len(rest))
	if utf8.Valid(rest) {
		return name, string(rest)
	}
	return name, ""
}

func (m *mqtt) subscribe(name string, body []byte) string {
	if len(body) < 2 {
		return name
	}
	topics, more := m.topics(m.properties(body[2:]), name == "SUBSCRIBE")
	name = fmt.Sprintf("%s id=%d topic=%s", name, binary.BigEndian.Uint16(body), strings.Join(topics, ", "))
	if more {
		name += ", and more"
	}
	return name
}

// topics reads the first of the topics, each of which has options behind it where it is
// subscribed to.
func (m *mqtt) topics(p []byte, options bool) (topics []string, more bool) {
	for len(p) > 0 && len(topics) < maxNamed {
		topic, rest, ok := mqttString(p)
		if !ok {
			break
		}
		if options {
			rest = rest[min(1, len(rest)):]
		}
		topics, p = append(topics, topic), rest
	}
	return topics, len(p) > 0
}

// properties passes over the properties of MQTT 5.
func (m *mqtt) properties(p []byte) []byte {
	if m.version < 5 {
		return p
	}
	length, n := binary.Uvarint(p)
	if n <= 0 || length > uint64(len(p)-n) {
		return p
	}
	return p[n+int(length):]
}
