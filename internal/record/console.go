package record

import (
	"bufio"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"time"

	"wsprobe/internal/lint"
	"wsprobe/internal/rules"
	"wsprobe/internal/subproto"
	"wsprobe/report"
)

// View is how much a Console shows of each event.
type View uint8

// The views.
const (
	ViewNormal View = iota // a line an event, heads whole
	ViewLine               // a line an event, without exception
	ViewLong               // JSON and bytes laid out over several rows
	ViewWhole              // the same, to their ends
)

// TimeStyle is how a Console writes times.
type TimeStyle uint8

// The styles.
const (
	TimeRelative TimeStyle = iota // since the first event
	TimeClock                     // of the day
	TimeDelta                     // since the line before
)

// ConsoleOptions say how a Console shows what passes.
type ConsoleOptions struct {
	report.Options
	View View
	Time TimeStyle
	// Terminal says that a line wider than Width is wrapped.
	Terminal bool
}

// maxRows is how many rows a payload takes in ViewLong.
const maxRows = 32

// Console is a sink that shows what passes to a person, one line an event.
type Console struct {
	w       *bufio.Writer
	lines   *report.Transcript
	o       ConsoleOptions
	started bool
	zero    time.Duration // the time of the first event
	before  time.Duration // of the line before
	when    string        // of the line that is written
	talks   map[uint64]*consoleTalk
	held    *heldLine
}

// consoleTalk is a connection that is shown.
type consoleTalk struct {
	names subproto.Follower
	// Where the frame ends that was shown last, by side: a message that is one
	// frame is not shown twice.
	shown [2]uint64
}

// NewConsole writes to w.
func NewConsole(w io.Writer, o ConsoleOptions) *Console {
	s := &Console{w: bufio.NewWriterSize(w, 64<<10), o: o, lines: report.NewTranscript(o.Options, 0), talks: map[uint64]*consoleTalk{}}
	s.lines.Dense = true
	s.lines.Fit([]report.Line{{Kind: "response"}})
	s.lines.Clock = func(*report.Line) string { return s.when }
	if o.Color {
		s.lines.Paint = paint
	}
	switch o.View {
	case ViewLine:
		s.lines.Single, s.lines.Cut = true, o.Terminal
	case ViewLong:
		s.lines.Rows = maxRows
	case ViewWhole:
		s.lines.Rows = math.MaxInt
	}
	return s
}

// Open implements Sink.
func (s *Console) Open(c *Conn) {
	s.note(c, c.Offset, false, c.Begun())
}

// Event implements Sink. A message is shown where its frames do not show it.
func (s *Console) Event(c *Conn, e *lint.Event) {
	t := s.talks[c.ID]
	if t == nil {
		t = &consoleTalk{}
		s.talks[c.ID] = t
	}
	l, what, found := lineOf(c, e), t.names.See(e), append(s.settle(c, e), e.Findings...)
	switch {
	case e.Kind == lint.KindMessage && t.told(e):
		s.findings(found)
		return
	case e.Kind == lint.KindMessage:
		l.Note = messageNote(l.Note, e.Message)
	case e.Kind == lint.KindFrame:
		t.shown[e.Side] = e.Offset + e.Size
	}
	s.fill(e, &l)
	if what.Name != "" {
		l.Name, l.Body = what.Name, []byte(what.Pretty)
	}
	l.Note = joinedBy(", ", l.Note, what.Note)
	if s.o.View == ViewLine && inflatable(e) {
		s.hold(c, e, l)
		return
	}
	s.print(c, e.At, l)
	s.findings(found)
}

// told reports whether a message says nothing that its frame has not said.
func (t *consoleTalk) told(e *lint.Event) bool {
	if m := e.Message; m.Compressed && !m.Raw || m.Frames > 1 && !m.Raw {
		return false
	}
	return e.Message.Raw || t.shown[e.Side] == e.Offset+e.Size
}

func messageNote(note string, m *lint.Message) string {
	if m.Compressed && !m.Raw {
		note = joinedBy(", ", note, "inflated")
	}
	if m.Frames > 1 {
		note = joinedBy(", ", note, fmt.Sprintf("joined from %d frames", m.Frames))
	}
	return note
}

