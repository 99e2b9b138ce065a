package lint

import (
	"unicode/utf8"

	"wsprobe/internal/rules"
	"wsprobe/internal/wire"
)

// checkClose judges the body of a Close (RFC 6455 §5.5.1, §7.4). asked is the
// code that the other side's Close had: an answer "typically echos" it, though
// nobody here knows what it means.
func checkClose(h wire.Header, m *Message, asked uint16) (f []Finding) {
	switch {
	case m.Size == 0 || h.Length > maxControl:
		return nil
	// §5.5.1: a body begins with a code of two bytes.
	case m.Size == 1:
		return []Finding{found(rules.CloseBodySent, "a body of one byte")}
	}
	if rule := codeRule(m.Code); rule != "" && (rule != rules.CloseUndefinedSent || m.Code != asked) {
		f = append(f, found(rule, "code %d", m.Code))
	}
	// §5.5.1: a reason is UTF-8.
	if !utf8.Valid(m.Reason) {
		f = append(f, found(rules.CloseReasonSent, "reason %q", m.Reason))
	}
	return f
}

// codeRule returns the rule that a close code breaks, or "" (RFC 6455 §7.4.1,
// §7.4.2; 1012 to 1014 were registered after it).
func codeRule(code uint16) rules.ID {
	switch {
	case code < 1000:
		return rules.CloseUnusedSent
	case code == 1005, code == 1006, code == 1015:
		return rules.CloseReservedSent
	case code == 1004, 1015 < code && code < 3000, code > 4999:
		return rules.CloseUndefinedSent
	}
	return ""
}

// plainHead is how large a request head every server reads. RFC 6455 names no
// size; the smallest limit seen in the field is 4 KiB.
const plainHead = 4 << 10

// checkEnd judges the end of a stream. A server that refuses a handshake of RFC
// 6455 says so in HTTP (§4.2.1); the hixie drafts let it just close. A client
// that ended before, or sent a body or more than its request, may be what made
// it close; and a head beyond its limits it need not have read. Between two requests it
// may end the connection whenever it likes, which the next one can cross (RFC 9112
// §9.5). A stream of HTTP/2 may end with RST_STREAM and no word.
func (s *Session) checkEnd(side Side) []Finding {
	client := &s.sides[Client]
	if s.answered || s.o.Joined {
		return nil
	}
	if side != Server || s.o.HTTP2 || s.lossy || s.asked == nil || client.phase != phaseWait || len(client.held) > 0 {
		return nil
	}
	if _, hasBody := wire.RequestBody(s.asked.Request); hasBody || len(s.asked.Request.Raw) > plainHead {
		return nil
	}
	d, version := wire.DialectOf(s.asked.Request)
	if d.Traits().Hixie || d == wire.DialectUnknown && version == "" {
		return nil
	}
	return []Finding{found(rules.HandshakeHTTPResponse, "the connection ended without a response")}
}
