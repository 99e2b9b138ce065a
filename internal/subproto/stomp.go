package subproto

import (
	"bytes"
	"slices"
	"strconv"
	"strings"
)

// stompCommands are the commands of STOMP 1.0 to 1.2.
var stompCommands = []string{"CONNECT", "STOMP", "CONNECTED", "SEND", "SUBSCRIBE", "UNSUBSCRIBE", "ACK", "NACK", "BEGIN",
	"COMMIT", "ABORT", "DISCONNECT", "MESSAGE", "RECEIPT", "ERROR"}

// stompHeaders are the headers that say what a frame is about.
var stompHeaders = []string{"destination", "subscription", "id", "message-id", "receipt", "receipt-id", "transaction", "version"}

func beginsStomp(p []byte) bool {
	return (bytes.HasPrefix(p, []byte("CONNECT\n")) || bytes.HasPrefix(p, []byte("STOMP\n"))) && bytes.HasSuffix(bytes.TrimRight(p, "\r\n"), []byte{0})
}

// describeStomp reads frames, one in most messages.
func describeStomp(p []byte, cut bool) Description {
	rest := strings.TrimLeft(string(p), "\r\n")
	if rest == "" && len(p) > 0 {
		return Description{Name: "STOMP heartbeat", Heartbeat: true}
	}
	var names []string
	var d Description
	for rest != "" || len(names) == 0 {
		name, body, behind := stompFrame(rest, cut)
		switch {
		case name == "" && len(names) == 0:
			return Description{}
		case name == "" || len(names) == maxNamed:
			name, behind = "and more", ""
		}
		names, d.Pretty, rest = append(names, name), body, strings.TrimLeft(behind, "\r\n")
	}
	if len(names) > 1 {
		d.Pretty = ""
	}
	d.Name = "STOMP " + strings.Join(names, ", ")
	return d
}

// stompFrame reads a frame: a command, headers, and a body that ends with a NUL. A length
// among the headers says where that is: a body may have NULs of its own.
func stompFrame(s string, cut bool) (name, body, rest string) {
	head, body, ok := strings.Cut(s, "\n\n")
	if other, behind, with := strings.Cut(s, "\n\r\n"); with && (!ok || len(other) < len(head)) {
		head, body, ok = other, behind, true
	}
	lines := strings.Split(strings.ReplaceAll(head, "\r", ""), "\n")
	if !ok || !slices.Contains(stompCommands, lines[0]) {
		return "", "", ""
	}
	name, end := lines[0], strings.IndexByte(body, 0)
	for _, line := range slices.Backward(lines[1:]) { // of a header that is there twice, the first counts
		key, value, _ := strings.Cut(line, ":")
		if n, err := strconv.Atoi(value); key == "content-length" && err == nil && n >= 0 && n < len(body) && body[n] == 0 {
			end = n
		}
	}
	for _, line := range lines[1:] {
		if key, value, _ := strings.Cut(line, ":"); slices.Contains(stompHeaders, key) {
			name += " " + key + "=" + value
		}
	}
	switch {
	case end >= 0:
		return name, body[:end], body[end+1:]
	case cut:
		return name, body, ""
	}
	return "", "", ""
}