// fill puts as much into a line as the view has room for.
func (s *Console) fill(e *lint.Event, l *report.Line) {
	switch {
	case e.Kind == lint.KindRequest && s.o.View == ViewLine:
		l.Payload, l.Name = nil, joinedBy("  ", e.Request.Method+" "+e.Request.Target, e.Request.Host(), offers(&e.Request.Head))
	case e.Kind == lint.KindResponse && s.o.View == ViewLine:
		l.Payload, l.Name = nil, joinedBy("  ", fmt.Sprint(e.Response.Status)+" "+e.Response.Reason, offers(&e.Response.Head))
	case e.Message != nil:
		l.Payload, l.Cut = e.Message.Payload, uint64(len(e.Message.Payload)) < e.Message.Size
	case e.Frame != nil:
		l.Payload, l.Cut = e.Frame.Payload, uint64(len(e.Frame.Payload)) < e.Frame.Length
	case e.Request != nil && s.o.View >= ViewLong:
		l.Payload, l.Cut = slices.Concat(e.Request.Raw, e.Body), false
	case e.Response != nil && s.o.View >= ViewLong:
		l.Payload, l.Cut = slices.Concat(e.Response.Raw, e.Body), false
	}
	if l.Kind == "close" && len(l.Payload) >= 2 {
		if code, ok := rules.FindCloseStatus(int(l.Payload[0])<<8 | int(l.Payload[1])); ok {
			l.Note = joinedBy(", ", code.Name, l.Note)
		}
	}
}

// findingIndent is how far below an event what was found in it stands.
const findingIndent = 7

func (s *Console) findings(all []lint.Finding) {
	for _, f := range all {
		rule, _ := rules.Get(f.Rule)
		text := fmt.Sprintf("! %s  %s  %s  %s §%s", report.Clean(f.Detail), f.Rule, rule.Level, rule.Document, rule.Section)
		if s.lines.Cut {
			text = report.CutTo(text, s.o.Width-findingIndent)
		}
		if s.o.Color {
			text = red + text + plain
		}
		fmt.Fprintf(s.w, "%s%s\n", strings.Repeat(" ", findingIndent), text)
	}
}

func (s *Console) print(c *Conn, at time.Duration, l report.Line) {
	s.release()
	if !s.started {
		s.started, s.zero, s.before = true, at, at
	}
	switch s.o.Time {
	case TimeRelative:
		s.when = fmt.Sprintf("%.3f", max(0, at-s.zero).Seconds())
	case TimeDelta:
		s.when = fmt.Sprintf("+%.3f", max(0, at-s.before).Seconds())
	case TimeClock:
		s.when = c.When(at).Local().Format("15:04:05.000")
	}
	s.before = at
	l.Client = fmt.Sprintf("#%d", c.ID)
	s.lines.Print(s.w, l)
}

func (s *Console) note(c *Conn, at time.Duration, aside bool, text string) {
	s.print(c, at, report.Line{Sent: true, Aside: aside, Kind: carrier(c), Note: text})
}

// Lost implements Sink.
func (s *Console) Lost(n Loss) {
	s.release()
	if n.Payloads > 0 {
		fmt.Fprintf(s.w, "       … %d payloads not recorded\n", n.Payloads)
	}
	if n.Events > 0 {
		fmt.Fprintf(s.w, "       … %d frames not recorded\n", n.Events)
	}
	if n.Packets > 0 {
		fmt.Fprintf(s.w, "       … %d packets not seen\n", n.Packets)
	}
}

// Note implements Sink. Which of the two it is about, if either, the text says.
func (s *Console) Note(c *Conn, at time.Duration, text string) { s.note(c, at, true, text) }

// Close implements Sink.
func (s *Console) Close(c *Conn, at time.Duration) {
	s.note(c, at, true, "closed")
	delete(s.talks, c.ID)
}

// Flush implements Sink.
func (s *Console) Flush() error {
	s.release()
	return s.w.Flush()
}

// End implements Sink.
func (s *Console) End() error { return s.Flush() }
