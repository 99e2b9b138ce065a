package lint

import (
	"slices"
	"strings"

	"wsprobe/internal/rules"
	"wsprobe/internal/wire"
)

// checkAsked judges an opening handshake.
func (s *Session) checkAsked(r *wire.Request) []Finding {
	if s.o.HTTP2 {
		return s.checkConnect(r)
	}
	return checkRequest(r)
}

// checkConnect judges the CONNECT that asks for a WebSocket in HTTP/2 (RFC 8441 §3 to §5).
// Its version, subprotocols and extensions are as in RFC 6455; it has no key.
func (s *Session) checkConnect(r *wire.Request) (f []Finding) {
	// §3: a server says first that it takes them.
	if s.o.Unannounced {
		f = append(f, found(rules.ClientConnectEnabled, "no SETTINGS_ENABLE_CONNECT_PROTOCOL of 1 came from the server before it"))
	}
	// §4: what the target URI has.
	for _, name := range []string{":scheme", ":path"} {
		if name == ":path" && r.Target == "" || name == ":scheme" && r.Get(name) == "" {
			f = append(f, found(rules.ClientConnectTarget, "no %s", name))
		}
	}
	// §5: of which two it is, the ends know.
	if scheme := r.Get(":scheme"); scheme != "" && scheme != "http" && scheme != "https" {
		f = append(f, found(rules.ClientConnectScheme, "%q", scheme))
	}
	// §5: what is not part of HTTP/2.
	for _, name := range []string{"connection", "upgrade"} {
		if r.Has(name) {
			f = append(f, found(rules.ClientConnectFields, "%s", seen(name, r.Values(name))))
		}
	}
	// §5: :authority says which host. What was HTTP/1.1 at first may have Host instead
	// (RFC 9113 §8.3.1).
	if r.Get(":authority") == "" && r.Get("Host") == "" {
		f = append(f, found(rules.ClientConnectAuthority, "neither :authority nor host"))
	}
	f = append(f, checkLowercase(rules.ClientConnectLowercase, &r.Head)...)
	f = append(f, checkRequestVersion(r)...)
	return append(f, checkOffers(r)...)
}

// checkLowercase looks for names of fields that are not in lower case (RFC 8441 §5).
func checkLowercase(rule rules.ID, h *wire.Head) (f []Finding) {
	for i := range h.Fields {
		if name := h.Fields[i].Name; strings.ContainsFunc(name, func(r rune) bool { return 'A' <= r && r <= 'Z' }) {
			f = append(f, found(rule, "%q", name))
		}
	}
	return f
}

// checkConnected judges the response to it. r may be nil.
func checkConnected(r *wire.Request, p *wire.Response) []Finding {
	f := checkLowercase(rules.HandshakeConnectLowercase, &p.Head)
	switch {
	case p.Accepts():
		return slices.Concat(f, checkProtocol(r, p), checkExtensions(r, p))
	case p.Status == 426: // HTTP/2 has no Upgrade to name (RFC 9113 §8.6)
		return f
	}
	return append(f, checkRefusal(r, p)...)
}
