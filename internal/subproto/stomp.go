package subproto

import (
	"bytes"
	"slices"
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

// describeStomp reads a frame: a command, headers, and a body that ends with a NUL.
func describeStomp(p []byte, cut bool) Description {
	if len(bytes.Trim(p, "\r\n")) == 0 && len(p) > 0 {
		return Description{Name: "STOMP heartbeat", Heartbeat: true}
	}
	head, body, ok := strings.Cut(strings.ReplaceAll(string(p), "\r\n", "\n"), "\n\n")
	lines := strings.Split(strings.TrimLeft(head, "\n"), "\n")
	body, _, ended := strings.Cut(body, "\x00")
	if !ok || !ended && !cut || !slices.Contains(stompCommands, lines[0]) {
		return Description{}
	}
	name := "STOMP " + lines[0]
	for _, line := range lines[1:] {
		key, value, _ := strings.Cut(line, ":")
		if slices.Contains(stompHeaders, key) {
			name += " " + key + "=" + value
		}
	}
	return Description{Name: name, Pretty: body}
}
