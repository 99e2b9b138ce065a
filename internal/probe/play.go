package probe

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"wsprobe/internal/casefile"
	"wsprobe/internal/lint"
	"wsprobe/internal/record"
	"wsprobe/internal/rules"
	"wsprobe/internal/wire"
	"wsprobe/report"
)

// player plays one case.
type player struct {
	ctx    context.Context
	target *endpoint
	c      *casefile.Case
	log    *transcript
	greets bool // the target sends messages that nobody asked for

	conns map[string]*conn
	order []*conn       // every connection of the case, dropped ones too
	vars  casefile.Vars // what the case has captured, and the target's names

	mu       sync.Mutex // guards what readers add to
	findings []report.Finding

	began   time.Time // the step that is played
	stopped bool      // a MUST was missed
	trouble string    // why we could not look
	moot    bool      // what was seen may have come of touchiness
}

// play plays a case and returns what it came to, and what its connections
// carried where that is kept.
func play(ctx context.Context, t *endpoint, c *casefile.Case, greets bool) (report.Case, []*record.Conversation) {
	limit := c.Timeout
	if limit == 0 {
		limit = caseTimeout
	}
	limited, cancel := context.WithTimeout(ctx, t.opts.wait(limit))
	defer cancel()
	p := &player{
		ctx: limited, target: t, c: c, greets: greets,
		log:   &transcript{start: time.Now()},
		conns: map[string]*conn{}, vars: t.vars(),
	}
	p.steps()
	p.finish()
	if limited.Err() != nil && ctx.Err() == nil && !p.stopped && p.trouble == "" {
		p.trouble = fmt.Sprintf("the case took longer than %v", t.opts.wait(limit))
	}
	return p.result(), p.captured()
}

func (p *player) steps() {
	for i := range p.c.Steps {
		if p.over() {
			return
		}
		p.step(&p.c.Steps[i])
		p.hold()
	}
}

// hold ends the case where a target sends more than we take: what was not read
// cannot be judged.
func (p *player) hold() {
	for _, c := range p.order {
		if flood := c.flooded(); flood != "" && p.trouble == "" {
			p.trouble = flood
		}
	}
}

// over reports whether the case ends here.
func (p *player) over() bool { return p.stopped || p.moot || p.trouble != "" || p.ctx.Err() != nil }

// step does one thing. It is the only place that knows all verbs.
func (p *player) step(s *casefile.Step) {
	p.began = time.Now()
	if s.Verb == casefile.VerbOpen || s.Verb == casefile.VerbRequest {
		p.request(s)
		return
	}
	c := p.opened(s)
	if c == nil || p.over() {
		return
	}
	pc := pace{chop: s.Chop, every: s.Every}
	switch s.Verb {
	case casefile.VerbResponse:
		p.expectResponse(c, s)
	case casefile.VerbSend:
		c.answer()
		c.remember(s.Frames)
		c.sendFrames(s.Frames, pc)
	case casefile.VerbEcho:
		c.answer()
		p.echo(c, s)
	case casefile.VerbWrite:
		p.writeRaw(c, s, pc)
	case casefile.VerbExpect, casefile.VerbExpectAny:
		p.expectAny(c, s)
	case casefile.VerbExpectAll:
		p.expectAll(c, s)
	case casefile.VerbExpectFrame:
		p.expectFrame(c, s)
	case casefile.VerbQuiet:
		p.quiet(c, s)
	case casefile.VerbPause:
		c.await(p.ctx, time.Now().Add(p.wait(s.For)), nothing)
	case casefile.VerbClose:
		p.closing(c, s)
	case casefile.VerbTCP:
		c.endTCP(s.TCP)
	}
}

func nothing(*lint.Event) bool { return false }

// writeRaw sends bytes that need not be whole frames.
func (p *player) writeRaw(c *conn, s *casefile.Step, pc pace) {
	b := s.Bytes.Append(nil, p.vars)
	p.log.add(report.Line{At: p.log.now(), Client: c.name, Sent: true, Kind: "bytes", Size: uint64(len(b)), Payload: b})
	c.talks(0)
	c.garbled = true
	c.write(b, pc)
}

// dialed returns the client's connection, a new one where there is none that
// still works.
func (p *player) dialed(name string) *conn {
	if c := p.conns[name]; c != nil {
		if !c.over() && !c.finished {
			return c
		}
	}
	tcp, err := p.target.dialPatiently(p.ctx)
	if err != nil {
		p.trouble = "connecting: " + err.Error()
		return nil
	}
	c := newConn(p, name, tcp)
	p.conns[name] = c
	p.order = append(p.order, c)
	return c
}

