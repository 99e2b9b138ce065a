package lint

import (
	"net/url"
	"slices"
	"strings"

	"wsprobe/internal/rules"
	"wsprobe/internal/wire"
)

// invariant75 is what each answer of hixie-75 begins with
// (draft-hixie-thewebsocketprotocol-75, "Sending the server's handshake").
const invariant75 = "HTTP/1.1 101 Web Socket Protocol Handshake\r\nUpgrade: WebSocket\r\nConnection: Upgrade\r\n"

// hixieRules are the rules of the fields that both hixie drafts have.
type hixieRules struct{ origin, location, protocol rules.ID }

var (
	rules75 = hixieRules{rules.Hixie75Origin, rules.Hixie75Location, rules.Hixie75Protocol}
	rules76 = hixieRules{rules.Hixie76Origin, rules.Hixie76Location, rules.Hixie76Protocol}
)

// check75 judges a 101 of hixie-75. r may be nil.
func (s *Session) check75(r *wire.Request, p *wire.Response) (f []Finding) {
	// who does not speak it closes, and does not answer in another dialect.
	if d := answered(r, p); d != wire.Hixie75 {
		return []Finding{found(rules.Hixie75Refusal, "answered as %v", d)}
	}
	if raw := string(p.Raw); !strings.HasPrefix(raw, invariant75) {
		f = append(f, found(rules.Hixie75Handshake, "it begins with %q", raw[:min(len(raw), len(invariant75))]))
	}
	if i := slices.IndexFunc(p.Fields, func(f wire.Field) bool { return isSecWebSocket(f.Name) }); i >= 0 {
		f = append(f, found(rules.Hixie75NoChallenge, "%s: %s", p.Fields[i].Name, p.Fields[i].Value))
	}
	return append(f, s.checkHixieFields(r, p, wire.Hixie75.Traits(), rules75)...)
}

// check76 judges a 101 of hixie-76 (draft-hixie-thewebsocketprotocol-76 §5.2).
// asked may be nil.
func (s *Session) check76(asked, answer *Event) (f []Finding) {
	r, p := requestOf(asked), answer.Response
	if f = checkChallenge(asked, answer); answered(r, p) != wire.Hixie76 {
		return f
	}
	if _, _, ok := httpVersion(p.Proto); !ok {
		f = append(f, found(rules.Hixie76Status, "%q", p.Line))
	}
	if v := p.Values("Upgrade"); len(v) != 1 || v[0] != "WebSocket" {
		f = append(f, found(rules.Hixie76Upgrade, "%s", seen("Upgrade", v)))
	}
	if v := p.Values("Connection"); len(v) != 1 || v[0] != "Upgrade" {
		f = append(f, found(rules.Hixie76Connection, "%s", seen("Connection", v)))
	}
	if r != nil && !r.Has("Origin") {
		f = append(f, found(rules.Hixie76OriginMissing, "101 for no Origin"))
	}
	return append(f, s.checkHixieFields(r, p, wire.Hixie76.Traits(), rules76)...)
}

