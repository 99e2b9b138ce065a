package lint

import (
	"slices"
	"strings"

	"wsprobe/internal/rules"
	"wsprobe/internal/wire"
)

// checkResponse judges the response to a request by the dialect that the
// request asked for. asked may be nil: then only what needs no request is judged.
func (s *Session) checkResponse(asked, answer *Event) []Finding {
	r, p := requestOf(asked), answer.Response
	if s.o.HTTP2 {
		return checkConnected(r, p)
	}
	if p.Status != 101 {
		return checkRefusal(r, p)
	}
	dialect := answered(r, p)
	if r != nil && dialect != wire.DialectUnknown {
		dialect, _ = wire.DialectOf(r)
	}
	switch {
	case dialect == wire.Hixie75:
		return s.check75(r, p)
	case dialect == wire.Hixie76:
		return s.check76(asked, answer)
	case r == nil || asksWebSocket(r):
		return append(check101(r, p), checkAccepted(r, p)...)
	// §4.2.2: a 101 answers an opening handshake.
	case !r.Has("Upgrade"):
		return []Finding{found(rules.RequestPlainGet, "a plain %s was answered with 101", r.Method)}
	}
	return nil
}

// check101 judges a 101 of RFC 6455 §4.2.2. The drafts 07 and 08 ask the same.
func check101(r *wire.Request, p *wire.Response) (f []Finding) {
	// step 5.1: the status line is that of HTTP/1.1.
	if p.Proto != "HTTP/1.1" {
		f = append(f, found(rules.HandshakeStatusLine, "%q", p.Line))
	}
	// step 5.2: Upgrade is websocket, in any case.
	if v := p.Values("Upgrade"); len(v) != 1 || !strings.EqualFold(v[0], "websocket") {
		f = append(f, found(rules.HandshakeUpgrade, "%s", seen("Upgrade", v)))
	}
	// step 5.3: Connection has the token Upgrade.
	if !p.HasToken("Connection", "Upgrade") {
		f = append(f, found(rules.HandshakeConnection, "%s", seen("Connection", p.Values("Connection"))))
	}
	f = append(f, checkAccept(r, p)...)
	// a 101 has no body: behind its blank line come frames.
	for _, name := range []string{"Content-Length", "Transfer-Encoding"} {
		if v := p.Values(name); v != nil {
			f = append(f, found(rules.HandshakeNoBody, "%s", seen(name, v)))
		}
	}
	f = append(f, checkProtocol(r, p)...)
	return append(f, checkExtensions(r, p)...)
}

// seen tells what the fields of a name say.
func seen(name string, values []string) string {
	if len(values) == 0 {
		return "no " + name
	}
	return name + ": " + strings.Join(values, "; "+name+": ")
}

// checkAccept judges Sec-WebSocket-Accept (RFC 6455 §4.2.2 step 5.4).
func checkAccept(r *wire.Request, p *wire.Response) []Finding {
	const name = "Sec-WebSocket-Accept"
	values := p.Values(name)
	switch {
	// §11.3.3: it appears once.
	case len(values) > 1:
		return []Finding{found(rules.HandshakeAcceptOnce, "%s", seen(name, values))}
	case len(values) == 0:
		return []Finding{found(rules.HandshakeAcceptValue, "no %s", name)}
	case r == nil || !r.Has("Sec-WebSocket-Key"):
		return nil
	}
	trimmed, untrimmed := keysOf(r)
	gives := func(key string) bool { return wire.Accept(key) == values[0] }
	switch {
	case slices.ContainsFunc(trimmed, gives):
		return nil
	// step 4: the key is the value of the field, which has no white space around it.
	case slices.ContainsFunc(untrimmed, gives):
		return []Finding{found(rules.HandshakeKeyTrimmed, "%s is that of the key with its white space", values[0])}
	}
	return []Finding{found(rules.HandshakeAcceptValue, "%s instead of %s", values[0], wire.Accept(trimmed[0]))}
}

