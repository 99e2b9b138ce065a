package lint

import (
	"bytes"

	"wsprobe/internal/rules"
	"wsprobe/internal/wire"
)

// takeRequest goes on behind a request: the client must wait for its answer
// (RFC 6455 §4.1).
func (s *Session) takeRequest(st *stream, e Event) {
	e.Findings = s.checkAsked(e.Request)
	s.emit(st, e)
	if !s.upgraded {
		s.asked = &e
	}
	challenge := s.dialect.Traits().Challenge
	switch b, ok := wire.RequestBody(e.Request); {
	case challenge && len(e.Body) < keySize:
		s.enterBody(st, wire.SizedBody(uint64(keySize-len(e.Body))))
	case ok && !challenge && !s.o.HTTP2: // where a CONNECT has none (RFC 9113 §8.5)
		s.enterBody(st, b)
	default:
		s.endBody(st)
	}
}

func (s *Session) enterBody(st *stream, b wire.Body) {
	st.enter(phaseBody)
	st.body = &b
}

// takeResponse goes on behind a response: with frames, or with plain HTTP.
func (s *Session) takeResponse(st *stream, e Event) {
	if status := e.Response.Status; status < 200 && (status != 101 || s.o.HTTP2) {
		if e.Kind = KindBytes; status == 101 {
			e.Findings = []Finding{found(rules.HandshakeConnectStatus, "%q", e.Response.Line)}
		}
		s.emit(st, e)
		st.enter(phaseHead)
		return
	}
	client := &s.sides[Client]
	if client.phase == phaseChallenge {
		s.endChallenge(client)
	}
	asked := s.asked
	s.asked, s.answered = nil, true
	if !s.lossy { // else asked may not be what this answers
		e.Findings = s.checkResponse(asked, &e)
	}
	s.emit(st, e)
	next := phaseHead
	if s.accepts(e.Response) {
		s.upgrade(asked, &e)
		next = s.framing()
		st.enter(next)
	} else if b, ok := wire.ResponseBody(requestOf(asked), e.Response); ok {
		s.enterBody(st, b)
	} else {
		st.enter(phaseHead)
	}
	if client.phase == phaseWait {
		client.early = len(client.held) > 0 && !s.lossy
		had := len(s.events)
		s.release(client, next)
		if next == phaseHead {
			s.blameEarly(client, asked, s.events[had:])
		}
	}
}

// blameEarly looks for what a client sent behind an opening handshake that was then
// refused: it waits for the response (RFC 6455 §4.1). Requests are not meant: who
// forwards those of others may have them follow each other.
func (s *Session) blameEarly(client *stream, asked *Event, events []Event) {
	early := client.early && asked != nil && asksWebSocket(asked.Request) && !s.dialect.Traits().Hixie
	client.early = false
	for i := range events {
		if e := &events[i]; early && e.Side == Client && e.Kind == KindBytes && !isEmptyLine(e.Body) {
			e.Findings = append(e.Findings, found(rules.ClientWaits, "%d bytes before the response", e.Size))
			return
		}
	}
}

// isEmptyLine reports whether p is nothing but ends of lines.
func isEmptyLine(p []byte) bool { return len(bytes.Trim(p, "\r\n")) == 0 }

// abandon lets go of a request that will have no answer.
func (s *Session) abandon() {
	s.asked = nil
	if client := &s.sides[Client]; client.phase == phaseWait {
		s.release(client, phaseHead)
	}
}

// request returns the latest request without an answer, or nil.
func (s *Session) request() *wire.Request {
	if s.asked != nil {
		return s.asked.Request
	}
	return requestOf(s.sides[Client].head)
}

func requestOf(e *Event) *wire.Request {
	if e == nil {
		return nil
	}
	return e.Request
}

// accepts reports whether a response accepts an opening handshake.
func (s *Session) accepts(p *wire.Response) bool {
	if s.o.HTTP2 {
		return p.Accepts()
	}
	return p.Status == 101
}

// upgrade takes note of what a response that accepts agreed on.
func (s *Session) upgrade(asked, answer *Event) {
	s.upgraded = true
	if s.dialect = wire.RFC6455; !s.o.HTTP2 {
		s.dialect = answered(requestOf(asked), answer.Response)
	}
	if !s.dialect.Traits().Hixie {
		s.agree(answer.Response)
	}
	s.open = s.dialect != wire.DialectUnknown
	for _, f := range answer.Findings {
		if rule, ok := rules.Get(f.Rule); ok && rule.Level == rules.Must {
			s.open = false
		}
	}
}

// answered tells which dialect a 101 settles: the one that r, which may be nil,
// asked for, unless the fields of the answer can only belong to another.
func answered(r *wire.Request, p *wire.Response) wire.Dialect {
	asked := wire.DialectUnknown
	if r != nil {
		asked, _ = wire.DialectOf(r)
	}
	new76 := p.Has("Sec-WebSocket-Location") || p.Has("Sec-WebSocket-Origin")
	old75 := p.Has("WebSocket-Location") || p.Has("WebSocket-Origin")
	switch known := asked != wire.DialectUnknown; {
	case known && !asked.Traits().Hixie:
	case p.Has("Sec-WebSocket-Accept"):
		return wire.RFC6455
	case !known && new76:
		return wire.Hixie76
	case asked != wire.Hixie75 && old75 && !new76:
		return wire.Hixie75
	}
	return asked
}

// deflateStream is an extension of the drafts 07 to 10 that leaves no frames to
// be seen.
const deflateStream = "deflate-stream"

// agree takes note of the extensions in use (RFC 6455 §9.1, RFC 7692 §5).
func (s *Session) agree(p *wire.Response) {
	list, _ := extensionsOf(&p.Head)
	for _, e := range list {
		params, ok := wire.ParseDeflateAnswer(e)
		switch {
		case named(e, deflateStream):
			s.dialect = wire.DialectUnknown
		case !named(e, wire.DeflateName) || !ok || s.deflate != nil:
			s.foreign = true
		default:
			s.deflate = &params
			s.sides[Client].inflater = wire.NewInflater(params.ClientMaxWindowBits, !params.ClientNoContextTakeover)
			s.sides[Server].inflater = wire.NewInflater(params.ServerMaxWindowBits, !params.ServerNoContextTakeover)
		}
	}
}