// request sends an opening handshake, and for an open step waits for a valid answer.
func (p *player) request(s *casefile.Step) {
	c := p.dialed(s.Client)
	if c == nil {
		return
	}
	p.sendRequest(c, s.Request, pace{chop: s.Chop, every: s.Every})
	if s.Verb == casefile.VerbOpen {
		p.expectOpen(c, s)
	}
}

func (p *player) sendRequest(c *conn, r *casefile.Request, pc pace) {
	b := p.buildRequest(r)
	if r.Raw != nil || len(r.Body.Parts) > 0 { // which may hold more than the handshake
		c.talks(0)
		c.garbled = true
	}
	p.log.add(report.Line{At: p.log.now(), Client: c.name, Sent: true, Kind: "request", Size: uint64(len(b)), Payload: b})
	c.write(b, pc)
}

// opened returns the step's connection, and opens it where no step has.
func (p *player) opened(s *casefile.Step) *conn {
	if c := p.conns[s.Client]; c != nil {
		return c
	}
	c := p.dialed(s.Client)
	if c == nil {
		return nil
	}
	p.sendRequest(c, p.defaults(s.Client), pace{})
	implicit := *s
	implicit.Rule = acceptRule[p.c.Dialect]
	p.expectOpen(c, &implicit)
	return c
}

// acceptRule is what a target breaks that refuses a right opening handshake of
// a dialect that it speaks.
var acceptRule = map[wire.Dialect]rules.ID{
	wire.Hixie75: rules.Hixie75Handshake,
	wire.Hixie76: rules.Hixie76Status,
	wire.Hybi07:  rules.HybiAccepts,
	wire.Hybi08:  rules.HybiAccepts,
	wire.RFC6455: rules.HandshakeAccepts,
}

// defaults returns how a client opens where no step says otherwise.
func (p *player) defaults(name string) *casefile.Request {
	for i := range p.c.Clients {
		if p.c.Clients[i].Name == name {
			return &p.c.Clients[i].Request
		}
	}
	return &casefile.Request{}
}

// finish closes what is still open, judging that too, and ends every goroutine.
func (p *player) finish() {
	for _, c := range p.order {
		open, _, _ := c.state()
		if open && !p.over() && !c.finished && c.between() && !c.endTaken {
			p.closing(c, &casefile.Step{Pos: p.c.Pos, Close: &casefile.CloseMatch{Codes: []uint16{1000}}})
		}
	}
	p.hold()
	for _, c := range p.order {
		c.drop()
	}
}

func (p *player) wait(d time.Duration) time.Duration { return p.target.opts.wait(d) }

// deadline returns when a step's wait ends.
func (p *player) deadline(s *casefile.Step, otherwise time.Duration) time.Time {
	if s.Within > 0 {
		otherwise = s.Within
	}
	return time.Now().Add(p.wait(otherwise))
}

// result is what the case came to.
func (p *player) result() report.Case {
	r := report.Case{
		ID: p.c.ID, Suite: p.c.Suite, About: p.c.About, File: p.c.Pos.File, Line: p.c.Pos.Line,
		Rule: string(p.c.Rule), Dialect: p.c.Dialect.String(), Aliases: p.c.Aliases, Tags: p.c.Tags,
		Verdict: report.Pass, Duration: p.log.now(), Findings: p.findings, Transcript: p.log.take(),
	}
	// What the case is about comes before what it happened to show.
	slices.SortStableFunc(r.Findings, func(a, b report.Finding) int { return about(r.Rule, a) - about(r.Rule, b) })
	for _, f := range p.findings {
		r.Verdict = worse(r.Verdict, f.Verdict)
	}
	if p.moot && r.Verdict == report.Pass {
		r.Verdict, r.Reason = report.Skip, moot
	}
	if p.trouble != "" && r.Verdict != report.Fail {
		r.Verdict, r.Reason = report.Error, p.trouble
	}
	return r
}

func about(rule string, f report.Finding) int {
	if f.Rule == rule {
		return 0
	}
	return 1
}

// worse returns the graver of two verdicts of findings.
func worse(a, b report.Verdict) report.Verdict {
	order := map[report.Verdict]int{report.Pass: 0, report.Info: 1, report.NonStrict: 2, report.Fail: 3}
	if order[b] > order[a] {
		return b
	}
	return a
}
