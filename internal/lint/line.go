package lint

import (
	"slices"
	"time"

	"wsprobe/internal/rules"
	"wsprobe/report"
)

// maxLine is how many bytes of a payload or of a head go into a line of a transcript.
const maxLine = 1 << 10

// Line returns the event as a line of a transcript.
func (e *Event) Line() report.Line {
	l := report.Line{At: e.At, Sent: e.Side == Client, Note: e.Note}
	switch {
	case e.Kind == KindEnd:
		l.Kind, l.Note = "tcp", e.End.String()
	case e.Kind == KindMessage:
		l.Kind = e.Message.Opcode.String()
		show(&l, e.Message.Payload, e.Message.Size)
	case e.Frame != nil:
		e.frameLine(&l)
	case e.Request != nil:
		l.Kind = "request"
		show(&l, slices.Concat(e.Request.Raw, e.Body), e.Size)
	case e.Response != nil:
		l.Kind = "response"
		show(&l, slices.Concat(e.Response.Raw, e.Body), e.Size)
	default:
		l.Kind = "bytes"
		show(&l, e.Body, e.Size)
	}
	return l
}

// frameLine fills l with a frame, or with what there is of an unfinished one.
func (e *Event) frameLine(l *report.Line) {
	f := e.Frame
	l.Kind = f.Opcode.String()
	l.Frame = &report.FrameBits{Fin: f.Fin, Rsv: f.Rsv, Masked: f.Masked}
	if f.Hixie != nil {
		l.Frame.Type = &f.Hixie.Type
	} else if !f.Minimal() {
		l.Frame.Bits = f.Bits
	}
	show(l, f.Payload, f.Length)
	if e.Kind == KindBytes && e.Note == "" {
		l.Note = "the stream ended inside the frame"
	}
}

// show puts the start of p, which is of that size in full, into a line.
func show(l *report.Line, p []byte, size uint64) {
	l.Payload, l.Size = p[:min(len(p), maxLine)], size
	l.Cut = uint64(len(l.Payload)) < size
}

// Report returns the finding with a copy of its rule, as of an event at that time.
func (f Finding) Report(at time.Duration) report.Finding {
	rule, _ := rules.Get(f.Rule)
	return f.ReportAs(rule, at)
}

// ReportAs returns the finding with a copy of a rule that is perhaps not in the
// catalogue.
func (f Finding) ReportAs(rule rules.Rule, at time.Duration) report.Finding {
	r := report.Finding{
		Rule:     string(f.Rule),
		Level:    string(rule.Level),
		Document: rule.Document,
		Section:  rule.Section,
		Quote:    rule.Quote,
		Verdict:  report.Fail,
		Detail:   f.Detail,
		At:       at,
	}
	switch rule.Level {
	case rules.Should:
		r.Verdict = report.NonStrict
	case rules.May:
		r.Verdict = report.Info
	}
	return r
}
