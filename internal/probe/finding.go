package probe

import (
	"time"

	"wsprobe/internal/casefile"
	"wsprobe/internal/lint"
	"wsprobe/internal/rules"
	"wsprobe/report"
)

// lintFinding takes a finding that lint made of the target's traffic.
func (p *player) lintFinding(c *conn, f lint.Finding, at time.Duration) {
	r := f.Report(at)
	r.Client = c.name
	p.report(r)
}

// miss reports that what a step expected did not hold. A MUST ends the case.
func (p *player) miss(c *conn, s *casefile.Step, rule rules.ID, detail, wanted string) {
	if c.flooded() != "" || p.excused(c, rule) {
		return // it may have come in what was not read
	}
	asked, _ := p.c.FindRule(rule)
	f := lint.Finding{Rule: rule, Detail: detail}.ReportAs(asked, p.log.now())
	f.Client, f.Wanted = c.name, wanted
	f.File, f.Line = s.Pos.File, s.Pos.Line
	p.report(f)
	if f.Verdict == report.Fail {
		p.stopped = true
	}
}

// report keeps a finding; a rule is reported once a case, at its first place.
func (p *player) report(f report.Finding) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for i := range p.findings {
		if p.findings[i].Rule == f.Rule {
			return
		}
	}
	f.After = p.log.len()
	p.findings = append(p.findings, f)
}

// copied returns the rules that the cases are about, for the results to quote.
func copied(cases []*casefile.Case, results []report.Case) map[string]report.Rule {
	own := map[string]*casefile.Case{}
	for _, c := range cases {
		own[c.ID] = c
	}
	quoted := map[string]report.Rule{}
	for i := range results {
		c := own[results[i].ID]
		for _, r := range c.Rules {
			quoted[string(r.ID)] = quote(r)
		}
		if r, ok := c.FindRule(c.Rule); ok {
			quoted[string(r.ID)] = quote(r)
		}
	}
	return quoted
}

func quote(r rules.Rule) report.Rule {
	return report.Rule{Level: string(r.Level), Document: r.Document, Section: r.Section, Quote: r.Quote, About: r.About}
}
