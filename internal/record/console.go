package record

import (
	"bufio"
	"fmt"
	"io"
	"strings"
	"time"

	"wsprobe/internal/lint"
	"wsprobe/internal/rules"
	"wsprobe/report"
)

// Console is a sink that shows what passes to a person, one line an event.
type Console struct {
	w       *bufio.Writer
	lines   *report.Transcript
	color   bool
	started bool
	zero    time.Duration // the time of the first event
}

// NewConsole writes to w.
func NewConsole(w io.Writer, o report.Options) *Console {
	return &Console{w: bufio.NewWriterSize(w, 64<<10), lines: report.NewTranscript(o, 0), color: o.Color}
}

// Open implements Sink.
func (s *Console) Open(c *Conn) {
	s.note(c, c.Offset, fmt.Sprintf("%s connected%s, on to %s%s", c.Client, over(c.ClientTLS), c.Server, over(c.ServerTLS)))
}

// Event implements Sink. A message is shown where its frames do not show it.
func (s *Console) Event(c *Conn, e *lint.Event) {
	l := e.Line()
	if e.Kind == lint.KindMessage {
		m := e.Message
		switch {
		case m.Compressed && !m.Raw:
			l.Note = joined(l.Note, "inflated")
		case m.Frames == 1 || m.Raw:
			s.findings(c, e)
			return
		}
		if m.Frames > 1 {
			l.Note = joined(l.Note, fmt.Sprintf("joined from %d frames", m.Frames))
		}
	}
	s.print(c, e.At, l)
	s.findings(c, e)
}

func joined(note, more string) string {
	if note == "" {
		return more
	}
	return note + ", " + more
}

func (s *Console) findings(c *Conn, e *lint.Event) {
	for _, f := range e.Findings {
		rule, _ := rules.Get(f.Rule)
		text := fmt.Sprintf("! %s  %s  %s  %s §%s", report.Clean(f.Detail), f.Rule, rule.Level, rule.Document, rule.Section)
		if s.color {
			text = "\x1b[31m" + text + "\x1b[0m"
		}
		fmt.Fprintf(s.w, "%s%s\n", strings.Repeat(" ", 7), text)
	}
}

func (s *Console) print(c *Conn, at time.Duration, l report.Line) {
	if !s.started {
		s.started, s.zero = true, at
	}
	l.At = max(0, at-s.zero)
	l.Client = fmt.Sprintf("#%d", c.ID)
	s.lines.Print(s.w, l)
}

func (s *Console) note(c *Conn, at time.Duration, text string) {
	s.print(c, at, report.Line{Sent: true, Kind: "tcp", Note: text})
}

// Lost implements Sink.
func (s *Console) Lost(n Loss) {
	if n.Payloads > 0 {
		fmt.Fprintf(s.w, "       … %d payloads not recorded\n", n.Payloads)
	}
	if n.Events > 0 {
		fmt.Fprintf(s.w, "       … %d frames not recorded\n", n.Events)
	}
}

// Note implements Sink.
func (s *Console) Note(c *Conn, at time.Duration, text string) { s.note(c, at, text) }

// Close implements Sink.
func (s *Console) Close(c *Conn, at time.Duration) { s.note(c, at, "closed") }

// Flush implements Sink.
func (s *Console) Flush() error { return s.w.Flush() }

// End implements Sink.
func (s *Console) End() error { return s.w.Flush() }
