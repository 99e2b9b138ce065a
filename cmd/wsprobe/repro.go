package main

import (
	"os"

	"wsprobe/internal/probe"
	"wsprobe/internal/record"
	"wsprobe/report"
)

const reproUsage = `  --repro DIR            a folder in DIR for each case that does not pass, with -v for every case:
                         the bytes of each connection, packets for Wireshark, a script that sends
                         the same again, and the report of the case
`

// repro writes down the cases of a run for --repro. The first error ends that,
// and not the run.
type repro struct {
	record.Repro
	all bool // not only what did not pass
	err error
}

// attach has the run hand over what repro writes.
func (r *repro) attach(o *probe.Options) {
	if r.Dir == "" {
		return
	}
	r.err = os.MkdirAll(r.Dir, 0o777)
	r.Run = report.Results{Version: report.Version, Tool: o.Tool, Strict: o.Strict}
	found := o.Found
	o.Found = func(t report.Target) {
		r.Run.Target = t
		if found != nil {
			found(t)
		}
	}
	o.Capture = r.keep
}

// keep writes one case. One that passes now leaves nothing of an earlier run.
func (r *repro) keep(c *report.Case, conns []*record.Conversation) {
	if r.err != nil {
		return
	}
	switch c.Verdict {
	case report.Fail, report.NonStrict, report.Error:
		r.err = r.Write(c, conns)
	default:
		if r.all {
			r.err = r.Write(c, conns)
			return
		}
		r.err = r.Remove(c.ID)
	}
}

// failure says what kept the cases from being written.
func (r *repro) failure() error {
	if r.err == nil {
		return nil
	}
	return trouble("", "writing cases for --repro: %w", r.err)
}