// checkHixieFields judges the fields that repeat what the request says.
func (s *Session) checkHixieFields(r *wire.Request, p *wire.Response, t wire.Traits, rule hixieRules) (f []Finding) {
	origins, locations := p.Values(t.OriginEcho), p.Values(t.LocationField)
	var wanted, asked string
	if r != nil {
		wanted, asked = s.location(r), r.Get(t.OriginField)
	}
	// the origin of the request, or the one that the server is meant for; of hixie-76
	// only is it said that it goes to lower case.
	if len(origins) != 1 || asked != "" && !strings.EqualFold(origins[0], asked) && !isOrigin(origins[0]) {
		f = append(f, found(rule.origin, "%s", seen(t.OriginEcho, origins)))
	} else if t.Challenge && strings.ContainsFunc(origins[0], func(c rune) bool { return 'A' <= c && c <= 'Z' }) {
		f = append(f, found(rule.origin, "%s is not in lower case", seen(t.OriginEcho, origins)))
	}
	// the URL of the request.
	if len(locations) != 1 || wanted != "" && locations[0] != wanted {
		f = append(f, found(rule.location, "%s instead of %q", seen(t.LocationField, locations), wanted))
	}
	if r == nil {
		return f
	}
	// the subprotocol of the request, or one of a list that it may be, or no
	// field: a server may be ready for none.
	protocols := p.Values(t.ProtocolField)
	if len(protocols) > 1 || len(protocols) == 1 &&
		(!r.Has(t.ProtocolField) || protocols[0] != r.Get(t.ProtocolField) && !slices.Contains(r.List(t.ProtocolField), protocols[0])) {
		f = append(f, found(rule.protocol, "%s for %s", seen(t.ProtocolField, protocols), seen(t.ProtocolField, r.Values(t.ProtocolField))))
	}
	return f
}

// isOrigin reports whether value is the origin of some page. A server that lets in
// one origin only "can just send back that value" whatever the request says
// (draft-hixie-thewebsocketprotocol-76, Security considerations).
func isOrigin(value string) bool {
	u, err := url.Parse(value)
	return err == nil && u.Host != "" && (u.Scheme == "http" || u.Scheme == "https") && value == u.Scheme+"://"+u.Host
}

// location returns the URL that a hixie server must name in its answer to r; ""
// where the request does not tell.
func (s *Session) location(r *wire.Request) string {
	if !r.Has("Host") || !strings.HasPrefix(r.Target, "/") {
		return ""
	}
	h := wire.Handshake{Host: r.Get("Host"), Target: r.Target, Secure: s.o.Secure}
	return h.Location()
}

// checkChallenge judges the sixteen bytes by the keys of the request
// (draft-hixie-thewebsocketprotocol-76 §5.2).
func checkChallenge(asked, answer *Event) []Finding {
	r := requestOf(asked)
	if r == nil {
		return nil
	}
	answers := answers76(r, asked.Body)
	switch got := answer.Body; {
	// a key that does not divide by its spaces ends the handshake.
	case len(answers) == 0:
		return []Finding{found(rules.Hixie76KeySpaces, "101 for keys %q and %q", r.Get("Sec-WebSocket-Key1"), r.Get("Sec-WebSocket-Key2"))}
	case answered(r, answer.Response) != wire.Hixie76:
		return []Finding{found(rules.Hixie76Challenge, "answered as %v", answered(r, answer.Response))}
	// the answer takes all of the eight bytes behind the request.
	case len(asked.Body) < keySize && len(got) == answerSize:
		return []Finding{found(rules.Hixie76LateKey, "answered after %d of the eight bytes", len(asked.Body))}
	case len(asked.Body) < keySize:
		return nil
	case len(got) < answerSize:
		return []Finding{found(rules.Hixie76Challenge, "%d of the sixteen bytes", len(got))}
	case !slices.Contains(answers, [answerSize]byte(got)):
		return []Finding{found(rules.Hixie76Challenge, "%x instead of %x", got, answers[0])}
	}
	return nil
}

// answers76 returns the right answers to a challenge, none where a key is
// wrong. There can be two: white space at an end of a key counts by the letter
// of the draft, and is no part of the value to an HTTP library.
func answers76(r *wire.Request, body []byte) (answers [][answerSize]byte) {
	key1, key2 := r.Find("Sec-WebSocket-Key1"), r.Find("Sec-WebSocket-Key2")
	if key1 == nil || key2 == nil {
		return nil
	}
	var key3 [keySize]byte
	copy(key3[:], body)
	if a, ok := wire.Challenge76(key1.Literal(), key2.Literal(), key3); ok {
		answers = append(answers, a)
	}
	if a, ok := wire.Challenge76(key1.Value, key2.Value, key3); ok {
		answers = append(answers, a)
	}
	return answers
}
