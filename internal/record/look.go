package record

import (
	"strings"

	"wsprobe/internal/wire"
	"wsprobe/report"
)

// The colours. None stands alone: arrows, words and marks say the same.
const (
	red    = "\x1b[31m"
	green  = "\x1b[32m"
	yellow = "\x1b[33m"
	cyan   = "\x1b[36m"
	dim    = "\x1b[2m"
	plain  = "\x1b[0m"
)

// paint colours the start of a line: its time, and who sent what.
func paint(l *report.Line, head string) string {
	clock, rest, ok := cutArrow(head)
	if !ok {
		return head
	}
	return dim + clock + plain + colorOf(l) + rest + plain
}

func colorOf(l *report.Line) string {
	switch {
	case l.Kind == "tcp":
		return dim
	case l.Kind == "close":
		return yellow
	case l.Sent:
		return cyan
	}
	return green
}

func cutArrow(head string) (before, from string, ok bool) {
	i := strings.IndexAny(head, "→←·")
	if i < 0 {
		return "", "", false
	}
	return head[:i], head[i:], true
}

// offers is what a head says of subprotocols and extensions.
func offers(h *wire.Head) string {
	return joinedBy("  ", strings.Join(h.List("Sec-WebSocket-Protocol"), ", "), strings.Join(h.List("Sec-WebSocket-Extensions"), ", "))
}

// joinedBy joins those that are not empty.
func joinedBy(separator string, parts ...string) string {
	var list []string
	for _, p := range parts {
		if p != "" {
			list = append(list, p)
		}
	}
	return strings.Join(list, separator)
}
