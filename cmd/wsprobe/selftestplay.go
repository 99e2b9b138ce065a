package main

import (
	"context"
	"fmt"
	"net"

	"wsprobe/internal/casefile"
	"wsprobe/internal/mutant"
	"wsprobe/internal/probe"
	"wsprobe/report"
)

// casesAtATime returns how many cases are played at a time against one server. A
// machine that does too much at once is late with all of it.
func (s *selftest) casesAtATime(m *mutant.Mutant) int {
	if m.Idles() {
		return selftestIdle
	}
	return max(1, min(selftestCases, selftestConversations/s.jobs))
}

// selftestEchoes is how many messages an echo step plays against a mutant.
const selftestEchoes = 3

// play plays cases against a mutant, or against the right server where m is nil.
func (s *selftest) play(ctx context.Context, m *mutant.Mutant, list []*casefile.Case) (*report.Results, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, trouble("", "starting a server: %w", err)
	}
	stop := mutant.Serve(l, m)
	defer stop()
	o := probe.Options{
		URL:   fmt.Sprintf("ws://%s/echo", l.Addr()),
		Cases: list, Jobs: s.casesAtATime(m), Tool: toolName(),
	}
	if m != nil {
		o.Origin, o.Header, o.EchoTimes = m.Origin, m.Header, selftestEchoes
		if m.Protocol != "" {
			o.Protocols = []string{m.Protocol}
		}
		if m.Rule != "" {
			o.Have = s.have
		}
	}
	r, err := probe.Run(ctx, o)
	if err != nil {
		return nil, trouble("", "playing against a server of ours: %w", err)
	}
	if r.Trouble != "" && m == nil {
		return nil, trouble(r.Hint, "playing against the right server: %s", r.Trouble)
	}
	return r, nil
}
