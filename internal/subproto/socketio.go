package subproto

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
)

// engine is one direction of an engine.io connection, with socket.io in it.
type engine struct {
	attachments int // that are to come, of the packet before
}

// The packets of engine.io and socket.io, by their digit.
var (
	enginePackets = []string{"open", "close", "ping", "pong", "message", "upgrade", "noop"}
	socketPackets = []string{"CONNECT", "DISCONNECT", "EVENT", "ACK", "CONNECT_ERROR", "BINARY_EVENT", "BINARY_ACK"}
)

func (e *engine) describe(text bool, p []byte) Description {
	if !text {
		if e.attachments > 0 {
			e.attachments--
			return Description{Name: "socket.io attachment"}
		}
		return Description{}
	}
	s := string(p)
	if s == "" || s[0] < '0' || s[0] > '6' {
		return Description{Note: "not engine.io"}
	}
	kind, rest := s[0]-'0', s[1:]
	if kind == 4 {
		if d, ok := e.socket(rest); ok {
			return d
		}
	}
	return Description{Name: "engine.io " + enginePackets[kind], Pretty: rest, Heartbeat: kind == 2 || kind == 3}
}

// socket reads a packet of socket.io:
// <type>[<attachments>-][<namespace>,][<id of an acknowledgement>][<JSON>]
func (e *engine) socket(s string) (d Description, ok bool) {
	if s == "" || s[0] < '0' || s[0] > '6' {
		return d, false
	}
	kind, rest := s[0]-'0', s[1:]
	attachments := 0
	if kind >= 5 {
		digits, behind, ok := strings.Cut(rest, "-")
		n, err := strconv.ParseUint(digits, 10, 8)
		if !ok || err != nil {
			return d, false
		}
		attachments, rest = int(n), behind
	}
	name := []string{"socket.io", socketPackets[kind]}
	if strings.HasPrefix(rest, "/") {
		space, behind, _ := strings.Cut(rest, ",")
		name, rest = append(name, space), behind
	}
	id := rest[:len(rest)-len(strings.TrimLeft(rest, "0123456789"))]
	if rest = rest[len(id):]; id != "" {
		name = append(name, "id="+id)
	}
	if rest != "" && !json.Valid([]byte(rest)) {
		return d, false
	}
	var args []json.RawMessage
	if kind == 2 || kind == 5 { // the first of them is the event's name
		if json.Unmarshal([]byte(rest), &args) != nil || len(args) == 0 {
			return d, false
		}
		name = append(name[:2:2], append([]string{string(args[0])}, name[2:]...)...)
		rest = argumentsOf(args[1:])
	}
	e.attachments = attachments
	if attachments > 0 {
		name = append(name, fmt.Sprintf("attachments=%d", attachments))
	}
	return Description{Name: strings.Join(name, " "), Pretty: rest}, true
}

// argumentsOf writes the arguments of an event: one as it is, several as a list.
func argumentsOf(args []json.RawMessage) string {
	switch len(args) {
	case 0:
		return ""
	case 1:
		return string(args[0])
	}
	list, _ := json.Marshal(args)
	return string(list)
}
