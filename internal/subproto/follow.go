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
// one, or what was joined or inflated. Of a frame and the message that it is, it says
// the same.
func (f *Follower) See(e *lint.Event) Description {
	switch {
	case e.Kind == lint.KindRequest:
		f.target, f.d = strings.Clone(e.Request.Target), nil
	case e.Kind == lint.KindResponse && e.Response.Status == 101:
		f.d = newDescriber(f.target, strings.Clone(e.Response.Get("Sec-WebSocket-Protocol")))
	case e.Kind == lint.KindFrame && whole(e.Frame):
		return f.describe(e, e.Frame.Opcode, e.Frame.Payload, e.Frame.Cut)
	case e.Kind == lint.KindMessage && !e.Message.Raw:
		return f.describe(e, e.Message.Opcode, e.Message.Payload, e.Message.Cut)
	}
	return Description{}
}

// whole reports whether a frame is a message that can be read.
func whole(f *lint.Frame) bool {
	return f.Fin && f.Rsv == 0 && (f.Opcode == wire.OpText || f.Opcode == wire.OpBinary)
}

func (f *Follower) describe(e *lint.Event, op wire.Opcode, p []byte, cut bool) Description {
	last := &f.latest[e.Side]
	if end := e.Offset + e.Size; last.end != end || last.end == 0 {
		if f.d == nil {
			f.d = newDescriber(f.target, "")
		}
		*last = described{end, f.d.describe(e.Side, op, p, cut)}
	}
	return last.Description
}