// keysOf returns what a server may take for the key of a request: one of the
// fields or all of them as one. untrimmed are the same with the white space that
// does not belong to them.
func keysOf(r *wire.Request) (trimmed, untrimmed []string) {
	const name = "Sec-WebSocket-Key"
	for _, f := range r.Fields {
		if strings.EqualFold(f.Name, name) {
			trimmed = append(trimmed, f.Value)
			_, raw, _ := strings.Cut(strings.TrimRight(string(f.Raw), "\r\n"), ":")
			untrimmed = append(untrimmed, raw, strings.TrimPrefix(raw, " "),
				strings.TrimLeft(raw, " \t"), strings.TrimRight(raw, " \t"))
		}
	}
	return append(trimmed, strings.Join(trimmed, ","), strings.Join(trimmed, ", ")), untrimmed
}

// checkProtocol judges the subprotocol that a 101 names (RFC 6455 §4.2.2 step 4).
func checkProtocol(r *wire.Request, p *wire.Response) []Finding {
	const name = "Sec-WebSocket-Protocol"
	values := p.Values(name)
	switch {
	case len(values) == 0:
		return nil
	// §11.3.4: it appears once in a response.
	case len(values) > 1:
		return []Finding{found(rules.SubprotocolOnce, "%s", seen(name, values))}
	// step 4: the empty string is no legal value.
	case values[0] == "":
		return []Finding{found(rules.SubprotocolEmpty, "%s is empty", name)}
	case r == nil:
		return nil
	// step 4: without an offer there is none.
	case !r.Has(name):
		return []Finding{found(rules.SubprotocolUnasked, "%q", values[0])}
	// step 4: it is one of those offered, letter for letter.
	case !slices.Contains(r.List(name), values[0]):
		return []Finding{found(rules.SubprotocolOffered, "%q is not one of %q", values[0], r.List(name))}
	}
	return nil
}

// checkRefusal judges a response that is no 101.
func checkRefusal(r *wire.Request, p *wire.Response) (f []Finding) {
	const versions = "Sec-WebSocket-Version"
	// §4.4: who refuses a version lists those that it speaks.
	if refusesVersion(r, p) && !p.Has(versions) {
		f = append(f, found(rules.VersionList, "version %s was refused with %d and no %s", r.Get(versions), p.Status, versions))
	}
	// §4.4: a version that it lists it accepts.
	if refusesListed(r, p) {
		f = append(f, found(rules.VersionAdvertised, "version %s was refused with %d and %s", r.Get(versions), p.Status, seen(versions, p.Values(versions))))
	}
	switch {
	// RFC 9110 §15.5.22: a 426 says what to upgrade to.
	case p.Status == 426 && !p.Has("Upgrade"):
		f = append(f, found(rules.VersionUpgradeField, "426 without Upgrade"))
	// §4.2.2 speaks of what answers an opening handshake: what else HTTP carries beside
	// WebSockets is no concern of it.
	case r == nil || !asksWebSocket(r):
	// RFC 9110 §15.5.2: a 401 says how to authenticate.
	case p.Status == 401 && !p.Has("WWW-Authenticate"):
		f = append(f, found(rules.HTTPAuthenticate, "401 without WWW-Authenticate"))
	// RFC 9110 §15.4: a redirect says where to.
	case slices.Contains([]int{301, 302, 303, 307, 308}, p.Status) && !p.Has("Location"):
		f = append(f, found(rules.HTTPRedirect, "%d without Location", p.Status))
	}
	return f
}

// refusesListed reports whether p refuses a request of one of the drafts, with no
// fault in it, and lists that very draft. Of version 13 it cannot be told:
// there servers send the list with refusals of all kinds.
func refusesListed(r *wire.Request, p *wire.Response) bool {
	if r == nil || p.Status != 400 && p.Status != 426 || len(checkRequest(r)) > 0 {
		return false
	}
	d, version := wire.DialectOf(r)
	return (d == wire.Hybi07 || d == wire.Hybi08) && p.HasToken("Sec-WebSocket-Version", version)
}

// refusesVersion reports whether p refuses the version of r, as far as can be
// told: some statuses refuse something else.
func refusesVersion(r *wire.Request, p *wire.Response) bool {
	if r == nil || !asksWebSocket(r) || len(r.Values("Sec-WebSocket-Version")) != 1 {
		return false
	}
	switch d, version := wire.DialectOf(r); {
	case d == wire.RFC6455 || !validVersion(version):
		return false
	case p.Status == 426:
		return true
	case d != wire.DialectUnknown || slices.Contains([]int{401, 403, 404, 407, 429}, p.Status):
		return false
	}
	return 400 <= p.Status && p.Status < 500
}
