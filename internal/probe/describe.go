package probe

import (
	"fmt"
	"strings"

	"wsprobe/internal/casefile"
	"wsprobe/internal/lint"
	"wsprobe/internal/wire"
)

// describe says what an event is, in the few words of a finding.
func describe(e *lint.Event) string {
	switch e.Kind {
	case lint.KindResponse:
		return strings.TrimSpace(fmt.Sprintf("answered %d %s", e.Response.Status, clean(e.Response.Reason)))
	case lint.KindEnd:
		if e.End == lint.EndReset {
			return "TCP reset"
		}
		return "TCP closed"
	case lint.KindMessage:
		return describeMessage(e.Message)
	case lint.KindFrame:
		return fmt.Sprintf("a %s frame of %s", e.Frame.Opcode, octets(e.Frame.Length))
	}
	return "bytes that are no part of the protocol"
}

func describeMessage(m *lint.Message) string {
	switch {
	case m.Opcode == wire.OpClose && m.Size == 0:
		return "Close with no code"
	case m.Opcode == wire.OpClose:
		return fmt.Sprintf("Close %d", m.Code)
	}
	return fmt.Sprintf("a %s of %s", m.Opcode, octets(m.Size))
}

// unexpected says what came instead; why is added when the kind was right.
func unexpected(e *lint.Event, why string, only bool) string {
	s := describe(e)
	if e.Kind == lint.KindMessage && e.Message.Opcode != wire.OpClose || e.Kind == lint.KindFrame {
		s += " came"
	}
	if why != "" && only {
		s += "; " + why
	}
	return s
}

// wanted says what an expectation wants.
func wanted(w *casefile.Event) string {
	switch w.Kind {
	case casefile.EventFail:
		if len(w.Codes) == 0 {
			return "the connection failed"
		}
		return "the connection failed with " + orList(w.Codes)
	case casefile.EventTCP:
		if w.TCP == casefile.TCPClosed {
			return "TCP closed"
		}
		return "TCP ended with " + strings.ToUpper(string(w.TCP))
	case casefile.EventStatus:
		return "an answer with status " + statusText(w.Status)
	case casefile.EventJSON:
		return "a text message with JSON " + casefile.JSONText(w.JSON)
	}
	return wantedMessage(w)
}

func wantedMessage(w *casefile.Event) string {
	s := "a " + w.Opcode.String()
	if w.Opcode == wire.OpClose {
		return wantedClose(w.Close)
	}
	switch {
	case w.Payload.Regexp != nil:
		s += " that matches /" + w.Payload.Regexp.String() + "/"
	case w.Payload.Exact != nil:
		s += " of " + octets(uint64(w.Payload.Exact.Size()))
		if text, ok := w.Payload.Exact.Literal(); ok && len(text) > 0 && len(text) <= 40 {
			s += fmt.Sprintf(": %q", text)
		}
	}
	return s
}

func wantedClose(m *casefile.CloseMatch) string {
	switch {
	case m == nil || len(m.Codes) == 0 && !m.Empty:
		return "a Close"
	case len(m.Codes) == 0:
		return "a Close with no code"
	case m.Empty:
		return "a Close " + orList(m.Codes) + " or one with no code"
	}
	return "a Close " + orList(m.Codes)
}

func wantedAny(ws []casefile.Event) string { return joinWanted(ws, " or ") }
func wantedAll(ws []casefile.Event) string { return joinWanted(ws, " and ") }

func joinWanted(ws []casefile.Event, word string) string {
	var parts []string
	for i := range ws {
		parts = append(parts, wanted(&ws[i]))
	}
	return strings.Join(parts, word)
}

func wantedResponse(r *casefile.Response) string {
	var parts []string
	if r.Status != nil {
		parts = append(parts, "status "+statusText(r.Status))
	}
	for _, h := range r.Headers {
		if h.Absent {
			parts = append(parts, "no "+h.Name)
		} else {
			parts = append(parts, "the right "+h.Name)
		}
	}
	if r.Accept != "" {
		parts = append(parts, "the right Sec-WebSocket-Accept")
	}
	if r.Challenge != nil {
		parts = append(parts, "the right answer to the challenge")
	}
	parts = append(parts, wantedOption("extension", r.Extensions)...)
	parts = append(parts, wantedOption("subprotocol", r.Protocol)...)
	return "an answer with " + strings.Join(parts, ", ")
}

func wantedOption(name string, o *casefile.OptionMatch) []string {
	switch {
	case o == nil:
		return nil
	case o.None:
		return []string{"no " + name}
	}
	return []string{"the right " + name}
}

func statusText(s *casefile.StatusMatch) string {
	switch {
	case s.Error:
		return "4xx or 5xx"
	case s.Class != 0:
		return fmt.Sprintf("%dxx", s.Class)
	case s.Except:
		return "other than " + orList(s.Codes)
	}
	return orList(s.Codes)
}

func orList[N uint16 | int](ns []N) string {
	var parts []string
	for _, n := range ns {
		parts = append(parts, fmt.Sprint(n))
	}
	return strings.Join(parts, " or ")
}

// clean keeps a target's text from being more than text on a terminal.
func clean(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return '·'
		}
		return r
	}, s)
}

// octets says how long something is.
func octets(n uint64) string {
	if n == 1 {
		return "1 byte"
	}
	return utoa(n) + " bytes"
}
