package mutant

import "wsprobe/internal/wire"

// service is what answers on a path.
type service struct {
	protocol string // the subprotocol that it knows
	limit    int    // bytes of a message
	open     func(peer) application
}

// peer is an open connection as an application sees it, whatever its dialect.
// Its methods may be called from any goroutine.
type peer interface {
	send(op wire.Opcode, payload []byte)
	close(code uint16, reason string)
	is(f fault) bool
}

// application is what a service does for one connection. message says why the
// connection is to be failed, or nil.
type application interface {
	message(op wire.Opcode, payload []byte) *violation
	gone()
}

// echo sends every message back.
type echo struct{ peer }

func newEcho(p peer) application { return echo{p} }

func (e echo) message(op wire.Opcode, payload []byte) *violation {
	switch {
	case e.is(echoesAsBinary) && op == wire.OpText:
		op = wire.OpBinary
	case e.is(echoesAsText) && op == wire.OpBinary:
		op = wire.OpText
	case e.is(ignoresEmptyMessages) && len(payload) == 0:
		return nil
	case e.is(sendsBadText) && op == wire.OpText:
		payload = append(payload, 0xC3, 0x28)
	}
	if s, ok := e.peer.(*session); ok && s.is(echoesFromAnother) {
		s.later(pongDelay, op, payload)
		return nil
	}
	e.send(op, payload)
	return nil
}

func (e echo) gone() {}
