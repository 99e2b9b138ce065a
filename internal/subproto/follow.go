package subproto

import (
	"strings"

	"wsprobe/internal/lint"
	"wsprobe/internal/wire"
)

// Follower finds the messages among the events of one connection, and what its
// opening handshake says of them. The zero one is ready.
type Follower struct {
	target string
	d      *describer
	latest [2]described
}

// described is a message that was described, and where it ended.
type described struct {
	end uint64
	Description
}

// See takes the next event, and describes the message that it is: a frame that is
// one, or what was joined or inflated. The message that a frame is has the same name,
// and nothing more to read. What has no name here keeps the one that it was kept with,
// from when more of the connection was known.
func (f *Follower) See(e *lint.Event) Description {
	what := f.see(e)
	if what.Name == "" && e.Name != "" {
		what = Description{Name: e.Name, Pretty: readable(e)}
	}
	return what
}

func (f *Follower) see(e *lint.Event) Description {
	switch {
	case e.Kind == lint.KindRequest:
		f.target, f.d = strings.Clone(e.Request.Target), nil
	case e.Kind == lint.KindResponse && e.Response.Accepts():
		f.d = newDescriber(f.target, strings.Clone(e.Response.Get("Sec-WebSocket-Protocol")))
	case e.Kind == lint.KindFrame && whole(e.Frame):
		return f.Message(e.Side, e.Offset+e.Size, e.Frame.Opcode, e.Frame.Payload, e.Frame.Cut)
	case e.Kind == lint.KindMessage && !e.Message.Raw:
		return f.Message(e.Side, e.Offset+e.Size, e.Message.Opcode, e.Message.Payload, e.Message.Cut)
	}
	return Description{}
}

// whole reports whether a frame is a message that can be read.
func whole(f *lint.Frame) bool {
	return f.Fin && f.Rsv == 0 && (f.Opcode == wire.OpText || f.Opcode == wire.OpBinary)
}

// readable returns the text that a message is.
func readable(e *lint.Event) string {
	switch {
	case e.Frame != nil && e.Frame.Opcode == wire.OpText:
		return string(e.Frame.Payload)
	case e.Message != nil && e.Message.Opcode == wire.OpText:
		return string(e.Message.Payload)
	}
	return ""
}

// Silent reports at a glance that Message has nothing to say of a message, and need not
// be told of it, which is so with most where nothing is agreed.
func (f *Follower) Silent(side lint.Side, op wire.Opcode, p []byte) bool {
	return f.d != nil && f.d.silent(side, op, p)
}

// Message describes a message that is no event: what a side sent, and where in its
// stream it ended.
func (f *Follower) Message(side lint.Side, end uint64, op wire.Opcode, p []byte, cut bool) Description {
	last := &f.latest[side]
	if last.end == end && end != 0 {
		return last.Description
	}
	if f.d == nil {
		f.d = newDescriber(f.target, "")
	}
	what := f.d.describe(side, op, p, cut)
	*last = described{end, what}
	last.Pretty = "" // which may be large, and the connection idle
	return what
}
