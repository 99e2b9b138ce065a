package transcribe

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"wsprobe/internal/lint"
	"wsprobe/internal/wire"
)

// frameWords are the keys of a frame.
var frameWords = map[wire.Opcode]string{
	wire.OpContinuation: "continuation", wire.OpText: "text", wire.OpBinary: "binary",
	wire.OpClose: "close", wire.OpPing: "ping", wire.OpPong: "pong",
}

// frame writes a frame as it is sent. What is out of the ordinary are modifiers.
func (t *teller) frame(f *lint.Frame, of *message) string {
	if f.Hixie != nil {
		return t.hixie(f)
	}
	body := f.Payload
	var more []string
	add := func(format string, args ...any) { more = append(more, fmt.Sprintf(format, args...)) }
	if !f.Fin {
		add("fin: false")
	}
	rsv := f.Rsv
	if of != nil && of.whole {
		body = of.next()
		if f.Opcode != wire.OpContinuation { // which has it only where the client is wrong
			rsv &^= wire.RSV1
		}
		add("compress: true")
	}
	if rsv != 0 {
		add("rsv: %d", rsv)
	}
	if !f.Masked {
		add("mask: false")
	}
	if !f.Minimal() {
		add("length: {bits: %d}", f.Bits)
	}
	return "{" + strings.Join(append([]string{t.opcode(f.Opcode, body)}, more...), ", ") + "}"
}

// opcode writes an opcode and its payload.
func (t *teller) opcode(op wire.Opcode, body []byte) string {
	word, known := frameWords[op]
	switch {
	case !known:
		return fmt.Sprintf("opcode: %d, payload: %s", op, payload(body))
	case op == wire.OpClose:
		return "close: " + closeBody(body)
	}
	return word + ": " + t.payload(body)
}

// closeBody writes the body of a Close.
func closeBody(p []byte) string {
	switch {
	case len(p) == 0:
		return `""`
	case len(p) == 1:
		return "{payload: " + payload(p) + "}"
	}
	code := int(p[0])<<8 | int(p[1])
	if len(p) == 2 {
		return fmt.Sprint(code)
	}
	return fmt.Sprintf("{code: %d, reason: %s}", code, payload(p[2:]))
}

func (t *teller) hixie(f *lint.Frame) string {
	switch {
	case f.Hixie.Type == 0:
		return "{text: " + t.payload(f.Payload) + "}"
	case f.Hixie.Closing():
		return `{close: ""}`
	}
	return fmt.Sprintf("{type: %#02x, payload: %s}", f.Hixie.Type, payload(f.Payload))
}

// message is a compressed message of the client: its frames are told by what they
// carry uncompressed.
type message struct {
	whole  bool
	rest   []byte
	frames int
	text   bool
}

// next returns the share of the next frame. A character is not torn apart.
func (m *message) next() []byte {
	n := len(m.rest)
	if m.frames > 1 {
		n /= m.frames
		for m.text && n > 0 && n < len(m.rest) && !utf8.RuneStart(m.rest[n]) {
			n--
		}
	}
	m.frames--
	p := m.rest[:n]
	m.rest = m.rest[n:]
	return p
}

// messages finds the message of each data frame that the client sent.
func messages(events []lint.Event) map[*lint.Frame]*message {
	of := map[*lint.Frame]*message{}
	var frames []*lint.Frame
	for i := range events {
		e := &events[i]
		switch {
		case e.Side != lint.Client:
		case e.Kind == lint.KindFrame && e.Frame.Hixie == nil && !e.Frame.Opcode.Control():
			frames = append(frames, e.Frame)
		case e.Kind == lint.KindMessage && !e.Message.Opcode.Control():
			m := e.Message
			if m.Compressed && !m.Raw && !m.Cut && !badlyCompressed(e) {
				told := &message{true, m.Payload, len(frames), m.Opcode == wire.OpText}
				for _, f := range frames {
					of[f] = told
				}
			}
			frames = nil
		}
	}
	return of
}

// badlyCompressed reports whether what the client compressed is not as it should
// be: only the very bytes say it again.
func badlyCompressed(e *lint.Event) bool {
	return slices.ContainsFunc(e.Findings, func(f lint.Finding) bool { return strings.HasPrefix(string(f.Rule), "deflate.") })
}
