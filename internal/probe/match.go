package probe

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"wsprobe/internal/casefile"
	"wsprobe/internal/lint"
	"wsprobe/internal/wire"
)

// matches reports whether an event is the wanted one, and if not, why.
func (p *player) matches(e *lint.Event, want *casefile.Event) (ok bool, why string) {
	switch want.Kind {
	case casefile.EventMessage:
		return p.matchesMessage(e, want)
	case casefile.EventJSON:
		return p.matchesJSON(e, want)
	case casefile.EventTCP:
		if e.Kind != lint.KindEnd {
			return false, ""
		}
		return want.TCP == casefile.TCPClosed || (want.TCP == casefile.TCPReset) == (e.End == lint.EndReset), ""
	case casefile.EventStatus:
		return e.Kind == lint.KindResponse && matchesStatus(e.Response.Status, want.Status), ""
	}
	return false, "" // EventFail is judged by expectFail
}

func (p *player) matchesMessage(e *lint.Event, want *casefile.Event) (bool, string) {
	if e.Kind != lint.KindMessage || e.Message.Opcode != want.Opcode {
		return false, ""
	}
	if want.Close != nil {
		return p.matchesClose(e.Message, want.Close), ""
	}
	return p.matchesPayload(e.Message.Payload, e.Message.Size, &want.Payload)
}

func (p *player) matchesClose(m *lint.Message, want *casefile.CloseMatch) bool {
	switch {
	case m.Size == 0:
		return want.Empty || len(want.Codes) == 0
	case want.Empty && len(want.Codes) == 0, !matchesCode(m.Code, want.Codes):
		return false
	}
	ok, _ := p.matchesPayload(m.Reason, uint64(len(m.Reason)), &want.Reason)
	return ok
}

// matchesCode reports whether a close code is among codes; none means any.
func matchesCode(code uint16, codes []uint16) bool {
	return len(codes) == 0 || slices.Contains(codes, code)
}

// matchesPayload compares a payload. A zero Match takes anything.
func (p *player) matchesPayload(got []byte, size uint64, want *casefile.Match) (bool, string) {
	switch {
	case want.Regexp != nil:
		return want.Regexp.Match(got), ""
	case want.Exact == nil:
		return true, ""
	}
	if length := want.Exact.Length(p.vars); uint64(length) != size {
		return false, fmt.Sprintf("it has %d bytes instead of %d", size, length)
	}
	if at := want.Exact.Differs(got, p.vars); at >= 0 {
		return false, fmt.Sprintf("it differs from byte %d on", at)
	}
	return true, ""
}

func (p *player) matchesJSON(e *lint.Event, want *casefile.Event) (bool, string) {
	if e.Kind != lint.KindMessage || e.Message.Opcode != wire.OpText {
		return false, ""
	}
	d := json.NewDecoder(bytes.NewReader(e.Message.Payload))
	d.UseNumber()
	var doc any
	if err := d.Decode(&doc); err != nil {
		return false, "it is not JSON"
	}
	return casefile.MatchJSON(want.JSON, doc, p.vars)
}

func (p *player) matchesFrame(e *lint.Event, want *casefile.Event) (bool, string) {
	byType := want.Frame != nil && want.Frame.Type != nil
	if e.Kind != lint.KindFrame || !byType && e.Frame.Opcode != want.Opcode {
		return false, ""
	}
	f, bits := e.Frame, want.Frame
	if bits != nil {
		switch {
		case bits.Fin != nil && *bits.Fin != f.Fin:
			return false, "FIN differs"
		case bits.Rsv != nil && *bits.Rsv != f.Rsv:
			return false, "RSV differs"
		case bits.Masked != nil && *bits.Masked != f.Masked:
			return false, "MASK differs"
		case bits.Bits != nil && *bits.Bits != f.Bits:
			return false, fmt.Sprintf("its length is written in %d bits", f.Bits)
		case bits.Type != nil && (f.Hixie == nil || *bits.Type != f.Hixie.Type):
			return false, "its type differs"
		}
	}
	return p.matchesPayload(f.Payload, f.Length, &want.Payload)
}

// matchesStatus reports whether a status code is in the set.
func matchesStatus(status int, want *casefile.StatusMatch) bool {
	switch {
	case want == nil:
		return true
	case want.Error:
		return status >= 400 && status <= 599
	case want.Class != 0:
		return status/100 == want.Class
	}
	return slices.Contains(want.Codes, status) != want.Except
}

// responseFaults returns what is wrong with a response head, or "".
func (p *player) responseFaults(e *lint.Event, want *casefile.Response) string {
	var faults []string
	fault := func(format string, a ...any) { faults = append(faults, fmt.Sprintf(format, a...)) }
	r := e.Response
	if !matchesStatus(r.Status, want.Status) {
		return describe(e)
	}
	for _, h := range want.Headers {
		if why := p.fieldFault(r, h); why != "" {
			fault("%s", why)
		}
	}
	if want.Accept != "" && !p.acceptRight(e, want.Accept) {
		fault("Sec-WebSocket-Accept is %q", r.Get("Sec-WebSocket-Accept"))
	}
	if want.Challenge != nil {
		if answer := want.Challenge.Append(nil, p.vars); !bytes.Equal(answer, e.Body) {
			fault("the challenge was answered with %q", e.Body)
		}
	}
	if why := p.optionFault(r, "Sec-WebSocket-Extensions", want.Extensions); why != "" {
		fault("%s", why)
	}
	if why := p.optionFault(r, p.c.Dialect.Traits().ProtocolField, want.Protocol); why != "" {
		fault("%s", why)
	}
	return strings.Join(faults, "; ")
}

// acceptRight compares the accept value; "valid" leaves it to lint, which has
// seen the key.
func (p *player) acceptRight(e *lint.Event, want string) bool {
	if want != "valid" {
		return e.Response.Get("Sec-WebSocket-Accept") == want
	}
	for _, f := range e.Findings {
		if strings.HasPrefix(string(f.Rule), "handshake.accept-") {
			return false
		}
	}
	return e.Response.Has("Sec-WebSocket-Accept")
}

func (p *player) fieldFault(r *wire.Response, want casefile.HeaderMatch) string {
	values := r.Values(want.Name)
	if want.Absent {
		if len(values) > 0 {
			return fmt.Sprintf("there is a field %s: %s", want.Name, values[0])
		}
		return ""
	}
	for _, v := range values {
		if ok, _ := p.matchesPayload([]byte(v), uint64(len(v)), &want.Match); ok {
			return ""
		}
	}
	if len(values) == 0 {
		return "there is no field " + want.Name
	}
	return fmt.Sprintf("%s is %q", want.Name, values[0])
}

func (p *player) optionFault(r *wire.Response, name string, want *casefile.OptionMatch) string {
	if want == nil {
		return ""
	}
	return p.fieldFault(r, casefile.HeaderMatch{Name: name, Absent: want.None, Match: want.Match})
}
