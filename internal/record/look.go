package record

import (
	"strings"

	"wsprobe/internal/lint"
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
	case l.Kind == "tcp" || l.Kind == "stream":
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

// carrier is what a line is of that is about what carries the frames.
func carrier(c *Conn) string {
	if c.Stream != 0 {
		return "stream"
	}
	return "tcp"
}

// lineOf is the line of an event, which calls an end what it is in HTTP/2 (RFC 8441 §5).
func lineOf(c *Conn, e *lint.Event) report.Line {
	l := e.Line()
	if e.Kind == lint.KindEnd && c.Stream != 0 {
		l.Kind, l.Note = carrier(c), map[lint.End]string{lint.EndFIN: "ended", lint.EndReset: "reset"}[e.End]
	}
	return l
}
