package mutant

import (
	"fmt"
	"math"

	"wsprobe/internal/wire"
)

// How much a lawful mutant takes (RFC 6455 §10.4; RFC 9110 §5.4 for a head).
var _ = lawful(
	Mutant{Name: "takes-1-mib", About: "refuses messages of more than 1 MiB with 1009", limits: limits{message: 1 << 20}},
	Mutant{Name: "takes-8-kib", About: "refuses messages of more than 8 KiB with 1009", limits: limits{message: 8 << 10}},
	Mutant{Name: "takes-frames-of-64-kib", About: "refuses frames of more than 64 KiB with 1009", limits: limits{frame: 64 << 10}},
	Mutant{Name: "takes-16-fragments", About: "refuses messages of more than 16 fragments with 1008", limits: limits{fragments: 16}},
	Mutant{Name: "takes-20-pings", About: "closes with 1008 after 20 pings", limits: limits{pings: 20}},
	Mutant{Name: "takes-50-messages", About: "closes with 1008 after 50 messages", limits: limits{messages: 50}},
	Mutant{Name: "takes-heads-of-4-kib", About: "refuses request heads of more than 4 KiB with 431", limits: limits{head: 4 << 10}},
	Mutant{Name: "takes-20-fields", About: "refuses requests with more than 20 fields with 431", limits: limits{fields: 20}},
)

var (
	goesAfterLargeHead = oddly(Mutant{Name: "goes-after-large-head", limits: limits{head: 4 << 10},
		About: "refuses request heads of more than 4 KiB with 431 and closes TCP before it has read the rest"})
	servesOneAtATime = odd("serves-one-at-a-time", "has no time for a second connection while one is open")
)

// Limited reports whether the mutant takes less than the right server.
func (m *Mutant) Limited() bool { return m.limits != limits{} }

// limits returns those of the mutant.
func (s *server) limits() limits {
	if s.mutant == nil {
		return limits{}
	}
	return s.mutant.limits
}

func (s *server) maxHead() int { return orElse(s.limits().head, maxHead) }

func (s *server) maxFields() int { return orElse(s.limits().fields, math.MaxInt) }

func orElse(limit, otherwise int) int {
	if limit > 0 {
		return limit
	}
	return otherwise
}

// beyondLimits is for lawful mutants: they take less than the right server.
func (s *session) beyondLimits(h wire.Header) *violation {
	l := s.limits()
	if h.Opcode == wire.OpPing {
		s.taken.pings++
	}
	switch {
	case l.frame > 0 && h.Length > uint64(l.frame):
		return &violation{closeTooBig, "the frame is too large"}
	case l.pings > 0 && s.taken.pings > l.pings:
		return &violation{closePolicy, fmt.Sprintf("that was ping %d", s.taken.pings)}
	}
	return nil
}

// tooMuch counts the fragments and messages that have come; it too is for lawful
// mutants.
func (s *session) tooMuch(h wire.Header) *violation {
	l := s.limits()
	if s.taken.fragments++; l.fragments > 0 && s.taken.fragments > l.fragments {
		return &violation{closePolicy, "the message has too many fragments"}
	}
	if !h.Fin {
		return nil
	}
	s.taken.fragments = 0
	if s.taken.messages++; l.messages > 0 && s.taken.messages > l.messages {
		return &violation{closePolicy, "that were too many messages"}
	}
	return nil
}
